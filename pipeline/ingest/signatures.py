"""What finding duplicates needs to know of a text, in 144 bytes, and the search itself over all documents."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import IO

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.band_index import BandIndex, Numbers, number_groups
from pipeline.ingest.shingles import STEP, Hashes, Joined, joined, joined_runs, read_words, shingles_of
from pipeline.ingest.text_work import kernel_for

DEFAULT_SIMILARITY = 0.8
"""Jaccard similarity of word (or, in unspaced scripts, character) 5-grams from which two texts count as one.

Of copies made of 1,022 releases, 95 in 100 with a new headline and dateline have .92 and more; two releases with the
same 80 words at the end have at most .25. One changed word takes out five 5-grams, so .8 allows about one in fifty
(docs/decisions/duplicates.md).
"""
N_PERMUTATIONS, SEED = 128, 42
N_BANDS = 32
"""32 bands of 4 rows: a pair of similarity .8 shares none of them once in ten million times."""
LEAST_SHARED = 2
"""Texts that share fewer bands are not compared where those of `DEFAULT_SIMILARITY` are looked for: most share one by
chance, and such a pair is missed once in a million times. Pairs less similar share few: for these, one is enough."""
N_AT_ONCE = 64
"""So many texts are read together: what is made of them stays in the processor's cache."""
DIGEST_BYTES = 16
SIGNATURE = np.dtype([("digest", "<u8", DIGEST_BYTES // 8), ("bands", "<u4", N_BANDS)])
NONE = -1
Positions = NDArray[np.int64]


def signatures_of(texts: Sequence[str]) -> list[bytes]:
    """Of each text a digest of its words in their order (16 bytes), then a uint32 for each band of its MinHash.

    Texts that `link` compares share a digest or a band.
    """
    first = range(0, len(texts), N_AT_ONCE)
    data = b"".join([_signatures(texts[start : start + N_AT_ONCE]).tobytes() for start in first])
    size = SIGNATURE.itemsize
    return [data[start : start + size] for start in range(0, len(data), size)]


def _signatures(texts: Sequence[str]) -> NDArray[np.void]:
    words = _words_of(texts)
    data, ends = words.values.data.cast("B"), (8 * words.starts).tolist()
    digests = [blake2b(data[start:end], digest_size=DIGEST_BYTES).digest() for start, end in pairwise(ends)]
    signatures = np.empty(len(texts), SIGNATURE)
    signatures["digest"] = np.frombuffer(b"".join(digests), SIGNATURE["digest"])
    signatures["bands"] = _bands(joined_runs(words))
    return signatures


def _words_of(texts: Sequence[str]) -> Joined:
    if kernel := kernel_for(sum(map(len, texts))):
        words: Joined = kernel.read_words(texts)
        return words
    return joined(list(map(read_words, texts)))


def _bands(shingles: Joined) -> NDArray[np.uint32]:
    """uint32 (n_texts, N_BANDS): a hash for each band of rows of rensa's MinHash of the shingles of each text."""
    from rensa import RMinHash

    starts = shingles.starts.astype(np.uint64)
    rows = RMinHash.digest_matrix_from_flat_token_hashes(shingles.values, starts, N_PERMUTATIONS, SEED).to_rows()
    flat = np.frombuffer(b"".join([array("Q", row) for row in rows]), np.uint64)  # half the time that `np.array` takes
    minhashes = flat.reshape(len(rows), N_BANDS, N_PERMUTATIONS // N_BANDS)
    bands = np.zeros((len(rows), N_BANDS), np.uint64)
    for row in range(minhashes.shape[2]):
        bands = (bands ^ minhashes[:, :, row]) * STEP
        bands ^= bands >> np.uint64(29)
    return (bands >> np.uint64(32)).astype(np.uint32)


def link(
    signatures: bytearray, texts: Callable[[Sequence[int]], Iterable[str]], similarity: float = DEFAULT_SIMILARITY
) -> Positions:
    """For each document the position of the earlier one that it repeats, or -1.

    signatures: those of all documents, joined; they are overwritten. texts: gives the texts at ascending positions,
    one after the other; only those are asked for of which as many bands as `LEAST_SHARED` tells are also others'.
    """
    table = np.frombuffer(signatures, SIGNATURE)
    lead_of = np.full(len(table), NONE, np.int64)
    first_of = _first_equal(table["digest"])
    is_first = first_of == np.arange(len(table))
    groups = table["bands"]
    number_groups(groups, is_first)
    least_shared = LEAST_SHARED if similarity >= DEFAULT_SIMILARITY else 1
    shared = np.flatnonzero(np.count_nonzero(groups, axis=1) >= least_shared).tolist()
    with tempfile.TemporaryFile(buffering=0) as scratch:
        leads = _Leads(groups, BandIndex(least_shared), similarity, scratch)
        for position, text in zip(shared, texts(shared), strict=True):
            lead_of[position] = leads.lead_of(position, shingles_of(read_words(text)))
    repeated = np.flatnonzero(~is_first)
    firsts = first_of[repeated]
    lead_of[repeated] = np.where(lead_of[firsts] == NONE, firsts, lead_of[firsts])
    return lead_of


def jaccard(first: Hashes, second: Hashes) -> float:
    """Share of the elements of two sorted arrays of distinct values that both have; 0 for two empty ones."""
    n_both = len(np.intersect1d(first, second, assume_unique=True))
    n_any = len(first) + len(second) - n_both
    return n_both / n_any if n_any else 0.0


def _first_equal(digests: NDArray[np.uint64]) -> Positions:
    """For each row, the first row that equals it."""
    order = np.lexsort(digests.T)
    begins = np.ones(len(order), bool)
    for column in digests.T:
        ordered = column[order]
        begins[1:] &= ordered[1:] == ordered[:-1]
    begins[1:] = ~begins[1:]
    first_of = np.zeros(len(order), np.int64)
    first_of[order] = order[begins][np.cumsum(begins) - 1]
    return first_of


class _Leads:
    """Texts met so far that say something new, found again by the groups they are in; their shingles are in a file."""

    def __init__(self, groups: Numbers, index: BandIndex, similarity: float, shingles: IO[bytes]) -> None:
        self._groups, self._index, self._similarity = groups, index, similarity
        self._stretches: dict[int, tuple[int, int]] = {}  # start and number of shingles of each lead
        self._shingles, self._end = shingles, 0

    def lead_of(self, position: int, shingles: Hashes) -> int:
        """The lead most similar to a text, the earliest of equals; NONE where it is now a lead itself."""
        best, best_similarity = NONE, 0.0
        for other in sorted(self._index.candidates(self._groups[position])):
            fewer, more = sorted((len(shingles), self._stretches[other][1]))
            if fewer < self._similarity * more:
                continue
            similarity = jaccard(shingles, self._read(other))
            if similarity >= self._similarity and similarity > best_similarity:
                best, best_similarity = other, similarity
        if best == NONE:
            self._add(position, shingles)
        return best

    def _add(self, position: int, shingles: Hashes) -> None:
        self._index.add(position, self._groups[position])
        self._stretches[position] = (self._end, len(shingles))
        self._shingles.seek(self._end)
        self._end += self._shingles.write(shingles.tobytes())

    def _read(self, position: int) -> Hashes:
        start, size = self._stretches[position]
        self._shingles.seek(start)
        return np.frombuffer(self._shingles.read(8 * size), np.uint64)
