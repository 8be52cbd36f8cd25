"""Lines that recur on the documents of a source, counted over all that is at the inputs, before anything is cleaned.

What cleaning makes of a document depends on other documents only through the lines of its own that recur. The set of
these is part of its key: so the order of work, its batches and its interruptions change no result.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.recurring import LEAST_DOCUMENTS, RecurringRows
from pipeline.ingest.recurring import line_keys as line_keys_of
from pipeline.ingest.source_counts import SourceCounts

if TYPE_CHECKING:
    from pipeline.batch.packing import ReceivedRow

Lines = NDArray[np.uint64]
MAX_SORTED = 16_000_000
"""So many keys are sorted at a time (128 MB); of more, one class of hashes after the other."""
NO_LINES: Lines = np.zeros(0, np.uint64)


def line_keys(texts: Sequence[str], sources: Sequence[str]) -> list[bytes]:
    """uint64 keys of the lines of each document that are not blank, in order; those of different sources differ."""
    keys, starts = line_keys_of(texts)
    keys ^= np.repeat(np.array(list(map(_mask, sources)), np.uint64), np.diff(starts))
    data = keys.tobytes()
    return [data[start:end] for start, end in pairwise((keys.itemsize * starts).tolist())]


class PartLines(NamedTuple):
    """The distinct lines of the texts in a part, row by row: int64 the place of its item, uint64 the number of its
    text (`text_key`), int64 how many of `keys` (uint64, those of a row sorted) are its own.
    """

    part: str
    items: NDArray[np.int64]
    texts: Lines
    sizes: NDArray[np.int64]
    keys: Lines

    def of(self, items: Container[int]) -> PartLines:
        """Those of some items."""
        there = [item in items for item in self.items.tolist()]
        return self if all(there) else self._only(np.array(there, np.bool_))

    def _only(self, rows: NDArray[np.bool_]) -> PartLines:
        keys = self.keys[np.repeat(rows, self.sizes)]
        return PartLines(self.part, self.items[rows], self.texts[rows], self.sizes[rows], keys)


def part_lines(part: str, rows: Iterable[ReceivedRow]) -> PartLines:
    """The lines of the rows of a part."""
    with_lines = [row for row in rows if row.lines]
    keys, sizes = _distinct([row.lines for row in with_lines])
    items = np.array([row.item for row in with_lines], np.int64)
    texts = np.array([text_key(row.source, row.sha256) for row in with_lines], np.uint64)
    return PartLines(part, items, texts, sizes, keys)


def _distinct(lines: Sequence[bytes]) -> tuple[Lines, NDArray[np.int64]]:
    """The distinct keys of each text that has any, sorted, and how many each has."""
    keys = np.frombuffer(bytearray().join(lines), np.uint64)
    starts = np.cumsum([0, *map(len, lines)]) // keys.itemsize
    for start, end in pairwise(starts.tolist()):
        keys[start:end].sort()
    is_new = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_new[1:])
    is_new[starts[:-1]] = True
    return keys[is_new], np.diff(np.concatenate([[0], np.cumsum(is_new)])[starts])


def text_key(source: str, sha256: str) -> int:
    """A number of 60 bits for a text of a source."""
    return (int(sha256[:16] or "0", 16) ^ int(_mask(source))) >> 4


def recurring_keys(documents: Callable[[], Iterable[Lines]], most: int = MAX_SORTED) -> Lines:
    """Keys that stand on `LEAST_DOCUMENTS` documents or more, sorted.

    documents: gives, each time it is called, the keys of all documents in arrays of any length; most: sorted at a time.
    """
    together, n_keys = list[Lines](), 0
    for keys in documents():
        n_keys += len(keys)
        if n_keys <= most:
            together.append(keys)
        else:
            together.clear()
    if n_keys <= most:
        return _recurring(together)
    n_classes = -(-n_keys // most)
    of_classes = ((keys[keys % np.uint64(n_classes) == n] for keys in documents()) for n in range(n_classes))
    return np.sort(np.concatenate(list(map(_recurring, of_classes))))


def _recurring(documents: Iterable[Lines]) -> Lines:
    keys: Lines = np.sort(np.concatenate([NO_LINES, *documents]))
    firsts, lasts = keys[: 1 - LEAST_DOCUMENTS], keys[LEAST_DOCUMENTS - 1 :]
    recurring: Lines = np.unique(firsts[np.equal(firsts, lasts)])
    return recurring


def is_among(keys: Lines, recurring: Lines) -> NDArray[np.bool_]:
    """Which of `keys` are among the sorted `recurring`."""
    if not len(recurring):
        return np.zeros(len(keys), bool)
    places = np.minimum(np.searchsorted(recurring, keys), len(recurring) - 1)
    return np.equal(recurring[places], keys)


def keys_of_counts(counts: SourceCounts) -> Lines:
    """The lines counted on earlier documents: each as often as it stood on one, but `LEAST_DOCUMENTS` times at most."""
    found = [NO_LINES]
    for source, lines in counts.lines.items():
        keys = np.array(list(lines.counts), np.uint64)
        times = np.minimum(np.array(list(lines.counts.values()), np.int64), LEAST_DOCUMENTS)
        found.append(np.repeat(np.bitwise_xor(keys, _mask(source)), times))
    return np.concatenate(found)


def keys_within(keys: Lines, source: str) -> list[int]:
    """Keys of the lines of one source as `pipeline.ingest.recurring.keys_of` gives them."""
    found: list[int] = np.bitwise_xor(keys, _mask(source)).tolist()
    return found


def rows_that_recur(lines: Sequence[bytes], recurring: Iterable[bytes]) -> list[RecurringRows | None]:
    """What the cleaner is told of each document; None where no line recurs.

    lines: keys (uint64) of its lines; recurring: those that recur, of its item and of any others.
    """
    known = np.unique(np.frombuffer(b"".join(set(recurring)), np.uint64))
    starts = np.cumsum([0, *map(len, lines)]) // known.itemsize
    places = np.flatnonzero(is_among(np.frombuffer(b"".join(lines), np.uint64), known))
    first = np.searchsorted(places, starts).tolist()
    rows = (places - np.repeat(starts[:-1], np.diff(first))).tolist()
    sizes = np.diff(starts).tolist()
    return [
        RecurringRows(frozenset(rows[start:end]), size) if start < end else None
        for (start, end), size in zip(pairwise(first), sizes, strict=True)
    ]


@lru_cache(maxsize=4096)
def _mask(source: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(source.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"))
