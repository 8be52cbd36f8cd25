"""Explanations: terms and sentences that add up to the score, and terms whose removal turns the decision."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify.explain import sentence_contributions, strongest_terms
from pipeline.classify.model import ThemeModel, document_of, searchable
from pipeline.types import Document, LabeledDocument

from .strategies import wild_text

PLEASANT = "The ambassador opened a season of puppet theatre. Children painted the stage."
SAMPLE = (
    "The ministers met on Monday. Ransomware had locked the servers of a hospital; the ﬁrst malware came by post. "
    "사이버 공격에 대응하기로 하였다. A satellite was not harmed.\n\nContact: press office"
)
sometimes_known = st.one_of(
    wild_text,
    st.lists(
        st.sampled_from(["satellite.", "malware", "사이버 공격을", "ﬁnance!", "İ", "\n", "the server", "。", PLEASANT]),
        max_size=12,
    ).map(" ".join),
)


@given(sometimes_known)
@example(SAMPLE)
@example("")
@settings(max_examples=40, deadline=None)
def test_terms_and_sentences_add_up_to_the_score(model: ThemeModel, text: str) -> None:
    scores = model.predict([text]).scores[0]
    explanation = model.explain(text)
    assert {item.theme for item in explanation.themes} == set(model.taxonomy.ids)
    for item in explanation.themes:
        score = scores[model.taxonomy.column[item.theme]]
        by_terms = item.intercept + sum(term.contribution for term in item.terms)
        by_sentences = item.intercept + sum(sentence.contribution for sentence in item.sentences)
        assert item.score == pytest.approx(score, rel=1e-5, abs=1e-5)
        assert by_terms == pytest.approx(item.score, rel=1e-6, abs=1e-6)
        assert by_sentences == pytest.approx(item.score, rel=1e-5, abs=1e-5)


@given(sometimes_known)
@example(SAMPLE)
@settings(max_examples=30, deadline=None)
def test_sentences_are_stretches_of_the_text(model: ThemeModel, text: str) -> None:
    for item in model.explain(text).themes:
        assert all(text[sentence.start : sentence.end] == sentence.text for sentence in item.sentences)


def test_most_in_favour_comes_first(model: ThemeModel) -> None:
    explanation = model.explain(SAMPLE)
    probabilities = [item.probability for item in explanation.themes]
    assert probabilities == sorted(probabilities, reverse=True)
    first = explanation.themes[0]
    assert (first.theme, first.label, first.decision) == ("cyber", "Cyber security", "assigned")
    for item in explanation.themes:
        for ranked in (item.terms, item.sentences):
            contributions = [part.contribution for part in ranked]
            assert contributions == sorted(contributions, reverse=True)
    assert "malware" in first.sentences[0].text or "사이버" in first.sentences[0].text
    assert {"word", "character", "codebook"} == {term.block for term in first.terms}
    assert "terms of cyber" in [term.term for term in first.terms[:5]]


def test_counts_of_terms(model: ThemeModel) -> None:
    found = {term.term: term for term in model.explain("Satellite, satellite! And one satellite.").themes[0].terms}
    assert found["satellite"].n_found == 3
    assert found["satellite"].block == "word"
    assert found["terms of space"].n_found == 3


def test_decisions_are_those_of_predict(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    for item in labeled[::9]:
        predictions = model.predict([item.document])
        for explained in model.explain(item.document).themes:
            column = model.taxonomy.column[explained.theme]
            assert explained.probability == pytest.approx(predictions.probabilities[0, column])
            assert (explained.decision == "assigned") == (predictions.decisions[0, column] == 2)


def turned(model: ThemeModel, text: str, theme: str, flips: tuple[str, ...]) -> bool:
    """Whether taking the flipped terms out of every block by hand changes the decision."""
    scorer, column = model.scorer, model.taxonomy.column[theme]
    from pipeline.classify.explain import _name
    from pipeline.classify.ngrams import normalize

    scores, left_out = scorer.intercepts.copy(), list(flips)
    for block in (0, 1, 2):
        features = scorer.values(normalize(text), block)
        kept = []
        for position, row in enumerate(features.rows.tolist()):
            if (name := _name(model, row)) in left_out:
                left_out.remove(name)
            else:
                kept.append(position)
        values = features.values[kept]
        if block < 2:
            removed = np.setdiff1d(np.arange(len(features.rows)), kept)
            length = scorer.settings.block_weights[block]
            rest = length**2 - float((features.values[removed] ** 2).sum())
            values = values * length / np.sqrt(rest) if rest > 1e-12 else values * 0
        scores += values @ scorer.coefficients[features.rows[kept]]
    before = model.decider.assigned(model.predict([text]).probabilities)[0, column]
    after = model.decider.assigned(model.decider.probabilities(scores[None]))[0, column]
    return bool(before != after)


@pytest.mark.parametrize("theme", ["cyber", "space", "crime"])
def test_flips_turn_the_decision(model: ThemeModel, theme: str) -> None:
    text = "The border police spoke of ransomware on a satellite."
    (item,) = [item for item in model.explain(text).themes if item.theme == theme]
    if item.flips and len(set(item.flips)) == len(item.flips):
        assert turned(model, text, theme, item.flips)


def test_some_decision_can_be_turned(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    explained = [model.explain(item.document).themes[0] for item in labeled[:6]]
    assert any(item.flips for item in explained)
    assert all(item.decision == "assigned" for item in explained)


def test_a_title_outside_the_text_is_explained_too(model: ThemeModel) -> None:
    document = Document("1", PLEASANT, title="Satellite launch")
    space = next(item for item in model.explain(document).themes if item.theme == "space")
    assert space.sentences[0].text == "Satellite launch"
    whole = searchable(document)
    assert all(whole[sentence.start : sentence.end] == sentence.text for sentence in space.sentences)


def test_both_ways_of_scoring_give_the_same_sentences(model: ThemeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    sentences, parts = sentence_contributions(model.scorer, SAMPLE)
    from pipeline.classify.scorer import LinearScorer

    monkeypatch.setattr(LinearScorer, "score_parts", LinearScorer.score_parts_by_reference)
    again, plain = sentence_contributions(model.scorer, SAMPLE)
    assert sentences == again
    np.testing.assert_allclose(parts, plain, rtol=1e-6, atol=1e-6)


def test_the_strongest_terms_read_like_the_theme(model: ThemeModel) -> None:
    terms = strongest_terms(model, 15)
    assert set(terms) == set(model.taxonomy.ids)
    assert all(len(listed) == 15 for listed in terms.values())
    assert {"satellite", "debris"} & set(terms["space"])
    assert not set(terms["space"]) & set(terms["biosecurity"][:5])
    assert document_of("x").text == "x"
