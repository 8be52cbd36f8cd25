"""Calibration and thresholds from out-of-fold scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.decisions import log_odds, sigmoid

Cells = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""Scores of judged documents, and which of them have the theme."""
SHIFT_PRIOR = 2.0
FEWEST_FOR_SHIFT = 30
FEWEST_FOR_OWN_LINE = 20
"""Positives from which a theme that has terms is calibrated on its own documents."""
FIRST_SLOPE, FIRST_WEIGHT = 4.0, 10.0
"""The slope expected before anything is known, and for how many documents of a theme that speaks."""
SLOPES_VARY = 0.5
"""By how much of their mean slopes are taken to differ from it (standard deviation)."""
POOLED_SHARE = 0.2
"""More favours micro-F1, less macro-F1; none makes the cuts of rare themes unsteady."""


def platt(
    scores: NDArray[np.floating], labels: NDArray[np.int8], *, described: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Slopes and offsets (k,) of p = 1 / (1 + exp(-(slope * score + offset))), theme by theme.

    Platt 1999 with the Newton steps of Lin, Lin, Weng 2007. In the place of their smoothed targets, a slope is drawn to
    the mean of all, so that a theme with few positives is judged by what a score is worth elsewhere. scores, labels:
    (n, k); rows labelled below 0 are left out. A theme without positives or negatives gets slope 1 and the offset of
    its base rate; one of the `described` (k,) with fewer than `FEWEST_FOR_OWN_LINE` positives that of `_borrowed_line`.
    """
    n_positive, n_negative = (labels == 1).sum(axis=0), (labels == 0).sum(axis=0)
    slopes = np.ones(labels.shape[1], np.float32)
    offsets = np.log((n_positive + 1.0) / (n_negative + 1.0)).astype(np.float32)
    fitted = np.flatnonzero((n_positive > 0) & (n_negative > 0))
    judged = [_judged(scores[:, theme], labels[:, theme]) for theme in fitted]
    own = np.array([_fit_line(cells)[0] for cells in judged])
    weights = np.minimum(n_positive, n_negative)[fitted]
    usual = float((own @ weights + FIRST_SLOPE * FIRST_WEIGHT) / (weights.sum() + FIRST_WEIGHT))
    for theme, cells in zip(fitted, judged, strict=True):
        slopes[theme], offsets[theme] = _fit_line(cells, usual=usual)
    enough = n_positive >= FEWEST_FOR_OWN_LINE
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
    slope, offset = _fit_line((scaled[:, others][judged], labels[:, others][judged] == 1))
    return slope / deviation[themes], offset - slope * mean[themes] / deviation[themes]


def _judged(scores: NDArray[np.floating], labels: NDArray[np.int8]) -> Cells:
    judged = labels >= 0
    return np.asarray(scores[judged], np.float64), labels[judged] == 1


def _fit_line(cells: Cells, *, usual: float | None = None, steps: int = 50) -> tuple[float, float]:
    """Slope and offset of the most likely line: with Platt's smoothed targets, or its slope drawn to the usual one."""
    scores, positive = cells
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    targets = np.where(positive, (n_positive + 1.0) / (n_positive + 2.0), 1.0 / (n_negative + 2.0))
    spread, held_back = float(scores.std()), 0.0
    slope = 1.0 / spread if spread > 1e-6 else 1.0
    if usual is not None:
        targets, slope, held_back = positive.astype(np.float64), usual, 1.0 / (SLOPES_VARY * usual) ** 2
    design = np.column_stack([scores, np.ones(len(scores))])
    line = np.array([slope, np.log((n_positive + 1.0) / (n_negative + 1.0)) - slope * scores.mean()])

    def loss_of(line: NDArray[np.float64]) -> float:
        return _cross_entropy(design @ line, targets) + 0.5 * held_back * float(line[0] - slope) ** 2

    loss = loss_of(line)
    for _ in range(steps):
        p = sigmoid(design @ line)
        gradient = design.T @ (p - targets) + [held_back * (line[0] - slope), 0.0]
        hessian = (design.T * (p * (1 - p))) @ design + np.diag([held_back + 1e-9, 1e-9])
        step = np.linalg.solve(hessian, gradient)
        while (new := loss_of(line - step)) > loss + 1e-12 and np.abs(step).max() > 1e-10:
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
