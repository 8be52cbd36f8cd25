"""Rows of `doc_tags`: which themes are shown, and that the evidence stands where it is said to stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.model import ThemeModel
from pipeline.classify.tags import LONGEST_EVIDENCE, tag_rows
from pipeline.settings import TaggingSettings
from pipeline.types import DECISIONS, Document, LabeledDocument, Predictions, PublicationDate

from .strategies import wild_text

NONE_ABSTAIN = TaggingSettings(abstain_rate=0.0)


def test_a_row_per_theme_assigned(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    predictions = model.predict([item.document for item in labeled], NONE_ABSTAIN)
    rows = list(tag_rows(model, predictions))
    assert list(dict.fromkeys(row.doc_id for row in rows)) == [item.document.id for item in labeled]
    for number, item in enumerate(labeled):
        own = [row for row in rows if row.doc_id == item.document.id]
        assigned = set(predictions.themes_of(number))
        if assigned:
            assert {row.theme for row in own} == assigned
            assert {row.decision for row in own} == {"assigned"}
            assert [row.probability for row in own] == sorted((row.probability for row in own), reverse=True)
        else:
            assert [row.decision for row in own] == ["not"]
    n_with_theme = sum(bool(predictions.themes_of(row)) for row in range(len(predictions)))
    assert n_with_theme == len({row.doc_id for row in rows if row.decision == "assigned"})


def shown(model: ThemeModel, probabilities: list[float], decisions: list[int]) -> list[tuple[str, str]]:
    predictions = model.predict(["A satellite."])
    changed = Predictions(
        predictions.documents, predictions.taxonomy, predictions.scores, np.array([probabilities], np.float32),
        np.array([decisions], np.int8), np.array([0.5, 0.9, 0.2, 0.5], np.float32), predictions.remarks,
    )  # fmt: skip
    return [(row.theme, row.decision) for row in tag_rows(model, changed)]


def test_which_rows_are_shown(model: ThemeModel) -> None:
    assert shown(model, [0.6, 0.1, 0.3, 0.1], [2, 0, 2, 0]) == [("cyber", "assigned"), ("biosecurity", "assigned")]
    assert shown(model, [0.6, 0.85, 0.1, 0.1], [2, 1, 0, 0]) == [("space", "abstain"), ("cyber", "assigned")]
    assert shown(model, [0.3, 0.4, 0.15, 0.1], [0, 0, 0, 0]) == [("biosecurity", "not")]


def test_the_fields_are_those_of_the_document(model: ThemeModel) -> None:
    document = Document(
        "d1", "A satellite crossed the orbit. The choir sang.",
        "Orbit news", "en", PublicationDate("2023-07", "month", "url"),
        "Wire", "folder/a.csv#3", "ab" * 32,
    )  # fmt: skip
    (row,) = tag_rows(model, model.predict([document], NONE_ABSTAIN))
    assert row[:8] == ("d1", "ab" * 32, "Orbit news", "Wire", "en", "2023-07", "month", "url")
    assert (row.theme, row.label_en, row.label_ko) == ("space", "Space security", "우주 안보")
    assert (row.model, row.taxonomy_version) == (model.version, "1.2")
    assert row.threshold == pytest.approx(float(model.decider.thresholds[1]), abs=1e-6)


@given(st.one_of(wild_text, st.just("İ ﬁrst satellite. 두 번째 인공위성.")), st.one_of(st.just(""), wild_text))
@settings(max_examples=40, deadline=None)
def test_evidence_stands_where_it_is_said_to(model: ThemeModel, text: str, title: str) -> None:
    document = Document("d", text, title)
    for row in tag_rows(model, model.predict([document])):
        assert row.decision in DECISIONS
        if row.start is None or row.end is None:
            assert row.start is row.end is None
            assert row.evidence in f"{title.strip()}"
        else:
            assert text[row.start : row.end] == row.evidence
            assert row.evidence


def test_the_evidence_is_the_sentence_that_speaks_most(model: ThemeModel) -> None:
    text = "The choir sang. A satellite escaped the orbital debris. Tickets are cheap."
    (row,) = tag_rows(model, model.predict([text], NONE_ABSTAIN))
    assert row.evidence == "A satellite escaped the orbital debris."
    assert (row.start, row.end) == (16, 55)


def test_evidence_in_a_title_has_no_place_in_the_text(model: ThemeModel) -> None:
    document = Document("d", "The choir sang. Tickets are cheap.", "Satellite hit by orbital debris")
    (row,) = tag_rows(model, model.predict([document], NONE_ABSTAIN))
    assert (row.evidence, row.start, row.end) == ("Satellite hit by orbital debris", None, None)


def test_a_sentence_without_end_is_cut(model: ThemeModel) -> None:
    document = Document("d", "satellite " * 500)
    (row,) = tag_rows(model, model.predict([replace(document)], NONE_ABSTAIN))
    assert len(row.evidence) == LONGEST_EVIDENCE
    assert row.evidence == document.text[row.start : row.end]


def test_an_empty_document_still_has_a_row(model: ThemeModel) -> None:
    (row,) = tag_rows(model, model.predict([""]))
    assert (row.evidence, row.start, row.end) == ("", None, None)
    assert row.decision in {"not", "abstain"}
