"""Folds: labels spread evenly, groups whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.folds import stratified_folds

labels = st.tuples(st.integers(2, 40), st.integers(1, 4), st.integers(0, 99)).map(
    lambda shape: np.random.default_rng(shape[2]).choice([-1, 0, 1], shape[:2], p=[0.1, 0.6, 0.3])
)


@given(labels, st.integers(2, 6), st.integers(0, 3))
def test_groups_stay_whole(labels: np.ndarray, n_folds: int, seed: int) -> None:
    groups = np.random.default_rng(seed).integers(0, 8, len(labels)) * 17 + 3
    folds = stratified_folds(labels, n_folds, groups=groups, seed=seed)
    assert folds.shape == (len(labels),)
    assert set(folds) <= set(range(n_folds))
    for group in set(groups):
        assert len(set(folds[groups == group])) == 1


@given(st.integers(0, 60), st.integers(0, 60), st.integers(2, 6), st.integers(0, 3))
def test_one_label_is_spread_as_evenly_as_can_be(n_with: int, n_without: int, n_folds: int, seed: int) -> None:
    labels = np.r_[np.ones(n_with, int), np.zeros(n_without + 2, int)][:, None]
    folds = stratified_folds(labels, n_folds, seed=seed)
    n_positive = np.bincount(folds[labels[:, 0] == 1], minlength=n_folds)
    n_all = np.bincount(folds, minlength=n_folds)
    assert np.ptp(n_positive) <= 1
    assert np.ptp(n_all) <= 1


def test_several_labels_are_spread_better_than_by_chance() -> None:
    random = np.random.default_rng(4)
    labels = (random.random((400, 6)) < [0.02, 0.05, 0.1, 0.1, 0.3, 0.5]).astype(int)
    folds = stratified_folds(labels, 5)
    per_fold = np.array([labels[folds == fold].sum(axis=0) for fold in range(5)])
    assert (np.ptp(per_fold, axis=0) <= [2, 2, 3, 3, 4, 5]).all(), per_fold
    assert np.ptp(np.bincount(folds)) <= 12


def test_cells_not_judged_do_not_count() -> None:
    labels = np.r_[np.ones(10, int), -np.ones(10, int)][:, None]
    folds = stratified_folds(labels, 5)
    assert np.bincount(folds[:10], minlength=5).tolist() == [2] * 5


@pytest.mark.parametrize("seed", [0, 1])
def test_a_seed_gives_the_same_folds(seed: int) -> None:
    labels = np.random.default_rng(1).integers(0, 2, (50, 3))
    first, again = (stratified_folds(labels, 5, seed=seed) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, stratified_folds(labels, 5, seed=seed + 7))
