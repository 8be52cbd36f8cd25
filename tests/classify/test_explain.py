"""Explanations: terms and sentences that add up to the score, and terms whose removal turns the decision."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify.contributions import sentence_contributions
from pipeline.classify.decisions import log_odds, sigmoid
from pipeline.classify.explain import MOST_FLIPS
from pipeline.classify.model import ThemeModel, document_of, searchable
from pipeline.classify.strongest import strongest_terms
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
def test_terms_words_and_sentences_add_up_to_the_score(model: ThemeModel, text: str) -> None:
    scores = model.predict([text]).scores[0]
    explanation = model.explain(text)
    assert {item.theme for item in explanation.themes} == set(model.taxonomy.ids)
    for item in explanation.themes:
        score = scores[model.taxonomy.column[item.theme]]
        assert item.score == pytest.approx(score, rel=1e-5, abs=1e-5)
        for parts in (item.terms, item.words, item.sentences):
            assert item.intercept + sum(part.contribution for part in parts) == pytest.approx(item.score, abs=1e-6)


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
        for ranked in (item.terms, item.words, item.sentences):
            contributions = [part.contribution for part in ranked]
            assert contributions == sorted(contributions, reverse=True)
    assert "malware" in first.sentences[0].text or "사이버" in first.sentences[0].text
    assert {"word", "character", "codebook"} == {term.block for term in first.terms}
    assert "malware" in [term.term for term in first.terms if term.block == "codebook" and term.contribution > 0]


def test_counts_of_terms(model: ThemeModel) -> None:
    explained = model.explain("Satellite, satellite! And one satellite.").themes[0]
    found = {(item.term, item.block): item.n_found for item in explained.terms}
    assert found["satellite", "word"] == found["satellite", "codebook"] == 3


def test_decisions_are_those_of_predict(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    for item in labeled[::9]:
        predictions = model.predict([item.document])
        for explained in model.explain(item.document).themes:
            column = model.taxonomy.column[explained.theme]
            assert explained.probability == pytest.approx(predictions.probabilities[0, column])
            assert (explained.decision == "assigned") == (predictions.decisions[0, column] == 2)


@pytest.mark.parametrize("text", [SAMPLE, "The border police spoke of ransomware on a satellite.", PLEASANT])
def test_a_reader_can_work_the_probability_out(model: ThemeModel, text: str) -> None:
    explanation = model.explain(text)
    assert (explanation.any_theme is not None) == model.decider.has_hurdle
    of_any = explanation.any_theme.chance if explanation.any_theme else 1.0
    for item in explanation.themes:
        assert item.chance == pytest.approx(1 / (1 + np.exp(-(item.slope * item.score + item.offset))))
        p = sigmoid(log_odds(np.array(item.chance * of_any)) + explanation.language_shift)
        assert float(p) == pytest.approx(item.probability, abs=2e-6)


@pytest.mark.parametrize("text", [SAMPLE, PLEASANT])
def test_a_reader_can_work_it_out_where_every_document_has_one_theme(model: ThemeModel, text: str) -> None:
    k = len(model.taxonomy)
    decider = replace(
        model.decider, slopes=model.decider.slopes[:k], offsets=model.decider.offsets[:k], fewest=1, most_one=True
    )
    explanation = replace(model, decider=decider).explain(text)
    assert sum(item.probability for item in explanation.themes) == pytest.approx(1, abs=1e-5)
    for item in explanation.themes:
        assert item.of_all == pytest.approx(sum(other.chance for other in explanation.themes))
        assert item.chance / (item.of_all or 0) == pytest.approx(item.probability, abs=2e-6)


@pytest.mark.parametrize("text", [SAMPLE, "The border police spoke of ransomware on a satellite.", PLEASANT])
def test_the_score_needed_is_where_the_theme_is_assigned(model: ThemeModel, text: str) -> None:
    for item in model.explain(text).themes:
        if item.score_needed is not None:
            assert (item.decision == "assigned") == (item.score >= item.score_needed)
        else:
            assert item.decision != "assigned"


def without(text: str, words: tuple[str, ...]) -> str:
    for word in words:
        text = re.sub(rf"(?i)\b{re.escape(word)}\b", " — ", text)
    return text


@pytest.mark.parametrize(
    "text", ["The border police spoke of ransomware on a satellite.", "Malware, malware: ransomware."]
)
def test_flips_turn_the_decision(model: ThemeModel, text: str) -> None:
    turned = 0
    for item in model.explain(text).themes:
        assert len(item.flips) <= MOST_FLIPS
        if item.flips and item.decision == "assigned" and all(word.isascii() for word in item.flips):
            assert item.theme not in model.predict([without(text, item.flips)]).themes_of(0)
            turned += 1
            for word in item.flips[: len(item.flips) * (len(item.flips) > 1)]:
                others = tuple(other for other in item.flips if other != word)
                assert item.theme in model.predict([without(text, others)]).themes_of(0)
    assert turned


def test_a_codebook_term_counts_as_itself(model: ThemeModel) -> None:
    """Not as the first of its words."""
    text = "Officials spoke of orbital debris; nothing else was said of debris or of the orbital plane."
    space = next(item for item in model.explain(text).themes if item.theme == "space")
    (term,) = [word for word in space.words if word.is_term]
    assert (term.word, term.n_found) == ("orbital debris", 1)
    words = {word.word: word for word in space.words if not word.is_term}
    assert (words["debris"].n_found, words["orbital"].n_found) == (2, 2)
    codebook = [item for item in space.terms if item.block == "codebook"]
    assert [(item.term, item.contribution) for item in codebook] == [
        ("orbital debris", pytest.approx(term.contribution))
    ]


def test_unspaced_scripts_are_explained_by_their_n_grams(model: ThemeModel) -> None:
    found = {word.word: word.n_found for word in model.explain("人工衛星と人工衛星").themes[0].words}
    assert found["人工"] == found["衛星"] == 2
    assert "人工衛星と人工衛星" not in found


def test_what_a_theme_rests_on(model: ThemeModel) -> None:
    bases = {item.theme: item.basis for item in model.explain(SAMPLE).themes}
    assert str(bases["crime"]) == "3 labelled documents and 4 terms"
    assert bases["crime"].is_thin
    assert "crime rests on 3 labelled documents" in bases["crime"].warning


def test_remarks_are_passed_on(model: ThemeModel) -> None:
    assert model.explain("The satellite fell.").remark == "too short to judge well"
    assert model.explain("").themes[0].sentences == ()


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
