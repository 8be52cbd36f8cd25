"""Counts of right and wrong decisions, and the figures made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.labels import NOT_JUDGED
from pipeline.types import Counts, ProbabilitySums


def count(
    labels: NDArray[np.integer], assigned: NDArray[np.bool_], themes: Sequence[str], languages: Sequence[str]
) -> tuple[Counts, ...]:
    """Counts per theme on all rows ("all") and on each language; cells `NOT_JUDGED` are left out.

    labels, assigned: (n, k); themes: k ids; languages: n codes. Order: "all" first, then languages by name, each in
    the order of `themes`.
    """
    return tuple(
        _counts_of(theme, language, labels[rows, column], assigned[rows, column])
        for language, rows in _slices(languages)
        for column, theme in enumerate(themes)
    )


def sum_probabilities(
    labels: NDArray[np.integer], probabilities: NDArray[np.floating], themes: Sequence[str], languages: Sequence[str]
) -> tuple[ProbabilitySums, ...]:
    """What the documents with and without each theme were given, by the same slices and in the same order as `count`.

    labels, probabilities: (n, k).
    """
    return tuple(
        ProbabilitySums(
            theme,
            language,
            *_sums(probabilities[rows, column][labels[rows, column] == 1]),
            *_sums(probabilities[rows, column][labels[rows, column] == 0]),
        )
        for language, rows in _slices(languages)
        for column, theme in enumerate(themes)
    )


def _sums(values: NDArray[np.floating]) -> tuple[int, float, float]:
    values = values.astype(np.float64)
    return len(values), round(float(values.sum()), 6), round(float(values @ values), 6)


def _slices(languages: Sequence[str]) -> list[tuple[str, NDArray[np.bool_]]]:
    language_of = np.asarray(languages, dtype=object)
    slices = [("all", np.ones(len(language_of), bool))]
    return slices + [(language, np.asarray(language_of == language)) for language in sorted(set(languages))]


def _counts_of(theme: str, language: str, truth: NDArray[np.integer], assigned: NDArray[np.bool_]) -> Counts:
    judged = truth != NOT_JUDGED
    truth, assigned = truth[judged] == 1, assigned[judged]
    return Counts(
        theme,
        language,
        int((truth & assigned).sum()),
        int((~truth & assigned).sum()),
        int((truth & ~assigned).sum()),
        int((~truth & ~assigned).sum()),
    )


def of_language(counts: Sequence[Counts], language: str = "all") -> list[Counts]:
    """The counts of one language's slice."""
    return [item for item in counts if item.language == language]


def micro(counts: Sequence[Counts]) -> Counts:
    """All themes of one slice as one; raises ValueError if there are none."""
    if not counts:
        raise ValueError("no counts to add up")
    total = counts[0]
    for item in counts[1:]:
        total = total + item
    return total


def macro_f1(counts: Sequence[Counts]) -> float:
    """Mean F1 over the themes that have a positive or an assigned document."""
    f1 = [item.f1 for item in counts if item.support or item.false_positive]
    return float(np.mean(f1)) if f1 else 0.0


def expected_calibration_error(
    probabilities: NDArray[np.floating], truth: NDArray[np.bool_], n_bins: int = 15
) -> float:
    """Mean |confidence - frequency| over equal-width bins, weighted by bin size (Naeini et al. 2015).

    probabilities, truth: same shape; every cell is one binary prediction.
    """
    bins = np.minimum((probabilities.ravel() * n_bins).astype(int), n_bins - 1)
    size = np.bincount(bins, minlength=n_bins)
    confidence = np.bincount(bins, probabilities.ravel(), n_bins)
    frequency = np.bincount(bins, truth.ravel().astype(float), n_bins)
    return float(np.abs(confidence - frequency).sum() / max(1, size.sum()))
