"""Publication dates put into months, quarters or years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

Grain = Literal["month", "quarter", "year", "undated"]
GRAINS: tuple[Grain, ...] = ("month", "quarter", "year", "undated")
UNDATED = "undated"
"""The period of documents whose date is absent or coarser than the grain."""
_MOST_MONTHS, _MOST_QUARTERS = 24, 40
_FILLED, _LEAST_PERIODS = 10, 3
_NEEDED: dict[str, tuple[str, ...]] = {"month": ("day", "month"), "quarter": ("day", "month")}


def choose_grain(dates: pd.Series, precision: pd.Series) -> Grain:
    """The finest grain that most dated documents reach and that leaves a readable number of well-filled periods.

    `dates` are ISO 8601 texts, `precision` day, month, year or none. Up to 24 months are shown as months, up to 40
    quarters as quarters, and anything longer, or known mostly by its year, as years. Periods of fewer than ten
    documents on average give way to the next coarser grain, as long as that leaves three of them.
    """
    dated = dates[precision != "none"]
    if dated.empty:
        return "undated"
    fine = dated[precision[precision != "none"].isin(["day", "month"])]
    if len(fine) * 2 < len(dated):
        return "year"
    months = fine.str[:4].astype(int) * 12 + fine.str[5:7].astype(int)
    span = int(months.max() - months.min()) + 1
    if span <= _MOST_MONTHS and (len(fine) >= span * _FILLED or span < 3 * _LEAST_PERIODS):
        return "month"
    too_thin = len(fine) * 3 < span * _FILLED and span >= 12 * _LEAST_PERIODS
    return "quarter" if span <= _MOST_QUARTERS * 3 and not too_thin else "year"


def assign_periods(dates: pd.Series, precision: pd.Series, grain: Grain) -> pd.Series:
    """Each document's period: 2023-07, 2023-Q3, 2023, or `UNDATED` where the date does not reach the grain."""
    if grain == "undated":
        return pd.Series(UNDATED, index=dates.index, dtype="str")
    reaches = precision.isin(_NEEDED.get(grain, ("day", "month", "year")))
    names = {"": UNDATED} | {date: _period(date, grain) for date in dates[reaches].unique()}
    return dates.where(reaches, "").map(names).astype("str")


def fill_periods(periods: Sequence[str]) -> list[str]:
    """Every period from the first to the last of `periods` (all of one grain), the empty ones included."""
    known = sorted(period for period in periods if period != UNDATED)
    if not known:
        return []
    if "Q" in known[0]:
        index = pd.period_range(known[0].replace("-", ""), known[-1].replace("-", ""), freq="Q")
        return [f"{period.year}-Q{period.quarter}" for period in index]
    frequency = "M" if len(known[0]) > 4 else "Y"
    return [str(period) for period in pd.period_range(known[0], known[-1], freq=frequency)]


def _period(date: str, grain: Grain) -> str:
    if grain == "year":
        return date[:4]
    if grain == "quarter":
        return f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"
    return date[:7]
