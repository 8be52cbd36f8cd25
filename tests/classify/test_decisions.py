"""From scores to decisions: hurdle, fewest, at most one, abstention."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.decisions import Decider, log_odds, near_miss_quantiles, nearest_miss, sigmoid
from pipeline.types import ABSTAIN, ASSIGNED, NOT

THRESHOLDS = np.array([0.5, 0.4, 0.3], np.float32)
PLAIN = Decider(np.ones(3, np.float32), np.zeros(3, np.float32), THRESHOLDS, np.zeros(101, np.float32))
P = np.array([[0.6, 0.1, 0.1], [0.1, 0.39, 0.1], [0.9, 0.5, 0.31], [0.0, 0.0, 0.0]], np.float32)


def test_probabilities_are_sigmoids_of_the_line() -> None:
    decider = replace(PLAIN, slopes=np.array([2, 1, 1], np.float32), offsets=np.array([-1, 0, 3], np.float32))
    expected = 1 / (1 + np.exp(-np.array([[3.0, 0.0, 2.0]])))
    p = decider.probabilities(np.array([[2.0, 0.0, -1.0]]))
    assert p.dtype == np.float32
    np.testing.assert_allclose(p, expected, rtol=1e-6)


def test_a_hurdle_multiplies_by_the_chance_of_any_theme() -> None:
    decider = replace(PLAIN, slopes=np.ones(4, np.float32), offsets=np.zeros(4, np.float32))
    assert decider.has_hurdle
    assert not PLAIN.has_hurdle
    p = decider.probabilities(np.array([[0.0, 100.0, -100.0, 0.0], [0.0, 0.0, 0.0, -100.0]]))
    np.testing.assert_allclose(p, [[0.25, 0.5, 0.0], [0.0, 0.0, 0.0]], atol=1e-6)


def test_one_theme_each_shares_the_probability_out() -> None:
    scores = np.log(np.array([[1 / 3, 1.0, 1 / 3], [1 / 19, 1 / 19, 1 / 9]]))
    p = replace(PLAIN, fewest=1, most_one=True).probabilities(scores)
    np.testing.assert_allclose(p, [[0.25, 0.5, 0.25], [0.25, 0.25, 0.5]], rtol=1e-6)
    for other in (replace(PLAIN, fewest=1), replace(PLAIN, most_one=True)):
        assert np.array_equal(other.probabilities(scores), PLAIN.probabilities(scores))


@pytest.mark.parametrize("one_each", [False, True])
def test_the_score_needed_reaches_the_threshold(one_each: bool) -> None:
    decider = replace(PLAIN, fewest=int(one_each), most_one=one_each)
    scores = np.array([[0.3, -1.0, -2.0]])
    chances = decider.chances(scores)[0][0]
    for theme in range(3):
        others = float(chances.sum() - chances[theme])
        needed = decider.score_needed(theme, of_any=1.0, of_others=others, language="en")
        assert needed is not None
        scores_at = scores.copy()
        scores_at[0, theme] = needed
        assert decider.probabilities(scores_at)[0, theme] == pytest.approx(float(THRESHOLDS[theme]), rel=1e-5)
    assert (decider.score_needed(0, of_any=1.0, of_others=1.2, language="en") is None) == one_each


def test_a_theme_is_assigned_from_its_threshold_on() -> None:
    assert PLAIN.assigned(P).tolist() == [[1, 0, 0], [0, 0, 0], [1, 1, 1], [0, 0, 0]]
    assert PLAIN.assigned(THRESHOLDS[None]).all()


def test_fewest_gives_every_document_its_best_theme() -> None:
    assigned = replace(PLAIN, fewest=1).assigned(P)
    assert assigned[[0, 2]].tolist() == PLAIN.assigned(P)[[0, 2]].tolist()
    assert assigned[1].tolist() == [0, 1, 0]
    assert assigned[3].sum() == 1


def test_most_one_keeps_the_theme_furthest_over_its_threshold() -> None:
    assigned = replace(PLAIN, most_one=True).assigned(P)
    assert assigned.tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert replace(PLAIN, most_one=True, fewest=1).assigned(P).sum(axis=1).tolist() == [1, 1, 1, 1]


def test_no_documents() -> None:
    for decider in (PLAIN, replace(PLAIN, fewest=1, most_one=True)):
        assert decider.decide(np.zeros((0, 3), np.float32), 0.1).shape == (0, 3)


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1, 0.35, 1.0])
def test_about_the_asked_share_of_documents_abstains(rate: float) -> None:
    p = np.random.default_rng(0).random((2000, 3)).astype(np.float32) * 0.7
    decider = replace(PLAIN, near_misses=near_miss_quantiles(p, THRESHOLDS))
    decisions = decider.decide(p, rate)
    share = (decisions == ABSTAIN).any(axis=1).mean()
    has_a_miss = (p < THRESHOLDS).any(axis=1).mean()
    assert share == pytest.approx(min(rate, has_a_miss), abs=0.005)
    assert (decisions == ABSTAIN).sum(axis=1).max(initial=0) <= 1
    assert np.array_equal(decisions == ASSIGNED, p >= THRESHOLDS)


@given(st.floats(0, 1), st.integers(0, 20))
def test_abstaining_takes_nothing_away(rate: float, seed: int) -> None:
    p = np.random.default_rng(seed).random((20, 3)).astype(np.float32)
    decider = replace(PLAIN, near_misses=near_miss_quantiles(p, THRESHOLDS))
    without, with_some = decider.decide(p, 0.0), decider.decide(p, rate)
    assert set(np.unique(without)) <= {NOT, ASSIGNED}
    assert np.array_equal(without == ASSIGNED, with_some == ASSIGNED)
    abstained = np.argwhere(with_some == ABSTAIN)
    for row, column in abstained:
        below = THRESHOLDS - p[row]
        assert below[column] == min(distance for distance in below if distance > 0)


def test_nearest_miss_by_hand() -> None:
    rows, nearest, distance = nearest_miss(P, THRESHOLDS)
    assert rows.tolist() == [0, 1, 2, 3]
    assert nearest[[0, 1, 3]].tolist() == [2, 1, 2]
    assert distance.tolist() == pytest.approx([0.2, 0.01, np.inf, 0.3], rel=1e-5)


def test_reach_grows_with_the_share() -> None:
    reach = near_miss_quantiles(P, THRESHOLDS)
    assert reach.shape == (101,)
    assert reach[0] == 0
    assert (np.diff(reach) >= 0).all()
    assert reach[25] == pytest.approx(0.01, rel=1e-5)
    assert reach[100] == 1.0


@given(st.floats(-1e4, 1e4))
def test_sigmoid_and_log_odds_undo_one_another(value: float) -> None:
    p = sigmoid(np.array([value]))
    assert 0 <= p[0] <= 1
    assert log_odds(p)[0] == pytest.approx(float(np.clip(value, -13.8155, 13.8155)), abs=1e-3)
