"""The model card states the figures that the model holds."""

from __future__ import annotations

import re

from pipeline.classify import metrics
from pipeline.classify.card import model_card
from pipeline.classify.training import Trained


def test_the_same_evidence_gives_the_same_card(trained: Trained) -> None:
    card = model_card(trained)
    assert card == model_card(trained)
    assert card.startswith("# sample\n\n")
    assert card.endswith("\n")
    assert "words of their labels" not in card


def test_figures_are_those_of_the_model(trained: Trained) -> None:
    card, model = model_card(trained), trained.model
    assert model.version in card
    assert model.provenance.data_sha256 in card
    for figure, value in model.provenance.metrics.items():
        assert f"| {figure.replace('_', ' ')} | {value:.3f} |" in card
    for item, threshold in zip(metrics.of_language(model.quality), model.decider.thresholds, strict=True):
        figures = rf"{item.precision:.2f} \| {item.recall:.2f} \| {item.f1:.2f} \(\d\.\d\d-\d\.\d\d\)"
        assert re.search(rf"^\| {item.theme} \| {figures} \| {item.support} \| {threshold:.2f} \|$", card, re.MULTILINE)
    for language, n in (("en", 28), ("ko", 11), ("es", 6)):
        assert re.search(rf"^\| {language} \| {n} \|", card, re.MULTILINE)
    assert re.search(r"^\| 100% \| 45 \|", card, re.MULTILINE)


def test_tables_have_as_many_cells_in_every_row(trained: Trained) -> None:
    for table in re.findall(r"(?:^\|.*\n?)+", model_card(trained), re.MULTILINE):
        assert len({line.count("|") for line in table.strip().split("\n")}) == 1


def test_thin_themes_are_named(trained: Trained) -> None:
    assert "`crime` on 3 labelled documents and 4 terms" in model_card(trained)


def test_the_card_says_what_its_evaluation_does(trained: Trained) -> None:
    card = model_card(trained)
    n_cells = int((trained.labels >= 0).sum())
    table = card.split("### Do probabilities mean what they say?")[1].split("###")[0]
    cells = re.findall(r"^\| \d\.\d-\d\.\d \| (\d+) \|", table, re.MULTILINE)
    assert sum(map(int, cells)) == n_cells
    assert "### Neighbouring themes" in card
