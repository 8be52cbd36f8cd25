"""Strengths: n-grams that tell themes apart, or that are common, count more; rows keep their length."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from pipeline.classify.strengths import Emphasis, term_strengths

PRESENT = np.array([[1, 1, 0, 2], [1, 1, 1, 0], [1, 0, 1, 2], [1, 0, 0, 0]] * 5, np.float32)
POSITIVE = np.array([[True], [True], [False], [False]] * 5)
N_TERMS = 3


def strengths(sharpness: float, commonness: float) -> np.ndarray:
    return term_strengths(csr_matrix(PRESENT), POSITIVE, N_TERMS, Emphasis(sharpness, commonness))


def test_terms_that_tell_themes_apart_stand_out() -> None:
    everywhere, telling, idle, other = strengths(1.0, 0.0)
    assert telling > 3 * everywhere
    assert telling > 3 * idle
    assert other == 1.0


def test_common_terms_stand_out_by_how_many_texts_they_are_in() -> None:
    everywhere, telling, *_ = strengths(0.0, 0.5)
    assert everywhere / telling == pytest.approx((21 / 11) ** 0.5, rel=1e-5)
    assert strengths(0.0, -0.5)[1] / strengths(0.0, -0.5)[0] == pytest.approx((21 / 11) ** 0.5, rel=1e-5)


def test_without_emphasis_all_count_alike() -> None:
    assert len(set(strengths(0.0, 0.0)[:N_TERMS].tolist())) == 1


@given(sharpness=st.floats(0, 3), commonness=st.floats(-0.5, 0.5))
def test_rows_keep_a_mean_squared_length_of_one(sharpness: float, commonness: float) -> None:
    scaled = PRESENT[:, :N_TERMS] * strengths(sharpness, commonness)[:N_TERMS]
    assert float((scaled**2).sum(axis=1).mean()) == pytest.approx(1.0, rel=1e-4)
