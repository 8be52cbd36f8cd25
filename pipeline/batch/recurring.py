"""Lines that recur on the documents of a source, counted over all that is at the inputs, before anything is cleaned.

What cleaning makes of a document depends on other documents only through the lines of its own that recur. The set of
these is part of its key: so the order of work, its batches and its interruptions change no result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.recurring import LEAST_DOCUMENTS, RecurringLines
from pipeline.ingest.recurring import line_keys as line_keys_of
from pipeline.ingest.source_counts import SourceCounts

Lines = NDArray[np.uint64]
MAX_SORTED = 16_000_000
"""So many keys are sorted at a time (128 MB); of more, one class of hashes after the other."""
NO_LINES: Lines = np.zeros(0, np.uint64)


def line_keys(text: str, source: str) -> Lines:
    """uint64 keys of the distinct lines of one document, sorted; those of different sources differ."""
    keys = np.sort(line_keys_of(text) ^ _mask(source))
    is_new = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_new[1:])
    return keys[is_new]


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


def as_counts(lines: bytes, recurring: bytes, source: str) -> RecurringLines | None:
    """What the cleaner is told of one document: which of its lines recur, not how often; None where none does.

    lines: keys (uint64) of its lines; recurring: those of its item that recur.
    """
    own = _numbers(recurring).intersection(memoryview(lines).cast("Q")) if recurring else ()
    if not own:
        return None
    mask = int(_mask(source))
    return RecurringLines(source, LEAST_DOCUMENTS, Counter(dict.fromkeys([key ^ mask for key in own], LEAST_DOCUMENTS)))


@lru_cache(maxsize=1)  # for the next row of the item
def _numbers(keys: bytes) -> frozenset[int]:
    return frozenset(memoryview(keys).cast("Q"))


@lru_cache(maxsize=4096)
def _mask(source: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(source.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"))
