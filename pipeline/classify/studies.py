"""What a model's evidence says about more data: learning curves, and languages it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import metrics
from pipeline.classify.fitting import fit_decider
from pipeline.classify.problem import NO_FOLD, Problem
from pipeline.types import Counts

SHARES = (0.25, 0.5, 0.75)


class CurvePoint(NamedTuple):
    """Out-of-fold figures of a model learned from a share of the documents."""

    share: float
    n_documents: int
    micro_f1: float
    macro_f1: float


class UnseenLanguage(NamedTuple):
    """Figures on one language's documents by a model that learned from all others."""

    language: str
    n_documents: int
    micro_f1: float
    macro_f1: float


def learning_curve(
    problem: Problem, cost: float, themes: Sequence[str], languages: Sequence[str], seed: int = 0
) -> list[CurvePoint]:
    """Figures at each of `SHARES`: random documents are kept in the training folds, scored on all that are held out."""
    rows = np.flatnonzero(problem.folds != NO_FOLD)
    order = np.random.default_rng(seed).permutation(rows)
    points = []
    for share in SHARES:
        kept = np.sort(np.concatenate([order[: int(share * len(rows))], np.flatnonzero(problem.folds == NO_FOLD)]))
        scores = _out_of_fold(problem, cost, kept)
        counts = _counts(scores[rows], problem.labels[rows, : len(themes)], themes, languages)
        points.append(CurvePoint(share, int(share * len(rows)), metrics.micro(counts).f1, metrics.macro_f1(counts)))
    return points


def unseen_languages(
    problem: Problem, cost: float, themes: Sequence[str], languages: Sequence[str], scores: NDArray[np.float64]
) -> list[UnseenLanguage]:
    """Leave each language out of training, and of calibration and thresholds, and test on it.

    languages: of the labelled rows, which come first in the problem; scores: their out-of-fold scores (n, k). The terms
    of the codebook stay in all languages, as they would for a user whose language has no labelled documents yet.
    """
    language_of = np.asarray(languages, dtype=object)
    found = []
    for language in sorted(set(languages), key=lambda code: (-languages.count(code), code)):
        held = np.flatnonzero(language_of == language)
        others = np.setdiff1d(np.arange(problem.matrix.shape[0]), held)
        coefficients, intercepts = problem.solve(others, cost)
        seen = np.flatnonzero(language_of != language)
        decider = fit_decider(scores[seen], problem.labels[seen, : len(themes)])
        assigned = decider.assigned(decider.probabilities(problem.matrix[held] @ coefficients + intercepts))
        counts = metrics.of_language(
            metrics.count(problem.labels[held, : len(themes)], assigned, themes, [language] * len(held)), "all"
        )
        found.append(UnseenLanguage(language, len(held), metrics.micro(counts).f1, metrics.macro_f1(counts)))
    return found


def _out_of_fold(problem: Problem, cost: float, kept: NDArray[np.int64]) -> NDArray[np.float64]:
    scores = np.zeros(problem.labels.shape)
    for fold in np.unique(problem.folds[problem.folds != NO_FOLD]):
        held = np.flatnonzero(problem.folds == fold)
        coefficients, intercepts = problem.solve(kept[problem.folds[kept] != fold], cost)
        scores[held] = problem.matrix[held] @ coefficients + intercepts
    return scores


def _counts(
    scores: NDArray[np.float64], labels: NDArray[np.int8], themes: Sequence[str], languages: Sequence[str]
) -> list[Counts]:
    decider = fit_decider(scores, labels, languages)
    assigned = decider.assigned(decider.probabilities(scores, languages))
    return metrics.of_language(metrics.count(labels, assigned, themes, ["all"] * len(labels)), "all")[: len(themes)]
