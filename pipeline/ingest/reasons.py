"""Why a line was dropped, in words a reader can check on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import repeat
from operator import add
from typing import TYPE_CHECKING, Any, overload

from pipeline.types import Removed

if TYPE_CHECKING:
    from pipeline.ingest.lines import Lines

LEAST_MENU_LINES = 3
MENU_LINE_LENGTH = 40
BEFORE, AFTER, BETWEEN = "before the main text", "after the main text", "between parts of the main text"
NO_MAIN_TEXT = "on a page without a main text"


class Dropped(Sequence[Removed]):
    """The lines of a text that are not `kept`, explained once somebody looks; but for that equal to a tuple of them.

    `recurs`: reasons that are known already, by row.
    """

    def __init__(self, lines: Lines, kept: Sequence[int], recurs: dict[int, str]) -> None:
        self._of = lines, kept, recurs
        self._n = len(lines) - len(kept)

    @cached_property
    def _rows(self) -> tuple[Removed, ...]:
        lines, kept, recurs = self._of
        rows, reasons = explain_drops(lines.text, kept)
        if recurs:
            reasons = [recurs.get(row, reason) for row, reason in zip(rows, reasons, strict=True)]
        texts = [lines.text[row] for row in rows]
        starts = [lines.start[row] for row in rows]
        values = zip(texts, reasons, starts, map(add, starts, map(len, texts)), strict=True)
        return tuple(map(tuple.__new__, repeat(Removed), values))  # several times faster than to call a named tuple

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, place: int) -> Removed: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Removed, ...]: ...
    def __getitem__(self, place: int | slice) -> Removed | tuple[Removed, ...]:
        return self._rows[place]

    def __iter__(self) -> Iterator[Removed]:
        return iter(self._rows)

    def __eq__(self, other: object) -> bool:
        return self._rows == (other._rows if isinstance(other, Dropped) else other)

    def __hash__(self) -> int:
        return hash(self._rows)

    def __repr__(self) -> str:
        return repr(self._rows)

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self._rows,)


def explain_drops(lines: Sequence[str], kept: Sequence[int]) -> tuple[list[int], list[str]]:
    """The rows of lines not in `kept` (ascending), in page order, and the reason of each."""
    rows: list[int] = []
    reasons: list[str] = []
    first = 0
    for last in (*kept, len(lines)):
        if first < last:
            rows += range(first, last)
            reasons += _explain_run(lines[first:last], _place(first, kept))
        first = last + 1
    for i, times in _repeats(lines, rows):
        reasons[i] = f"stands {times} times on the page, {_place(rows[i], kept)}"
    for i, row in enumerate(rows):
        if "©" in lines[row]:
            reasons[i] = f"copyright notice, {_place(row, kept)}"
    return rows, reasons


def _explain_run(run: Sequence[str], place: str) -> list[str]:
    """The reasons for lines dropped in a row, as far as each does not have one of its own."""
    unlike = f"unlike the main text in form and place, {place}"
    if not _is_menu(run):
        return [unlike] * len(run)
    of_menu = f"menu, link list or form: short lines in a row, {place}"
    return [of_menu if len(line) < 2 * MENU_LINE_LENGTH else unlike for line in run]


def _repeats(lines: Sequence[str], rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Position in `rows` of each line that stands more than once on the page, and how often it does."""
    if len(set(lines)) == len(lines):
        return
    times = Counter(lines)
    yield from ((i, times[lines[row]]) for i, row in enumerate(rows) if times[lines[row]] > 1)


def _place(row: int, kept: Sequence[int]) -> str:
    if not kept:
        return NO_MAIN_TEXT
    if row < kept[0]:
        return BEFORE
    return AFTER if row > kept[-1] else BETWEEN


def _is_menu(run: Sequence[str]) -> bool:
    return len(run) >= LEAST_MENU_LINES and sum(map(len, run)) < MENU_LINE_LENGTH * len(run)
