"""Cells that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.csvtext import csv_cells, csv_rows

ESCAPED = ["=1+1", "+82 2", "-1 degree", "@here", "\ttab", "\rreturn", "'=1", "''=1", '=HYPERLINK("x")']
KEPT = ["", "plain", "a=b", "'quoted'", "'tis", " =1", "한국", "1-2", "\n=1", 'say "so", twice', '"', '""=1']
VALUES = st.one_of(st.text(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))


def cells_of(line: str) -> list[str]:
    return next(csv.reader(io.StringIO(line, newline=""), strict=True))


@pytest.mark.parametrize("text", ESCAPED)
def test_what_begins_like_a_formula_is_escaped(text: str) -> None:
    assert cells_of(csv_cells([text])) == [f"'{text}"]


@pytest.mark.parametrize("text", KEPT)
def test_other_text_is_kept(text: str) -> None:
    assert cells_of(csv_cells([text])) == [text]


@pytest.mark.parametrize(("value", "cell"), [(None, '""'), (-1, "-1"), (-0.5, "-0.5"), (0, "0"), (1e-6, "1e-06")])
def test_values_that_are_no_text(value: object, cell: str) -> None:
    assert csv_cells([value]) == cell


@given(st.lists(VALUES, min_size=1))
def test_rows_are_those_of_the_standard_library(values: list[object]) -> None:
    """But for the apostrophes, of which text of letters has none."""
    values = [f"x{value}" if isinstance(value, str) else value for value in values]
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC).writerow(values)
    assert f"{csv_cells(values)}\n" == stream.getvalue()


@given(st.text())
def test_an_escape_can_be_undone(text: str) -> None:
    """A cell was escaped exactly if it is an apostrophe before something that would be escaped."""

    def escaped(value: str) -> str:
        return csv_cells([value])[1:-1].replace('""', '"')

    cell = escaped(text)
    undone = cell[1:] if cell[:1] == "'" and escaped(cell) != cell and escaped(cell[1:]) == cell else cell
    assert undone == text
    assert cell[:1] not in tuple("=+-@\t\r")


@given(st.lists(st.lists(VALUES, min_size=1), max_size=5))
def test_rows_are_read_as_they_were(rows: list[list[object]]) -> None:
    lines = "".join([f"{csv_cells(row)}\n" for row in rows])
    assert list(csv_rows(lines)) == rows
    assert [list(map(type, row)) for row in csv_rows(lines)] == [list(map(type, row)) for row in rows]


def test_none_is_read_as_empty_text() -> None:
    assert list(csv_rows(f"{csv_cells([None, '', 1])}\n")) == [["", "", 1]]
