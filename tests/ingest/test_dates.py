from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_dates import WRITTEN

from pipeline.ingest import date_lines, dates
from pipeline.ingest.date_lines import lines_with_years
from pipeline.ingest.date_mentions import DateOrder, mentions, plain
from pipeline.ingest.dates import (
    date_of_address,
    date_of_cell,
    date_of_file_name,
    date_of_opening,
    date_of_text,
)
from pipeline.types import NO_DATE, PublicationDate


@pytest.mark.parametrize(("written", "value"), WRITTEN)
def test_date_is_read(written: str, value: str) -> None:
    found = list(mentions(written))
    assert [mention.value for mention in found] == [value]
    assert found[0].precision == ("day" if len(value) == 10 else "month")


@pytest.mark.parametrize(("order", "value"), [("day", "2023-12-05"), ("month", "2023-05-12"), ("", "2023")])
def test_the_order_tells_which_number_is_the_day(order: DateOrder, value: str) -> None:
    assert [mention.value for mention in mentions("05/12/2023", order)] == [value]
    assert [mention.value for mention in mentions("12/25/2023", order)] == ["2023-12-25"]
    assert [mention.value for mention in mentions("25/12/2023", order)] == ["2023-12-25"]


def test_a_persian_year_is_none_of_ours() -> None:
    assert list(mentions("۱۴۰۲/۰۹/۱۴")) == []


def stated(text: str, body: str, start: int = 0) -> PublicationDate:
    return date_of_text(lines_with_years(text, start), body)


@pytest.mark.parametrize(("written", "value"), WRITTEN)
def test_date_is_read_inside_a_line(written: str, value: str) -> None:
    line = f"Geneva, {written} | Press Office"
    (found,) = mentions(line)
    assert found.value == value
    assert line[found.start : found.end].strip() in line


@pytest.mark.parametrize(
    "text", ["31 February 2023", "version 1.2023.4.5", "call 2023-1234", "1 in 2023 cases", "2999-01-01", "2023-13-01"]
)
def test_what_is_no_date(text: str) -> None:
    assert list(mentions(text)) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ministry of Foreign Affairs\nPress release\nDate: 2023-12-05\nBoth sides met.", "2023-12-05"),
        ("보도자료\n작성일 2023.12.05. 조회수 1203\n양측은 회의를 열었다.", "2023-12-05"),
        ("등록일\n2023-12-05\n양측은 회의를 열었다.", "2023-12-05"),
        ("发布时间：2023年12月5日 10:30\n双方举行会谈。", "2023-12-05"),
        ("Дата: 5 декабря 2023\nСтороны провели встречу.", "2023-12-05"),
        ("Publié le 5 décembre 2023\nLes parties se sont réunies.", "2023-12-05"),
        ("Statement on cables\n\nGeneva, 5 December 2023\n\nThe States concerned said so.", "2023-12-05"),
        ("A headline\nBy A. Name • December 5, 2023 • 3 min read\nThe talks went on.", "2023-12-05"),
        (
            "GENEVA, 5 December 2023 — The Office for Disarmament opened a conference on the use of new technology.",
            "2023-12-05",
        ),
        ("The parties agreed on all points.\nThey will meet again.\nMoscow, 5 December 2023", "2023-12-05"),
        ("Updated: 7 January 2024\nPublished: 5 December 2023\nThe talks went on.", "2023-12-05"),
    ],
)
def test_publication_date_stated_in_the_text(text: str, value: str) -> None:
    date = stated(text, text)
    assert (date.value, date.precision, date.origin) == (value, "day", "text")


@pytest.mark.parametrize(
    "text",
    [
        "The treaty was signed on 5 December 2023 in Geneva, and it has been in force for some time by now.",
        "The summit will be held in Seoul on 9 September 2024.",
        "Last updated: 5 December 2023\nThe talks went on.",
        "© 2023-12-05 Ministry",
        "The group first met in the spring of 2019.\nNothing else is known of when this was written.",
        "No date at all.",
    ],
)
def test_a_mention_is_not_a_publication_date(text: str) -> None:
    assert stated(text, text) == NO_DATE


@pytest.mark.parametrize(
    ("written", "value"), [("7/18/2023", "2023-07-18"), ("4/5/2023", "2023"), ("5/5/2023", "2023-05-05")]
)
def test_slashed_dates_are_read_as_far_as_they_are_sure(written: str, value: str) -> None:
    assert [mention.value for mention in mentions(written)] == [value]


