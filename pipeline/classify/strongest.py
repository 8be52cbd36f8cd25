"""The words that weigh most for each theme of a model."""

from __future__ import annotations

import numpy as np

from pipeline.classify.model import ThemeModel
from pipeline.classify.ngrams import IDEOGRAPHS, PREFIX_MARK, character_kind

STRONGEST = 25


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
