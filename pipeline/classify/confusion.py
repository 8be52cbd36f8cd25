"""Which theme was assigned where another one holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.classify.judging import Judged


@dataclass(frozen=True, slots=True)
class Confusion:
    """Of `n_missed` documents that carry `theme` and were not given it, `n` were wrongly given `instead`.

    `instead` is "" for those that were wrongly given nothing.
    """

    theme: str
    instead: str
    n: int
    n_missed: int


def confusions(judged: Judged) -> tuple[Confusion, ...]:
    """Themes missed with what was wrongly assigned in their place, the most frequent first.

    A document that was wrongly given two themes counts for both.
    """
    missed = (judged.labels == 1) & ~judged.assigned
    false = (judged.labels == 0) & judged.assigned
    counts = np.column_stack([missed.T.astype(int) @ false.astype(int), missed[~false.any(axis=1)].sum(axis=0)])
    instead, n_missed = (*judged.themes, ""), missed.sum(axis=0)
    found = [
        Confusion(judged.themes[row], instead[column], int(counts[row, column]), int(n_missed[row]))
        for row, column in np.argwhere(counts).tolist()
    ]
    return tuple(sorted(found, key=lambda item: (-item.n, item.theme, item.instead)))
