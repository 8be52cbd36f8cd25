"""Two models on the same documents, and a new model beside the one before it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.classify.comparison import Change, compare
from pipeline.classify.judging import Judged, judge, judge_out_of_fold, seen_in_training
from pipeline.classify.model import ThemeModel
from pipeline.classify.retraining import FEWEST_NEW, compare_with_previous
from pipeline.classify.training import Trained
from pipeline.types import ASSIGNED, Document, LabeledDocument

N = 200
LABELS = (np.random.default_rng(2).random((N, 2)) < 0.3).astype(np.int8)


def judged(n_wrong: int, seed: int = 0, themes: tuple[str, ...] = ("a", "b")) -> Judged:
    """The labels as decisions, with so many cells turned."""
    decided = LABELS.copy()
    turned = np.random.default_rng(seed).permutation(decided.size)[:n_wrong]
    decided.flat[turned] = 1 - decided.flat[turned]
    return Judged(
        themes, LABELS, decided * ASSIGNED, decided.astype(np.float32), np.arange(N).astype(object),
        np.array(["en"] * N, object), np.array([""] * N, object), np.arange(N),
    )  # fmt: skip


def test_a_clear_lead_is_seen_from_both_sides() -> None:
    ahead, behind = compare(judged(80), judged(10, 1)), compare(judged(10, 1), judged(80))
    assert (ahead.micro.verdict, ahead.macro.verdict) == ("better", "better")
    assert (behind.micro.verdict, behind.macro.verdict) == ("worse", "worse")
    assert ahead.micro.difference.value == pytest.approx(-behind.micro.difference.value)
    assert ahead.micro.difference.low > 0
    assert ahead.micro.p_value < 0.01
    assert (ahead.n_mended, ahead.n_broken) == (behind.n_broken, behind.n_mended)


def test_chance_is_no_difference() -> None:
    found = compare(judged(40), judged(38, 1))
    assert {item.verdict for item in (found.micro, found.macro, *found.themes)} == {"no difference"}
    assert found.micro.difference.low < 0 < found.micro.difference.high


def test_a_model_does_not_differ_from_itself() -> None:
    found = compare(judged(40), judged(40))
    assert (found.micro.p_value, found.micro.difference.value, found.changes) == (1.0, 0.0, ())
    assert (found.n_mended, found.n_broken) == (0, 0)


def test_verdicts_on_chance_are_rarely_wrong() -> None:
    """Two models equally wrong: at most about one in twenty comparisons may find a difference."""
    verdicts = [compare(judged(50, seed), judged(50, 1000 + seed)).micro.verdict for seed in range(30)]
    assert sum(verdict != "no difference" for verdict in verdicts) <= 5


def test_changes_by_hand() -> None:
    before, after = judged(0), judged(0)
    decisions = after.decisions.copy()
    decisions[3, 1] = ASSIGNED * (1 - LABELS[3, 1])
    found = compare(before, replace(after, decisions=decisions))
    assert found.changes == (Change("3", "b", bool(LABELS[3, 1]), False),)
    assert (found.n_mended, found.n_broken) == (0, 1)


def test_only_shared_themes_are_compared() -> None:
    found = compare(judged(10, themes=("b", "c")), judged(10, themes=("a", "b")))
    assert [item.name for item in found.themes] == ["b"]
    with pytest.raises(ValueError, match="no theme in common"):
        compare(judged(1, themes=("c", "d")), judged(1))


def test_other_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="same documents"):
        compare(judged(1), judged(1).documents(np.arange(N - 1)))


def test_what_a_model_has_seen(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    other = replace(labeled[0], document=Document("x", "An entirely other text about a harvest of pears and plums."))
    seen = seen_in_training(model, [*labeled[:3], other])
    assert seen is not None
    assert seen.tolist() == [True, True, True, False]


def test_an_older_model_knows_its_own_data_only(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    older = replace(model, fingerprints=model.fingerprints[:0])
    seen = seen_in_training(older, labeled)
    assert seen is not None
    assert seen.all()
    assert seen_in_training(older, labeled[:9]) is None


def test_out_of_fold_decisions_are_close_to_the_models_own_figures(trained: Trained) -> None:
    judged_again = judge_out_of_fold(trained)
    assert judged_again.probabilities.shape == trained.probabilities.shape
    moved = np.abs(judged_again.probabilities - trained.probabilities)
    assert moved.mean() < 0.05
    assert (moved > 0.35).mean() < 0.02
    assert not np.array_equal(judged_again.probabilities, trained.probabilities)
    assert judged_again.labels.tolist() == trained.labels.tolist()


def test_retraining_is_judged_on_documents_new_to_the_earlier_model(trained: Trained) -> None:
    model = trained.model
    half = replace(model, fingerprints=model.fingerprints[:FEWEST_NEW])
    found = compare_with_previous(half, trained)
    assert found is not None
    assert found.n_documents == 45 - FEWEST_NEW
    new = np.arange(FEWEST_NEW, 45)
    before = judge(model, [trained.documents[row] for row in new], new)
    assert found.micro.before == pytest.approx(compare(before, before).micro.before)


@pytest.mark.parametrize("case", ["all seen", "cannot tell", "other themes"])
def test_where_it_cannot_be_known(trained: Trained, case: str) -> None:
    model = trained.model
    if case == "cannot tell":
        model = replace(
            model, fingerprints=model.fingerprints[:0], provenance=replace(model.provenance, data_sha256="0")
        )
    if case == "other themes":
        themes = tuple(replace(theme, id=f"other-{theme.id}") for theme in model.taxonomy)
        model = replace(model, fingerprints=model.fingerprints[:1], taxonomy=replace(model.taxonomy, themes=themes))
    assert compare_with_previous(model, trained) is None
