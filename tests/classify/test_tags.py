"""Tags as `doc_tags` shows them: which themes are shown, and that the evidence stands where it is said to stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.model import ThemeModel
from pipeline.classify.tags import LONGEST_EVIDENCE, Tag, tag_batch, tags_of
from pipeline.settings import TaggingSettings
from pipeline.types import DECISIONS, Document, LabeledDocument, Predictions

from .strategies import wild_text

NONE_ABSTAIN = TaggingSettings(abstain_rate=0.0)


def tag(model: ThemeModel, document: Document, settings: TaggingSettings = NONE_ABSTAIN) -> list[Tag]:
    return tag_batch(model, [document], settings)[1][0]


def test_a_tag_per_theme_assigned(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    predictions, tags = tag_batch(model, [item.document for item in labeled], NONE_ABSTAIN)
    assert len(tags) == len(labeled)
    for number, own in enumerate(tags):
        assigned = set(predictions.themes_of(number))
        if assigned:
            assert {tag.theme for tag in own} == assigned
            assert {tag.decision for tag in own} == {"assigned"}
            assert [tag.probability for tag in own] == sorted((tag.probability for tag in own), reverse=True)
        else:
            assert [tag.decision for tag in own] == ["not"]
    assert 0 < sum(own[0].decision == "assigned" for own in tags) <= len(tags)


def shown(model: ThemeModel, probabilities: list[float], decisions: list[int]) -> list[tuple[str, str]]:
    predictions, evidence = model.predict_with_evidence([Document("d", "A satellite.")])
    changed = Predictions(
        predictions.documents, predictions.taxonomy, predictions.scores, np.array([probabilities], np.float32),
        np.array([decisions], np.int8), np.array([0.5, 0.9, 0.2, 0.5], np.float32), predictions.remarks,
    )  # fmt: skip
    return [(tag.theme, tag.decision) for tag in tags_of(changed, evidence)[0]]


def test_which_tags_are_shown(model: ThemeModel) -> None:
    assert shown(model, [0.6, 0.1, 0.3, 0.1], [2, 0, 2, 0]) == [("cyber", "assigned"), ("biosecurity", "assigned")]
    assert shown(model, [0.6, 0.85, 0.1, 0.1], [2, 1, 0, 0]) == [("space", "abstain"), ("cyber", "assigned")]
    assert shown(model, [0.3, 0.4, 0.15, 0.1], [0, 0, 0, 0]) == [("biosecurity", "not")]
    assert shown(model, [0.6, 0.1, 0.6, 0.1], [2, 0, 2, 0]) == [("cyber", "assigned"), ("biosecurity", "assigned")]


def test_predictions_are_left_as_they_are(model: ThemeModel) -> None:
    predictions, evidence = model.predict_with_evidence([Document("d", "The choir sang.")], NONE_ABSTAIN)
    before = predictions.decisions.copy()
    assert [tag.decision for tag in tags_of(predictions, evidence)[0]] == ["not"]
    assert np.array_equal(predictions.decisions, before)


def test_figures_are_those_of_the_predictions(model: ThemeModel) -> None:
    document = Document("d1", "A satellite crossed the orbit. The choir sang.")
    (tag_,) = tag(model, document)
    predictions = model.predict([document], NONE_ABSTAIN)
    assert tag_.theme == "space"
    assert tag_.probability == pytest.approx(float(predictions.probabilities[0, 1]), abs=1e-6)
    assert tag_.threshold == pytest.approx(float(model.decider.thresholds[1]), abs=1e-6)


def test_ids_may_repeat(model: ThemeModel) -> None:
    documents = [Document("d", "A satellite in orbit."), Document("d", "Ransomware struck a hospital.")]
    _, (first, second) = tag_batch(model, documents)
    assert first == tag_batch(model, documents[:1])[1][0]
    assert second == tag_batch(model, documents[1:])[1][0]


def test_no_documents_no_tags(model: ThemeModel) -> None:
    assert tag_batch(model, [])[1] == []


@given(st.one_of(wild_text, st.just("İ ﬁrst satellite. 두 번째 인공위성.")), st.one_of(st.just(""), wild_text))
@settings(max_examples=40, deadline=None)
def test_evidence_stands_where_it_is_said_to(model: ThemeModel, text: str, title: str) -> None:
    document = Document("d", text, title)
    for row in tag(model, document, TaggingSettings()):
        assert row.decision in DECISIONS
        if row.start is None or row.end is None:
            assert row.start is row.end is None
            assert row.evidence in f"{title.strip()}"
        else:
            assert text[row.start : row.end] == row.evidence
            assert row.evidence


def test_the_evidence_is_the_sentence_that_speaks_most(model: ThemeModel) -> None:
    text = "The choir sang. A satellite escaped the orbital debris. Tickets are cheap."
    (row,) = tag(model, Document("d", text))
    assert row.evidence == "A satellite escaped the orbital debris."
    assert (row.start, row.end) == (16, 55)


def test_evidence_in_a_title_has_no_place_in_the_text(model: ThemeModel) -> None:
    document = Document("d", "The choir sang. Tickets are cheap.", "Satellite hit by orbital debris")
    (row,) = tag(model, document)
    assert (row.evidence, row.start, row.end) == ("Satellite hit by orbital debris", None, None)


def test_a_sentence_without_end_is_cut(model: ThemeModel) -> None:
    document = Document("d", "satellite " * 500)
    (row,) = tag(model, document)
    assert len(row.evidence) == LONGEST_EVIDENCE
    assert row.evidence == document.text[row.start : row.end]


def test_an_empty_document_still_has_a_row(model: ThemeModel) -> None:
    (row,) = tag(model, Document("d", ""), TaggingSettings())
    assert (row.evidence, row.start, row.end) == ("", None, None)
    assert row.decision in {"not", "abstain"}
