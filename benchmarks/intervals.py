"""How often 95 % intervals of F1 hold the true F1, on labels and decisions drawn at random.

    python benchmarks/intervals.py [--samples 400]

Samples of 1,000 documents; each theme is carried by so many of them on average and decided with the precision and
recall given, so that the true F1 is known. One theme: an ordinary percentile bootstrap of the documents beside `themes
evaluate`'s Bayesian bootstrap without and with a prior of half an outcome. Macro: mean of 13 such themes, without and
with that prior.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from datasets import print_table, setup
from numpy.typing import NDArray

from pipeline.classify import resampling
from pipeline.classify.evaluation import mean_f1

N_DOCUMENTS, N_THEMES = 1000, 13
QUALITIES = ((0.7, 0.6), (0.9, 0.9), (0.97, 0.97))
POSITIVES = (5, 10, 20, 50, 200)
Intervals = Callable[[NDArray[np.int32]], tuple[float, float]]


def sample(random: np.random.Generator, n_positive: int, quality: tuple[float, float], k: int) -> NDArray[np.int32]:
    """Counts per document (n, 3, k) of k themes."""
    precision, recall = quality
    share = n_positive / N_DOCUMENTS
    false_share = share * recall * (1 / precision - 1) / (1 - share)
    truth = random.random((N_DOCUMENTS, k)) < share
    drawn = random.random((N_DOCUMENTS, k))
    return resampling.outcomes(truth.astype(np.int8), np.where(truth, drawn < recall, drawn < false_share))


def percentile(units: NDArray[np.int32]) -> tuple[float, float]:
    """Documents drawn with replacement."""
    patterns, counts = np.unique(units.reshape(len(units), -1), axis=0, return_counts=True)
    weights = np.random.default_rng(0).multinomial(len(units), counts / len(units), resampling.N_DRAWS)
    totals = (weights @ patterns).reshape(-1, *units.shape[1:])
    return _interval(float(resampling.f1(units.sum(axis=0))[0]), resampling.f1(totals)[:, 0])


def bayesian(prior: float) -> Intervals:
    """Documents weighed at random, with or without a prior."""

    def interval(units: NDArray[np.int32]) -> tuple[float, float]:
        totals, draws = units.sum(axis=0), resampling.draw_totals(units, prior=prior)
        kept = resampling.occurring(totals)
        return _interval(float(mean_f1(totals, kept)), mean_f1(draws, kept))

    return interval


def _interval(value: float, draws: NDArray[np.floating]) -> tuple[float, float]:
    estimate = resampling.estimate(value, draws)
    return estimate.low, estimate.high


def coverage(interval: Intervals, n_positive: int, quality: tuple[float, float], *, k: int, n_samples: int) -> str:
    random, held, width = np.random.default_rng(7), 0, 0.0
    truth = 2 * quality[0] * quality[1] / sum(quality)
    for _ in range(n_samples):
        low, high = interval(sample(random, n_positive, quality, k))
        held += low <= truth <= high
        width += high - low
    return f"{held / n_samples:.2f} ({width / n_samples:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=400)
    options = parser.parse_args()
    print(setup("numpy"), flush=True)
    methods = (
        ("one theme, percentile", percentile, 1),
        ("one theme, no prior", bayesian(0.0), 1),
        ("one theme, prior", bayesian(resampling.PRIOR), 1),
        ("macro, no prior", bayesian(0.0), N_THEMES),
        ("macro, prior", bayesian(resampling.PRIOR), N_THEMES),
    )
    rows = [
        [name, f"{quality[0]} / {quality[1]}"]
        + [coverage(interval, n, quality, k=k, n_samples=options.samples) for n in POSITIVES]
        for name, interval, k in methods
        for quality in QUALITIES
    ]
    print_table(["held (width)", "precision / recall", *(f"{n} positives" for n in POSITIVES)], rows)


if __name__ == "__main__":
    main()
