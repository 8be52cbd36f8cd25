"""Machines against a dense ridge solution in the primal, and the two ways of solving against one another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipeline.classify import solver
from pipeline.classify.solver import fit_linear


def problem(n: int = 40, n_features: int = 25, k: int = 3, seed: int = 0) -> tuple[csr_matrix, Any, Any]:
    random = np.random.default_rng(seed)
    dense = random.random((n, n_features)) * (random.random((n, n_features)) < 0.3)
    features = csr_matrix(dense / np.maximum(1e-9, np.linalg.norm(dense, axis=1, keepdims=True)), dtype=np.float32)
    targets = random.choice([-1.0, 0.0, 1.0], (n, k))
    return features, targets, 0.5 / random.choice([0.3, 1.0, 9.0], n)


def primal_ridge(features: csr_matrix, targets: Any, ridge: Any) -> tuple[Any, Any]:
    """min sum over rows of (x b + b0 - y)^2 / ridge + |b|^2 + b0^2, by the normal equations."""
    design = np.column_stack([features.toarray().astype(np.float64), np.ones(features.shape[0])])
    weighted = design.T / ridge
    solution = np.linalg.solve(weighted @ design + np.eye(design.shape[1]), weighted @ targets)
    return solution[:-1], solution[-1]


@pytest.mark.parametrize(("n", "n_features"), [(40, 25), (10, 60), (1, 3)])
@pytest.mark.parametrize("direct", [True, False])
def test_both_ways_equal_dense_ridge(n: int, n_features: int, direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "DIRECT_UP_TO", 3_000 if direct else 0)
    features, targets, ridge = problem(n, n_features)
    coefficients, intercepts = fit_linear(features, targets, ridge, tolerance=1e-6)
    expected = primal_ridge(features, targets, ridge)
    assert coefficients.dtype == np.float32
    assert intercepts.dtype == np.float64
    np.testing.assert_allclose(coefficients, expected[0], atol=2e-4)
    np.testing.assert_allclose(intercepts, expected[1], atol=2e-4)


def test_gradients_agree_with_factors_at_the_tolerance_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    features, targets, ridge = problem(300, 120, 5, seed=3)
    exact = fit_linear(features, targets, ridge)
    monkeypatch.setattr(solver, "DIRECT_UP_TO", 0)
    near = fit_linear(features, targets, ridge)
    scores, near_scores = (features @ coefficients + intercepts for coefficients, intercepts in (exact, near))
    assert np.abs(scores - near_scores).max() < 1e-2


@pytest.mark.parametrize("direct", [True, False])
def test_a_column_nobody_judged_is_zero_and_disturbs_no_other(direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "DIRECT_UP_TO", 3_000 if direct else 0)
    features, targets, ridge = problem()
    alone, alone_intercepts = fit_linear(features, targets[:, :1], ridge, tolerance=1e-6)
    targets[:, 1] = 0
    coefficients, intercepts = fit_linear(features, targets, ridge, tolerance=1e-6)
    assert not coefficients[:, 1].any()
    assert intercepts[1] == 0
    np.testing.assert_allclose(coefficients[:, :1], alone, atol=1e-5)
    np.testing.assert_allclose(intercepts[:1], alone_intercepts, atol=1e-5)


def test_weight_is_what_repetition_would_be() -> None:
    features, targets, _ = problem(12, 6)
    twice = csr_matrix(np.vstack([features.toarray(), features.toarray()[:4]]))
    by_weight = fit_linear(features, targets, 0.5 / np.r_[np.full(4, 2.0), np.ones(8)])
    by_rows = fit_linear(twice, np.vstack([targets, targets[:4]]), np.full(16, 0.5))
    np.testing.assert_allclose(by_weight[0], by_rows[0], atol=1e-5)
