"""Calibration and thresholds from out-of-fold scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.decisions import log_odds, sigmoid

SHIFT_PRIOR = 2.0
FEWEST_FOR_SHIFT = 30
FEWEST_FOR_OWN_LINE = 20
"""Positives from which a theme that has terms is calibrated on its own documents."""
POOLED_SHARE = 0.2
"""More favours micro-F1, less macro-F1; none makes the cuts of rare themes unsteady."""


def platt(
    scores: NDArray[np.floating], labels: NDArray[np.int8], *, described: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slopes and offsets (k,) of p = 1 / (1 + exp(-(slope * score + offset))), theme by theme.

    Platt 1999 with the smoothed targets and Newton steps of Lin, Lin, Weng 2007. scores, labels: (n, k); rows
    labelled below 0 are left out. A theme without positives or negatives gets slope 1 and an offset of its base rate;
    one of the `described` (k,) with fewer than `FEWEST_FOR_OWN_LINE` positives gets that of `_borrowed_line`.
    """
    k = scores.shape[1]
    slopes, offsets = np.ones(k, np.float32), np.zeros(k, np.float32)
    for theme in range(k):
        judged = labels[:, theme] >= 0
        slopes[theme], offsets[theme] = _fit_platt(
            np.asarray(scores[judged, theme], np.float64), labels[judged, theme] == 1
        )
    enough = (labels == 1).sum(axis=0) >= FEWEST_FOR_OWN_LINE
    if described is not None and enough.any():
        borrowing = np.flatnonzero(described & ~enough)
        slopes[borrowing], offsets[borrowing] = _borrowed_line(scores, labels, borrowing, enough)
    return slopes, offsets


def _borrowed_line(
    scores: NDArray[np.floating], labels: NDArray[np.int8], themes: NDArray[np.int64], others: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slopes and offsets for themes known by little but their terms: one line for all others, on scores scaled alike.

    What stands so many standard deviations above a theme's mean score is taken to be as likely as it is elsewhere.
    """
    mean, deviation = scores.mean(axis=0), np.maximum(scores.std(axis=0), 1e-6)
    judged = labels[:, others] >= 0
    scaled = (scores - mean) / deviation
    slope, offset = _fit_platt(scaled[:, others][judged], labels[:, others][judged] == 1)
    return slope / deviation[themes], offset - slope * mean[themes] / deviation[themes]


def _fit_platt(scores: NDArray[np.float64], positive: NDArray[np.bool_], steps: int = 50) -> tuple[float, float]:
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    offset = np.log((n_positive + 1.0) / (n_negative + 1.0))
    if not n_positive or not n_negative:
        return 1.0, offset
    targets = np.where(positive, (n_positive + 1.0) / (n_positive + 2.0), 1.0 / (n_negative + 2.0))
    design = np.column_stack([scores, np.ones(len(scores))])
    line = np.array([1.0 / max(1e-6, scores.std()), offset])
    loss = _cross_entropy(design @ line, targets)
    for _ in range(steps):
        p = sigmoid(design @ line)
        gradient = design.T @ (p - targets)
        hessian = (design.T * (p * (1 - p))) @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        while (new := _cross_entropy(design @ (line - step), targets)) > loss + 1e-12 and np.abs(step).max() > 1e-10:
            step = step / 2
        line, improved, loss = line - step, loss - new, new
        if improved < 1e-9:
            break
    return max(float(line[0]), 1e-3), float(line[1])


def _cross_entropy(logits: NDArray[np.float64], targets: NDArray[np.float64]) -> float:
    return float(np.sum(np.logaddexp(0.0, logits) - targets * logits))


def calibrated_loss(scores: NDArray[np.floating], labels: NDArray[np.int8]) -> float:
    """Log-loss of the scores after `platt`: their worth as probabilities."""
    slopes, offsets = platt(scores, labels)
    return log_loss(sigmoid(np.asarray(scores, np.float64) * slopes + offsets), labels)


def log_loss(probabilities: NDArray[np.floating], labels: NDArray[np.int8]) -> float:
    """Mean log-loss over the judged cells."""
    judged = labels >= 0
    logits = log_odds(probabilities[judged])
    return _cross_entropy(logits, (labels[judged] == 1).astype(np.float64)) / max(1, int(judged.sum()))


def language_shifts(
    probabilities: NDArray[np.floating], labels: NDArray[np.int8], languages: Sequence[str]
) -> dict[str, float]:
    """For each language that gets too low probabilities, what its log-odds lack; never below 0.

    Scores are lower where few documents were learned from. The shift maximises the likelihood of the language's labels
    under a normal prior of precision 2 `SHIFT_PRIOR`; a language of fewer than `FEWEST_FOR_SHIFT` documents has none.
    """
    language_of = np.asarray(languages, dtype=object)
    shifts: dict[str, float] = {}
    for language in sorted(set(languages)):
        rows = np.flatnonzero(language_of == language)
        judged = labels[rows] >= 0
        shift = _best_shift(log_odds(probabilities[rows][judged]), labels[rows][judged] == 1)
        if shift > 0 and len(rows) >= FEWEST_FOR_SHIFT:
            shifts[language] = round(shift, 4)
    return shifts


def _best_shift(logits: NDArray[np.float64], positive: NDArray[np.bool_], steps: int = 30) -> float:
    shift = 0.0
    for _ in range(steps):
        p = sigmoid(logits + shift)
        gradient = float((p - positive).sum()) + 2 * SHIFT_PRIOR * shift
        step = gradient / (float((p * (1 - p)).sum()) + 2 * SHIFT_PRIOR)
        shift -= step
        if abs(step) < 1e-9:
            break
    return shift


def expected_f1_thresholds(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """The cut of each theme (k,) that maximises the expected F1, which is half that F1 (Ye et al. 2012; Lipton 2014).

    Needs no labels, so that themes with few examples get a sound cut too.
    """
    ranked = -np.sort(-np.asarray(probabilities, np.float64), axis=0)
    n_cut = np.arange(1, len(ranked) + 1)[:, None]
    expected = 2 * np.cumsum(ranked, axis=0) / (n_cut + ranked.sum(axis=0))
    return np.asarray(expected.max(axis=0) / 2)


def pooled_threshold(probabilities: NDArray[np.floating], labels: NDArray[np.int8]) -> float:
    """The one cut of all themes with the best micro-F1 on the judged cells."""
    judged = labels >= 0
    p, positive = probabilities[judged], labels[judged] == 1
    order = np.argsort(-p, kind="stable")
    ranked = p[order]
    f1 = 2 * np.cumsum(positive[order]) / (np.arange(1, len(order) + 1) + positive.sum())
    last_of_ties = np.append(ranked[:-1] > ranked[1:], True)
    best = int(np.argmax(np.where(last_of_ties, f1, 0.0)))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    return float((ranked[best] + below) / 2)


def choose_thresholds(probabilities: NDArray[np.floating], labels: NDArray[np.int8]) -> NDArray[np.float32]:
    """Thresholds (k,) on probabilities: in log-odds, `POOLED_SHARE` of the way from each theme's cut to the pooled."""
    if not (labels == 1).any():
        return np.full(labels.shape[1], 0.5, np.float32)
    own = log_odds(np.clip(expected_f1_thresholds(probabilities), 1e-3, 1 - 1e-3))
    pooled = log_odds(np.clip(np.array(pooled_threshold(probabilities, labels)), 1e-3, 1 - 1e-3))
    return sigmoid((1 - POOLED_SHARE) * own + POOLED_SHARE * pooled).astype(np.float32)
