"""Figures on labelled documents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from pipeline.classify.evaluation import evaluate, language_figures
from pipeline.classify.labels import label_matrix
from pipeline.classify.model import ThemeModel
from pipeline.types import ASSIGNED, Counts, LabeledDocument


def blurred(labeled: list[LabeledDocument]) -> list[LabeledDocument]:
    """Some labels turned, so that no figure is perfect."""
    return [
        replace(item, themes=frozenset({"space"}), unsure=frozenset()) if number % 4 == 0 else item
        for number, item in enumerate(labeled)
    ]


def test_figures_equal_scikit_learn(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    items = [replace(item, unsure=frozenset()) for item in blurred(labeled)]
    evaluation = evaluate(model, items)
    labels = label_matrix(items, model.taxonomy)
    assigned = model.predict([item.document for item in items]).decisions == ASSIGNED
    precision, recall, f1, support = precision_recall_fscore_support(labels, assigned, zero_division=0)
    for column, figures in enumerate(evaluation.themes):
        assert figures.theme == model.taxonomy.ids[column]
        assert (figures.precision, figures.recall, figures.f1) == pytest.approx(
            (precision[column], recall[column], f1[column])
        )
        assert figures.support == support[column]
    assert evaluation.micro.f1 == pytest.approx(f1_score(labels, assigned, average="micro"))
    assert evaluation.macro_f1 == pytest.approx(f1_score(labels, assigned, average="macro"))
    none = (labels == 0).all(axis=1)
    assert evaluation.themeless_left_untagged == pytest.approx(float((~assigned[none].any(axis=1)).mean()))
    assert 0 < evaluation.micro.f1 < 1


def test_cells_not_judged_are_not_scored(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    everything_unsure = [replace(item, themes=frozenset(), unsure=frozenset(model.taxonomy.ids)) for item in labeled]
    evaluation = evaluate(model, everything_unsure)
    assert all(item.support == 0 for item in evaluation.themes)
    assert sum(item.true_negative + item.false_positive for item in evaluation.counts) == 0
    assert evaluation.themeless_left_untagged == 1.0


def test_languages_come_with_the_most_documents_first(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    evaluation = evaluate(model, labeled)
    assert [(item.language, item.n_documents) for item in evaluation.languages] == [("en", 28), ("ko", 11), ("es", 6)]
    assert evaluation.model == model.version
    assert evaluation.n_documents == 45


def test_abstaining_counts_as_not_assigned(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    always = replace(model, decider=replace(model.decider, near_misses=np.ones(101, np.float32)))
    assert evaluate(always, labeled).counts == evaluate(model, labeled).counts


def test_language_figures_by_hand() -> None:
    counts = [
        Counts("a", "en", 1, 1, 0, 0),
        Counts("b", "en", 1, 0, 0, 1),
        Counts("a", "ko", 0, 0, 1, 0),
        Counts("b", "ko", 0, 0, 0, 1),
    ]
    english, korean = language_figures(counts, ["ko", "en", "en"])
    assert (english.language, english.n_documents, english.micro_f1) == ("en", 2, pytest.approx(0.8))
    assert english.macro_f1 == pytest.approx((2 / 3 + 1) / 2)
    assert (korean.micro_f1, korean.macro_f1) == (0.0, 0.0)
