"""Fits features, machines, calibration and thresholds from texts and a label matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.decisions import Decider, log_odds, near_miss_quantiles, sigmoid
from pipeline.classify.features import FeatureSettings, Vocabulary, fit_features
from pipeline.classify.folds import stratified_folds
from pipeline.classify.lexicon import Lexicon, TermsByLanguage, lexicon_of_terms
from pipeline.classify.problem import NO_FOLD, Choice, Problem
from pipeline.classify.scorer import LinearScorer
from pipeline.classify.thresholds import (
    calibrated_loss,
    choose_thresholds,
    language_shifts,
    log_loss,
    platt,
)

TERMS_PER_CARD = 8
ALL_FOLDS_UP_TO = 100_000
"""Labels (rows times themes) up to which choices are made on all folds; above, on the first."""
EMPHASES = (
    ({"commonness": -0.2}, {"commonness": 0.2}),
    ({"sharpness": 0.0}, {"sharpness": 2.0}),
)
"""What is tried, step by step, instead of the first emphasis."""
NAME_WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""What is tried of the names of themes, with each cost; 0 leaves them out."""
HURDLE_LEAN = 0.3
"""How far thresholds are lowered behind a hurdle, in log-odds: about where precision and recall meet. F1 hardly changes
there, and documents from elsewhere score lower than those learned from."""
FEWEST_FOR_HURDLE = 20
"""Documents with, and without, any theme from which the chance of having one can be learned."""


@dataclass(frozen=True)
class FitSettings:
    """How the machines are fitted.

    costs: the values of C tried, of which the one with the least out-of-fold log-loss is kept; folds: of the
    cross-validation behind calibration and thresholds; seed: of its deal; card_weight: of a card of codebook terms
    beside a labelled document.
    """

    costs: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)
    folds: int = 5
    seed: int = 0
    card_weight: float = 3.0


@dataclass(frozen=True)
class Fitted:
    """What `fit` learned, and the evidence: out-of-fold scores float64 (n, k), the fold of each row int64 (n,), C."""

    scorer: LinearScorer
    decider: Decider
    out_of_fold_scores: NDArray[np.float64]
    folds: NDArray[np.int64]
    cost: float
    problem: Problem


def fit(
    texts: Sequence[str],
    labels: NDArray[np.int8],
    features: FeatureSettings,
    settings: FitSettings,
    *,
    languages: Sequence[str] | None = None,
    terms: Sequence[TermsByLanguage] | None = None,
    names: Sequence[str] | None = None,
    groups: NDArray[np.integer] | None = None,
) -> Fitted:
    """Train on all rows; calibrate and cut on the scores of rows that the machine at hand had not seen.

    labels: (n, k) of 1, 0 and -1 (not judged); languages: of the texts, if known; terms: of each theme, for the lexicon
    and as examples; names: the words of each theme's name, "" for none, which are tried as what to expect of it;
    groups: (n,), kept together in folds. The vocabulary and idf come from all texts, without labels.
    """
    lexicon = lexicon_of_terms(terms or ())
    cards = term_cards(terms or (), labels.shape[1])
    folds = stratified_folds(labels, max(2, min(settings.folds, len(texts))), groups=groups, seed=settings.seed)
    learned_from = Rows(
        [*texts, *cards.texts],
        [*(languages or [""] * len(texts)), *cards.languages],
        with_hurdle(np.vstack([labels, cards.labels]), len(texts)),
        np.r_[np.ones(len(texts)), np.full(len(cards.texts), settings.card_weight)],
        np.r_[folds, np.full(len(cards.texts), NO_FOLD)],
    )
    vocabulary, problem = pose(learned_from, features, lexicon, names or (), n_columns=labels.shape[1] if terms else 0)
    problem, cost, scores = choose(problem, settings.costs)
    held_out = scores[: len(texts)]
    decider = fit_decider(held_out, labels, languages, described=(cards.labels == 1).any(axis=0))
    n_outputs = len(decider.slopes)
    coefficients, intercepts = problem.solve(np.arange(problem.matrix.shape[0]), cost)
    scorer = LinearScorer(
        features, vocabulary, lexicon, np.ascontiguousarray(coefficients[:, :n_outputs]), intercepts[:n_outputs]
    )
    return Fitted(scorer, decider, held_out, folds, cost, problem)


class Cards(NamedTuple):
    """Short texts, their languages, and the theme of each, int8 (n_cards, k)."""

    texts: list[str]
    languages: list[str]
    labels: NDArray[np.int8]


class Rows(NamedTuple):
    """Texts and cards with what a `Problem` says about them."""

    texts: list[str]
    languages: list[str]
    labels: NDArray[np.int8]
    weights: NDArray[np.float64]
    folds: NDArray[np.int64]


def pose(
    rows: Rows, features: FeatureSettings, lexicon: Lexicon, names: Sequence[str], *, n_columns: int
) -> tuple[Vocabulary, Problem]:
    """The problem in features that texts, cards and names have in common; a name is of the most usual language."""
    named = [*names, *[""] * (rows.labels.shape[1] - len(names))] if any(names) else []
    usual = Counter(rows.languages).most_common(1)[0][0]
    vocabulary, matrix = fit_features(
        [*rows.texts, *named],
        features,
        languages=[*rows.languages, *[usual] * len(named)],
        lexicon=lexicon,
        n_columns=n_columns,
    )
    known = rows.labels, rows.weights, rows.folds, len(vocabulary)
    if not named:
        return vocabulary, Problem(matrix, *known)
    matrix, of_names = matrix[: len(rows.texts)], matrix[len(rows.texts) :]
    of_names.data[of_names.indices >= len(vocabulary)] = 0
    return vocabulary, Problem(matrix, *known, names=of_names)


