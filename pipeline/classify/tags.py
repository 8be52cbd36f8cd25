"""Predictions as rows of `doc_tags`: one row per theme assigned or near, each with the sentence that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.contributions import sentence_contributions
from pipeline.classify.model import ThemeModel, searchable
from pipeline.types import DECISIONS, NOT, Document, Predictions

LONGEST_EVIDENCE = 600


class TagRow(NamedTuple):
    """One row of `doc_tags`, its fields in the order of the columns.

    A document has a row per theme assigned or abstained from, by falling probability; one with neither has a single
    row for its nearest theme, decision "not". `start` and `end` place the evidence in the clean text; None where it
    stands in a title that is not part of the text. `contribution` is what the evidence adds to the theme's score.
    """

    doc_id: str
    sha256: str
    title: str
    source: str
    language: str
    pub_date: str
    date_precision: str
    date_origin: str
    theme: str
    label_en: str
    label_ko: str
    probability: float
    threshold: float
    decision: str
    evidence: str
    start: int | None
    end: int | None
    contribution: float
    model: str
    taxonomy_version: str


class _Evidence(NamedTuple):
    text: str
    start: int | None
    end: int | None
    contribution: float


def tag_rows(model: ThemeModel, predictions: Predictions) -> Iterator[TagRow]:
    """The rows of a batch, documents in order."""
    for row, document in enumerate(predictions.documents):
        columns = _columns(predictions, row)
        evidence = _evidence(model, document, columns)
        for column in columns:
            yield _tag_row(model, predictions, row, column, evidence[column])


def _columns(predictions: Predictions, row: int) -> list[int]:
    decisions, probabilities = predictions.decisions[row], predictions.probabilities[row]
    shown = np.flatnonzero(decisions != NOT)
    if len(shown) == 0:
        shown = np.array([np.argmin(predictions.thresholds - probabilities)])
    return [int(column) for column in shown[np.argsort(-probabilities[shown], kind="stable")]]


def _evidence(model: ThemeModel, document: Document, columns: list[int]) -> dict[int, _Evidence]:
    text = searchable(document)
    sentences, parts = sentence_contributions(model.scorer, text)
    lead = len(text) - len(document.text)
    return {column: _best_sentence(text, sentences, parts[:, column], lead) for column in columns}


def _best_sentence(
    text: str, sentences: list[tuple[int, int]], contributions: NDArray[np.float64], lead: int
) -> _Evidence:
    """`lead` is the length of a title put before the document's own text."""
    if not sentences:
        return _Evidence("", None, None, 0.0)
    best = int(np.argmax(contributions))
    start, end = sentences[best]
    end = min(end, start + LONGEST_EVIDENCE)
    contribution = round(float(contributions[best]), 4)
    if start < lead:
        return _Evidence(text[start:end], None, None, contribution)
    return _Evidence(text[start:end], start - lead, end - lead, contribution)


def _tag_row(model: ThemeModel, predictions: Predictions, row: int, column: int, evidence: _Evidence) -> TagRow:
    document, theme = predictions.documents[row], model.taxonomy.themes[column]
    return TagRow(
        document.id,
        document.sha256,
        document.title,
        document.source,
        document.language,
        document.date.value,
        document.date.precision,
        document.date.origin,
        theme.id,
        theme.label("en"),
        theme.label("ko"),
        round(float(predictions.probabilities[row, column]), 6),
        round(float(predictions.thresholds[column]), 6),
        DECISIONS[predictions.decisions[row, column]],
        evidence.text,
        evidence.start,
        evidence.end,
        evidence.contribution,
        model.version,
        model.taxonomy.version,
    )
