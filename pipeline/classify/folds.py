"""Cross-validation folds: labels spread evenly, near-duplicates kept together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def stratified_folds(
    labels: NDArray[np.integer], n_folds: int, *, groups: NDArray[np.integer] | None = None, seed: int = 0
) -> NDArray[np.int64]:
    """Assign each row a fold 0..n_folds-1; every group (shape (n,)) stays whole.

    Iterative stratification (Sechidis, Tsoumakas, Vlahavas 2011): the rarest label's groups are dealt first, each to
    the fold that still needs that label most, ties to the emptier fold and then at random. `labels` is (n, k);
    only cells equal to 1 count.
    """
    positive = np.asarray(labels) == 1
    n, k = positive.shape
    _, group_of = np.unique(np.arange(n) if groups is None else groups, return_inverse=True)
    n_groups = int(group_of.max()) + 1
    counts = np.zeros((n_groups, k))
    np.add.at(counts, group_of, positive)
    sizes = np.bincount(group_of, minlength=n_groups).astype(float)
    fold_of_group = _deal(counts, sizes, n_folds, np.random.default_rng(seed))
    return fold_of_group[group_of]


def _deal(
    counts: NDArray[np.float64], sizes: NDArray[np.float64], n_folds: int, random: np.random.Generator
) -> NDArray[np.int64]:
    wanted = np.tile(counts.sum(0) / n_folds, (n_folds, 1))
    room = np.full(n_folds, sizes.sum() / n_folds)
    fold_of = np.full(len(sizes), -1, np.int64)

    def place(group: int, need: NDArray[np.float64]) -> None:
        tie_break = 1e-6 * room / sizes.sum() + 1e-9 * random.random(n_folds)
        fold = int(np.argmax(need + tie_break))
        fold_of[group] = fold
        wanted[fold] -= counts[group]
        room[fold] -= sizes[group]

    for label in np.argsort(counts.sum(0), kind="stable"):
        members = np.flatnonzero((counts[:, label] > 0) & (fold_of < 0))
        for group in random.permutation(members):
            place(group, wanted[:, label])
    for group in random.permutation(np.flatnonzero(fold_of < 0)):
        place(group, room)
    return fold_of
