"""Exact and near-duplicates, each linked to the earliest document of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from pipeline.ingest.band_index import BandIndex, Bands, band_groups
from pipeline.ingest.shingles import Hashes, read_words, shingles_of
from pipeline.types import Document

DEFAULT_SIMILARITY = 0.8
"""Jaccard similarity of word (or, in unspaced scripts, character) 5-grams from which two texts count as one.

Of copies made of 773 releases, 95 in 100 with a new headline and dateline have .92 and more; two releases with the
same 80 words at the end have at most .24. One changed word takes out five 5-grams, so .8 allows about one in fifty
(docs/decisions/duplicates.md).
"""
N_PERMUTATIONS = 128
N_BANDS = 32
"""32 bands of 4 rows: a pair of similarity .8 is missed as a candidate once in ten million times."""
DIGEST_BYTES = 16
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def link_duplicates(documents: Iterable[Document], *, similarity: float = DEFAULT_SIMILARITY) -> list[Document]:
    """The documents in their order, `duplicate_of` set to the id of the earliest that says the same, else "".

    Exact duplicates have the same words in the same order; near-duplicates are found by MinHash (rensa) and verified: a
    Jaccard similarity of at least `similarity` between their sets of 5-grams. A lead is never itself a duplicate, so
    links are one step long. Where very many texts are alike, the likeliest `MAX_CANDIDATES` are compared.
    Raises ValueError for a similarity outside (0, 1].
    """
    if not 0 < similarity <= 1:
        raise ValueError(f"similarity must be above 0 and at most 1, not {similarity}")
    documents = list(documents)
    leads = _leads([_read(item.text) for item in documents], similarity)
    return [
        replace(item, duplicate_of=documents[lead].id if lead is not None else "")
        for item, lead in zip(documents, leads, strict=True)
    ]


class _Text(NamedTuple):
    """What is compared of a text; `bands` (N_BANDS,) uint64."""

    digest: bytes
    shingles: Hashes
    bands: Bands


def _read(text: str) -> _Text:
    words = read_words(text)
    shingles = shingles_of(words.hashes)
    rows = np.array(minhash_of(shingles).digest(), np.uint64).reshape(N_BANDS, -1)
    bands = np.zeros(N_BANDS, np.uint64)
    for column in rows.T:
        bands = (bands ^ column) * _MULTIPLIER
    return _Text(digest_of(words.spelling), shingles, bands)


def _leads(texts: Sequence[_Text], similarity: float) -> Iterator[int | None]:
    """For each text the position of the one that it repeats, None where it is now a lead itself."""
    groups = band_groups(np.array([text.bands for text in texts], np.uint64).reshape(-1, N_BANDS))
    index = BandIndex()
    lead_of_digest: dict[bytes, int] = {}
    for position, text in enumerate(texts):
        lead = lead_of_digest.get(text.digest)
        if lead is None:
            lead = _nearest(text, index.candidates(groups[position]), texts, similarity)
            lead_of_digest[text.digest] = position if lead is None else lead
            if lead is None:
                index.add(position, groups[position])
        yield lead


def _nearest(text: _Text, candidates: Sequence[int], texts: Sequence[_Text], similarity: float) -> int | None:
    """The most similar of the candidates, the earliest of equals."""
    best, best_similarity = None, similarity
    for position in sorted(candidates):
        found = jaccard(text.shingles, texts[position].shingles)
        if found > best_similarity or (best is None and found >= similarity):
            best, best_similarity = position, found
    return best


def similar_pairs(documents: Sequence[Document], similarity: float) -> list[tuple[int, int, float]]:
    """All pairs of documents, by position, whose 5-grams have at least that Jaccard similarity: exact, for small sets.

    Every pair that shares a 5-gram is counted through a sparse product, so that low similarities miss none, as MinHash
    would. Order: by first, then second position.
    """
    from scipy.sparse import csr_matrix

    own = [shingles_of(read_words(item.text).hashes) for item in documents]
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


def digest_of(spelling: bytes) -> bytes:
    """What exact duplicates have in common, of `read_words`' spelling of a text."""
    return blake2b(spelling, digest_size=DIGEST_BYTES).digest()


def minhash_of(shingles: Hashes) -> Any:
    """rensa's `RMinHash` of a text's shingles."""
    from rensa import RMinHash

    minhash = RMinHash(num_perm=N_PERMUTATIONS, seed=42)
    minhash.update(shingles.view("V8").tolist())
    return minhash


def jaccard(first: Hashes, second: Hashes) -> float:
    """Share of the elements of two sorted arrays of distinct values that both have; 0 for two empty ones."""
    n_both = len(np.intersect1d(first, second, assume_unique=True))
    n_any = len(first) + len(second) - n_both
    return n_both / n_any if n_any else 0.0
