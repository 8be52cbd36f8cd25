"""Training: the same twice, figures that fit together, duplicates kept together, and what is refused."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.classify import metrics
from pipeline.classify.card import model_card
from pipeline.classify.contributions import find_all, scores
from pipeline.classify.store import load_folder, save_model
from pipeline.classify.training import Trained, data_hash, similar_groups, train, train_with_evidence
from pipeline.errors import LabelError
from pipeline.settings import TrainingSettings
from pipeline.types import Document, LabeledDocument, Taxonomy, Theme


def test_training_twice_gives_the_same_model(
    trained: Trained, labeled: list[LabeledDocument], sample_taxonomy: Taxonomy
) -> None:
    first, again = trained.model, train(labeled, sample_taxonomy, name="sample")
    assert again.scorer.vocabulary.terms == first.scorer.vocabulary.terms
    np.testing.assert_allclose(again.scorer.vocabulary.idf, first.scorer.vocabulary.idf, atol=1e-6)
    np.testing.assert_allclose(again.scorer.coefficients, first.scorer.coefficients, atol=1e-6)
    np.testing.assert_allclose(again.scorer.intercepts, first.scorer.intercepts, atol=1e-6)
    np.testing.assert_allclose(again.decider.thresholds, first.decider.thresholds, atol=1e-6)
    assert again.version == first.version
    assert again.quality == first.quality


def test_the_order_of_documents_changes_neither_hash_nor_vocabulary(
    trained: Trained, labeled: list[LabeledDocument], sample_taxonomy: Taxonomy
) -> None:
    shuffled = random.Random(3).sample(labeled, len(labeled))
    assert data_hash(shuffled, sample_taxonomy) == trained.model.provenance.data_sha256
    other = train(shuffled, sample_taxonomy, TrainingSettings(folds=2))
    assert other.scorer.vocabulary.terms == trained.model.scorer.vocabulary.terms


def test_the_hash_knows_every_change(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> None:
    item = labeled[0]
    variants = [
        replace(item, document=replace(item.document, text=item.document.text + " ")),
        replace(item, themes=item.themes | {"space"}),
        replace(item, unsure=frozenset({"crime"})),
    ]
    hashes = {data_hash([other, *labeled[1:]], sample_taxonomy) for other in (item, *variants)}
    hashes.add(data_hash(labeled, replace(sample_taxonomy, version="9")))
    assert len(hashes) == 5


def test_the_version_names_data_and_settings(
    trained: Trained, labeled: list[LabeledDocument], sample_taxonomy: Taxonomy
) -> None:
    assert trained.model.version.startswith("sample-")
    assert train(labeled, sample_taxonomy, TrainingSettings(folds=3), name="sample").version != trained.model.version


def test_figures_fit_together(trained: Trained, sample_taxonomy: Taxonomy) -> None:
    model = trained.model
    provenance = model.provenance
    assert provenance.n_documents == 45
    assert provenance.languages == {"en": 28, "ko": 11, "es": 6}
    assert provenance.support == {"cyber": 10, "space": 9, "biosecurity": 8, "crime": 3}
    overall = metrics.of_language(model.quality, "all")
    assert [item.theme for item in overall] == list(sample_taxonomy.ids)
    assert [item.support for item in overall] == [10, 9, 8, 3]
    assert provenance.metrics["micro_f1"] == pytest.approx(metrics.micro(overall).f1, abs=5e-5)
    assigned = model.decider.assigned(model.decider.probabilities(trained.scores))
    assert metrics.count(trained.labels, assigned, sample_taxonomy.ids, trained.languages) == model.quality
    assert all(0 <= value <= 1 for value in provenance.metrics.values())


def test_it_learns_what_the_sample_teaches(trained: Trained) -> None:
    """Out of fold; a guess at the base rates would reach a micro-F1 of about 0.2."""
    assert trained.model.provenance.metrics["micro_f1"] > 0.8


def test_near_copies_share_a_group(labeled: list[LabeledDocument]) -> None:
    item = labeled[0]
    copy = replace(
        item, document=replace(item.document, id="copy", text=item.document.text.replace("two days", "a week"))
    )
    groups = similar_groups([*labeled, copy])
    assert groups[-1] == groups[0]
    assert len(set(groups)) == len(labeled)


def test_near_copies_never_stand_on_both_sides_of_a_fold(
    labeled: list[LabeledDocument], sample_taxonomy: Taxonomy
) -> None:
    copies = [
        replace(
            item, document=replace(item.document, id=f"copy-{item.document.id}", text=item.document.text + " Ends.")
        )
        for item in labeled
    ]
    folds = train_with_evidence([*labeled, *copies], sample_taxonomy).problem.folds
    assert np.array_equal(folds[: len(labeled)], folds[len(labeled) : 2 * len(labeled)])


def test_a_theme_with_too_few_examples_and_no_terms(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> None:
    bare = Theme("diplomacy", {"en": "Diplomacy"})
    wider = replace(sample_taxonomy, themes=(*sample_taxonomy.themes, bare))
    with pytest.raises(LabelError, match="'diplomacy' has 0 labelled documents and no terms") as raised:
        train(labeled, wider)
    assert raised.value.expected == "at least 3 documents, or terms in themes.toml"
    with_terms = replace(bare, terms={"en": ("ambassador", "treaty of friendship")})
    model = train(labeled, replace(wider, themes=(*sample_taxonomy.themes, with_terms)))
    assert len(model.decider.thresholds) == 5


def test_themes_without_terms_are_led_by_their_labels(
    labeled: list[LabeledDocument], sample_taxonomy: Taxonomy, tmp_path: Path
) -> None:
    bare = replace(sample_taxonomy, themes=tuple(replace(theme, terms={}) for theme in sample_taxonomy))
    learned = train_with_evidence(labeled, bare)
    assert learned.problem.name_weight > 0
    texts = [item.document.text for item in labeled]
    card = model_card(learned)
    assert "from the words of their labels" in card
    save_model(learned.model, tmp_path / "led", card)
    loaded = load_folder(tmp_path / "led").scorer
    assert np.array_equal(loaded.score(texts).scores, learned.model.scorer.score(texts).scores)
    finds = find_all(loaded, texts[0])
    added_up = scores(loaded, finds, np.ones(len(finds.rows), bool))
    np.testing.assert_allclose(added_up, loaded.score(texts[:1]).scores[0], rtol=1e-6, atol=1e-6)


def test_an_unknown_theme(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> None:
    with pytest.raises(LabelError, match="unknown theme 'cibber'"):
        train([*labeled, replace(labeled[0], themes=frozenset({"cibber"}))], sample_taxonomy)


def test_texts_of_any_code_point_are_learned_from(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> None:
    odd = [
        LabeledDocument(Document(f"odd{n}", text), frozenset())
        for n, text in enumerate(["", "\ud800 half", "\x00", "٣"])
    ]
    model = train([*labeled, *odd], sample_taxonomy)
    assert np.isfinite(model.scorer.coefficients).all()


def test_no_documents(sample_taxonomy: Taxonomy) -> None:
    with pytest.raises(LabelError):
        train([], sample_taxonomy)


def test_one_theme_in_every_document_is_learned_as_single_label(labeled: list[LabeledDocument]) -> None:
    taxonomy = Taxonomy("kinds", "1", (Theme("english", {"en": "English"}), Theme("other", {"en": "Other"})))
    items = [
        replace(item, themes=frozenset({"english" if item.document.language == "en" else "other"}), unsure=frozenset())
        for item in labeled
    ]
    model = train(items, taxonomy)
    assert (model.decider.fewest, model.decider.most_one) == (1, True)
    predictions = model.predict(["The committee met in the town hall.", "위원회가 열렸다.", "12345", ""])
    assert (predictions.decisions == 2).sum(axis=1).tolist() == [1, 1, 1, 1]
    assert predictions.themes_of(0) == ("english",)
    assert predictions.themes_of(1) == ("other",)
