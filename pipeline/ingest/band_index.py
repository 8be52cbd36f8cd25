"""Texts found again by the bands of their MinHash, with as many candidates as can be compared and no more."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

MAX_IN_BAND = 100
MAX_CANDIDATES = 50
"""Thousands of notices made from one form share some bands, but hardly all: what shares the most is compared first."""
Numbers = NDArray[np.uint32]


def number_groups(bands: Numbers, counts: NDArray[np.bool_]) -> None:
    """Put in the place of each value the number, from 1, of the texts that have it in its column.

    bands: (n_texts, n_bands), overwritten; counts: (n_texts,), whether a text counts, else all its values become 0, as
    does a value of one text only: most are, and none can lead to another text.
    """
    n_groups = 0
    for column in bands.T:
        values = column[counts]
        order = np.argsort(values)
        ordered = values[order]
        as_before = np.zeros(len(values), bool)
        as_before[1:] = ordered[1:] == ordered[:-1]
        is_shared = as_before.copy()
        is_shared[:-1] |= as_before[1:]
        begins = is_shared & ~as_before
        values[order] = np.where(is_shared, n_groups + np.cumsum(begins), 0)
        column[counts] = values
        n_groups += int(begins.sum())
    bands[~counts] = 0


class BandIndex:
    """Positions of texts by group. A group that `MAX_IN_BAND` texts are in tells nothing and takes no more.

    least_shared: how many groups candidates share.
    """

    def __init__(self, least_shared: int = 1) -> None:
        self._least_shared = least_shared
        self._positions: dict[int, list[int]] = {}

    def candidates(self, groups: Numbers) -> list[int]:
        """The texts that share enough groups with this one, those with the most first, the earliest of equals."""
        shared: Counter[int] = Counter()
        for group in groups[groups > 0].tolist():
            shared.update(self._positions.get(group, ()))
        enough = [position for position, n_groups in shared.items() if n_groups >= self._least_shared]
        return sorted(enough, key=lambda position: (-shared[position], position))[:MAX_CANDIDATES]

    def add(self, position: int, groups: Numbers) -> None:
        """Note a text under its groups."""
        for group in groups[groups > 0].tolist():
            positions = self._positions.setdefault(group, [])
            if len(positions) < MAX_IN_BAND:
                positions.append(position)
