"""A page of text as lines: where each stands in the original, and its code points as one array."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, overload

import numpy as np

from pipeline.ingest.code_points import code_points_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_SCORED_CHARACTERS = 400
"""Only so much of a line is looked at; its length is still counted in full."""


class Cut(Sequence[str]):
    """Stretches of a text, each cut out when it is asked for, since of most lines of a page nobody does."""

    __slots__ = ("_ends", "_starts", "_text")

    def __init__(self, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._text, self._starts, self._ends = text, starts, ends

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        text = self._text
        if isinstance(place, slice):
            return [text[start:end] for start, end in zip(self._starts[place], self._ends[place], strict=True)]
        return text[self._starts[place] : self._ends[place]]

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return self[:] == (other[:] if isinstance(other, Cut) else other)

    def __hash__(self) -> int:
        return hash(tuple(self))


@dataclass(frozen=True, slots=True)
class Lines:
    """The non-blank lines of a text, in order.

    `text[i]` is stripped of white space; it stood at [`start[i]`, `start[i]` + len) in the original, in code points.
    `gap[i]` says whether a blank line (or the start of the text) stood before it.
    """

    text: Sequence[str]
    start: list[int]
    gap: list[bool]

    def __len__(self) -> int:
        return len(self.text)


def split_lines(text: str) -> Lines:
    """Split at every line end Unicode knows (as `str.splitlines`) and leave out blank lines."""
    raw = text.splitlines(keepends=True)
    ends = list(accumulate(map(len, raw), initial=0))
    lines, starts, gaps, gap = [], [], [], True
    for position, line in zip(ends, raw, strict=False):
        stripped = line.strip()
        if not stripped:
            gap = True
            continue
        lines.append(stripped)
        starts.append(position if line[0] == stripped[0] else position + line.index(stripped[0]))
        gaps.append(gap)
        gap = False
    return Lines(lines, starts, gaps)


def code_points(lines: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of all lines, each cut to `MAX_SCORED_CHARACTERS` and ended by a line feed, and each line's start."""
    cut = [line[:MAX_SCORED_CHARACTERS] for line in lines]
    joined = "\n".join(cut) + "\n"
    starts = np.fromiter(accumulate(map(len, cut[:-1]), lambda a, b: a + b + 1, initial=0), np.int64, len(cut))
    return code_points_of(joined), starts
