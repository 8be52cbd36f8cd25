"""What finding duplicates needs to know of a text, in 144 bytes, and the search itself over all documents."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.duplicates import (
    DEFAULT_SIMILARITY,
    DIGEST_BYTES,
    N_BANDS,
    digest_of,
    jaccard,
    minhash_of,
)
from pipeline.ingest.shingles import Hashes, read_words, shingles_of

SIGNATURE = np.dtype([("digest", "<u8", DIGEST_BYTES // 8), ("bands", "<u4", N_BANDS)])
SIGNATURE_BYTES = SIGNATURE.itemsize
NONE = -1
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
Positions = NDArray[np.int64]
Numbers = NDArray[np.uint32]


def signature_of(text: str) -> bytes:
    """A digest of the words in their order (16 bytes), then a uint32 for each band of the MinHash of the 5-grams.

    Texts that `link_duplicates` compares share a digest or a band.
    """
    words = read_words(text)
    rows = np.array(minhash_of(shingles_of(words.hashes)).digest(), np.uint64).reshape(N_BANDS, -1)
    bands = np.zeros(N_BANDS, np.uint64)
    for column in rows.T:
        bands = (bands ^ column) * _MULTIPLIER
        bands ^= bands >> np.uint64(29)
    return digest_of(words.spelling) + (bands >> np.uint64(32)).astype("<u4").tobytes()


def link(signatures: bytearray, texts: Callable[[Sequence[int]], Iterable[str]]) -> Positions:
    """For each document the position of the earlier one that it repeats, or -1: as `link_duplicates` would say.

    signatures: those of all documents, joined; they are overwritten. texts: gives the texts at ascending positions,
    one after the other; only those that share a band with another are asked for.
    """
    table = np.frombuffer(signatures, SIGNATURE)
    lead_of = np.full(len(table), NONE, np.int64)
    first_of = _first_equal(table["digest"])
    is_first = first_of == np.arange(len(table))
    groups = table["bands"]
    n_groups = _number_groups(groups, is_first)
    shared = np.flatnonzero(groups.any(axis=1)).tolist()
    with tempfile.TemporaryFile(buffering=0) as scratch:
        leads = _Leads(groups, n_groups, scratch)
        for position, text in zip(shared, texts(shared), strict=True):
            lead_of[position] = leads.lead_of(position, shingles_of(read_words(text).hashes))
    repeated = np.flatnonzero(~is_first)
    firsts = first_of[repeated]
    lead_of[repeated] = np.where(lead_of[firsts] == NONE, firsts, lead_of[firsts])
    return lead_of


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


def _number_groups(bands: Numbers, is_first: NDArray[np.bool_]) -> int:
    """Put in the place of each value the number, from 1, of the rows that have it in its column; returns how many.

    A value of one row only becomes 0, as do all values of the rows that repeat an earlier one.
    """
    n_groups = 0
    for column in bands.T:
        values = column[is_first]
        order = np.argsort(values)
        ordered = values[order]
        as_before = np.concatenate([[False], ordered[1:] == ordered[:-1]])
        is_shared = as_before | np.concatenate([as_before[1:], [False]]) if len(values) else as_before[:0]
        begins = is_shared & ~as_before[: len(values)]
        values[order] = np.where(is_shared, n_groups + np.cumsum(begins), 0)
        column[is_first] = values
        n_groups += int(begins.sum())
    bands[~is_first] = 0
    return n_groups


class _Leads:
    """Texts met so far that say something new, found again by the groups they are in; their shingles are in a file."""

    def __init__(self, groups: Numbers, n_groups: int, shingles: IO[bytes]) -> None:
        self._groups = groups
        self._last = np.full(n_groups + 1, NONE, np.int32)  # lead of each group; number 0 is no group
        self._before = np.zeros(groups.shape, np.int32)  # the lead before each lead, band by band
        self._start, self._size = np.zeros(len(groups), np.int64), np.zeros(len(groups), np.int64)
        self._shingles, self._end = shingles, 0

    def lead_of(self, position: int, shingles: Hashes) -> int:
        """The lead most similar to a text, the earliest of equals; NONE where it is now a lead itself."""
        best, best_similarity = NONE, 0.0
        for other in sorted(self._candidates(position)):
            fewer, more = sorted((len(shingles), int(self._size[other])))
            if fewer < DEFAULT_SIMILARITY * more:
                continue
            similarity = jaccard(shingles, self._read(other))
            if similarity >= DEFAULT_SIMILARITY and similarity > best_similarity:
                best, best_similarity = other, similarity
        if best == NONE:
            self._add(position, shingles)
        return best

    def _candidates(self, position: int) -> set[int]:
        found: set[int] = set()
        leads, bands = self._last[self._groups[position]], np.arange(N_BANDS)
        while (there := leads != NONE).any():
            leads, bands = leads[there], bands[there]
            found.update(leads.tolist())
            leads = self._before[leads, bands]
        return found

    def _add(self, position: int, shingles: Hashes) -> None:
        groups = self._groups[position]
        self._before[position] = self._last[groups]
        self._last[groups] = position
        self._last[0] = NONE
        self._start[position], self._size[position] = self._end, len(shingles)
        self._shingles.seek(self._end)
        self._end += self._shingles.write(shingles.tobytes())

    def _read(self, position: int) -> Hashes:
        self._shingles.seek(int(self._start[position]))
        return np.frombuffer(self._shingles.read(8 * int(self._size[position])), np.uint64)
