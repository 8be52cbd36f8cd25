"""What rose and fell: differences of shares between periods and between sources.

The adjusted share is linear in the raw one, so the difference of two slices under the same error rates is
(q2 - q1) / (t - f): the false positives cancel and only the true-positive rate stretches it. Both slices use the same
resampled rates, so the interval of the difference does not count the classifier's error twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.report import adjust
from pipeline.report.slices import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.report.slices import Slices

EXCEEDS, WITHIN, NOT_ASSESSED = "exceeds classifier error", "within classifier error", adjust.NOT_ASSESSED
OTHERS = "all others"
CHANGE_COLUMNS = (
    "comparison", "theme", "before", "after", "n_before", "n_after", "share_before", "share_after",
    "difference_points", "ci_low_points", "ci_high_points", "verdict", "method",
)  # fmt: skip
_MOST_SOURCES = 20
_LEAST_DOCUMENTS = 5


@dataclass(frozen=True, eq=False)
class _Pair:
    comparison: str
    before: str
    after: str
    rows_before: NDArray[np.bool_]
    rows_after: NDArray[np.bool_]


def change(slices: Slices, rates: adjust.RateBook, *, compare: tuple[str, str] | None = None) -> pd.DataFrame:
    """Differences between slices for every theme; columns `CHANGE_COLUMNS`, differences in percentage points.

    `comparison` is "chosen" (`compare`, two periods or two sources), "halves" (the earlier against the later half of
    the periods), "successive" (each period against the one before) or "source" (each source against all others).
    Shares are raw; the difference and its 95 % interval are adjusted for the classifier's errors, or raw (Newcombe's
    interval) with `method` "wilson" and no verdict where it was never validated. Raises `InputError` for a name in
    `compare` that the documents do not have.
    """
    random = np.random.default_rng(rates.seed)
    parts = [_compare(pair, slices, rates, random=random) for pair in _pairs(slices, compare)]
    if not parts:
        return pd.DataFrame({name: [] for name in CHANGE_COLUMNS})
    return pd.concat(parts, ignore_index=True)[list(CHANGE_COLUMNS)]


def _pairs(slices: Slices, compare: tuple[str, str] | None) -> Iterator[_Pair]:
    period, source = slices.documents["period"].to_numpy(), slices.documents["source"].to_numpy()
    if compare:
        values = _column_of(slices, compare)
        yield _Pair("chosen", *compare, values == compare[0], values == compare[1])
    known = slices.dated_periods
    if len(known) > 1:
        early, late = known[: len(known) // 2], known[len(known) // 2 :]
        rows = np.isin(period, early), np.isin(period, late)
        yield _Pair("halves", _range(early), _range(late), *rows)
    for before, after in pairwise(known):
        yield _Pair("successive", before, after, period == before, period == after)
    if len(slices.sources) > 1:
        for name in slices.sources[:_MOST_SOURCES]:
            yield _Pair("source", OTHERS, name, source != name, source == name)


def _column_of(slices: Slices, compare: tuple[str, str]) -> NDArray[np.object_]:
    for name in ("period", "source"):
        values = slices.documents[name].to_numpy(dtype=object)
        if np.isin(compare, values.astype(str)).all():
            return np.asarray(values)
    raise InputError(
        f"no documents in both {compare[0]!r} and {compare[1]!r}",
        where="comparison",
        expected="two of the periods " + ", ".join(slices.dated_periods) + " or two sources",
        mend="write them as the coverage table does",
    )


def _range(periods: list[str]) -> str:
    return periods[0] if len(periods) == 1 else f"{periods[0]} – {periods[-1]}"


def _compare(pair: _Pair, slices: Slices, book: adjust.RateBook, *, random: np.random.Generator) -> pd.DataFrame:
    sides = (pair.rows_before, pair.rows_after)
    n_before, n_after = (int(rows.sum()) for rows in sides)
    tagged = [slices.has_theme[rows].sum(axis=0, dtype=np.int64) for rows in sides]
    with np.errstate(invalid="ignore", divide="ignore"):
        before, after = tagged[0] / n_before, tagged[1] / n_after
    figures, method = _difference(tagged, (n_before, n_after), book, random=random)
    if min(n_before, n_after) < _LEAST_DOCUMENTS:
        figures[:], method = np.nan, np.full(len(before), NOT_ASSESSED, dtype=object)
    points = {f"{name}_points": figures[:, i] * 100 for i, name in enumerate(("difference", "ci_low", "ci_high"))}
    head = {"comparison": pair.comparison, "theme": list(slices.taxonomy.ids)}
    sizes = {"before": pair.before, "after": pair.after, "n_before": n_before, "n_after": n_after}
    shares = {"share_before": before, "share_after": after}
    return pd.DataFrame({**head, **sizes, **shares, **points, "verdict": _verdicts(figures, method), "method": method})


def _verdicts(figures: NDArray[np.float64], method: NDArray[np.object_]) -> NDArray[np.object_]:
    clear = (figures[:, 1] > 0) | (figures[:, 2] < 0)
    assessed = method == adjust.ADJUSTED
    return np.where(assessed, np.where(clear, EXCEEDS, WITHIN), NOT_ASSESSED)


def _difference(
    tagged: list[NDArray[np.int64]], sizes: tuple[int, int], book: adjust.RateBook, *, random: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """Difference, low and high (n_themes, 3) as parts of 1, and the method of each."""
    rates, _ = book.choose(ALL)
    n_themes = len(tagged[0])
    counts = [np.full(n_themes, size, dtype=np.int64) for size in sizes]
    points = [
        adjust.adjust_share(tagged[i] / np.maximum(counts[i], 1), rates.true_positive, rates.false_positive)
        for i in (0, 1)
    ]
    draws = [
        adjust.adjust_share(
            adjust.draw_means(counts[i], tagged[i], tagged[i], random=random, n_draws=book.n_draws),
            rates.draws_true,
            rates.draws_false,
        )
        for i in (0, 1)
    ]
    low, high = np.quantile(draws[1] - draws[0], [0.025, 0.975], axis=1)
    figures = np.stack([points[1] - points[0], low, high], axis=1)
    method = np.where(np.isnan(figures[:, 0]), NOT_ASSESSED, adjust.ADJUSTED).astype(object)
    raw = ~book.known
    figures[raw] = _newcombe(tagged, counts)[raw]
    method[raw] = adjust.WILSON
    return figures, method


def _newcombe(tagged: list[NDArray[np.int64]], sizes: list[NDArray[np.int64]]) -> NDArray[np.float64]:
    """Difference of two independent proportions with its hybrid score interval (Newcombe 1998, method 10)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        first, second = tagged[0] / sizes[0], tagged[1] / sizes[1]
    (low_1, high_1), (low_2, high_2) = (adjust.wilson_interval(tagged[i], sizes[i]) for i in (0, 1))
    difference = second - first
    low = difference - np.sqrt((second - low_2) ** 2 + (high_1 - first) ** 2)
    high = difference + np.sqrt((high_2 - second) ** 2 + (first - low_1) ** 2)
    return np.stack([difference, low, high], axis=1)
