"""Lines that recur over the documents of one source: on how many each stood, and which rows of a text are chrome."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from pipeline.ingest.lines import split_lines

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
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, keys: Iterable[str]) -> None:
        """Count one document by the keys (`keys_of`) of its lines as received, chrome included."""
        self.n_documents += 1
        self.counts.update(set(keys))

    def times(self, line: str) -> int:
        """On how many documents the line stood."""
        return self.counts[line_key(line)]

    def recurs(self, line: str, least: int = LEAST_DOCUMENTS) -> bool:
        """Whether the line stood on at least `least` documents."""
        return self.times(line) >= least


def keys_of(text: str) -> set[str]:
    """Keys of the distinct lines of a text."""
    return {line_key(line) for line in split_lines(text).text}


def line_key(line: str) -> str:
    """A short hash of a line, blind to case, white space and digits (page numbers, dates and hits differ)."""
    return _key_of_short(line) if len(line) <= _LONGEST_REMEMBERED else _key(line)


def _key(line: str) -> str:
    plain = _DIGITS.sub("0", " ".join(line.casefold().split()))
    return blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


_key_of_short = lru_cache(maxsize=8192)(_key)  # menus come again on every page of a site


def recurring_rows(lines: Sequence[str], rows: Sequence[int], counts: RecurringLines) -> dict[int, str]:
    """Those of `rows` whose lines recur in the source, with the reason; none when they are most of the text."""
    found = {}
    n_recurring = 0
    for row in rows:
        times = counts.times(lines[row])
        if times >= LEAST_DOCUMENTS and sum(map(str.isalpha, lines[row])) >= _LEAST_LETTERS:
            found[row] = f"repeats on other documents of this source: {times} of {counts.n_documents}"
            n_recurring += len(lines[row])
    return found if 2 * n_recurring <= sum(len(lines[row]) for row in rows) else {}


def count_lines(texts: Iterable[str], source: str = "") -> RecurringLines:
    """Counts over the documents `texts` of one source, as received."""
    found = RecurringLines(source)
    for text in texts:
        found.add(keys_of(text))
    return found
