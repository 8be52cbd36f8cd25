"""Lines that recur over the documents of one source: on how many each stood, and which rows of a text are chrome."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

import numpy as np

from pipeline.ingest.code_points import code_points_of
from pipeline.ingest.shingles import Hashes, Joined, hashes_of, joined
from pipeline.ingest.text_work import kernel_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DIGITS = re.compile(r"\d+")
_LEAST_LETTERS = 2
LEAST_DOCUMENTS = 3
"""A line seen on so many documents of one source is chrome."""
RECURS = "repeats on other documents of this source"


class Recurring(Protocol):
    """Knows which lines of a text recur in its source."""

    def among(self, lines: Sequence[str], rows: Sequence[int]) -> dict[int, str]:
        """Those of some rows whose lines recur, with the reason."""


@dataclass(slots=True)
class RecurringLines:
    """On how many documents of one source each line stood. Lines are kept as hashes, never as text."""

    source: str = ""
    n_documents: int = 0
    counts: Counter[int] = field(default_factory=Counter)

    def add(self, keys: Iterable[int]) -> None:
        """Count one document by the keys (`keys_of`) of its lines as received, chrome included."""
        self.n_documents += 1
        self.counts.update(set(keys))

    def recurs(self, keys: Iterable[int]) -> bool:
        """Whether one of some lines, given by their keys, stood on `LEAST_DOCUMENTS` documents or more."""
        return any(self.counts[key] >= LEAST_DOCUMENTS for key in keys)

    def among(self, lines: Sequence[str], rows: Sequence[int]) -> dict[int, str]:
        """See `Recurring`."""
        keys = keys_of("\n".join([lines[row] for row in rows]))
        times = [(row, self.counts[key]) for row, key in zip(rows, keys, strict=True)]
        return {row: f"{RECURS}: {n} of {self.n_documents}" for row, n in times if n >= LEAST_DOCUMENTS}


@dataclass(frozen=True, slots=True)
class RecurringRows:
    """What is known of one text beforehand: of its `n_lines` lines that are not blank, which `rows` recur."""

    rows: frozenset[int]
    n_lines: int

    def among(self, lines: Sequence[str], rows: Sequence[int]) -> dict[int, str]:
        """See `Recurring`."""
        if len(lines) != self.n_lines:
            raise ValueError(f"{len(lines)} lines, not {self.n_lines}")
        return dict.fromkeys(sorted(self.rows.intersection(rows)), RECURS)


def keys_of(text: str) -> list[int]:
    """The numbers that `line_keys` gives."""
    keys: list[int] = line_keys([text]).values.tolist()
    return keys


def line_keys(texts: Sequence[str]) -> Joined:
    """Of each text a number of 64 bits (uint64) for each line that is not blank, in order.

    It does not tell apart lines that differ in case, white space and digits (page numbers, dates and hits differ).
    """
    if kernel := kernel_for(sum(map(len, texts))):
        keys: Joined = kernel.line_keys(texts)
        return keys
    return joined(list(map(line_keys_by_reference, texts)))


def line_keys_by_reference(text: str) -> Hashes:
    """The specification for one text: the hashes (`shingles.hashes_of`) of the plain lines."""
    lines = plain_lines(text)
    first = np.fromiter(accumulate(map(len, lines[:-1]), initial=0), np.int64, len(lines))
    return hashes_of(code_points_of("".join(lines)), first)


def plain_lines(text: str) -> list[str]:
    """The lines without case, each number as 0, one space between words; blank ones left out."""
    lines = (" ".join(line.split()) for line in text.casefold().splitlines())
    return [_DIGITS.sub("0", line) for line in lines if line]


def recurring_rows(lines: Sequence[str], rows: Sequence[int], recurring: Recurring) -> dict[int, str]:
    """Those of `rows` whose lines recur in the source, with the reason; none when they are most of the text."""
    among = recurring.among(lines, rows)
    found = {row: why for row, why in among.items() if sum(map(str.isalpha, lines[row])) >= _LEAST_LETTERS}
    n_recurring = sum(len(lines[row]) for row in found)
    return found if 2 * n_recurring <= sum(len(lines[row]) for row in rows if found) else {}


def recurring_rows_of(
    lines: Sequence[Sequence[str]], rows: Sequence[Sequence[int]], recurring: Sequence[Recurring | None]
) -> list[dict[int, str]]:
    """`recurring_rows` of each of several texts; none where nothing is known."""
    texts = zip(lines, rows, recurring, strict=True)
    return [recurring_rows(of_text, some, known) if known else {} for of_text, some, known in texts]
