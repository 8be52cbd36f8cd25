from __future__ import annotations

from itertools import pairwise

import pytest
from builders import count_lines, times
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import text_kernel
from pipeline.ingest.compiled import CompiledPage
from pipeline.ingest.lines import split_lines
from pipeline.ingest.recurring import RecurringRows, keys_of, line_keys_by_reference, plain_lines, recurring_rows

PAGES = ("Home\nOne", "Home\nTwo\nHome", "home \nThree")
BLANKS = "\n\r\t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2003\u2028\u2029\u202f\u3000"
TEXTS = st.text(alphabet=st.one_of(st.characters(), st.sampled_from(f"aBßİ 12٣९０𝟘사漢e\u0301\u0345\u200b{BLANKS}")))


def test_a_line_counts_once_a_document() -> None:
    counts = count_lines(PAGES, "site")
    assert (counts.n_documents, times(counts, "HOME"), times(counts, "One")) == (3, 3, 1)
    assert counts.recurs(keys_of("Home"))
    assert not counts.recurs(keys_of("One\nFour"))


@pytest.mark.parametrize(
    ("line", "other", "is_one"),
    [
        ("Views: 12", "VIEWS:\t9103", True),
        ("Page 3 of 44", "page 12\xa0of 4", True),
        ("조회수 ９", "조회수 1774", True),
        ("Straße 1", "STRASSE 22", True),
        ("Views: 12", "Hits: 12", False),
        ("Views 1 2", "Views 12", False),
    ],
)
def test_what_counts_as_one_line(line: str, other: str, is_one: bool) -> None:
    assert (keys_of(line) == keys_of(other)) == is_one


def test_keys_are_of_lines_not_of_blanks() -> None:
    assert keys_of("Home\n\n  Home \r\nOne\n") == [*keys_of("Home"), *keys_of("Home"), *keys_of("One")]


def test_keys_stay_what_they_are_in_files_of_counts() -> None:
    assert [f"{key:016x}" for key in keys_of("Home\nPage 12 of 30")] == ["14d9049f6320f142", "eee391518ad1158e"]


@given(st.lists(TEXTS, max_size=4))
def test_compiled_code_gives_the_same_keys(texts: list[str]) -> None:
    keys, starts = text_kernel.line_keys(texts)
    found = [keys[start:end].tolist() for start, end in pairwise(starts.tolist())]
    assert found == [line_keys_by_reference(text).tolist() for text in texts]


@given(TEXTS)
def test_a_line_has_the_key_that_it_has_alone(text: str) -> None:
    assert line_keys_by_reference(text).tolist() == [key for line in plain_lines(text) for key in keys_of(line)]


def test_rows_that_recur_unless_they_are_most_of_the_text() -> None:
    lines = ["Home", "The ministers met in the capital.", "12"]
    counts = count_lines(["Home\n7"] * 3)
    assert recurring_rows(lines, [0, 1, 2], counts) == {0: "repeats on other documents of this source: 3 of 3"}
    assert recurring_rows(lines, [0], counts) == {}


@given(st.lists(st.sampled_from(["Home", "7", "The ministers met in the capital.", "One"]), max_size=6), st.data())
def test_rows_known_beforehand_are_those_that_counts_give(lines: list[str], data: st.DataObject) -> None:
    rows = sorted(data.draw(st.sets(st.sampled_from(range(len(lines))))) if lines else ())
    known = RecurringRows(frozenset(row for row, line in enumerate(lines) if line in ("Home", "7")), len(lines))
    counted = recurring_rows(lines, rows, count_lines(["Home\n7"] * 3)) if rows else {}
    assert list(recurring_rows(lines, rows, known)) == list(counted)


def test_rows_of_another_text_are_refused() -> None:
    with pytest.raises(ValueError, match="2 lines, not 3"):
        recurring_rows(["Home", "One"], [0], RecurringRows(frozenset({0}), 3))


@given(TEXTS)
def test_each_line_of_a_page_has_its_key(text: str) -> None:
    n_keys = len(line_keys_by_reference(text))
    assert len(split_lines(text)) == n_keys
    assert len(CompiledPage(text).lines) == n_keys
