from __future__ import annotations

import pandas as pd
import pytest

from pipeline.report.periods import assign_periods, choose_grain, fill_periods

_PRECISION = {0: "none", 4: "year", 7: "month", 10: "day"}


def _dates(*texts: str) -> tuple[pd.Series, pd.Series]:
    dates = pd.Series(texts, dtype="str")
    return dates, dates.str.len().map(_PRECISION)


def _months(first: int, number: int, each: int) -> list[str]:
    return [f"{first + month // 12}-{month % 12 + 1:02}-15" for month in range(number) for _ in range(each)]


@pytest.mark.parametrize(
    ("texts", "grain"),
    [
        ([], "undated"),
        (["", ""], "undated"),
        (["2023-01-05"], "month"),
        (_months(2022, 12, 10), "month"),
        (_months(2022, 12, 2), "quarter"),
        (_months(2018, 60, 10), "quarter"),
        (_months(2018, 60, 1), "year"),
        (_months(2000, 200, 10), "year"),
        (["2021", "2022", "2023-01-05"], "year"),
    ],
)
def test_grain_fits_the_dates(texts: list[str], grain: str) -> None:
    assert choose_grain(*_dates(*texts)) == grain


@pytest.mark.parametrize(
    ("date", "month", "quarter", "year"),
    [
        ("2023-07-18", "2023-07", "2023-Q3", "2023"),
        ("2023-12", "2023-12", "2023-Q4", "2023"),
        ("2023-03-31", "2023-03", "2023-Q1", "2023"),
        ("2023", "undated", "undated", "2023"),
        ("", "undated", "undated", "undated"),
    ],
)
def test_a_date_goes_no_finer_than_it_is_known(date: str, month: str, quarter: str, year: str) -> None:
    dates, precision = _dates(date)
    for grain, period in (("month", month), ("quarter", quarter), ("year", year), ("undated", "undated")):
        assert assign_periods(dates, precision, grain).tolist() == [period]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "filled"),
    [
        (["2023-02", "2022-11", "undated"], ["2022-11", "2022-12", "2023-01", "2023-02"]),
        (["2022-Q4", "2023-Q2"], ["2022-Q4", "2023-Q1", "2023-Q2"]),
        (["2021", "2023"], ["2021", "2022", "2023"]),
        (["undated"], []),
    ],
)
def test_empty_periods_are_filled_in(known: list[str], filled: list[str]) -> None:
    assert fill_periods(known) == filled
