from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ModelError
from pipeline.ingest.line_features import N_FEATURES, page_features
from pipeline.ingest.line_rhythm import N_LAGS, N_RHYTHM, text_features
from pipeline.ingest.line_scorer import best_labelling, load_line_scorer

ODDS = st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=9)


def worth(labels: tuple[bool, ...], log_odds: list[float], price: float) -> float:
    switches = sum(a != b for a, b in itertools.pairwise(labels))
    return sum(odds for odds, kept in zip(log_odds, labels, strict=True) if kept) - price * switches


@given(ODDS, st.floats(0, 3))
def test_best_labelling_is_the_best_of_all(log_odds: list[float], price: float) -> None:
    best = max(worth(labels, log_odds, price) for labels in itertools.product((False, True), repeat=len(log_odds)))
    assert worth(tuple(best_labelling(log_odds, price)), log_odds, price) == pytest.approx(best, abs=1e-6)


@given(st.lists(st.text(min_size=1, max_size=30).map(str.strip).filter(bool), min_size=1, max_size=12))
def test_features_are_finite_whatever_the_text(lines: list[str]) -> None:
    found = text_features(lines)
    assert found.rows.shape == (len(lines), N_FEATURES + N_RHYTHM)
    assert found.rows.dtype == np.float32
    assert np.isfinite(found.rows).all()
    assert found.n_words.sum() == len(found.words)


def test_words_do_not_depend_on_case_or_place() -> None:
    one, other = page_features(["Alpha beta"]), page_features(["x", "BETA alpha"])
    assert set(one.words.tolist()) <= set(other.words.tolist())


def test_a_pattern_of_three_lines_shows_at_the_third() -> None:
    teasers = ["12:30", "Ministers meet in Lisbon", "They spoke of cables, of ships and of the storm."] * 8
    alike = text_features(teasers).rows[6:-6, -N_RHYTHM:]
    assert (alike[:, 2] > 0.9).all()
    assert (alike[:, 0] < 0.5).all()
    assert (alike[:, N_LAGS] > 0.4).all()


def test_lines_of_a_menu_are_alike_at_every_distance() -> None:
    alike = text_features(["Home"] * 20).rows[8:-8, -N_RHYTHM:]
    np.testing.assert_allclose(alike, [[1, 1, 1, 1, 0]] * len(alike), atol=1e-6)


def test_shipped_scorers_load_and_fit_the_features() -> None:
    scorer = load_line_scorer("text_scorer")
    found = text_features(["A line.", "Another"])
    assert scorer.log_odds(found.rows, found.words, found.n_words).shape == (2,)


def test_an_absent_scorer_is_named() -> None:
    with pytest.raises(ModelError, match="no_such_scorer"):
        load_line_scorer("no_such_scorer")
