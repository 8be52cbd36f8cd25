"""Why a document got its score: exact contributions of terms and sentences, what speaks against, what would flip it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.alignment import align
from pipeline.classify.features import CHARS, WORDS
from pipeline.classify.ngrams import IDEOGRAPHS, PREFIX_MARK, character_kind, normalize, runs
from pipeline.classify.scorer import LEXICON, readable
from pipeline.classify.sentences import split_sentences
from pipeline.types import DECISIONS, Decision, Document

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel
    from pipeline.classify.scorer import LinearScorer

MOST_FLIPS = 60
STRONGEST = 25
BLOCKS = ("word", "character", "codebook")


class TermContribution(NamedTuple):
    """What one term adds to a score; `block` is "word", "character" or "codebook" (all terms of a theme)."""

    term: str
    block: str
    n_found: int
    contribution: float


class WordContribution(NamedTuple):
    """What a word adds to a score, wherever it stands: all terms that begin in it, taken together."""

    word: str
    n_found: int
    contribution: float


class SentenceContribution(NamedTuple):
    """What the terms that begin in a sentence add to a score; [start, end) in code points of the text."""

    text: str
    start: int
    end: int
    contribution: float


@dataclass(frozen=True)
class ThemeExplanation:
    """One theme's score taken apart.

    intercept + the sum over `terms` = score; so is intercept + the sum over `words`, or over `sentences`. All are
    sorted from most in favour to most against. `flips`: taking these terms out of the text, in order, is what turns
    the decision; empty if nothing short does.
    """

    theme: str
    label: str
    score: float
    intercept: float
    probability: float
    threshold: float
    decision: Decision
    terms: tuple[TermContribution, ...]
    words: tuple[WordContribution, ...]
    sentences: tuple[SentenceContribution, ...]
    flips: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """All themes of a document, most probable first."""

    document: Document
    themes: tuple[ThemeExplanation, ...]


class _Term(NamedTuple):
    row: int
    block: int
    name: str
    n_found: int
    value: float


def explain(model: ThemeModel, document: Document) -> Explanation:
    """Take every theme's score of a document apart. Spans refer to `searchable(document)`."""
    from pipeline.classify.model import searchable

    text = searchable(document)
    predictions = model.predict([document])
    terms = _terms(model, normalize(text))
    sentences, parts = sentence_contributions(model.scorer, text)
    words, of_words = word_contributions(model.scorer, text)
    values = np.array([term.value for term in terms])
    rows = [term.row for term in terms]
    themes = []
    for column in np.argsort(-predictions.probabilities[0], kind="stable").tolist():
        theme = model.taxonomy.themes[column]
        contributions = values * model.scorer.coefficients[rows, column].astype(np.float64)
        themes.append(
            ThemeExplanation(
                theme.id,
                theme.label(),
                float(model.scorer.intercepts[column] + contributions.sum()),
                float(model.scorer.intercepts[column]),
                float(predictions.probabilities[0, column]),
                float(predictions.thresholds[column]),
                DECISIONS[predictions.decisions[0, column]],
                _ranked_terms(terms, contributions),
                _ranked_words(words, of_words[:, column]),
                _ranked_sentences(text, sentences, parts[:, column]),
                _flips(model, terms, contributions, column, document.language),
            )
        )
    return Explanation(document, tuple(themes))


def strongest_terms(model: ThemeModel, n: int = STRONGEST) -> dict[str, list[str]]:
    """The n words and phrases that weigh most for each theme over the documents it was trained on, heaviest first.

    The weight of a term is its coefficient times idf times the root of how many documents hold it, so that one that a
    single document is full of does not come first. Ideographs are shown as the character n-grams they form.
    """
    vocabulary = model.scorer.vocabulary
    shown = np.array([row for row, term in enumerate(vocabulary.terms) if _is_readable(term, row < vocabulary.n_words)])
    idf = vocabulary.idf[shown].astype(np.float64)
    frequency = np.exp(-(idf - 1) / 2)
    weights = model.scorer.coefficients[shown] * (idf * frequency)[:, None]
    order = np.argsort(-weights, axis=0)[:n]
    return {
        theme: [vocabulary.terms[shown[row]] for row in order[:, column]]
        for column, theme in enumerate(model.taxonomy.ids)
    }


def _is_readable(term: str, is_word: bool) -> bool:
    ideographs = character_kind(term[-1]) == IDEOGRAPHS
    return not ideographs and term[-1] != PREFIX_MARK if is_word else ideographs


