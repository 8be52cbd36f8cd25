"""Machines against a dense ridge solution in the primal, and the two ways of solving against one another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from pipeline.classify import solver
from pipeline.classify.solver import INTERCEPT, primal, solve_dual

COSTS = (0.1, 1.0, 3.0)


def problem(n: int = 40, n_features: int = 25, k: int = 3, seed: int = 0) -> tuple[csr_matrix, Any, Any]:
    random = np.random.default_rng(seed)
    dense = random.random((n, n_features)) * (random.random((n, n_features)) < 0.3)
    features = csr_matrix(dense / np.maximum(1e-9, np.linalg.norm(dense, axis=1, keepdims=True)), dtype=np.float32)
    targets = random.choice([-1.0, 0.0, 1.0], (n, k))
    return features, targets, random.choice([0.3, 1.0, 9.0], n)


def primal_ridge(features: csr_matrix, targets: Any, weights: Any) -> tuple[Any, Any]:
    """min sum over rows of 2 w (x b + b0 - y)^2 + |b|^2 + b0^2 / INTERCEPT, by the normal equations."""
    design = np.column_stack([features.toarray().astype(np.float64), np.full(features.shape[0], np.sqrt(INTERCEPT))])
    weighted = 2 * design.T * weights
    solution = np.linalg.solve(weighted @ design + np.eye(design.shape[1]), weighted @ targets)
    return solution[:-1], solution[-1] * np.sqrt(INTERCEPT)


def use(monkeypatch: pytest.MonkeyPatch, *, direct: bool) -> None:
    monkeypatch.setattr(solver, "DIRECT_UP_TO", 3_000 if direct else 0)


@pytest.mark.parametrize(("n", "n_features"), [(40, 25), (10, 60), (1, 3)])
@pytest.mark.parametrize("direct", [True, False])
def test_both_ways_equal_dense_ridge_at_every_cost(
    n: int, n_features: int, direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, direct=direct)
    features, targets, weights = problem(n, n_features)
    for cost, dual in zip(COSTS, solve_dual(features, targets, weights, COSTS, tolerance=1e-6), strict=True):
        coefficients, intercepts = primal(features, dual)
        expected = primal_ridge(features, targets, cost * weights)
        assert coefficients.dtype == np.float32
        assert intercepts.dtype == np.float64
        np.testing.assert_allclose(coefficients, expected[0], atol=1e-3)
        np.testing.assert_allclose(intercepts, expected[1], atol=1e-3)


def test_gradients_agree_with_factors_at_the_tolerance_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    features, targets, weights = problem(300, 120, 5, seed=3)
    exact = solve_dual(features, targets, weights, COSTS)
    use(monkeypatch, direct=False)
    near = solve_dual(features, targets, weights, COSTS)
    scores, near_scores = (
        np.stack(
            [features @ coefficients + intercepts for coefficients, intercepts in (primal(features, d) for d in each)]
        )
        for each in (exact, near)
    )
    assert np.abs(scores - near_scores).max() < 1e-2


def test_many_columns_are_solved_by_factors() -> None:
    features, targets, weights = problem(60, 20, solver.MANY_COLUMNS)
    with pytest.MonkeyPatch.context() as patched:
        use(patched, direct=False)
        patched.delattr(solver, "_descend")
        assert np.isfinite(solve_dual(features, targets, weights, COSTS)).all()


@pytest.mark.parametrize("direct", [True, False])
def test_a_column_nobody_judged_is_zero_and_disturbs_no_other(direct: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, direct=direct)
    features, targets, weights = problem()
    alone = solve_dual(features, targets[:, :1], weights, COSTS, tolerance=1e-6)
    targets[:, 1] = 0
    dual = solve_dual(features, targets, weights, COSTS, tolerance=1e-6)
    assert not dual[:, :, 1].any()
    np.testing.assert_allclose(dual[:, :, :1], alone, atol=1e-3)


def test_weight_is_what_repetition_would_be() -> None:
    features, targets, _ = problem(12, 6)
    twice = csr_matrix(np.vstack([features.toarray(), features.toarray()[:4]]))
    by_weight = primal(features, solve_dual(features, targets, np.r_[np.full(4, 2.0), np.ones(8)], (1.0,))[0])
    by_rows = primal(twice, solve_dual(twice, np.vstack([targets, targets[:4]]), np.ones(16), (1.0,))[0])
    np.testing.assert_allclose(by_weight[0], by_rows[0], atol=1e-4)
