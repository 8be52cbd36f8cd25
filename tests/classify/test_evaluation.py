"""Figures on labelled documents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import f1_score, precision_recall_fscore_support

from pipeline.classify.confusion import confusions
from pipeline.classify.evaluation import FEW_POSITIVES, Abstained, Untagged, evaluate
from pipeline.classify.judging import Judged, judge
from pipeline.classify.labels import label_matrix
from pipeline.classify.model import ThemeModel
from pipeline.classify.reliability import ReliabilityBin, reliability
from pipeline.types import ABSTAIN, ASSIGNED, NOT, LabeledDocument


def blurred(labeled: list[LabeledDocument]) -> list[LabeledDocument]:
    """Some labels turned, so that no figure is perfect."""
    return [
        replace(item, themes=frozenset({"space"}), unsure=frozenset()) if number % 4 == 0 else item
        for number, item in enumerate(labeled)
    ]


def judged_alone(model: ThemeModel, documents: list[LabeledDocument]) -> Judged:
    return judge(model, documents, np.arange(len(documents)))


def toy(labels: list[list[int]], decisions: list[list[int]]) -> Judged:
    """Themes a, b, ...; every document a source of its own."""
    n, k = np.shape(labels)
    return Judged(
        tuple("abcdef"[:k]), np.array(labels, np.int8), np.array(decisions, np.int8), np.full((n, k), 0.5, np.float32),
        np.array([f"d{row}" for row in range(n)], object), np.array(["en"] * n, object),
        np.array([f"s{row}" for row in range(n)], object), np.arange(n),
    )  # fmt: skip


def test_figures_equal_scikit_learn(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    items = [replace(item, unsure=frozenset()) for item in blurred(labeled)]
    evaluation = evaluate(judged_alone(model, items))
    labels = label_matrix(items, model.taxonomy)
    assigned = model.predict([item.document for item in items]).decisions == ASSIGNED
    precision, recall, f1, support = precision_recall_fscore_support(labels, assigned, zero_division=0)
    for column, figures in enumerate(evaluation.themes):
        assert figures.theme == model.taxonomy.ids[column]
        assert (figures.precision.value, figures.recall.value, figures.f1.value) == pytest.approx(
            (precision[column], recall[column], f1[column])
        )
        assert (figures.n_labeled, figures.n_assigned) == (support[column], assigned[:, column].sum())
        for estimate in (figures.precision, figures.recall, figures.f1):
            assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
            assert estimate.low < estimate.high
    assert evaluation.micro.f1.value == pytest.approx(f1_score(labels, assigned, average="micro"))
    assert evaluation.macro_f1.value == pytest.approx(f1_score(labels, assigned, average="macro"))
    assert 0 < evaluation.micro.f1.value < 1
    none = (labels == 0).all(axis=1)
    assert evaluation.untagged == Untagged(int(none.sum()), int((~assigned[none].any(axis=1)).sum()))
    assert len(evaluation.wrong) == int((assigned != (labels == 1)).sum())


def test_cells_not_judged_are_not_scored(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    unsure = [replace(item, themes=frozenset(), unsure=frozenset(model.taxonomy.ids)) for item in labeled]
    evaluation = evaluate(judged_alone(model, unsure))
    assert all(item.n_labeled == item.n_assigned == 0 for item in evaluation.themes)
    assert sum(item.true_negative + item.false_positive for item in evaluation.counts) == 0
    assert evaluation.untagged == Untagged(0, 0)
    assert evaluation.wrong == evaluation.confusions == evaluation.reliability == ()


def test_slices(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    items = blurred(labeled)
    evaluation = evaluate(judged_alone(model, items))
    assert [(item.name, item.n_documents) for item in evaluation.languages] == [("en", 28), ("ko", 11), ("es", 6)]
    for number, language in enumerate(("en", "ko")):
        own = [item for item in items if item.document.language == language]
        alone, found = evaluate(judged_alone(model, own)), evaluation.languages[number]
        assert found.micro_f1.value == pytest.approx(alone.micro.f1.value)
        assert found.n_labels == sum(len(item.themes) for item in own)
        assert found.rests_on_few == (found.n_labels < FEW_POSITIVES) == (found.macro_f1 is None)
        assert found.macro_f1 is None or found.macro_f1.value == pytest.approx(alone.macro_f1.value)
    assert sum(item.n_documents for item in evaluation.sources) == evaluation.n_documents == 45


def test_near_duplicates_are_one_unit(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    items = blurred(labeled)
    alone = evaluate(judged_alone(model, items))
    doubled = evaluate(judge(model, items * 3, np.tile(np.arange(len(items)), 3)))
    assert (doubled.n_documents, doubled.n_units) == (135, 45)
    width, own = (item.micro.f1.high - item.micro.f1.low for item in (doubled, alone))
    assert width > 0.75 * own


def test_abstaining_counts_as_not_assigned() -> None:
    labels = [[1, 0], [0, 0], [0, 1], [1, 1]]
    without = evaluate(toy(labels, [[ASSIGNED, NOT], [NOT, NOT], [NOT, NOT], [ASSIGNED, NOT]]))
    abstaining = evaluate(toy(labels, [[ASSIGNED, NOT], [ABSTAIN, NOT], [NOT, ABSTAIN], [ASSIGNED, NOT]]))
    assert abstaining.counts == without.counts
    assert abstaining.untagged == Untagged(1, 1)
    assert (without.abstained, abstaining.abstained) == (Abstained(0, 0), Abstained(2, 1))


def test_what_is_wrong_is_listed() -> None:
    wrong = evaluate(toy([[1, 0], [-1, 0]], [[ABSTAIN, ASSIGNED], [ASSIGNED, NOT]])).wrong
    assert [(item.doc_id, item.theme, item.holds, item.decision) for item in wrong] == [
        ("d0", "a", True, "abstain"),
        ("d0", "b", False, "assigned"),
    ]


def test_few_documents_are_marked() -> None:
    n = FEW_POSITIVES
    labels = [[1, 1]] * (n - 1) + [[1, 0]]
    evaluation = evaluate(toy(labels, [[ASSIGNED, ASSIGNED]] * n))
    assert [item.rests_on_few for item in evaluation.themes] == [False, True]
    assert all(item.rests_on_few for item in evaluation.sources)
    assert not evaluation.languages[0].rests_on_few


def test_confusions_by_hand() -> None:
    labels = [[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, -1]]
    given = [[0, 2, 0], [0, 2, 2], [0, 0, 0], [0, 2, 2], [0, 0, 2]]
    found = confusions(toy(labels, given))
    assert [(item.instead, item.n, item.n_missed) for item in found] == [("", 2, 4), ("b", 2, 4), ("c", 1, 4)]
    assert {item.theme for item in found} == {"a"}


def test_the_reliability_curve_equals_scikit_learn() -> None:
    random = np.random.default_rng(1)
    p = random.random(500) ** 2
    truth = random.random(500) < p
    true, mean = calibration_curve(truth, p, n_bins=10)
    curve = reliability(p, truth)
    assert [item.share_true for item in curve] == pytest.approx(true.tolist())
    assert [item.mean_probability for item in curve] == pytest.approx(mean.tolist())
    assert sum(item.n for item in curve) == 500
    assert reliability(np.array([1.0, 0.0]), np.array([True, False])) == (
        ReliabilityBin(0.0, 0.1, 1, 0.0, 0.0),
        ReliabilityBin(0.9, 1.0, 1, 1.0, 1.0),
    )
