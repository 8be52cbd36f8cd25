"""Predictions: shapes, order, remarks, and the text that is searched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify.model import ThemeModel, document_of, searchable
from pipeline.settings import TaggingSettings
from pipeline.types import ASSIGNED, Document, LabeledDocument

from .strategies import wild_text


def test_predictions_have_the_stated_shapes(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    documents = [item.document for item in labeled]
    predictions = model.predict(documents)
    assert predictions.documents == tuple(documents)
    for matrix, kind in (
        (predictions.scores, "float32"),
        (predictions.probabilities, "float32"),
        (predictions.decisions, "int8"),
    ):
        assert matrix.shape == (45, 4)
        assert matrix.dtype.name == kind
    assert predictions.thresholds.shape == (4,)
    assert len(predictions.remarks) == 45
    truth = [tuple(theme for theme in model.taxonomy.ids if theme in item.themes) for item in labeled]
    assert sum(predictions.themes_of(row) == themes for row, themes in enumerate(truth)) >= 42


def test_decisions_follow_the_thresholds(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    predictions = model.predict([item.document for item in labeled])
    assert np.array_equal(predictions.decisions == ASSIGNED, predictions.probabilities >= predictions.thresholds)


def test_no_documents(model: ThemeModel) -> None:
    predictions = model.predict([])
    assert len(predictions) == 0
    assert predictions.scores.shape == (0, 4)


@given(st.lists(wild_text, min_size=1, max_size=6))
@example(["", "\ud800", "\x00", "a" * 70_000])
@settings(max_examples=40, deadline=None)
def test_any_text_is_tagged_and_alone_as_in_company(model: ThemeModel, texts: list[str]) -> None:
    together = model.predict(texts)
    assert np.isfinite(together.scores).all()
    assert ((together.probabilities >= 0) & (together.probabilities <= 1)).all()
    for row, text in enumerate(texts):
        alone = model.predict([text])
        assert np.array_equal(alone.scores[0], together.scores[row])
        assert np.array_equal(alone.decisions[0], together.decisions[row])
        assert alone.remarks[0] == together.remarks[row]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("", "no words"),
        ("!? \n …", "no words"),
        ("zyxw vuts qponm lkjih gfedc zzyyx wwvvu ttssr qqppo", "unsupported language or script: no word is known"),
        ("ထိုင်းဘာသာ စကား", "unsupported language or script: no word is known"),
        ("The satellite fell.", "too short to judge well"),
    ],
)
def test_what_cannot_be_judged_well_is_remarked(model: ThemeModel, text: str, remark: str) -> None:
    assert model.predict([text]).remarks == (remark,)


def test_a_sound_document_has_no_remark(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    assert set(model.predict([item.document for item in labeled if item.document.language == "en"]).remarks) == {""}


@pytest.mark.parametrize(("language", "remark"), [("nl", "a language the model has not learned"), ("und", "")])
def test_a_language_without_training_documents_is_remarked(
    model: ThemeModel, labeled: list[LabeledDocument], language: str, remark: str
) -> None:
    document = next(item.document for item in labeled if item.document.language == "en")
    assert model.predict([replace(document, language=language)]).remarks == (remark,)


@pytest.mark.parametrize(
    "known", ["the satellite", "The ambassador opened a season. Children painted the stage; a satellite."]
)
def test_mostly_unknown_words(model: ThemeModel, known: str) -> None:
    unknown = " ".join(f"zq{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}xv" for n in range(400))
    assert model.predict([f"{known} {unknown}"]).remarks == ("mostly unknown words",)


@pytest.mark.parametrize(
    ("title", "text", "searched"),
    [
        ("", "Body.", "Body."),
        ("Heading", "Body.", "Heading\nBody."),
        ("Heading", "Heading\nBody.", "Heading\nBody."),
        ("  ", "Body.", "Body."),
    ],
)
def test_the_title_is_searched_too(title: str, text: str, searched: str) -> None:
    assert searchable(Document("1", text, title)) == searched


def test_bare_texts_are_known_by_their_content() -> None:
    first, again, other = document_of("a\ud800"), document_of("a\ud800"), document_of("b")
    assert first == again
    assert first.id != other.id
    assert first.sha256.startswith(first.id)


def test_abstaining_is_a_setting(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    documents = [item.document for item in labeled]
    shares = [
        (model.predict(documents, TaggingSettings(abstain_rate=rate)).decisions == 1).any(axis=1).mean()
        for rate in (0.0, 0.5, 1.0)
    ]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[2] > 0.9