def sentence_contributions(scorer: LinearScorer, text: str) -> tuple[list[tuple[int, int]], NDArray[np.float64]]:
    """Spans of the sentences, and float64 (n_sentences, n_outputs): how much of the score begins in each."""
    sentences = split_sentences(text)
    if not sentences:
        return [], np.zeros((0, scorer.n_outputs))
    origins = align(text)
    starts = np.array([start for start, _ in sentences])
    sentence_of = np.maximum(np.searchsorted(starts, origins, side="right") - 1, 0)
    return sentences, scorer.score_parts(text, sentence_of, len(sentences))


def word_contributions(scorer: LinearScorer, text: str) -> tuple[Counter[str], NDArray[np.float64]]:
    """The distinct words of a text with their counts, and float64 (n_words, n_outputs): what begins in each of them."""
    normalized = normalize(text)
    found = list(runs(normalized))
    names = [normalized[run.start : run.end] for run in found]
    counts = Counter(names)
    number = {word: position for position, word in enumerate(counts)}
    of_code = np.zeros(len(normalized), np.int64)
    for run, name in zip(found, names, strict=True):
        of_code[run.start : run.end] = number[name]
    return counts, scorer.score_parts(text, of_code, max(1, len(counts)))


def _terms(model: ThemeModel, normalized: str) -> list[_Term]:
    """Everything in a normalised text that has a weight."""
    scorer, terms = model.scorer, []
    for block in (WORDS, CHARS, LEXICON):
        features = scorer.values(normalized, block)
        found = zip(features.rows.tolist(), features.counts.tolist(), features.values.tolist(), strict=True)
        terms += [_Term(row, block, _name(model, row), count, value) for row, count, value in found]
    return terms


def _shares(scorer: LinearScorer, terms: Sequence[_Term]) -> list[NDArray[np.float64]]:
    """What each term adds to every score."""
    return [term.value * scorer.coefficients[term.row].astype(np.float64) for term in terms]


def _name(model: ThemeModel, row: int) -> str:
    n_terms = len(model.scorer.vocabulary)
    if row < n_terms:
        return readable(model.scorer.vocabulary.terms[row])
    return f"terms of {model.taxonomy.ids[row - n_terms]}"


def _ranked_terms(terms: Sequence[_Term], contributions: NDArray[np.float64]) -> tuple[TermContribution, ...]:
    return tuple(
        TermContribution(terms[i].name, BLOCKS[terms[i].block], terms[i].n_found, float(contributions[i]))
        for i in np.argsort(-contributions, kind="stable")
    )


def _ranked_words(words: Counter[str], contributions: NDArray[np.float64]) -> tuple[WordContribution, ...]:
    found = zip(words.items(), contributions.tolist(), strict=False)
    ranked = sorted(found, key=lambda item: -item[1])
    return tuple(WordContribution(word, n_found, contribution) for (word, n_found), contribution in ranked)


def _ranked_sentences(
    text: str, sentences: Sequence[tuple[int, int]], contributions: NDArray[np.float64]
) -> tuple[SentenceContribution, ...]:
    return tuple(
        SentenceContribution(text[start:end], start, end, contribution)
        for contribution, (start, end) in sorted(
            zip(contributions.tolist(), sentences, strict=True), key=lambda item: -item[0]
        )
    )


def _flips(
    model: ThemeModel, terms: Sequence[_Term], contributions: NDArray[np.float64], column: int, language: str
) -> tuple[str, ...]:
    """The strongest terms whose removal, one after the other, turns the decision.

    Taking out a term also shortens its block's vector, which makes all others weigh more: both are reckoned with.
    """
    scorer = model.scorer
    lengths = [weight**2 for weight in scorer.settings.block_weights]
    left, sums = list(lengths), [np.zeros(scorer.n_outputs) for _ in BLOCKS]
    shares = _shares(scorer, terms)
    for term, share in zip(terms, shares, strict=True):
        sums[term.block] += share

    def assigned() -> bool:
        scores = scorer.intercepts + sums[LEXICON]
        for block in (WORDS, CHARS):
            if left[block] > 1e-12:
                scores = scores + sums[block] * (lengths[block] / left[block]) ** 0.5
        p = model.decider.probabilities(scores[None], [language])
        return bool(model.decider.assigned(p)[0, column])

    before = assigned()
    taken: list[str] = []
    for i in np.argsort(-contributions if before else contributions, kind="stable")[:MOST_FLIPS].tolist():
        sums[terms[i].block] -= shares[i]
        if terms[i].block != LEXICON:
            left[terms[i].block] -= terms[i].value ** 2
        taken.append(terms[i].name)
        if assigned() != before:
            return tuple(taken)
    return ()