def test_the_date_nearest_to_the_main_text_counts() -> None:
    menu = "\n".join(f"Item {number} of the menu" for number in range(80))
    body = "Statement on cables\n5 December 2023\nThe States concerned agreed to repair them."
    text = f"2 January 2024\n{menu}\n{body}\n\nRelated\n6 May 2021"
    assert stated(text, body, text.index("Statement")).value == "2023-12-05"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("On 18 July 2023, the Council held its first debate on the matter.", "2023-07-18"),
        ("2023년 12월 5일 외교부는 회의를 열었다.", "2023-12-05"),
        ("18 июля 2023 года состоялась встреча.", "2023-07-18"),
        ("The Council held a debate on 18 July 2023.", ""),
        ("In July 2023, the Council held a debate.", ""),
        ("The conference opened in Geneva on December 4th. It ends on December 5th.", ""),
        ("The office organized the virtual conference of the envoys on 14 October 2020.", ""),
    ],
)
def test_opening_date_is_the_last_resort(text: str, value: str) -> None:
    assert date_of_opening(text).value == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("2023-07-18_statement.txt", "2023-07-18"),
        ("release_20230718.html", "2023-07-18"),
        ("2023.07.18 note.txt", "2023-07-18"),
        ("minutes-2023-07.txt", "2023-07"),
        ("003_8999af3199008787.txt", ""),
        ("000_20230718ab.txt", ""),
        ("resolution-202307.txt", ""),
        ("report-2023.txt", ""),
    ],
)
def test_date_of_file_name(name: str, value: str) -> None:
    date = date_of_file_name(name)
    assert date.value == value
    assert date.origin == ("file" if value else "none")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/2023/07/18/statement", "2023-07-18"),
        ("/news/2023/7/statement.html", "2023-07"),
        ("/news/2023-07-18-statement", "2023-07-18"),
        ("/a/20230718/x", "2023-07-18"),
        ("/item/2023", ""),
        ("/2023/99/1", ""),
    ],
)
def test_date_of_address(path: str, value: str) -> None:
    assert date_of_address(path).value == value


@pytest.mark.parametrize(
    ("cell", "value", "precision"),
    [
        ("2023-07-18 00:00:00", "2023-07-18", "day"),
        ("20230718", "2023-07-18", "day"),
        ("2023-07", "2023-07", "month"),
        ("2023", "2023", "year"),
        ("2023.0", "2023", "year"),
        ("18 July 2023", "2023-07-18", "day"),
        ("n/a", "", "none"),
        ("", "", "none"),
    ],
)
def test_date_of_cell(cell: str, value: str, precision: str) -> None:
    date = date_of_cell(cell)
    assert (date.value, date.precision) == (value, precision)
    assert date.origin == ("field" if value else "none")


@given(st.text(max_size=300), st.text(max_size=100))
def test_any_text_has_a_date_or_none(text: str, body: str) -> None:
    assert len(stated(text, body).value) in (0, 4, 7, 10)
    assert len(date_of_opening(text).value) in (0, 10)


@given(st.dates(min_value=datetime.date(1950, 1, 1), max_value=datetime.date(2024, 12, 31)))
def test_every_day_is_read_in_every_order(day: datetime.date) -> None:
    iso = str(day)
    year, month, number = iso.split("-")
    for written in (iso, f"{year}. {int(month)}. {int(number)}.", f"{year}년 {int(month)}월 {int(number)}일"):
        assert [mention.value for mention in mentions(written)] == [iso]


LINES = st.lists(
    st.tuples(
        st.sampled_from(
            ["", "Published: ", "Дата: ", "작성일 ", "Updated ", "  ", "Geneva, ", "On ", "word " * 25, "a\u200b"]
        ),
        st.sampled_from(
            ["5 May 2021", "2021-05-05", "٥ مايو ٢٠٢١", "2021. 5. 5.", "25 2564", "令和3年5月5日", "", "2021"]
        ),
        st.sampled_from(["", " - ", ", said the ministry, as it had before.", "word " * 25, "\n", "\n\n"]),
    ).map("".join),
    max_size=12,
).map("\n".join)


@given(LINES, st.integers(0, 400))
def test_no_date_is_lost_by_looking_at_few_lines(text: str, start: int) -> None:
    body = text[start:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "_has_many_words", lambda _: False)
        patch.setattr(date_lines, "with_western_years", plain)
        expected = stated(text, body, start)
    assert stated(text, body, start) == expected
