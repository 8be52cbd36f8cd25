"""Intervals and paired tests: against formulas, against enumeration, and by how often they are right."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.classify import resampling
from pipeline.classify.resampling import Estimate, draw_totals, estimate, f1, holm, micro, outcomes, randomization_p

LABELS = np.array([[1, 0], [0, 1], [-1, 1], [1, 1]], np.int8)
ASSIGNED = np.array([[1, 1], [0, 0], [1, 1], [0, 1]], bool)


def units_of(right: int, false: int, missed: int) -> NDArray[np.int32]:
    """One theme: so many documents of each outcome, and as many with none."""
    rows = [[1, 0, 0]] * right + [[0, 1, 0]] * false + [[0, 0, 1]] * missed + [[0, 0, 0]] * 20
    return np.array(rows, np.int32)[:, :, None]


def test_outcomes_by_hand() -> None:
    units = outcomes(LABELS, ASSIGNED)
    assert units[:, :, 0].tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert units[:, :, 1].tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0], [1, 0, 0]]


def test_a_group_is_one_unit() -> None:
    grouped = outcomes(LABELS, ASSIGNED, np.array([7, 3, 7, 7]))
    assert grouped.shape == (2, 3, 2)
    assert grouped[0].tolist() == outcomes(LABELS, ASSIGNED)[1].tolist()
    assert grouped[1].tolist() == outcomes(LABELS, ASSIGNED)[[0, 2, 3]].sum(axis=0).tolist()


def test_figures_by_hand() -> None:
    totals = np.array([[3, 0], [1, 0], [2, 0]])
    assert resampling.precision(totals).tolist() == [0.75, 0.0]
    assert resampling.recall(totals).tolist() == [0.6, 0.0]
    assert f1(totals).tolist() == [pytest.approx(6 / 9), 0.0]
    assert micro(totals).tolist() == [[3], [1], [2]]
    assert resampling.occurring(totals).tolist() == [True, False]


def test_draws_have_the_moments_of_the_posterior() -> None:
    """With Jeffreys' prior the share of right among assigned is Beta(right + 1/2, false + 1/2)."""
    draws = resampling.precision(draw_totals(units_of(9, 3, 4), prior=0.5))[:, 0]
    a, b = 9.5, 3.5
    assert draws.mean() == pytest.approx(a / (a + b), abs=0.01)
    assert draws.var() == pytest.approx(a * b / ((a + b) ** 2 * (a + b + 1)), rel=0.1)


def test_copies_add_no_certainty() -> None:
    units = units_of(12, 4, 4)
    thrice = outcomes_repeated(units)
    alone = f1(draw_totals(units))[:, 0].std()
    assert f1(draw_totals(thrice.sum(axis=1)))[:, 0].std() == pytest.approx(alone, rel=0.1)
    assert f1(draw_totals(thrice.reshape(-1, 3, 1)))[:, 0].std() < 0.75 * alone


def outcomes_repeated(units: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.repeat(units[:, None], 3, axis=1)


@pytest.mark.parametrize("counts", [(5, 0, 0), (0, 0, 5), (0, 3, 0), (40, 0, 0)])
def test_few_documents_never_make_sure(counts: tuple[int, int, int]) -> None:
    units = units_of(*counts)
    value = float(f1(units.sum(axis=0))[0])
    found = estimate(value, f1(draw_totals(units, prior=resampling.PRIOR))[:, 0])
    assert found.low <= value <= found.high
    assert found.high - found.low > 1 / (2 + sum(counts))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    random, held = np.random.default_rng(0), 0
    n_samples, recall, false_share = 150, 0.8, 0.02
    truth = 2 * 0.1 * recall / (0.1 * recall + 0.9 * false_share + 0.1)
    for _ in range(n_samples):
        labels = (random.random((300, 1)) < 0.1).astype(np.int8)
        drawn = random.random((300, 1))
        units = outcomes(labels, np.where(labels == 1, drawn < recall, drawn < false_share))
        found = estimate(float(f1(units.sum(axis=0))[0]), f1(draw_totals(units, prior=resampling.PRIOR))[:, 0])
        held += found.low <= truth <= found.high
    assert 0.89 <= held / n_samples <= 1.0


def test_no_outcome_at_all() -> None:
    units = np.zeros((4, 3, 2), np.int32)
    assert draw_totals(units).shape == (resampling.N_DRAWS, 3, 2)
    assert estimate(0.0, f1(draw_totals(units))[:, 0]) == Estimate(0.0, 0.0, 0.0)


def exact_p(first: NDArray[np.int32], second: NDArray[np.int32]) -> float:
    """Every way of swapping the two models' outcomes."""
    observed = abs(f1(second.sum(axis=0))[0] - f1(first.sum(axis=0))[0])
    reached = 0
    for swaps in product([False, True], repeat=len(first)):
        swapped = np.array(swaps)[:, None, None]
        a, b = np.where(swapped, second, first), np.where(swapped, first, second)
        reached += abs(f1(b.sum(axis=0))[0] - f1(a.sum(axis=0))[0]) >= observed - 1e-12
    return float(reached / 2 ** len(first))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=9))
@settings(max_examples=20, deadline=None)
def test_the_paired_test_agrees_with_enumeration(pairs: list[tuple[int, int]]) -> None:
    kinds = np.eye(3, dtype=np.int32)[:, :, None]
    first, second = kinds[[a for a, _ in pairs]], kinds[[b for _, b in pairs]]
    found = float(randomization_p(first, second, f1)[0])
    assert found == pytest.approx(exact_p(first, second), abs=0.03)


def test_alike_models_do_not_differ() -> None:
    units = units_of(5, 2, 3)
    assert randomization_p(units, units, f1).tolist() == [1.0]


@pytest.mark.parametrize(
    ("given_", "corrected"),
    [([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]), ([0.5, 0.9], [1.0, 1.0]), ([0.02], [0.02])],
)
def test_holm(given_: list[float], corrected: list[float]) -> None:
    assert holm(np.array(given_)).tolist() == pytest.approx(corrected)
