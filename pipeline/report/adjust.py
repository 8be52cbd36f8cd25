"""Shares corrected for the classifier's errors, with intervals.

A classifier with true-positive rate t and false-positive rate f tags a share q = p t + (1 - p) f of documents of
which a share p has the theme. The adjusted count p = (q - f) / (t - f), clipped to [0, 1], undoes that: Rogan and
Gladen (1978) in epidemiology, "adjusted count" (ACC) in Forman (2008). Its probabilistic form (PACC; Bella et al. 2010)
puts the mean probability in the place of q, and the mean probabilities of labelled documents with and without the theme
in those of t and f. Both hold where these are the same in the corpus as in the validation documents. The interval is a
bootstrap over documents and validation documents together: every resampled mean of n values in [0, 1] is drawn from
the Beta distribution with their mean and their variance over n, half a value of 0 and half a value of 1 added. For
values that are 0 or 1 that is the Jeffreys posterior Beta(k + 1/2, n - k + 1/2), a smoothed form of Rubin's Bayesian
bootstrap (1981), so that a count of nought keeps an interval (Brown, Cai and DasGupta 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.types import ProbabilitySums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from pipeline.types import Counts

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

ADJUSTED, ADJUSTED_ALL, NOT_ASSESSED, WILSON = "adjusted", "adjusted, all languages", "not assessed", "wilson"
LEAST_RATE_DIFFERENCE = 0.2
LEAST_EXAMPLES = 10
"""Validation documents needed with the theme, and as many without it, before its rates are trusted."""
N_DRAWS = 1000
_CHUNK = 2048
_SMALLEST_DIFFERENCE = 1e-3
_SMALLEST_VARIANCE = 1e-9
_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Rates:
    """Error rates, or mean probabilities, to correct with; NaN where not to be trusted.

    Shapes are (n_themes,) and (n_themes, n_draws). `draws_true` and `draws_false` hold resampled true- and
    false-positive rates; the same draws serve every share of a theme, so that differences of shares keep what their
    errors have in common.
    """

    true_positive: Floats
    false_positive: Floats
    draws_true: Floats
    draws_false: Floats


@dataclass(frozen=True, eq=False)
class RateBook:
    """`Rates` by language code, "all" among them; `known` (n_themes,) is false for a theme never validated."""

    by_language: dict[str, Rates]
    known: NDArray[np.bool_]
    n_draws: int
    seed: int

    def choose(self, language: str) -> tuple[Rates, NDArray[np.bool_]]:
        """The rates for a language, and per theme whether they are its own (else those of all languages)."""
        everywhere = self.by_language["all"]
        local = self.by_language.get(language, everywhere)
        own = ~np.isnan(local.true_positive)
        mixed = Rates(
            np.where(own, local.true_positive, everywhere.true_positive),
            np.where(own, local.false_positive, everywhere.false_positive),
            np.where(own[:, None], local.draws_true, everywhere.draws_true),
            np.where(own[:, None], local.draws_false, everywhere.draws_false),
        )
        return mixed, own & (language in self.by_language)


def book_rates(
    quality: Sequence[Counts] | Sequence[ProbabilitySums],
    themes: Sequence[str],
    *,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> RateBook:
    """Resample the rates in `quality` (out-of-fold figures by theme and language), columns in the order of `themes`.

    Of counts, the rates are those of being tagged; of sums, mean probabilities. Where there is no "all" row for a theme
    its languages are added up.
    """
    column = {theme: place for place, theme in enumerate(themes)}
    tables: dict[str, Floats] = {"all": np.zeros((len(themes), 6))}
    summed = np.zeros((len(themes), 6))
    for figures in quality:
        if figures.theme in column:
            table = tables.setdefault(figures.language, np.zeros((len(themes), 6)))
            moments = np.array(_moments(figures))
            table[column[figures.theme]] += moments
            summed[column[figures.theme]] += moments * (figures.language != "all")
    absent = tables["all"].sum(axis=1) == 0
    tables["all"][absent] = summed[absent]
    random = np.random.default_rng(seed)
    by_language = {language: _resample(tables[language], random, n_draws) for language in sorted(tables)}
    return RateBook(by_language, tables["all"].sum(axis=1) > 0, n_draws, seed)


def _moments(figures: Counts | ProbabilitySums) -> tuple[float, ...]:
    """Number, sum and sum of squares with the theme, then without; being tagged is a value of 1."""
    if isinstance(figures, ProbabilitySums):
        with_theme = (figures.n_with, figures.sum_with, figures.squares_with)
        return (*with_theme, figures.n_without, figures.sum_without, figures.squares_without)
    hits, alarms = figures.true_positive, figures.false_positive
    return (hits + figures.false_negative, hits, hits, alarms + figures.true_negative, alarms, alarms)


def _resample(table: Floats, random: np.random.Generator, n_draws: int) -> Rates:
    """`table` (n_themes, 6) as `_moments` gives them."""
    n_with, sum_with, squares_with, n_without, sum_without, squares_without = table.T
    enough = (n_with >= LEAST_EXAMPLES) & (n_without >= LEAST_EXAMPLES)
    true_rate, false_rate = sum_with / np.maximum(n_with, 1), sum_without / np.maximum(n_without, 1)
    trusted = enough & (true_rate - false_rate >= LEAST_RATE_DIFFERENCE)
    draws_true = draw_means(n_with, sum_with, squares_with, random=random, n_draws=n_draws)
    draws_false = draw_means(n_without, sum_without, squares_without, random=random, n_draws=n_draws)
    return Rates(
        np.where(trusted, true_rate, np.nan),
        np.where(trusted, false_rate, np.nan),
        np.where(trusted[:, None], draws_true, np.nan),
        np.where(trusted[:, None], draws_false, np.nan),
    )


def adjust_share(share: Floats, true_rate: Floats, false_rate: Floats) -> Floats:
    """(share - false_rate) / (true_rate - false_rate) clipped to [0, 1]; arrays of one shape."""
    difference = np.maximum(true_rate - false_rate, _SMALLEST_DIFFERENCE)
    return np.asarray(np.clip((share - false_rate) / difference, 0.0, 1.0))


def adjust_means(moments: Floats, theme: Integers, *, rates: Rates, seed: int = 0) -> Floats:
    """Columns share_adjusted, ci_low, ci_high, shape (n, 3), of slices of documents, each for the theme with a column.

    `moments` (n, 3): number of documents, sum and sum of squares of their values. NaN where there is no document, a
    value is not known or the rates of the theme are not to be trusted. Equal rows get equal intervals.
    """
    usable = (moments[:, 0] > 0) & ~np.isnan(moments[:, 1]) & ~np.isnan(rates.true_positive[theme])
    rows = np.column_stack([theme, moments])[usable]
    keys, inverse = np.unique(rows, axis=0, return_inverse=True)
    found = np.empty((len(keys), 3))
    random = np.random.default_rng(seed)
    for start in range(0, len(keys), _CHUNK):
        found[start : start + _CHUNK] = _interval(keys[start : start + _CHUNK], rates, random)
    result = np.full((len(theme), 3), np.nan)
    result[usable] = found[inverse.reshape(-1)]
    return result


def _interval(keys: Floats, rates: Rates, random: np.random.Generator) -> Floats:
    theme, (n_docs, total, squares) = keys[:, 0].astype(np.int64), keys[:, 1:].T
    estimate = adjust_share(total / n_docs, rates.true_positive[theme], rates.false_positive[theme])
    means = draw_means(n_docs, total, squares, random=random, n_draws=rates.draws_true.shape[1])
    draws = adjust_share(means, rates.draws_true[theme], rates.draws_false[theme])
    low, high = np.quantile(draws, [0.025, 0.975], axis=1)
    return np.stack([estimate, np.minimum(low, estimate), np.maximum(high, estimate)], axis=1)


def draw_means(
    n: ArrayLike, total: ArrayLike, squares: ArrayLike, *, random: np.random.Generator, n_draws: int
) -> Floats:
    """Resampled means, shape (n_slices, n_draws), of `n` values in [0, 1] with a sum and a sum of squares each."""
    n, total, squares = (np.asarray(values, dtype=np.float64) for values in (n, total, squares))
    mean = (total + 0.5) / (n + 1)
    variance = np.maximum((squares + 0.5) / (n + 1) - mean**2, _SMALLEST_VARIANCE)
    strength = mean * (1 - mean) / variance * (n + 2) - 1
    size = (len(mean), n_draws)
    return random.beta((mean * strength)[:, None], ((1 - mean) * strength)[:, None], size)


def wilson_interval(n_tagged: Integers, n_docs: Integers) -> tuple[Floats, Floats]:
    """95 % score interval of a proportion (Wilson 1927); NaN where there is no document."""
    z = _NORMAL_95
    with np.errstate(invalid="ignore", divide="ignore"):
        share = n_tagged / n_docs
        centre = (share + z * z / (2 * n_docs)) / (1 + z * z / n_docs)
        spread = z * np.sqrt(share * (1 - share) / n_docs + (z / (2 * n_docs)) ** 2) / (1 + z * z / n_docs)
        low = np.where(n_tagged == 0, 0.0, centre - spread)
        high = np.where(n_tagged == n_docs, 1.0, centre + spread)
    empty = np.asarray(n_docs) == 0
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)