def term_cards(terms: Sequence[TermsByLanguage], k: int) -> Cards:
    """Cards of each theme's terms: the codebook as examples.

    The terms of a language are dealt like playing cards, so that each card holds some of every part of the list.
    """
    cards: list[tuple[str, str, int]] = []
    for column, by_language in enumerate(terms):
        for language, listed in by_language.items():
            n_cards = -(-len(listed) // TERMS_PER_CARD)
            cards += [("\n".join(listed[first::n_cards]), language, column) for first in range(n_cards)]
    labels = np.zeros((len(cards), k), np.int8)
    labels[np.arange(len(cards)), [column for _, _, column in cards]] = 1
    return Cards([text for text, _, _ in cards], [language for _, language, _ in cards], labels)


def with_hurdle(labels: NDArray[np.int8], n_texts: int) -> NDArray[np.int8]:
    """The labels with a last column for "any theme at all", where the first n_texts rows have enough of both kinds."""
    has_any = (labels == 1).any(axis=1)
    any_label = np.where(has_any, 1, np.where((labels < 0).any(axis=1), -1, 0)).astype(np.int8)
    n_with, n_without = (int((any_label[:n_texts] == value).sum()) for value in (1, 0))
    return np.column_stack([labels, any_label]) if min(n_with, n_without) >= FEWEST_FOR_HURDLE else labels


def choose(problem: Problem, costs: Sequence[float]) -> Choice:
    """The cost, emphasis and weight of names with the least calibrated log-loss out of fold, one after the other.

    All folds are tried where that is cheap (`ALL_FOLDS_UP_TO`), else the first.
    """
    folds = np.unique(problem.folds[problem.folds != NO_FOLD])
    tried = folds if problem.labels.size <= ALL_FOLDS_UP_TO else folds[:1]
    rows = np.flatnonzero(np.isin(problem.folds, tried))

    def best(choices: Iterable[Choice]) -> Choice:
        return min(choices, key=lambda choice: calibrated_loss(choice.scores[rows], problem.labels[rows]))

    chosen = best(problem.try_each(costs, tried))
    for change in EMPHASES:
        others = [replace(problem, emphasis=chosen.problem.emphasis._replace(**other)) for other in change]
        chosen = best([chosen, *(choice for other in others for choice in other.try_each((chosen.cost,), tried))])
    if problem.names is not None:
        chosen = best(chosen.problem.try_each(costs, tried, NAME_WEIGHTS))
    elif chosen.problem.emphasis != problem.emphasis:
        chosen = best(chosen.problem.try_each(costs, tried))
    rest = chosen.problem.out_of_fold(chosen.cost, np.setdiff1d(folds, tried))
    return chosen._replace(scores=chosen.scores + rest)


def fit_decider(
    scores: NDArray[np.floating],
    labels: NDArray[np.int8],
    languages: Sequence[str] | None = None,
    *,
    described: NDArray[np.bool_] | None = None,
) -> Decider:
    """Calibration, thresholds and the reach of abstention from out-of-fold scores (n, k), or (n, k + 1) with a hurdle.

    A hurdle that the scores offer is taken where it makes the probabilities better (log-loss); it helps where documents
    without a theme are of a kind of their own. languages: codes of the n documents, where known;
    described: themes (k,) that have terms, so that their scores mean something even with few labelled documents.
    """
    calibrated = _calibrate(scores, labels, np.zeros(labels.shape[1], bool) if described is None else described)
    n_themes = (labels == 1).sum(axis=1)
    decider = replace(calibrated, fewest=int(min(1, n_themes.min())), most_one=bool(n_themes.max() <= 1))
    if not decider.one_each:
        decider = replace(decider, shifts=language_shifts(decider.probabilities(scores), labels, languages or ()))
    probabilities = decider.probabilities(scores, languages)
    thresholds = choose_thresholds(probabilities, labels)
    if decider.has_hurdle:
        thresholds = sigmoid(log_odds(thresholds) - HURDLE_LEAN).astype(np.float32)
    return replace(decider, thresholds=thresholds, near_misses=near_miss_quantiles(probabilities, thresholds))


def _calibrate(scores: NDArray[np.floating], labels: NDArray[np.int8], described: NDArray[np.bool_]) -> Decider:
    """A decider that has no thresholds yet. With a hurdle, themes are calibrated on the documents that have any."""
    k = labels.shape[1]
    plain = _without_thresholds(*platt(scores[:, :k], labels, described=described), k)
    judged = with_hurdle(labels, len(labels))
    if scores.shape[1] == k or judged.shape[1] == k:
        return plain
    of_theme = platt(scores[:, :k], np.where(judged[:, -1:] == 1, labels, np.int8(-1)), described=described)
    of_any = platt(scores[:, k:], judged[:, k:])
    hurdle = _without_thresholds(np.append(of_theme[0], of_any[0]), np.append(of_theme[1], of_any[1]), k)
    return min(plain, hurdle, key=lambda decider: log_loss(decider.probabilities(scores), labels))


def _without_thresholds(slopes: NDArray[np.float32], offsets: NDArray[np.float32], k: int) -> Decider:
    return Decider(slopes, offsets, np.full(k, 0.5, np.float32), np.zeros(101, np.float32))
