"""Calibration and cuts: monotone, true on average, and worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.decisions import sigmoid
from pipeline.classify.metrics import expected_calibration_error
from pipeline.classify.thresholds import (
    calibrated_loss,
    choose_thresholds,
    expected_f1_thresholds,
    platt,
    pooled_threshold,
)


@given(st.integers(0, 200), st.integers(1, 30))
def test_platt_never_turns_the_order_round(seed: int, n: int) -> None:
    random = np.random.default_rng(seed)
    scores, labels = random.normal(size=(n, 3)), random.choice([-1, 0, 1], (n, 3)).astype(np.int8)
    slopes, offsets = platt(scores, labels)
    assert (slopes > 0).all()
    assert np.isfinite(slopes).all()
    assert np.isfinite(offsets).all()


def test_platt_finds_the_line_that_made_the_labels() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(size=(20_000, 2))
    truth = sigmoid(scores * [4.0, 1.5] + [-2.0, 0.5])
    labels = (random.random(truth.shape) < truth).astype(np.int8)
    slopes, offsets = platt(scores, labels)
    np.testing.assert_allclose(slopes, [4.0, 1.5], rtol=0.06)
    np.testing.assert_allclose(offsets, [-2.0, 0.5], atol=0.08)
    assert expected_calibration_error(sigmoid(slopes * scores + offsets), labels == 1) < 0.01


def test_a_theme_with_few_positives_takes_the_slope_of_the_others() -> None:
    random = np.random.default_rng(4)
    labels = (random.random((3000, 4)) < [0.3, 0.2, 0.3, 0.001]).astype(np.int8)
    labels[:, 3] = 0
    labels[:2, 3] = 1
    scores = random.normal(size=labels.shape) + 1.5 * labels
    scores[:2, 3] = [-0.5, 0.4]
    slopes, offsets = platt(scores, labels)
    assert slopes[:3].tolist() == pytest.approx([1.5] * 3, rel=0.1)
    assert 0.5 < slopes[3] < 1.5
    assert sigmoid(slopes * scores + offsets).mean(axis=0) == pytest.approx(labels.mean(axis=0), rel=1e-3)


def test_platt_without_both_kinds_gives_the_base_rate() -> None:
    labels = np.array([[1, 0, -1], [1, 0, -1], [1, 0, -1]], np.int8)
    slopes, offsets = platt(np.arange(9.0).reshape(3, 3), labels)
    assert slopes.tolist() == [1, 1, 1]
    assert offsets.tolist() == pytest.approx([np.log(4), np.log(1 / 4), 0.0])


def test_cells_not_judged_change_nothing() -> None:
    random = np.random.default_rng(2)
    scores, labels = random.normal(size=(50, 1)), random.integers(0, 2, (50, 1)).astype(np.int8)
    more_scores, more_labels = np.vstack([scores, [[99.0]]]), np.vstack([labels, [[-1]]]).astype(np.int8)
    for plain, more in zip(platt(scores, labels), platt(more_scores, more_labels), strict=True):
        np.testing.assert_allclose(plain, more)


def test_platt_withstands_scores_that_part_perfectly() -> None:
    scores = np.r_[np.full(5, -1000.0), np.full(5, 1000.0)][:, None]
    labels = np.r_[np.zeros(5), np.ones(5)].astype(np.int8)[:, None]
    slopes, offsets = platt(scores, labels)
    p = sigmoid(slopes * scores + offsets)
    assert p[:5].max() < 0.5 < p[5:].min()


def test_better_scores_have_the_lower_loss() -> None:
    random = np.random.default_rng(3)
    labels = random.integers(0, 2, (200, 2)).astype(np.int8)
    good, bad = labels + random.normal(size=(200, 2)), random.normal(size=(200, 2))
    assert calibrated_loss(good, labels) < calibrated_loss(bad, labels)


def test_expected_f1_by_hand() -> None:
    """0.9, 0.8, 0.1: cutting after one, two, three expects F1s of 1.8/2.8, 3.4/3.8, 3.6/4.8; half the best is the cut.

    0.2 twice: 0.4/1.4 and 0.8/2.4, of which the second is the larger.
    """
    cuts = expected_f1_thresholds(np.array([[0.1, 0.2], [0.9, 0.2], [0.8, 0.0]]))
    assert cuts.tolist() == pytest.approx([3.4 / 3.8 / 2, 0.8 / 2.4 / 2])


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=12))
def test_no_other_cut_expects_a_higher_f1(probabilities: list[float]) -> None:
    p = np.array(probabilities)
    cut = expected_f1_thresholds(p[:, None])[0]

    def expected(chosen: np.ndarray) -> float:
        return float(2 * p[chosen].sum() / (chosen.sum() + p.sum()))

    best = max(expected(p >= other) for other in p)
    assert expected(p >= cut - 1e-12) == pytest.approx(best)
    assert cut == pytest.approx(best / 2)


def test_pooled_cut_by_hand() -> None:
    p = np.array([[0.9, 0.8], [0.7, 0.6], [0.3, 0.5]])
    labels = np.array([[1, 1], [0, 1], [0, -1]], np.int8)
    assert pooled_threshold(p, labels) == pytest.approx((0.6 + 0.3) / 2)
    assert pooled_threshold(np.full((4, 1), 0.5), np.array([[1], [0], [0], [1]], np.int8)) == 0.25


def test_thresholds_lie_between_a_themes_own_cut_and_the_pooled() -> None:
    random = np.random.default_rng(6)
    labels = (random.random((300, 3)) < [0.5, 0.2, 0.03]).astype(np.int8)
    p = np.clip(0.2 + 0.5 * labels + 0.15 * random.normal(size=labels.shape), 0.01, 0.99).astype(np.float32)
    own, pooled = expected_f1_thresholds(p), pooled_threshold(p, labels)
    cuts = choose_thresholds(p, labels)
    assert (np.minimum(own, pooled) - 1e-6 <= cuts).all()
    assert (cuts <= np.maximum(own, pooled) + 1e-6).all()


def test_thresholds_without_a_positive_label() -> None:
    assert choose_thresholds(np.full((4, 2), 0.3), np.zeros((4, 2), np.int8)).tolist() == [0.5, 0.5]


def test_a_described_theme_without_positives_borrows_the_line_of_the_others() -> None:
    random = np.random.default_rng(3)
    labels = (random.random((400, 3)) < 0.2).astype(np.int8)
    scores = labels + 0.3 * random.normal(size=labels.shape)
    scores[:, 2] = 0.1 * scores[:, 2] - 5
    hidden = labels.copy()
    hidden[:, 2] = np.where(labels[:, 2] == 1, -1, 0)
    slopes, offsets = platt(scores, hidden, described=np.array([False, False, True]))
    p = 1 / (1 + np.exp(-(slopes * scores + offsets)))
    assert p[labels[:, 2] == 1, 2].mean() > 0.7 > 0.2 > p[labels[:, 2] == 0, 2].mean()
    plain = platt(scores, hidden)
    assert np.array_equal(plain[0][:2], slopes[:2])
    assert plain[0][2] == 1.0
