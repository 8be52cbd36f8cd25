"""How numbers are written for people: never "0%" or "100%" for what is only close to it."""

from __future__ import annotations

import math

MISSING = "—"
_MINUS = "\N{MINUS SIGN}"
_EN_DASH = "\N{EN DASH}"


def percent(share: float | None, *, exact: bool = True) -> str:
    """A share (part of 1) as a percentage, one decimal under 10% and beyond 99%, none between.

    0% and 100% are kept for counts that are exactly none or all; an estimate (`exact` false) never is.
    """
    if share is None or math.isnan(share):
        return MISSING
    if exact and share in (0, 1):
        return f"{share:.0%}"
    if share < 0.001:
        return "<0.1%"
    if share > 0.999:
        return ">99.9%"
    return f"{share:.1%}" if share < 0.0995 or share >= 0.99 else f"{share:.0%}"


def interval(low: float | None, high: float | None) -> str:
    """Both ends of an interval of shares as percentages."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return MISSING
    return f"{percent(low, exact=False)}{_EN_DASH}{percent(high, exact=False)}"


def points(value: float | None) -> str:
    """A difference in percentage points with its sign; a zero has none."""
    if value is None or math.isnan(value):
        return MISSING
    rounded = f"{abs(value):.1f}"
    if rounded == "0.0":
        return rounded
    return ("+" if value > 0 else _MINUS) + rounded


def points_interval(low: float | None, high: float | None) -> str:
    """Both ends of an interval of differences in percentage points."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return MISSING
    return f"{points(low)} … {points(high)}"


def signed(value: float) -> str:
    """A number with two decimals and its sign."""
    return f"{abs(value):.2f}" if round(value, 2) == 0 else ("+" if value > 0 else _MINUS) + f"{abs(value):.2f}"


def decimal(value: float | None, digits: int = 2) -> str:
    """A plain number with a fixed count of decimals."""
    return MISSING if value is None or math.isnan(value) else f"{value:.{digits}f}"


def probability(value: float | None) -> str:
    """A probability with two decimals; never 0 or 1, which no classifier can promise."""
    if value is None or math.isnan(value):
        return MISSING
    return "<0.01" if value < 0.01 else ">0.99" if value > 0.99 else f"{value:.2f}"


def count(value: float) -> str:
    """A whole number with its thousands set off."""
    return f"{int(value):,}"
