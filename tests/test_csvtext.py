"""Cells that a spreadsheet shows and never runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.csvtext import escape_cell

ESCAPED = ["=1+1", "+82 2", "-1 degree", "@here", "\ttab", "\rreturn", "'=1", "''=1", '=HYPERLINK("x")']
KEPT = ["", "plain", "a=b", "'quoted'", "'tis", " =1", "한국", "1-2", "\n=1"]


@pytest.mark.parametrize("text", ESCAPED)
def test_what_begins_like_a_formula_is_escaped(text: str) -> None:
    assert escape_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", KEPT)
def test_other_text_is_kept(text: str) -> None:
    assert escape_cell(text) == text


@pytest.mark.parametrize(("value", "cell"), [(None, ""), (-1, -1), (-0.5, -0.5), (0, 0), (True, True)])
def test_values_that_are_no_text(value: object, cell: object) -> None:
    assert escape_cell(value) == cell


@given(st.text())
def test_an_escape_can_be_undone(text: str) -> None:
    """A cell was escaped exactly if it is an apostrophe before something that would be escaped."""
    cell = escape_cell(text)
    assert isinstance(cell, str)
    undone = cell[1:] if cell[:1] == "'" and escape_cell(cell) != cell and escape_cell(cell[1:]) == cell else cell
    assert undone == text
    assert cell[:1] not in tuple("=+-@\t\r")
