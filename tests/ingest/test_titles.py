from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.titles import MAX_SENTENCE_WIDTH, MAX_TITLE_CHARS, first_line, page_title, tidy_title


@pytest.mark.parametrize(
    ("title", "tidy"),
    [
        ("# Statement  on\tcables #", "Statement on cables"),
        ("**Statement**", "Statement"),
        ("제3차 협의 결과", "제3차 협의 결과"),
        ("제목 : 사이버위기 경보 상향", "사이버위기 경보 상향"),
        ("Subject: Talks on cables", "Talks on cables"),
        ("Title", "Title"),
        ("First sentence here, long enough. " + "More " * 60, "First sentence here, long enough."),
        (
            "第一句话到这里为止，长度已经足够了，可以作为标题使用。" + "后" * 300,
            "第一句话到这里为止，长度已经足够了，可以作为标题使用。",
        ),
    ],
)
def test_tidy_title(title: str, tidy: str) -> None:
    assert tidy_title(title) == tidy


def test_long_title_is_cut_at_a_word() -> None:
    title = tidy_title("word " * 100)
    assert title.endswith("word…")
    assert len(title) <= MAX_TITLE_CHARS


def test_first_line_has_a_letter() -> None:
    assert first_line("***\n\n  2023\n Talks on cables\nmore") == "Talks on cables"
    assert first_line("---") == ""


@pytest.mark.parametrize(
    "above",
    [
        "24 May 2022",
        "17 апреля 2024 года",
        "Redacción · 15 de agosto de 2023",
        "Press release\nThursday, 18 July 2024",
        "보도자료\n등록일 2024-07-18",
        "新闻稿\n发布日期：2023-11-08",
    ],
)
def test_dates_and_labels_are_passed_over(above: str) -> None:
    assert first_line(f"{above}\n\nTalks on cables\n\nThe talks went on.") == "Talks on cables"


def test_only_a_date_is_still_a_title() -> None:
    assert first_line("24 May 2022") == "24 May 2022"


LONG = "The ministry hosted the third round of talks on cables under the sea with officials of both governments, "


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The talks on cables opened in Seoul. " + LONG + "who met.", "The talks on cables opened in Seoul."),
        ("1. The talks on cables opened in Seoul.", "The talks on cables opened in Seoul."),
        ("□ 외교부는 서울에서 회의를 열었다. " + "양측은 협의했다. " * 20, "외교부는 서울에서 회의를 열었다."),
        (
            LONG + "who had last met each other in the spring of the year.",
            LONG + "who had last…",
        ),
        (
            "The envoys of the U.S. Mission met the press on Monday. " + LONG * 2,
            "The envoys of the U.S. Mission met the press on Monday.",
        ),
    ],
)
def test_first_sentence_as_a_title(text: str, title: str) -> None:
    assert first_line(text) == title


def test_a_long_heading_is_not_cut() -> None:
    heading = (
        "Preparing the office for its part in the talks on cables under the sea, on repairs and on landing stations "
        * 2
    )
    heading = heading[:180].rstrip()
    assert first_line(f"{heading}\n\nThe talks went on.") == heading


@given(st.text(max_size=400))
def test_first_line_of_sentences_is_short(text: str) -> None:
    title = first_line(f"{'word ' * 60}{text}.")
    assert len(title) <= MAX_SENTENCE_WIDTH
    assert title.endswith("…")


PAGE = ["Ministry", "News", "Talks on cables"]


@pytest.mark.parametrize(
    ("named", "element", "title"),
    [
        ("Talks on cables | News | Ministry", "Talks on cables | News | Ministry", "Talks on cables"),
        ("Ministry - Talks on cables", "Ministry - Talks on cables", "Talks on cables"),
        ("Ministry", "Talks on cables | Ministry", "Talks on cables"),
        ("Talks on cables", "Talks on cables | Ministry", "Talks on cables"),
        ("Round three | Press | Office", "Round three | Press | Office", "Round three"),
        ("Cables - who owns them?", "", "Cables - who owns them?"),
        ("Round-table on cables", "", "Round-table on cables"),
    ],
)
def test_title_of_a_page(named: str, element: str, title: str) -> None:
    assert page_title(named, element, PAGE) == title


@given(st.text(max_size=600))
def test_titles_are_one_short_line(text: str) -> None:
    title = tidy_title(text)
    assert len(title) <= MAX_TITLE_CHARS
    assert "\n" not in title
    assert tidy_title(title) == title or "#" in text or "*" in text or "_" in text
