"""Exact and near-duplicates, each linked to the earliest document of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from pipeline.ingest.shingles import read_words, shingles_of
from pipeline.ingest.signatures import DEFAULT_SIMILARITY, link, signatures_of
from pipeline.types import Document


def link_duplicates(documents: Iterable[Document], *, similarity: float = DEFAULT_SIMILARITY) -> list[Document]:
    """The documents in their order, `duplicate_of` set to the id of the earliest that says the same, else "".

    Exact duplicates have the same words in the same order; near-duplicates are found by MinHash and verified: a
    Jaccard similarity of at least `similarity` between their sets of 5-grams. A lead is never itself a duplicate, so
    links are one step long. Where very many texts are alike, the likeliest `MAX_CANDIDATES` are compared.
    Raises ValueError for a similarity outside (0, 1].
    """
    if not 0 < similarity <= 1:
        raise ValueError(f"similarity must be above 0 and at most 1, not {similarity}")
    documents = list(documents)
    signatures = bytearray(b"".join(signatures_of([item.text for item in documents])))
    leads = link(signatures, lambda positions: (documents[position].text for position in positions), similarity)
    return [
        replace(item, duplicate_of=documents[lead].id if lead >= 0 else "")
        for item, lead in zip(documents, leads.tolist(), strict=True)
    ]


def similar_pairs(documents: Sequence[Document], similarity: float) -> list[tuple[int, int, float]]:
    """All pairs of documents, by position, whose 5-grams have at least that Jaccard similarity: exact, for small sets.

    Every pair that shares a 5-gram is counted through a sparse product, so that low similarities miss none, as MinHash
    would. Order: by first, then second position.
    """
    from scipy.sparse import csr_matrix

    own = [shingles_of(read_words(item.text)) for item in documents]
    sizes = np.array([len(values) for values in own])
    _, columns = np.unique(np.concatenate(own), return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    holds = csr_matrix((np.ones(len(columns), np.int32), columns, starts))
    shared = (holds @ holds.T).tocoo()
    n_either = sizes[shared.row] + sizes[shared.col] - shared.data
    jaccards = shared.data / n_either
    found = np.flatnonzero((shared.row < shared.col) & (jaccards >= similarity))
    return sorted((int(shared.row[i]), int(shared.col[i]), float(jaccards[i])) for i in found)
