"""Cells of CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

BYTE_ORDER_MARK = "\ufeff"
RISKY = r"^'*[=+\-@\t\r]"
"""What a spreadsheet would take for a formula, or what would be taken for escaped when read back (OWASP)."""
_RISKY = re.compile(RISKY)
_RISKY_STARTS = frozenset("'=+-@\t\r")
_CELL = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))([,\n])')
_NUMBER = re.compile(r"-?\d+")


def csv_cells(values: Iterable[object]) -> str:
    """A row but for its line end: text in quotes, numbers bare, None as empty text.

    Text that begins like a formula stands behind an apostrophe.
    """
    return ",".join(map(_cell, values))


def _cell(value: object) -> str:
    if not isinstance(value, str):
        return '""' if value is None else str(value)
    if value[:1] in _RISKY_STARTS and _RISKY.match(value):
        value = f"'{value}"
    return '"' + value.replace('"', '""') + '"' if '"' in value else f'"{value}"'


def csv_rows(text: str) -> Iterator[list[str | float]]:
    """The rows of lines that `csv_cells` made: text as it was, numbers, and empty text for None."""
    row: list[str | float] = []
    for quoted, bare, end in _CELL.findall(text):
        row.append(_number(bare) if bare else _text(quoted))
        if end == "\n":
            yield row
            row = []


def _number(cell: str) -> float:
    return int(cell) if _NUMBER.fullmatch(cell) else float(cell)


def _text(cell: str) -> str:
    text = cell.replace('""', '"')
    return text[1:] if text[:1] == "'" and _RISKY.match(text) else text
