"""The lines of a text that may state its day of publication: those with a year, near its beginning or its end."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.ingest.date_mentions import BLANKS, plain, with_western_years, year_places
from pipeline.ingest.text_work import DATE_KERNEL, kernel_for

N_CHARS_AROUND_START = 1500
N_CHARS_NEAR_END = 400
N_LINES_BEFORE_START, N_LINES_AFTER_START = 25, 15
N_LINES_NEAR_END = 6
FAR = 1000
"""The distance of lines that stand elsewhere, near the end of the text."""
N_CHARS_BEFORE_DATE = 150
"""How near its beginning a line must have a year."""
MOST_CHARS = 300
"""So much of a line is read."""
_MOST_CHARS_ABOVE = 200


class DateLine(NamedTuple):
    """A line with years in the text (or part of it) `shown`, which is looked at from `first` on.

    It begins at `start`, its first and its last year at `first_year` and `last_year`. `text` are its first characters
    in Western digits, without blanks around. `distance`: how many lines from the beginning of the main text.
    """

    shown: str
    first: int
    start: int
    first_year: int
    last_year: int
    text: str
    distance: int
    is_near_start: bool
    is_near_end: bool

    def above(self) -> str:
        """The line above."""
        before = self.shown[max(self.first, self.start - _MOST_CHARS_ABOVE) : self.start].rstrip(BLANKS)
        return plain(before[before.rfind("\n") + 1 :]).strip()


class _Part(NamedTuple):
    """A part of a text in Western digits, and at how many lines from its beginning the main text begins.

    `is_end` tells that it is looked at for being the end of the text alone, far from the beginning of the main text.
    """

    text: str
    n_lines_before: int
    reaches_end: bool
    is_end: bool = False


def date_lines(texts: Sequence[str], body_starts: Sequence[int]) -> list[list[DateLine]]:
    """What `lines_with_years` gives for each text; compiled code leaves out lines that cannot hold a date."""
    if kernel := kernel_for(sum(map(len, texts)), DATE_KERNEL):
        found: list[list[DateLine]] = kernel.date_lines(texts, body_starts)
        return found
    return [list(lines_with_years(text, start)) for text, start in zip(texts, body_starts, strict=True)]


def lines_with_years(text: str, body_start: int) -> Iterator[DateLine]:
    """Lines with years near the beginning of the main text, which begins at `body_start`, and near the end."""
    return (line for part in _parts(text, body_start) for line in _lines_of(part))


def _parts(text: str, body_start: int) -> Iterator[_Part]:
    first = max(0, body_start - N_CHARS_AROUND_START)
    last = body_start + N_CHARS_AROUND_START
    reaches_end = last >= len(text)
    part = with_western_years(text[first:last])
    n_lines_before = part.count("\n", 0, body_start - first)
    yield _Part(part.rstrip(BLANKS) if reaches_end else part, n_lines_before, reaches_end)
    if not reaches_end:
        end = with_western_years(text[-N_CHARS_NEAR_END:]).rstrip(BLANKS)
        yield _Part(end, 0, reaches_end=True, is_end=True)


def _lines_of(part: _Part) -> Iterator[DateLine]:
    text, places = part.text, year_places(part.text)
    while places:
        start = text.rfind("\n", 0, places[0]) + 1
        end = text.find("\n", places[0])
        end = len(text) if end < 0 else end
        n_years = bisect_left(places, end)
        if places[0] - start <= N_CHARS_BEFORE_DATE:
            read = plain(text[start : min(end, start + MOST_CHARS)]).strip()
            yield DateLine(text, 0, start, places[0], places[n_years - 1], read, *_place(start, end, part))
        places = places[n_years:]


def _place(start: int, end: int, part: _Part) -> tuple[int, bool, bool]:
    """How many lines from the main text's beginning, whether that is near, and whether the end of the text is."""
    is_near_end = part.reaches_end and part.text.count("\n", end) < N_LINES_NEAR_END
    if part.is_end:
        return FAR, False, is_near_end
    distance = part.text.count("\n", 0, start) - part.n_lines_before
    return abs(distance), -N_LINES_BEFORE_START <= distance <= N_LINES_AFTER_START, is_near_end
