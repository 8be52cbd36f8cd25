"""Machines led by names: against dense ridge with a prior mean, and as a sum of two solutions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.classify.problem import NO_FOLD, Problem
from pipeline.classify.solver import INTERCEPT

N_FEATURES, K, WEIGHTS = 20, 3, (0.0, 0.5, 4.0)


def problem(n: int = 40, seed: int = 0, n_terms: int = 0) -> Problem:
    """Rows at random; the last of the names is empty. Without n-grams among the columns all keep their scale."""
    random = np.random.default_rng(seed)
    rows = random.random((n, N_FEATURES)) * (random.random((n, N_FEATURES)) < 0.4)
    names = random.random((K, N_FEATURES)) * (random.random((K, N_FEATURES)) < 0.3)
    names[-1] = 0
    return Problem(
        csr_matrix(rows, dtype=np.float32),
        random.choice([-1, 0, 1], (n, K)).astype(np.int8),
        random.choice([1.0, 3.0], n),
        np.r_[np.arange(n - 2) % 4, NO_FOLD, NO_FOLD],
        n_terms,
        names=csr_matrix(names, dtype=np.float32),
    )


def ridge_with_mean(posed: Problem, rows: Any, cost: float) -> tuple[Any, Any]:
    """min over b of the sum over rows of 2 C w (x b + b0 - y)^2 + |b - mean|^2 + b0^2 / INTERCEPT."""
    assert posed.names is not None
    names = posed.names.toarray().astype(np.float64)
    mean = posed.name_weight * names / np.maximum(np.linalg.norm(names, axis=1, keepdims=True), 1e-12)
    design = np.column_stack([posed.matrix[rows].toarray(), np.full(len(rows), np.sqrt(INTERCEPT))]).astype(np.float64)
    label = posed.labels[rows]
    targets = np.where(label == 1, 1.0, np.where(label == 0, -1.0, 0.0))
    prior = np.column_stack([mean, np.zeros(K)]).T
    weighted = 2 * cost * design.T * posed.weights[rows]
    solution = np.linalg.solve(weighted @ design + np.eye(N_FEATURES + 1), weighted @ targets + prior)
    return solution[:-1], solution[-1] * np.sqrt(INTERCEPT)


@given(st.integers(0, 99), st.sampled_from(WEIGHTS), st.sampled_from([0.1, 1.0, 10.0]))
@settings(max_examples=25, deadline=None)
def test_a_name_is_the_mean_of_the_prior(seed: int, name_weight: float, cost: float) -> None:
    posed = replace(problem(seed=seed), name_weight=name_weight)
    rows = np.arange(0, 40, 2)
    coefficients, intercepts = posed.solve(rows, cost)
    expected = ridge_with_mean(posed, rows, cost)
    np.testing.assert_allclose(coefficients, expected[0], atol=2e-3)
    np.testing.assert_allclose(intercepts, expected[1], atol=2e-3)


def test_every_weight_tried_is_what_it_gives_alone() -> None:
    posed, folds, costs = problem(n_terms=N_FEATURES), np.arange(4), (0.3, 3.0)
    tried = list(posed.try_each(costs, folds, WEIGHTS))
    assert [(choice.cost, choice.problem.name_weight) for choice in tried] == [(c, w) for c in costs for w in WEIGHTS]
    for choice in tried:
        alone = replace(posed, name_weight=choice.problem.name_weight)
        np.testing.assert_allclose(choice.scores, alone.out_of_fold(choice.cost, folds), atol=1e-5)
        assert not choice.scores[posed.folds == NO_FOLD].any()


def test_out_of_fold_scores_are_those_of_the_machine_of_all_other_rows() -> None:
    posed = replace(problem(n_terms=N_FEATURES), name_weight=2.0)
    scores = posed.out_of_fold(1.0, np.array([1]))
    held = np.flatnonzero(posed.folds == 1)
    coefficients, intercepts = posed.solve(np.flatnonzero(posed.folds != 1), 1.0)
    np.testing.assert_allclose(scores[held], posed.matrix[held] @ coefficients + intercepts, atol=1e-6)
    assert not scores[posed.folds != 1].any()


def test_a_column_without_a_name_is_as_it_was() -> None:
    posed, rows = problem(n_terms=N_FEATURES), np.arange(40)
    plain, led = posed.solve(rows, 1.0), replace(posed, name_weight=4.0).solve(rows, 1.0)
    np.testing.assert_allclose(led[0][:, -1], plain[0][:, -1], atol=1e-6)
    assert np.abs(led[0][:, 0] - plain[0][:, 0]).max() > 0.1


@pytest.mark.parametrize("names", [None, csr_matrix((K, N_FEATURES), dtype=np.float32)])
def test_names_of_no_weight_or_no_words_change_nothing(names: Any) -> None:
    posed, rows = problem(n_terms=N_FEATURES), np.arange(40)
    plain = posed.solve(rows, 1.0)
    other = replace(posed, names=names, name_weight=0.0 if names is None else 4.0).solve(rows, 1.0)
    np.testing.assert_allclose(other[0], plain[0], atol=1e-6)
    np.testing.assert_allclose(other[1], plain[1], atol=1e-6)
