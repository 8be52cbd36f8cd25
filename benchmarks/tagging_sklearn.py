"""The product's features and weights as a scikit-learn pipeline: what its compiled code is measured against.

Two `TfidfVectorizer` with analysers that give the product's n-grams, side by side, and a product with the weights. The
analysers are as fast as Python allows: one compiled regular expression cuts a text, slices make the n-grams.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.classify.features import FeatureSettings
from pipeline.classify.ngrams import DIGITS, HANGUL, IDEOGRAPHS, LETTERS, PREFIX_MARK, character_kind, normalize
from pipeline.classify.scorer import LinearScorer

Analyser = Callable[[str], list[str]]


class EqualPipeline:
    """Scores raw texts with the weights of a trained `LinearScorer` that has no lexicon."""

    def __init__(self, scorer: LinearScorer) -> None:
        words, chars = scorer.vocabulary.blocks()
        vocabulary, settings = scorer.vocabulary, scorer.settings
        self.blocks = [
            Block(analyser(settings), vocabulary.terms[part], vocabulary.idf[part], vocabulary.unknown_idf)
            for analyser, part in ((word_analyser, words), (char_analyser, chars))
            if part.stop > part.start
        ]
        self.weights = settings.block_weights
        self.coefficients = scorer.coefficients[: len(vocabulary)]
        self.intercepts = scorer.intercepts

    def decision_function(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Linear scores, float64 (n, k)."""
        parts = [block.transform(texts) * weight for block, weight in zip(self.blocks, self.weights, strict=False)]
        return np.asarray(hstack(parts, "csr") @ self.coefficients + self.intercepts)


class Block(TfidfVectorizer):  # type: ignore[misc]
    """A `TfidfVectorizer` of a given vocabulary whose unknown n-grams count in the length of a text's vector."""

    def __init__(self, analyser: Analyser, terms: Sequence[str], idf: NDArray[np.float32], unknown_idf: float) -> None:
        self.unknown_idf, self.analyser, self.n_grams = unknown_idf, analyser, [0]
        column_of = {term: column for column, term in enumerate(terms)}
        super().__init__(analyzer=self.analyse, vocabulary=column_of, sublinear_tf=True, norm=None)
        self.idf_ = np.asarray(idf, np.float64)

    def analyse(self, text: str) -> list[str]:
        grams = self.analyser(text)
        self.n_grams.append(len(grams))
        return grams

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        self.n_grams = []
        counts = super(TfidfVectorizer, self).transform(texts)
        n_unknown = np.array(self.n_grams) - np.asarray(counts.sum(axis=1)).ravel()
        values = self._tfidf.transform(counts)
        squares = np.asarray(values.multiply(values).sum(axis=1)).ravel() + n_unknown * self.unknown_idf**2
        values.data /= np.repeat(np.sqrt(np.maximum(squares, 1e-300)), np.diff(values.indptr))
        return values


@cache
def run_pattern() -> re.Pattern[str]:
    """Runs of letters, digits, Hangul or ideographs, in groups 1 to 4."""
    classes = {kind: _character_class(kind) for kind in (LETTERS, DIGITS, HANGUL, IDEOGRAPHS)}
    return re.compile("|".join(f"([{classes[kind]}]+)" for kind in (LETTERS, DIGITS, HANGUL, IDEOGRAPHS)))


def _character_class(kind: int) -> str:
    of_kind = np.array([character_kind(chr(code)) == kind for code in range(0x40000)] + [False])
    edges = np.flatnonzero(np.diff(of_kind.astype(np.int8), prepend=0))
    return "".join(
        f"{re.escape(chr(first))}-{re.escape(chr(stop - 1))}" for first, stop in edges.reshape(-1, 2).tolist()
    )


def word_analyser(settings: FeatureSettings) -> Analyser:
    """All word n-grams and prefixes of a text."""
    smallest, largest = settings.word_ngrams
    length_of = dict(zip((LETTERS, DIGITS, HANGUL), (*settings.prefixes[:1] * 2, settings.prefixes[1]), strict=True))
    runs = run_pattern().finditer

    def analyse(text: str) -> list[str]:
        words: list[str] = []
        prefixes: list[str] = []
        for run in runs(normalize(text)):
            if run.lastindex == IDEOGRAPHS:
                words.extend(run[0])
                continue
            words.append(run[0])
            if length := length_of[run.lastindex or LETTERS]:
                prefixes.append(run[0][:length] + PREFIX_MARK)
        for n in range(smallest, largest + 1):
            prefixes += words if n == 1 else map(" ".join, zip(*(words[i:] for i in range(n)), strict=False))
        return prefixes

    return analyse


def char_analyser(settings: FeatureSettings) -> Analyser:
    """All character n-grams of a text."""
    range_of = dict(
        zip((LETTERS, DIGITS, HANGUL, IDEOGRAPHS), (settings.char_ranges[0], *settings.char_ranges), strict=True)
    )
    runs = run_pattern().finditer

    def analyse(text: str) -> list[str]:
        grams: list[str] = []
        for run in runs(normalize(text)):
            kind = run.lastindex or LETTERS
            padded = run[0] if kind == IDEOGRAPHS else f" {run[0]} "
            smallest, largest = range_of[kind]
            for n in range(max(1, smallest), min(largest, len(padded)) + 1):
                grams += [padded[i : i + n] for i in range(len(padded) - n + 1)]
            if smallest <= 1 <= largest and kind != IDEOGRAPHS:
                grams = [gram for gram in grams if gram != " "]
        return grams

    return analyse
