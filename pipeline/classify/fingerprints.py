"""Recognises documents a model was trained on, copies with another heading included, without keeping their texts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from pipeline.types import Document

SIZE = 16
NONE = np.uint64(0xFFFFFFFFFFFFFFFF)
"""Fills the row of a text that has fewer 5-grams."""
ALIKE = 0.5
"""Share of a fingerprint's values from which two texts count as the same."""


def no_fingerprints() -> NDArray[np.uint64]:
    """Those of no documents."""
    return np.empty((0, SIZE), np.uint64)


def fingerprints_of(documents: Iterable[Document]) -> NDArray[np.uint64]:
    """A row per document, (n, `SIZE`): the smallest hashes of its 5-grams of words, ascending.

    Two texts share about as many of them as they share 5-grams (bottom-k sketches: Broder 1997).
    """
    from pipeline.ingest.shingles import read_words, shingles_of

    rows = [shingles_of(read_words(item.text))[:SIZE] for item in documents]
    found = np.full((len(rows), SIZE), NONE)
    for row, values in enumerate(rows):
        found[row, : len(values)] = values
    return found


def are_known(documents: Iterable[Document], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which documents (n,) repeat, or nearly, one of those that the fingerprints `known` (m, `SIZE`) were taken of."""
    asked = fingerprints_of(documents)
    values, owners = _sorted_values(known)
    return np.array([_most_shared(row[row != NONE], values, owners, known) >= ALIKE for row in asked], bool)


def _sorted_values(known: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    rows, columns = np.nonzero(known != NONE)
    values = known[rows, columns]
    order = np.argsort(values, kind="stable")
    return values[order], rows[order]


def _most_shared(
    own: NDArray[np.uint64], values: NDArray[np.uint64], owners: NDArray[np.int64], known: NDArray[np.uint64]
) -> float:
    """The estimated similarity to the nearest known row."""
    first, last = np.searchsorted(values, own, side="left"), np.searchsorted(values, own, side="right")
    sharing = [owners[start:end] for start, end in zip(first.tolist(), last.tolist(), strict=True) if end > start]
    candidates = np.unique(np.concatenate(sharing)) if sharing else ()
    return max((_similarity(own, known[row][known[row] != NONE]) for row in candidates), default=0.0)


def _similarity(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> float:
    smallest = np.union1d(first, second)[:SIZE]
    both = np.isin(smallest, first) & np.isin(smallest, second)
    return float(both.mean())
