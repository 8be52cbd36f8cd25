"""Lines that recur over the documents of one source: on how many each stood, and which rows of a text are chrome."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from pipeline.ingest.text_work import kernel_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DIGITS = re.compile(r"\d+")
_LONGEST_REMEMBERED = 80
_LEAST_LETTERS = 2
LEAST_DOCUMENTS = 3
"""A line seen on so many documents of one source is chrome."""


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


def keys_of(text: str) -> list[int]:
    """A number of 64 bits for each line of a text that is not blank, in order.

    It does not tell apart lines that differ in case, white space and digits (page numbers, dates and hits differ).
    """
    kernel = kernel_for(len(text))
    lines = kernel.plain_lines(text) if kernel else plain_lines(text)
    return [_key_of_short(line) if len(line) <= _LONGEST_REMEMBERED else _key(line) for line in lines]


def plain_lines(text: str) -> list[bytes]:
    """The lines without case, each number as 0, one space between words, in UTF-8; blank ones left out."""
    lines = (" ".join(line.split()) for line in text.casefold().splitlines())
    return [_DIGITS.sub("0", line).encode("utf-8", "surrogatepass") for line in lines if line]


def _key(line: bytes) -> int:
    return int.from_bytes(blake2b(line, digest_size=8).digest())


_key_of_short = lru_cache(maxsize=8192)(_key)  # menus come again on every page of a site


def recurring_rows(lines: Sequence[str], rows: Sequence[int], counts: RecurringLines) -> dict[int, str]:
    """Those of `rows` whose lines recur in the source, with the reason; none when they are most of the text."""
    found = {}
    n_recurring = 0
    for row, key in zip(rows, keys_of("\n".join([lines[row] for row in rows])), strict=True):
        times = counts.counts[key]
        if times >= LEAST_DOCUMENTS and sum(map(str.isalpha, lines[row])) >= _LEAST_LETTERS:
            found[row] = f"repeats on other documents of this source: {times} of {counts.n_documents}"
            n_recurring += len(lines[row])
    return found if 2 * n_recurring <= sum(len(lines[row]) for row in rows) else {}
