from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report import figures


@pytest.mark.parametrize(
    ("share", "exact", "text"),
    [
        (0.0, True, "0%"), (1.0, True, "100%"), (0.0, False, "<0.1%"), (1.0, False, ">99.9%"),
        (0.0004, True, "<0.1%"),
        (0.9996, True, ">99.9%"), (0.05, True, "5.0%"), (0.0994, True, "9.9%"),
        (0.0996, True, "10%"), (0.5, True, "50%"),
        (0.984, True, "98%"), (0.9949, True, "99.5%"), (math.nan, True, "—"), (None, True, "—"),
    ],
)  # fmt: skip
def test_percent(share: float | None, exact: bool, text: str) -> None:
    assert figures.percent(share, exact=exact) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_nought_and_all_only_when_exact(share: float) -> None:
    assert figures.percent(share) not in ("0%", "0.0%", "100%", "100.0%")


@pytest.mark.parametrize(
    ("value", "text"), [(1.26, "+1.3"), (-1.26, "\N{MINUS SIGN}1.3"), (0.04, "0.0"), (-0.04, "0.0"), (math.nan, "—")]
)
def test_points(value: float, text: str) -> None:
    assert figures.points(value) == text


def test_other_figures() -> None:
    assert figures.count(12345) == "12,345"
    assert figures.decimal(0.456) == "0.46"
    assert figures.decimal(math.nan) == "—"
    assert figures.interval(0.1, math.nan) == "—"
    assert figures.points_interval(-1, 2) == "\N{MINUS SIGN}1.0 … +2.0"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "<0.01"), (0.01, "0.01"), (0.5, "0.50"), (0.991, ">0.99"), (1.0, ">0.99"), (None, "—")]
)
def test_a_probability_is_never_nought_or_one(value: float | None, text: str) -> None:
    assert figures.probability(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.554, "+0.55"), (-0.2, "−0.20"), (0.001, "0.00"), (-0.001, "0.00")])
def test_a_sign_goes_with_what_is_not_nought(value: float, text: str) -> None:
    assert figures.signed(value) == text
