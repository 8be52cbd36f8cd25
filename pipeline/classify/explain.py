"""Why a document got its tags: exact contributions of terms, words and sentences, and what would turn a decision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import contributions
from pipeline.classify.basis import Basis, basis_of
from pipeline.classify.decisions import sigmoid
from pipeline.types import DECISIONS, Decision, Document

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel

MOST_FLIPS = 8
BLOCK_NAMES = ("word", "character", "codebook")


@dataclass(frozen=True, slots=True)
class TermContribution:
    """What one n-gram, or term of the codebook, adds to a score; `block` is "word", "character" or "codebook"."""

    term: str
    block: str
    n_found: int
    contribution: float


@dataclass(frozen=True, slots=True)
class WordContribution:
    """What a word adds to a score, wherever it stands, or a term of the codebook does.

    A word's share is its n-grams and its part of the word pairs it stands in; where words are not spaced, every n-gram
    counts as a word.
    """

    word: str
    is_term: bool
    n_found: int
    contribution: float


@dataclass(frozen=True, slots=True)
class SentenceContribution:
    """What stands in a sentence adds to a score; [start, end) in code points of the text."""

    text: str
    start: int
    end: int
    contribution: float


@dataclass(frozen=True)
class ScoreExplanation:
    """A score taken apart, and the chance it stands for: 1 / (1 + exp(-(slope * score + offset))).

    intercept + the sum over `terms` = score; so is intercept + the sum over `words`, or over `sentences`. All are
    sorted from most in favour to most against.
    """

    score: float
    intercept: float
    slope: float
    offset: float
    chance: float
    terms: tuple[TermContribution, ...]
    words: tuple[WordContribution, ...]
    sentences: tuple[SentenceContribution, ...]


@dataclass(frozen=True)
class ThemeExplanation(ScoreExplanation):
    """One theme of a document.

    probability = `chance` times that of any theme at all (`Explanation.any_theme`), its log-odds raised by
    `Explanation.language_shift`; where every document has exactly one theme, `chance` divided by `of_all`, the sum over
    all themes, None elsewhere. score_needed: from which score on the threshold is reached, None if none would do.
    flips: taking these words out of the text turns the decision, by scoring the text without them; () if
    the `MOST_FLIPS` strongest do not. basis: what the theme was learned from.
    """

    theme: str
    label: str
    basis: Basis
    decision: Decision
    probability: float
    of_all: float | None
    threshold: float
    score_needed: float | None
    flips: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """The themes of a document that were asked for, most probable first.

    any_theme: the chance that it has any theme at all, None where the model does not reckon with it; language_shift:
    log-odds added for the document's language; remark: why it could not be judged well, else "".
    """

    document: Document
    remark: str
    any_theme: ScoreExplanation | None
    language_shift: float
    themes: tuple[ThemeExplanation, ...]


def explain(model: ThemeModel, document: Document, themes: Collection[str] | None = None) -> Explanation:
    """Take the scores of a document apart, those of some themes or of all. Spans refer to `searchable(document)`."""
    predictions = model.predict([document])
    taken_apart = _TakenApart(model, document)
    order = np.argsort(-predictions.probabilities[0], kind="stable").tolist()
    explained = tuple(
        taken_apart.theme(
            column, float(predictions.probabilities[0, column]), DECISIONS[predictions.decisions[0, column]]
        )
        for column in order
        if themes is None or model.taxonomy.ids[column] in themes
    )
    any_theme = ScoreExplanation(**taken_apart.score(-1)) if model.decider.has_hurdle else None
    shift = float(model.decider.shifts.get(document.language, 0.0))
    return Explanation(document, predictions.remarks[0], any_theme, shift, explained)


class _TakenApart:
    """One document's finds, and their shares of every score."""

    def __init__(self, model: ThemeModel, document: Document) -> None:
        from pipeline.classify.model import searchable

        self.model, self.language = model, document.language
        self.text = searchable(document)
        self.finds = contributions.find_all(model.scorer, self.text)
        self.everything = np.ones(len(self.finds.rows), bool)
        self.values = contributions.values(model.scorer, self.finds, self.everything)
        self.split = contributions.split_by_item(self.finds)
        self.sentences, self.sentence_of = contributions.sentences_of(self.text)
        scores = contributions.scores(model.scorer, self.finds, self.everything)
        chances, of_any = model.decider.chances(scores[None])
        self.chances, self.of_any = chances[0], float(of_any[0, 0])

    @cached_property
    def terms(self) -> tuple[list[tuple[str, int]], NDArray[np.int64], NDArray[np.int64]]:
        """Name and block of each n-gram and term that counts; the finds that count; the number of each one's term."""
        scorer, finds = self.model.scorer, np.flatnonzero(self.values)
        numbers: dict[tuple[str, int], int] = {}
        own = [
            numbers.setdefault(
                (contributions.name_of(scorer, self.finds, find), int(self.finds.blocks[find])), len(numbers)
            )
            for find in finds.tolist()
        ]
        return list(numbers), finds, np.array(own, np.int64)

    def score(self, column: int) -> dict[str, Any]:
        """The fields of a `ScoreExplanation` of one output of the scorer."""
        scorer, decider = self.model.scorer, self.model.decider
        shares = self.values * scorer.coefficients[self.finds.rows, column]
        score = float(scorer.intercepts[column] + shares.sum())
        slope, offset = float(decider.slopes[column]), float(decider.offsets[column])
        return {
            "score": score,
            "intercept": float(scorer.intercepts[column]),
            "slope": slope,
            "offset": offset,
            "chance": float(sigmoid(np.array(slope * score + offset))),
            "terms": self._terms(shares),
            "words": self._words(shares),
            "sentences": self._sentences(shares),
        }

    def theme(self, column: int, probability: float, decision: Decision) -> ThemeExplanation:
        """Everything about one theme."""
        model, theme = self.model, self.model.taxonomy.themes[column]
        decider, of_all = model.decider, float(self.chances.sum())
        of_others = of_all - float(self.chances[column])
        return ThemeExplanation(
            **self.score(column),
            theme=theme.id,
            label=theme.label(),
            basis=basis_of(theme, model.provenance.support),
            decision=decision,
            probability=probability,
            of_all=of_all if decider.one_each else None,
            threshold=float(decider.thresholds[column]),
            score_needed=decider.score_needed(column, of_any=self.of_any, of_others=of_others, language=self.language),
            flips=self._flips(column),
        )

    def _terms(self, shares: NDArray[np.float64]) -> tuple[TermContribution, ...]:
        names, finds, term_of = self.terms
        sums, n_found = np.bincount(term_of, shares[finds], len(names)), np.bincount(term_of, minlength=len(names))
        found = [
            TermContribution(name, BLOCK_NAMES[block], n, contribution)
            for (name, block), n, contribution in zip(names, n_found.tolist(), sums.tolist(), strict=True)
        ]
        return tuple(sorted(found, key=_contribution))

    def _words(self, shares: NDArray[np.float64]) -> tuple[WordContribution, ...]:
        sums = self.split.sums(shares).tolist()
        found = [
            WordContribution(item.text, item.is_term, len(stretches), contribution)
            for item, stretches, contribution in zip(self.split.items, self.split.stretches, sums, strict=True)
        ]
        return tuple(sorted(found, key=_contribution))

    def _sentences(self, shares: NDArray[np.float64]) -> tuple[SentenceContribution, ...]:
        sums = contributions.sum_by_part(self.finds, shares, self.sentence_of, len(self.sentences)).tolist()
        found = [
            SentenceContribution(self.text[start:end], start, end, contribution)
            for (start, end), contribution in zip(self.sentences, sums, strict=True)
        ]
        return tuple(sorted(found, key=_contribution))

    def _flips(self, column: int) -> tuple[str, ...]:
        """The strongest words for the decision as it is, one after the other, until the text without them turns it."""
        contributions_of = self.split.sums(self.values * self.model.scorer.coefficients[self.finds.rows, column])
        before = self._is_assigned(column, ())
        speaking = contributions_of if before else -contributions_of
        taken: list[int] = []
        for item in np.argsort(-speaking, kind="stable")[:MOST_FLIPS].tolist():
            if speaking[item] <= 0:
                break
            taken.append(item)
            if self._is_assigned(column, taken) != before:
                return tuple(self.split.items[item].text for item in self._needed(column, taken, before))
        return ()

    def _needed(self, column: int, taken: list[int], before: bool) -> list[int]:
        """What cannot be left out of the items that together turn a decision."""
        needed = list(taken)
        for item in taken[:-1]:
            others = [other for other in needed if other != item]
            if self._is_assigned(column, others) != before:
                needed = others
        return needed

    def _is_assigned(self, column: int, taken: Sequence[int]) -> bool:
        stretches = [stretch for item in taken for stretch in self.split.stretches[item]]
        kept = contributions.without(self.finds, stretches)
        scores = contributions.scores(self.model.scorer, self.finds, kept)[None]
        return bool(self.model.decider.assigned(self.model.decider.probabilities(scores, [self.language]))[0, column])


def _contribution(found: TermContribution | WordContribution | SentenceContribution) -> float:
    """What to sort by: the most in favour first."""
    return -found.contribution
