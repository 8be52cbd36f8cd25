"""Exact and near-duplicates, each linked to the earliest document of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.types import Document

Shingles = NDArray[np.uint64]

DEFAULT_SIMILARITY = 0.8
"""Jaccard similarity of word (or, in unspaced scripts, character) 5-grams from which two texts count as one.

Of copies made of 773 releases, 95 in 100 with a new headline and dateline have .92 and more; two releases with the
same 80 words at the end have at most .24. One changed word takes out five 5-grams, so .8 allows about one in fifty
(docs/decisions/duplicates.md).
"""
N_PERMUTATIONS = 128
N_BANDS = 32
"""32 bands of 4 rows: a pair of similarity .8 is missed as a candidate once in ten million times."""
SHINGLE = 5
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def link_duplicates(documents: Iterable[Document], *, similarity: float = DEFAULT_SIMILARITY) -> list[Document]:
    """The documents in their order, `duplicate_of` set to the id of the earliest that says the same, else "".

    Exact duplicates have the same words in the same order; near-duplicates are found by MinHash (rensa) and verified: a
    Jaccard similarity of at least `similarity` between their sets of 5-grams. A lead is never itself a duplicate, so
    links are one step long. Raises ValueError for a similarity outside (0, 1].
    """
    if not 0 < similarity <= 1:
        raise ValueError(f"similarity must be above 0 and at most 1, not {similarity}")
    documents = list(documents)
    leads = _Leads(similarity)
    return [replace(item, duplicate_of=leads.lead_of(item)) for item in documents]


class _Leads:
    """The documents met so far that say something new."""

    def __init__(self, similarity: float) -> None:
        from rensa import RMinHashLSH

        self._similarity = similarity
        self._index = RMinHashLSH(threshold=similarity, num_perm=N_PERMUTATIONS, num_bands=N_BANDS)
        self._exact: dict[bytes, str] = {}
        self._leads: list[tuple[str, Shingles]] = []
        self._hash_of_word: dict[str, int] = {}

    def lead_of(self, item: Document) -> str:
        """The id of the lead that `item` repeats, or "" when it is now a lead itself."""
        from rensa import RMinHash

        words = words_of(item.text)
        digest = blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest in self._exact:
            return self._exact[digest]
        shingles = shingles_of(words, self._hash_of_word)
        packed = shingles.tobytes()
        minhash = RMinHash(num_perm=N_PERMUTATIONS, seed=42)
        minhash.update([packed[start : start + 8] for start in range(0, len(packed), 8)])
        lead = self._nearest(minhash, shingles)
        self._exact[digest] = lead or item.id
        if not lead:
            self._index.insert(len(self._leads), minhash)
            self._leads.append((item.id, shingles))
        return lead

    def _nearest(self, minhash: object, shingles: Shingles) -> str:
        """The most similar of the candidates, the earliest of equals."""
        best, best_similarity = "", 0.0
        for row in sorted(self._index.query(minhash)):
            lead, others = self._leads[row]
            similarity = jaccard(shingles, others)
            if similarity >= self._similarity and similarity > best_similarity:
                best, best_similarity = lead, similarity
        return best


def similar_pairs(documents: Sequence[Document], similarity: float) -> list[tuple[int, int, float]]:
    """All pairs of documents, by position, whose 5-grams have at least that Jaccard similarity: exact, for small sets.

    Every pair that shares a 5-gram is counted through a sparse product, so that low similarities miss none, as MinHash
    would. Order: by first, then second position.
    """
    from scipy.sparse import csr_matrix

    hashes: dict[str, int] = {}
    own = [shingles_of(words_of(item.text), hashes) for item in documents]
    sizes = np.array([len(values) for values in own])
    _, columns = np.unique(np.concatenate(own), return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    holds = csr_matrix((np.ones(len(columns), np.int32), columns, starts))
    shared = (holds @ holds.T).tocoo()
    n_either = sizes[shared.row] + sizes[shared.col] - shared.data
    jaccards = shared.data / n_either
    found = np.flatnonzero((shared.row < shared.col) & (jaccards >= similarity))
    return sorted((int(shared.row[i]), int(shared.col[i]), float(jaccards[i])) for i in found)


def words_of(text: str) -> list[str]:
    """Words without case and marks, one for each kana or Han character; the text itself where it has no word."""
    return _WORDS.findall(text.casefold()) or [text]


def shingles_of(words: Sequence[str], hash_of_word: dict[str, int]) -> Shingles:
    """Distinct hashes of all runs of five words, sorted; one for the whole text where it is shorter.

    `hash_of_word` remembers the hashes of words from one text to the next.
    """
    for word in words:
        if word not in hash_of_word:
            hash_of_word[word] = _hash(word)
    hashes = np.array([hash_of_word[word] for word in words], dtype=np.uint64)
    n_runs = max(1, len(hashes) - SHINGLE + 1)
    runs = np.zeros(n_runs, dtype=np.uint64)
    for offset in range(min(SHINGLE, len(hashes))):
        runs = runs * _MULTIPLIER + hashes[offset : offset + n_runs]
    return np.unique(runs)


def jaccard(first: Shingles, second: Shingles) -> float:
    """Share of the elements of two sorted arrays of distinct values that both have; 0 for two empty ones."""
    n_both = len(np.intersect1d(first, second, assume_unique=True))
    n_any = len(first) + len(second) - n_both
    return n_both / n_any if n_any else 0.0


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
