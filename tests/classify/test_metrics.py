"""Counts and figures, worked by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from pipeline.classify.metrics import (
    count,
    expected_calibration_error,
    macro_f1,
    micro,
    of_language,
    sum_probabilities,
)
from pipeline.types import Counts, ProbabilitySums

LABELS = np.array([[1, 0], [0, 1], [-1, 1], [1, 1]])
ASSIGNED = np.array([[1, 1], [1, 0], [1, 1], [0, 1]], bool)


def test_counts_by_hand() -> None:
    counts = count(LABELS, ASSIGNED, ["a", "b"], ["en", "ko", "ko", "en"])
    assert counts == (
        Counts("a", "all", 1, 1, 1, 0), Counts("b", "all", 2, 1, 1, 0),
        Counts("a", "en", 1, 0, 1, 0), Counts("b", "en", 1, 1, 0, 0),
        Counts("a", "ko", 0, 1, 0, 0), Counts("b", "ko", 1, 0, 1, 0),
    )  # fmt: skip
    assert of_language(counts, "ko") == list(counts[4:])


def test_languages_add_up_to_all() -> None:
    random = np.random.default_rng(0)
    labels, assigned = random.choice([-1, 0, 1], (60, 3)), random.random((60, 3)) < 0.5
    languages = random.choice(["en", "ko", "fr"], 60).tolist()
    counts = count(labels, assigned, ["a", "b", "c"], languages)
    for theme in "abc":
        own = [item for item in counts if item.theme == theme and item.language != "all"]
        assert micro(own) == next(item for item in counts if item.theme == theme and item.language == "all")


@given(st.integers(0, 50))
def test_f1_equals_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    labels, assigned = random.integers(0, 2, (30, 4)), random.random((30, 4)) < 0.4
    counts = of_language(count(labels, assigned, list("abcd"), ["en"] * 30), "all")
    assert micro(counts).f1 == pytest.approx(f1_score(labels, assigned, average="micro"))
    assert macro_f1(counts) == pytest.approx(f1_score(labels, assigned, average="macro"))


def test_macro_leaves_out_themes_that_never_come() -> None:
    assert macro_f1([Counts("a", "all", 5, 0, 0, 5), Counts("b", "all", 0, 0, 0, 10)]) == 1.0
    assert macro_f1([Counts("a", "all", 5, 0, 0, 5), Counts("b", "all", 0, 1, 0, 9)]) == 0.5
    assert macro_f1([]) == 0.0


def test_nothing_to_add_up() -> None:
    with pytest.raises(ValueError, match="no counts"):
        micro([])


@pytest.mark.parametrize(
    ("probabilities", "truth", "error"),
    [
        ([0.0, 1.0], [False, True], 0.0),
        ([0.0, 1.0], [True, False], 1.0),
        ([0.7] * 10, [True] * 7 + [False] * 3, 0.0),
        ([0.9] * 4 + [0.1] * 4, [True, True, False, False] + [False] * 4, 0.25),
        ([], [], 0.0),
    ],
)
def test_calibration_error_by_hand(probabilities: list[float], truth: list[bool], error: float) -> None:
    found = expected_calibration_error(np.array(probabilities, float), np.array(truth, bool))
    assert found == pytest.approx(error, abs=1e-9)


def test_probabilities_add_up_by_theme_and_language() -> None:
    labels = np.array([[1, 0], [0, -1], [1, 1]], np.int8)
    probabilities = np.array([[0.5, 0.25], [0.125, 0.9], [1.0, 0.75]], np.float32)
    found = sum_probabilities(labels, probabilities, ("a", "b"), ("en", "en", "ko"))
    assert [(one.theme, one.language) for one in found[:3]] == [("a", "all"), ("b", "all"), ("a", "en")]
    assert found[0] == ProbabilitySums("a", "all", 2, 1.5, 1.25, 1, 0.125, 0.015625)
    assert found[1] == ProbabilitySums("b", "all", 1, 0.75, 0.5625, 1, 0.25, 0.0625)
    assert found[2] == ProbabilitySums("a", "en", 1, 0.5, 0.25, 1, 0.125, 0.015625)
