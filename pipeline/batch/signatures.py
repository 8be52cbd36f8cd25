"""What finding duplicates needs to know of a text, in 144 bytes, and the search itself over all documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.duplicates import N_BANDS, N_PERMUTATIONS, link_duplicates, shingles_of, words_of
from pipeline.types import Document

DIGEST_BYTES = 16
SIGNATURE_BYTES = DIGEST_BYTES + 4 * N_BANDS
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
Bands = NDArray[np.uint32]


def signature_of(text: str, hash_of_word: dict[str, int]) -> bytes:
    """A digest of the words in their order (16 bytes), then a uint32 for each band of the MinHash of the 5-grams.

    Texts that `link_duplicates` compares share a digest or a band. `hash_of_word` is remembered between texts.
    """
    from rensa import RMinHash

    words = words_of(text)
    digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()
    packed = shingles_of(words, hash_of_word).tobytes()
    minhash = RMinHash(num_perm=N_PERMUTATIONS, seed=42)
    minhash.update([packed[start : start + 8] for start in range(0, len(packed), 8)])
    rows = np.array(minhash.digest(), np.uint64).reshape(N_BANDS, -1)
    bands = np.zeros(N_BANDS, np.uint64)
    for column in rows.T:
        bands = (bands ^ column) * _MULTIPLIER
        bands ^= bands >> np.uint64(29)
    return digest + (bands >> np.uint64(32)).astype("<u4").tobytes()


def link(
    signatures: bytes, ids: Callable[[int], str], texts: Callable[[Sequence[int]], Iterable[str]]
) -> dict[int, str]:
    """Of all documents, by position, those that repeat an earlier one, with its id: as `link_duplicates` would say.

    signatures: those of all documents, joined. Only texts that share a band with another are asked for, a cluster of
    them at a time.
    """
    table = np.frombuffer(signatures, np.uint8).reshape(-1, SIGNATURE_BYTES)
    first_of = _first_equal(table[:, :DIGEST_BYTES])
    firsts = np.flatnonzero(first_of == np.arange(len(table)))
    bands = np.ascontiguousarray(table[firsts, DIGEST_BYTES:]).view("<u4")
    lead_of: dict[int, str] = {}
    for cluster in _clusters(bands):
        rows = firsts[cluster].tolist()
        documents = [Document(ids(row), text) for row, text in zip(rows, texts(rows), strict=True)]
        linked = zip(rows, link_duplicates(documents), strict=True)
        lead_of |= {row: document.duplicate_of for row, document in linked if document.duplicate_of}
    for row in np.flatnonzero(first_of != np.arange(len(table))).tolist():
        first = int(first_of[row])
        lead_of[row] = lead_of.get(first) or ids(first)
    return lead_of


def _first_equal(digests: NDArray[np.uint8]) -> NDArray[np.int64]:
    """For each row, the first row that equals it."""
    if not len(digests):
        return np.zeros(0, np.int64)
    keys = np.ascontiguousarray(digests).view("V16").ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    return np.asarray(first[group.ravel()], np.int64)


def _clusters(bands: Bands) -> Iterator[NDArray[np.int64]]:
    """Rows joined by equal bands, directly or through others: sorted positions of each such set of two or more."""
    pairs = [np.zeros((2, 0), np.int64)]
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        equal = np.flatnonzero(band[order[1:]] == band[order[:-1]])
        pairs.append(np.stack([order[equal], order[equal + 1]]))
    joined = np.unique(np.concatenate(pairs, axis=1), axis=1)
    parent: dict[int, int] = {}
    for one, other in joined.T.tolist():
        low, high = sorted((_root(parent, one), _root(parent, other)))
        parent[high] = low
        parent.setdefault(low, low)
    members: dict[int, list[int]] = defaultdict(list)
    for row in sorted(parent):
        members[_root(parent, row)].append(row)
    return (np.array(rows, np.int64) for rows in members.values())


def _root(parent: dict[int, int], row: int) -> int:
    while (above := parent.get(row, row)) != row:
        parent[row] = parent.get(above, above)
        row = above
    return row
