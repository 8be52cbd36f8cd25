"""Shares corrected for the classifier's errors, with intervals.

A classifier with true-positive rate t and false-positive rate f tags a share q = p t + (1 - p) f of documents of
which a share p has the theme. The adjusted count p = (q - f) / (t - f), clipped to [0, 1], undoes that: Rogan and
Gladen (1978) in epidemiology, "adjusted count" in Forman (2008). It holds where t and f are the same in the corpus as
in the validation documents. Its interval is a bootstrap over documents and validation documents together; every
resampled proportion is drawn from its Jeffreys posterior Beta(k + 1/2, n - k + 1/2) instead of from k / n itself, so
that a count of nought keeps an interval (Rubin 1981; Brown, Cai and DasGupta 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.types import Counts

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

ADJUSTED, ADJUSTED_ALL, NOT_ASSESSED, WILSON = "adjusted", "adjusted, all languages", "not assessed", "wilson"
METHODS = (ADJUSTED, ADJUSTED_ALL, NOT_ASSESSED, WILSON)
LEAST_RATE_DIFFERENCE = 0.2
LEAST_EXAMPLES = 10
"""Validation documents needed with the theme, and as many without it, before its rates are trusted."""
N_DRAWS = 1000
_CHUNK = 2048
_SMALLEST_DIFFERENCE = 1e-3
_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Rates:
    """Error rates to correct with; arrays of shape (n_themes,) or (n_themes, n_draws), NaN where not to be trusted.

    `draws_true` and `draws_false` hold resampled true- and false-positive rates; the same draws serve every share of
    a theme, so that differences of shares keep what their errors have in common.
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


def book_rates(quality: Sequence[Counts], themes: Sequence[str], *, n_draws: int = N_DRAWS, seed: int = 0) -> RateBook:
    """Resample the rates in `quality` (out-of-fold counts by theme and language), columns in the order of `themes`.

    Where there is no "all" row for a theme its languages are added up.
    """
    column = {theme: place for place, theme in enumerate(themes)}
    tables: dict[str, Integers] = {"all": np.zeros((len(themes), 4), dtype=np.int64)}
    summed = np.zeros((len(themes), 4), dtype=np.int64)
    for counts in quality:
        if counts.theme in column:
            table = tables.setdefault(counts.language, np.zeros((len(themes), 4), dtype=np.int64))
            cells = (counts.true_positive, counts.false_negative, counts.false_positive, counts.true_negative)
            table[column[counts.theme]] += np.array(cells, dtype=np.int64)
            summed[column[counts.theme]] += np.array(cells, dtype=np.int64) * (counts.language != "all")
    absent = tables["all"].sum(axis=1) == 0
    tables["all"][absent] = summed[absent]
    random = np.random.default_rng(seed)
    by_language = {language: _resample(tables[language], random, n_draws) for language in sorted(tables)}
    return RateBook(by_language, tables["all"].sum(axis=1) > 0, n_draws, seed)


def _resample(table: Integers, random: np.random.Generator, n_draws: int) -> Rates:
    """`table` (n_themes, 4): true positives, false negatives, false positives, true negatives."""
    hits, misses, false_alarms, rejections = (table[:, [i]].astype(np.float64) for i in range(4))
    enough = (hits + misses >= LEAST_EXAMPLES) & (false_alarms + rejections >= LEAST_EXAMPLES)
    true_rate = hits / np.maximum(hits + misses, 1)
    false_rate = false_alarms / np.maximum(false_alarms + rejections, 1)
    trusted = enough & (true_rate - false_rate >= LEAST_RATE_DIFFERENCE)
    size = (len(table), n_draws)
    draws_true = random.beta(hits + 0.5, misses + 0.5, size)
    draws_false = random.beta(false_alarms + 0.5, rejections + 0.5, size)
    kept = [np.where(trusted, values, np.nan) for values in (true_rate, false_rate, draws_true, draws_false)]
    return Rates(kept[0][:, 0], kept[1][:, 0], kept[2], kept[3])


def adjust_share(share: Floats, true_rate: Floats, false_rate: Floats) -> Floats:
    """(share - false_rate) / (true_rate - false_rate) clipped to [0, 1]; arrays of one shape."""
    difference = np.maximum(true_rate - false_rate, _SMALLEST_DIFFERENCE)
    return np.asarray(np.clip((share - false_rate) / difference, 0.0, 1.0))


def adjust_counts(n_tagged: Integers, n_docs: Integers, theme: Integers, *, rates: Rates, seed: int = 0) -> Floats:
    """Columns share_adjusted, ci_low, ci_high, shape (n, 3), for `n_tagged` of `n_docs` documents with column `theme`.

    NaN where there is no document or the rates of the theme are not to be trusted. Equal triples get equal intervals.
    """
    usable = (n_docs > 0) & ~np.isnan(rates.true_positive[theme])
    keys, inverse = np.unique(np.stack([theme, n_docs, n_tagged], axis=1)[usable], axis=0, return_inverse=True)
    found = np.empty((len(keys), 3))
    random = np.random.default_rng(seed)
    for start in range(0, len(keys), _CHUNK):
        found[start : start + _CHUNK] = _interval(keys[start : start + _CHUNK], rates, random)
    result = np.full((len(theme), 3), np.nan)
    result[usable] = found[inverse.reshape(-1)]
    return result


def _interval(keys: Integers, rates: Rates, random: np.random.Generator) -> Floats:
    theme, n_docs, n_tagged = keys[:, 0], keys[:, 1], keys[:, 2]
    estimate = adjust_share(n_tagged / n_docs, rates.true_positive[theme], rates.false_positive[theme])
    size = (len(keys), rates.draws_true.shape[1])
    shares = draw_shares(n_tagged, n_docs, random=random, size=size)
    draws = adjust_share(shares, rates.draws_true[theme], rates.draws_false[theme])
    low, high = np.quantile(draws, [0.025, 0.975], axis=1)
    return np.stack([estimate, np.minimum(low, estimate), np.maximum(high, estimate)], axis=1)


def draw_shares(
    n_tagged: Integers, n_docs: Integers, *, random: np.random.Generator, size: tuple[int, int]
) -> NDArray[np.float64]:
    """Resampled shares of tagged documents, shape `size` = (n, n_draws)."""
    return random.beta((n_tagged + 0.5)[:, None], (n_docs - n_tagged + 0.5)[:, None], size)


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
