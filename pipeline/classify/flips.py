"""Which words of a document weigh otherwise in another model, so that a theme came or went."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.classify import contributions
from pipeline.classify.model import ThemeModel, searchable
from pipeline.types import ASSIGNED, Document

MOST_WORDS = 5


class WordShift(NamedTuple):
    """What a word adds to the log-odds of a theme in the later model more than in the earlier."""

    word: str
    shift: float


def word_shifts(
    before: ThemeModel, after: ThemeModel, document: Document, *, theme: str, n: int = MOST_WORDS
) -> tuple[WordShift, ...]:
    """The n words that moved a theme most in the direction in which its decision turned, most first.

    Empty where one of the models does not know the theme, or both decide alike about it. A word's share of the score
    is multiplied by the slope of the calibration, so that scores of two models can be compared. Besides words, other
    thresholds and intercepts move a decision; where no word moved it, none is given.
    """
    if theme not in before.taxonomy.column or theme not in after.taxonomy.column:
        return ()
    direction = _assigned(after, document, theme) - _assigned(before, document, theme)
    old, new = (_log_odds_by_word(model, document, theme) for model in (before, after))
    shifts = [WordShift(word, new.get(word, 0.0) - old.get(word, 0.0)) for word in {**new, **old}]
    moving = [shift for shift in shifts if shift.shift * direction > 0]
    return tuple(sorted(moving, key=lambda shift: -abs(shift.shift))[:n])


def _assigned(model: ThemeModel, document: Document, theme: str) -> int:
    decisions = model.predict([document]).decisions
    return int(decisions[0, model.taxonomy.column[theme]] == ASSIGNED)


def _log_odds_by_word(model: ThemeModel, document: Document, theme: str) -> dict[str, float]:
    column = model.taxonomy.column[theme]
    finds = contributions.find_all(model.scorer, searchable(document))
    values = contributions.values(model.scorer, finds, np.ones(len(finds.rows), bool))
    split = contributions.split_by_item(finds)
    sums = split.sums(values * model.scorer.coefficients[finds.rows, column]) * float(model.decider.slopes[column])
    by_word: dict[str, float] = {}
    for item, added in zip(split.items, sums.tolist(), strict=True):
        by_word[item.text] = by_word.get(item.text, 0.0) + added
    return by_word
