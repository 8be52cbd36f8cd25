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

from pipeline.ingest.recurring import LEAST_DOCUMENTS, RecurringLines, line_key
from pipeline.ingest.source_counts import SourceCounts

Lines = NDArray[np.uint64]
MAX_SORTED = 16_000_000
"""So many keys are sorted at a time (128 MB); of more, one class of hashes after the other."""
NO_LINES: Lines = np.zeros(0, np.uint64)


def line_keys(lines: Iterable[str], source: str) -> Lines:
    """uint64 keys of the distinct lines of one document, sorted; those of different sources differ."""
    found = np.array(list({int(line_key(line), 16) for line in lines}), np.uint64)
    return np.sort(np.bitwise_xor(found, _mask(source)))


def text_key(source: str, sha256: str) -> int:
    """A number of 60 bits for a text of a source."""
    return (int(sha256[:16] or "0", 16) ^ int(_mask(source))) >> 4


def recurring_keys(documents: Callable[[], Iterable[Lines]], n_keys: int, most: int = MAX_SORTED) -> Lines:
    """Keys that stand on `LEAST_DOCUMENTS` documents or more, sorted.

    documents: gives, each time it is called, the keys of all documents in arrays of any length; n_keys: how many.
    """
    n_classes = max(1, -(-n_keys // most))
    return np.sort(np.concatenate([_recurring(documents(), n_classes, n) for n in range(n_classes)]))


def _recurring(documents: Iterable[Lines], n_classes: int, number: int) -> Lines:
    if n_classes > 1:
        documents = (keys[keys % np.uint64(n_classes) == number] for keys in documents)
    keys: Lines = np.sort(np.concatenate([NO_LINES, *documents]))
    firsts, lasts = keys[: 1 - LEAST_DOCUMENTS], keys[LEAST_DOCUMENTS - 1 :]
    recurring: Lines = np.unique(firsts[np.equal(firsts, lasts)])
    return recurring


def shared(keys: Lines, recurring: Lines) -> Lines:
    """Those of `keys` that are among the sorted `recurring`."""
    if not len(recurring):
        return NO_LINES
    places = np.minimum(np.searchsorted(recurring, keys), len(recurring) - 1)
    both: Lines = keys[np.equal(recurring[places], keys)]
    return both


def keys_of_counts(counts: SourceCounts) -> Lines:
    """The lines counted on earlier documents: each as often as it stood on one, but `LEAST_DOCUMENTS` times at most."""
    found = [NO_LINES]
    for source, lines in counts.lines.items():
        keys = np.array([int(key, 16) for key in lines.counts], np.uint64)
        times = np.minimum(np.array(list(lines.counts.values()), np.int64), LEAST_DOCUMENTS)
        found.append(np.repeat(np.bitwise_xor(keys, _mask(source)), times))
    return np.concatenate(found)


def as_hashes(keys: Lines, source: str) -> list[str]:
    """Keys of the lines of one source as `pipeline.ingest.recurring.line_key` gives them."""
    return [f"{key:016x}" for key in np.bitwise_xor(keys, _mask(source)).tolist()]


def as_counts(keys: Lines, source: str) -> RecurringLines | None:
    """Recurring keys of one source as the cleaner takes them: that they recur, not how often; None for no keys."""
    if not len(keys):
        return None
    return RecurringLines(source, LEAST_DOCUMENTS, Counter(dict.fromkeys(as_hashes(keys, source), LEAST_DOCUMENTS)))


@lru_cache(maxsize=4096)
def _mask(source: str) -> np.uint64:
    return np.uint64(int.from_bytes(blake2b(source.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"))
