"""Tags as `doc_tags` shows them: one per theme assigned or near, each with the sentence that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.evidence import Evidence
from pipeline.classify.model import ThemeModel, searchable
from pipeline.settings import TaggingSettings
from pipeline.types import DECISIONS, NOT, Decision, Document, Predictions

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


class Tag(NamedTuple):
    """What a `TagRow` says of one theme of a document."""

    theme: str
    probability: float
    threshold: float
    decision: Decision
    evidence: str
    start: int | None
    end: int | None
    contribution: float


def tag_batch(
    model: ThemeModel, documents: Sequence[Document], settings: TaggingSettings | None = None
) -> tuple[Predictions, list[list[Tag]]]:
    """The predictions for a batch, and the tags of each document as `doc_tags` shows them."""
    predictions, evidence = model.predict_with_evidence(documents, settings)
    return predictions, tags_of(predictions, evidence)


def tags_of(predictions: Predictions, evidence: Evidence) -> list[list[Tag]]:
    """The tags of each document, by falling probability."""
    rows, columns = _shown(predictions)
    ids, thresholds = predictions.taxonomy.ids, _rounded(predictions.thresholds, 6)
    tags: list[list[Tag]] = [[] for _ in predictions.documents]
    columns_of_tags = (
        _rounded(predictions.probabilities[rows, columns], 6),
        predictions.decisions[rows, columns].tolist(),
        evidence.starts[rows, columns].tolist(),
        evidence.ends[rows, columns].tolist(),
        _rounded(evidence.contributions[rows, columns], 4),
    )
    for row, column, probability, decision, start, end, contribution in zip(
        rows.tolist(), columns.tolist(), *columns_of_tags, strict=True
    ):
        quoted = _quote(predictions.documents[row], start, end)
        tag = Tag(ids[column], probability, thresholds[column], DECISIONS[decision], *quoted, contribution)
        tags[row].append(tag)
    return tags


def _shown(predictions: Predictions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Document and theme of each tag, in order."""
    shown, probabilities = predictions.decisions != NOT, predictions.probabilities
    bare = np.flatnonzero(~shown.any(axis=1))
    shown[bare, np.argmin(predictions.thresholds - probabilities[bare], axis=1)] = True
    rows, columns = np.nonzero(shown)
    order = np.lexsort((columns, -probabilities[rows, columns], rows))
    return rows[order], columns[order]


def _rounded(values: NDArray[np.floating], n_decimals: int) -> list[float]:
    return [round(value, n_decimals) for value in values.tolist()]


def _quote(document: Document, start: int, end: int) -> tuple[str, int | None, int | None]:
    """The evidence, no longer than it may be, and where it stands in the text of a document, if it does.

    start, end: in `searchable(document)`, which a title may lead; -1 for no sentence.
    """
    if start < 0:
        return "", None, None
    text = searchable(document)
    lead, end = len(text) - len(document.text), min(end, start + LONGEST_EVIDENCE)
    return (text[start:end], None, None) if start < lead else (text[start:end], start - lead, end - lead)
