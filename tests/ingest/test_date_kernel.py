"""Compiled code finds the lines that may hold a date, and leaves out none that does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_dates import WRITTEN

from pipeline.ingest import date_kernel
from pipeline.ingest.date_lines import DateLine, lines_with_years
from pipeline.ingest.date_mentions import mentions_in_plain, plain

PIECES = st.one_of(
    st.sampled_from([written for written, _ in WRITTEN]),
    st.sampled_from([written.upper() for written, _ in WRITTEN]),
    st.sampled_from(
        ["2019", "in 2021 ", "19", "201", "20", " 2500", ". 2566", "- ", "/", "May", "MAİ ", "mai", "İ", "tháng ", "年",
         "平成", "٢٠", "ค", "\n", "\n\n", " \u3000", "\u200b\n", "\U0001f600", "word " * 30, "line\n" * 9, "12. "]
    ),
    st.text(max_size=6),
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.lists(PIECES, max_size=12).map(lambda own: "".join(own) * 40)


def said(line: DateLine) -> tuple[object, ...]:
    shown = plain(line.shown[line.start : line.last_year])
    return line[5:], line.above(), shown, line.first_year - line.start


@given(st.lists(st.tuples(TEXTS, st.integers(0, 4000)), max_size=4))
def test_only_lines_without_dates_are_left_out(given: list[tuple[str, int]]) -> None:
    texts, starts = [text for text, _ in given], [min(start, len(text)) for text, start in given]
    for text, start, found in zip(texts, starts, date_kernel.date_lines(texts, starts), strict=True):
        left = [said(line) for line in found]
        for line in lines_with_years(text, start):
            if left and said(line) == left[0]:
                left.pop(0)
            else:
                assert mentions_in_plain(line.text) == ()
        assert left == []


@pytest.mark.parametrize("written", [written for written, _ in WRITTEN])
@pytest.mark.parametrize("form", ["{}", "Geneva, {} | Press Office", "a\u00a0{}"])
def test_a_line_with_a_date_is_found(written: str, form: str) -> None:
    text = f"Statement\n{form.format(written)}\nThe parties met."
    ((line,),) = date_kernel.date_lines([text], [0])
    assert [line.text, line.distance] == [plain(form.format(written)).strip(), 1]


def test_most_lines_with_years_are_not_looked_at() -> None:
    lines = ["Copyright 2016 agency", "The decision of 2019 was clear.", "In 2021 - as before", "2021년 이후"]
    assert date_kernel.date_lines(lines, [0] * len(lines)) == [[]] * len(lines)


def test_long_texts_are_read_where_dates_may_stand() -> None:
    text = "5 May 2020\n" + "word " * date_kernel.MOST_CHARS + "\n6 May 2020\n"
    assert [[line.text for line in own] for own in date_kernel.date_lines([text, "7 May 2020"], [0, 0])] == [
        ["5 May 2020", "6 May 2020"],
        ["7 May 2020"],
    ]
