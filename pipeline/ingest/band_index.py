"""Texts found again by the bands of their MinHash, with as many candidates as can be compared and no more."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

MAX_IN_BAND = 100
MAX_CANDIDATES = 50
"""Thousands of notices made from one form share some bands, but hardly all: what shares the most is compared first."""
Bands = NDArray[np.uint64]


def band_groups(bands: Bands) -> NDArray[np.int64]:
    """For each value of `bands` (n_texts, n_bands) the number, from 1, of the texts that have it in its column, else 0.

    A value of one text only is 0: most are, and none can lead to another text.
    """
    groups = np.zeros(bands.shape, np.int64)
    n_groups = 0
    for column, values in enumerate(bands.T):
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        is_shared = counts > 1
        numbers = np.where(is_shared, n_groups + np.cumsum(is_shared), 0)
        groups[:, column] = numbers[inverse]
        n_groups += int(is_shared.sum())
    return groups


class BandIndex:
    """Positions of texts by group. A group that `MAX_IN_BAND` texts are in tells nothing and takes no more."""

    def __init__(self) -> None:
        self._positions: dict[int, list[int]] = {}

    def candidates(self, groups: NDArray[np.int64]) -> list[int]:
        """The texts that share groups with this one, those that share the most first, the earliest of equals."""
        shared: Counter[int] = Counter()
        for group in groups[groups > 0].tolist():
            shared.update(self._positions.get(group, ()))
        return sorted(shared, key=lambda position: (-shared[position], position))[:MAX_CANDIDATES]

    def add(self, position: int, groups: NDArray[np.int64]) -> None:
        """Note a text under its groups."""
        for group in groups[groups > 0].tolist():
            positions = self._positions.setdefault(group, [])
            if len(positions) < MAX_IN_BAND:
                positions.append(position)
