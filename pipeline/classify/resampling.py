"""How far figures may be from the truth: intervals and paired tests by resampling documents.

Intervals are Bayesian bootstrap intervals (Rubin 1981): each unit, a document or a group of near-duplicates, gets
an exponential weight. To the three counts of one theme, Jeffreys' prior of half an outcome each is added, so that a
theme that was right 5 times out of 5 is not called certain (for a single theme this is the posterior of Goutte and
Gaussier 2005). Differences are tested by approximate randomization (Noreen 1989; Yeh 2000).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

N = TypeVar("N", bound=np.number)
N_DRAWS = 2000
N_SHUFFLES = 10_000
LEVEL = 0.95
PRIOR = 0.5
DRAWS_AT_ONCE = 250
RIGHT, FALSE, MISSED = range(3)

Totals = NDArray[np.number]
"""Counts of `RIGHT`, `FALSE` and `MISSED` decisions, shape (..., 3, k)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval, which always holds it."""

    value: float
    low: float
    high: float


def outcomes(
    labels: NDArray[np.integer], assigned: NDArray[np.bool_], groups: NDArray[np.integer] | None = None
) -> NDArray[np.int32]:
    """Counts int32 (n_units, 3, k): decisions `RIGHT`, `FALSE` and `MISSED` of each document, or group of documents.

    labels, assigned: (n, k); cells `NOT_JUDGED` count as none. groups: (n,), units in the order of their numbers.
    """
    truth = labels == 1
    cells = np.stack([truth & assigned, (labels == 0) & assigned, truth & ~assigned], axis=1)
    if groups is None:
        return cells.astype(np.int32)
    numbers, unit_of = np.unique(groups, return_inverse=True)
    units = np.zeros((len(numbers), *cells.shape[1:]), np.int32)
    np.add.at(units, unit_of, cells)
    return units


def precision(totals: Totals) -> NDArray[np.float64]:
    """Share of the assigned that is right, 0 where nothing is assigned; the last axis keeps the themes."""
    return _share(totals[..., RIGHT, :], totals[..., RIGHT, :] + totals[..., FALSE, :])


def recall(totals: Totals) -> NDArray[np.float64]:
    """Share of what holds that is assigned, 0 where nothing holds."""
    return _share(totals[..., RIGHT, :], totals[..., RIGHT, :] + totals[..., MISSED, :])


def f1(totals: Totals) -> NDArray[np.float64]:
    """Harmonic mean of the two."""
    twice = 2.0 * totals[..., RIGHT, :]
    return _share(twice, twice + totals[..., FALSE, :] + totals[..., MISSED, :])


def micro(totals: NDArray[N]) -> NDArray[N]:
    """All themes as one: (..., 3, 1)."""
    return np.asarray(totals.sum(axis=-1, keepdims=True), totals.dtype)


def occurring(totals: Totals) -> NDArray[np.bool_]:
    """The themes (k,) that a document carries or was given: those a macro average is made of."""
    return np.asarray((totals > 0).any(axis=-2))


def draw_totals(units: NDArray[np.int32], *, prior: float = 0.0, seed: int = 0) -> NDArray[np.float64]:
    """`N_DRAWS` totals (n_draws, 3, k) as other samples of such units might give them.

    Units alike in every count are drawn together, by a gamma weight of their number: the same distribution, faster.
    """
    random = np.random.default_rng(seed)
    patterns, n_alike = np.unique(units.reshape(len(units), -1), axis=0, return_counts=True)
    counted = patterns.any(axis=1)
    patterns, n_alike = patterns[counted].astype(np.float64), n_alike[counted]
    parts = [random.standard_gamma(n_alike, size=(n, len(patterns))) @ patterns for n in _stretches(N_DRAWS)]
    totals = np.concatenate(parts).reshape(N_DRAWS, *units.shape[1:])
    return totals + random.standard_gamma(prior, size=totals.shape) if prior else totals


def estimate(value: float, draws: NDArray[np.floating]) -> Estimate:
    """The central 95 % of the draws (n_draws,), widened to hold the value (Brown, Cai, DasGupta 2001)."""
    low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]).tolist()
    return Estimate(float(value), min(low, float(value)), max(high, float(value)))


def randomization_p(
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    statistic: Callable[[Totals], NDArray[np.float64]],
    *,
    seed: int = 0,
) -> NDArray[np.float64]:
    """p-values (m,) of the differences of m statistics between two models on the same units (n_units, 3, k).

    How often a difference is at least as large when the two models' outcomes are swapped at random, unit by unit, with
    the true one counted among `N_SHUFFLES` + 1. statistic: totals (..., 3, k) to (..., m).
    """
    totals, others = first.sum(axis=0), second.sum(axis=0)
    changes = (second - first).reshape(len(first), -1)
    changes = changes[changes.any(axis=1)].astype(np.float32)
    observed = np.abs(statistic(others) - statistic(totals))
    random, reached = np.random.default_rng(seed), np.zeros(observed.shape)
    for n in _stretches(N_SHUFFLES):
        moved = (random.integers(0, 2, (n, len(changes))).astype(np.float32) @ changes).reshape(n, *totals.shape)
        difference = statistic(others - moved) - statistic(totals + moved)
        reached += (np.abs(difference) >= observed - 1e-9).sum(axis=0)
    return np.asarray((1 + reached) / (1 + N_SHUFFLES))


def holm(p_values: NDArray[np.floating]) -> NDArray[np.float64]:
    """p-values (m,) corrected for being m questions at once (Holm 1979)."""
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * (len(p_values) - np.arange(len(p_values))))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(1.0, stepped)
    return corrected


def _stretches(n: int) -> Iterator[int]:
    for start in range(0, n, DRAWS_AT_ONCE):
        yield min(DRAWS_AT_ONCE, n - start)


def _share(part: NDArray[np.number], whole: NDArray[np.number]) -> NDArray[np.float64]:
    shares = np.zeros(np.shape(whole))
    np.divide(part, whole, out=shares, where=np.asarray(whole) > 0)
    return shares
