"""A sentence of a document as a reader is shown it: its neighbours, and the words in it that speak for the theme."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.alignment import align
from pipeline.classify.model import ThemeModel, searchable
from pipeline.classify.ngrams import normalize, runs
from pipeline.classify.sentences import split_sentences
from pipeline.types import Document

LONGEST_NEIGHBOUR = 240
MOST_MARKED = 8
LEAST_PART = 0.05
"""Of what speaks for a theme in a sentence, the part that a word must add to be marked."""
ELLIPSIS = "…"
Spans = tuple[tuple[int, int], ...]


class Quoted(NamedTuple):
    """`sentence` between the sentences `before` and `after` it ("" at an end); `marks` are [start, end) in it."""

    before: str
    sentence: str
    after: str
    marks: Spans


def quote(model: ThemeModel, document: Document, theme: str, *, start: int, end: int) -> Quoted:
    """The code points [start, end) of the clean text with their context, for one theme of the model."""
    text = document.text
    neighbours = split_sentences(text)
    before = [span for span in neighbours if span[1] <= start][-1:]
    after = [span for span in neighbours if span[0] >= end][:1]
    lead = len(searchable(document)) - len(text)
    marks = _strongest_words(model, searchable(document), theme, (start + lead, end + lead))
    return Quoted(
        "".join(_shortened(text[slice(*span)], keep_end=True) for span in before),
        text[start:end],
        "".join(_shortened(text[slice(*span)], keep_end=False) for span in after),
        tuple((first - start - lead, last - start - lead) for first, last in marks),
    )


def _strongest_words(model: ThemeModel, text: str, theme: str, sentence: tuple[int, int]) -> Spans:
    """[start, end) of the words of a sentence that add most to a theme's score, side by side ones as one."""
    places, contributions = _word_places(model, text, model.taxonomy.column[theme])
    within = (places[:, 0] >= sentence[0]) & (places[:, 1] <= sentence[1])
    speaking_for = np.where(within, np.maximum(contributions, 0.0), 0.0)
    order = np.argsort(-speaking_for, kind="stable")[:MOST_MARKED]
    marked = sorted(order[speaking_for[order] > LEAST_PART * speaking_for.sum()].tolist())
    return _joined([(int(places[word, 0]), int(places[word, 1])) for word in marked], text)


def _word_places(model: ThemeModel, text: str, column: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where each word stands in the text, (n, 2), and what begins in it, (n,)."""
    normalized, origins = normalize(text), align(text)
    found = list(runs(normalized))
    if not found:
        return np.zeros((0, 2), np.int64), np.zeros(0)
    word_of = np.full(len(normalized), len(found), np.int64)
    for number, word in enumerate(found):
        word_of[word.start : word.end] = number
    parts = model.scorer.score_parts(text, word_of, len(found) + 1)
    places = [(origins[word.start], origins[word.end - 1] + 1) for word in found]
    return np.array(places, np.int64), parts[:-1, column]


def _joined(spans: list[tuple[int, int]], text: str) -> Spans:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _shortened(sentence: str, *, keep_end: bool) -> str:
    if len(sentence) <= LONGEST_NEIGHBOUR:
        return sentence
    return ELLIPSIS + sentence[-LONGEST_NEIGHBOUR:] if keep_end else sentence[:LONGEST_NEIGHBOUR] + ELLIPSIS
