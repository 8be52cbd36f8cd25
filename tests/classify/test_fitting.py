"""Fitting: rows held out are not seen, cells not judged do not count, cards and the hurdle come in rightly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.classify.features import FeatureSettings
from pipeline.classify.fitting import (
    EMPHASES,
    FEWEST_FOR_HURDLE,
    NAME_WEIGHTS,
    TERMS_PER_CARD,
    FitSettings,
    Fitted,
    choose,
    fit,
    fit_decider,
    term_cards,
    with_hurdle,
)
from pipeline.classify.problem import NO_FOLD, Problem
from pipeline.classify.strengths import Emphasis
from pipeline.classify.thresholds import calibrated_loss

TOPICS = (
    "harbour ships crane dock freight anchor pilot tug", "vineyard grapes harvest cellar oak barrel cork bottle",
    "orchestra violin conductor score rehearsal brass encore stage",
)  # fmt: skip
FILLER = "the committee met again on monday and heard that more was needed before spring".split()  # noqa: SIM905


def corpus(n: int = 90, seed: int = 0) -> tuple[list[str], np.ndarray]:
    random = np.random.default_rng(seed)
    labels = (random.random((n, 3)) < 0.3).astype(np.int8)
    texts = []
    for row in labels:
        words = list(random.choice(FILLER, 12))
        for column in np.flatnonzero(row):
            words += list(random.choice(TOPICS[column].split(), 4))
        texts.append(" ".join(random.permutation(words)))
    return texts, labels


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(*corpus(), FeatureSettings(), FitSettings())


def test_what_is_learned_holds_for_new_texts(fitted: Fitted) -> None:
    texts, labels = corpus(60, seed=9)
    p = fitted.decider.probabilities(fitted.scorer.score(texts).scores)
    assert (fitted.decider.assigned(p) == (labels == 1)).mean() > 0.95


def test_out_of_fold_scores_come_from_machines_that_had_not_seen_the_row(fitted: Fitted) -> None:
    problem = fitted.problem
    for fold in range(5):
        held = np.flatnonzero(problem.folds == fold)
        others = np.flatnonzero(problem.folds != fold)
        coefficients, intercepts = problem.solve(others, fitted.cost)
        expected = problem.matrix[held] @ coefficients + intercepts
        np.testing.assert_allclose(fitted.out_of_fold_scores[held], expected, atol=1e-6)


def test_labels_of_a_fold_do_not_reach_its_own_scores(fitted: Fitted) -> None:
    problem = fitted.problem
    turned = problem.labels.copy()
    turned[problem.folds == 2] = 1 - turned[problem.folds == 2]
    held = problem.folds == 2
    before = problem.out_of_fold(1.0, np.array([2]))[held]
    after = replace(problem, labels=turned).out_of_fold(1.0, np.array([2]))[held]
    assert np.array_equal(before, after)
    assert before.any()


def loss_of(problem: Problem, cost: float) -> float:
    scores = problem.out_of_fold(cost, np.arange(5))
    rows = np.flatnonzero(problem.folds != NO_FOLD)
    return calibrated_loss(scores[rows], problem.labels[rows])


def test_the_cost_with_the_least_loss_is_taken(fitted: Fitted, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.classify import fitting

    monkeypatch.setattr(fitting, "EMPHASES", ())
    choice = choose(fitted.problem, costs := (0.01, 0.3, 3.0))
    assert choice.cost == min(costs, key=lambda cost: loss_of(fitted.problem, cost))
    assert choice.scores.shape == fitted.problem.labels.shape


def test_a_large_problem_tries_costs_on_one_fold_and_scores_all(
    fitted: Fitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.classify import fitting

    monkeypatch.setattr(fitting, "EMPHASES", ())
    whole = choose(fitted.problem, (1.0,)).scores
    monkeypatch.setattr(fitting, "ALL_FOLDS_UP_TO", 0)
    assert np.array_equal(choose(fitted.problem, (1.0,)).scores, whole)


@pytest.mark.parametrize("change", EMPHASES)
def test_the_emphasis_with_the_least_loss_is_taken(
    fitted: Fitted, change: tuple[dict[str, float], ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.classify import fitting

    monkeypatch.setattr(fitting, "EMPHASES", (change,))
    start = replace(fitted.problem, emphasis=Emphasis())
    tried = [Emphasis(), *(Emphasis()._replace(**other) for other in change)]
    best = min(tried, key=lambda emphasis: loss_of(replace(start, emphasis=emphasis), fitted.cost))
    assert choose(start, (fitted.cost,)).problem.emphasis == best


def test_the_cost_is_chosen_again_once_the_emphasis_is(fitted: Fitted) -> None:
    costs = (0.01, 0.1, 0.3, 1.0, 3.0)
    choice = choose(replace(fitted.problem, emphasis=Emphasis()), costs)
    assert choice.problem.emphasis != Emphasis()
    assert choice.cost == min(costs, key=lambda cost: loss_of(choice.problem, cost))


def test_cells_not_judged_change_no_other_theme() -> None:
    texts, labels = corpus()
    unsure = labels.copy()
    unsure[::4, 2] = -1
    settings = FitSettings(costs=(1.0,))
    one, other = (fit(texts, part, FeatureSettings(), settings) for part in (labels, unsure))
    scores = [item.scorer.score(texts).scores for item in (one, other)]
    assert np.abs(scores[0][:, 2] - scores[1][:, 2]).max() > 0.01
    assert np.corrcoef(scores[0][:, 0], scores[1][:, 0])[0, 1] > 0.998


def test_groups_stay_in_one_fold() -> None:
    texts, labels = corpus()
    groups = np.arange(len(texts)) // 2
    folds = fit(texts, labels, FeatureSettings(), FitSettings(costs=(1.0,)), groups=groups).folds
    assert np.array_equal(folds[::2], folds[1::2])
    assert set(folds) == set(range(5))


NAMES = ("harbour ships", "vineyard grapes", "orchestra violin")


def test_a_theme_of_few_documents_is_led_by_its_name() -> None:
    texts, labels = corpus(150, seed=3)
    kept = np.setdiff1d(np.arange(150), np.flatnonzero(labels[:, 0] == 1)[3:])
    led, without = (
        fit([texts[row] for row in kept], labels[kept], FeatureSettings(), FitSettings(costs=(1.0,)), names=names)
        for names in (NAMES, None)
    )
    new = ["ships left the harbour", "the committee met again on monday"]
    by_name, by_documents = (item.scorer.score(new).scores[:, 0] for item in (led, without))
    assert led.problem.name_weight > 0
    assert by_name[0] - by_name[1] > by_documents[0] - by_documents[1] + 0.1


@pytest.mark.parametrize("names", [NAMES, ("orchestra violin", "harbour ships", "dull")])
def test_the_weight_of_names_with_the_least_loss_is_taken(names: tuple[str, ...]) -> None:
    learned = fit(*corpus(), FeatureSettings(), FitSettings(costs=(1.0,)), names=names)
    losses = [loss_of(replace(learned.problem, name_weight=weight), 1.0) for weight in NAME_WEIGHTS]
    assert loss_of(learned.problem, 1.0) == pytest.approx(min(losses), abs=1e-6)


def test_names_of_other_themes_get_no_weight() -> None:
    learned = fit(*corpus(), FeatureSettings(), FitSettings(costs=(1.0,)), names=(*NAMES[1:], NAMES[0]))
    assert learned.problem.name_weight == 0


@pytest.mark.parametrize("names", [None, (), ("", "", "")])
def test_without_names_nothing_is_tried(names: tuple[str, ...] | None, fitted: Fitted) -> None:
    learned = fit(*corpus(), FeatureSettings(), FitSettings(), names=names)
    assert learned.problem.names is None
    assert np.array_equal(learned.scorer.coefficients, fitted.scorer.coefficients)


def test_names_lead_to_ngrams_not_to_other_themes_terms() -> None:
    learned = fit(
        *corpus(), FeatureSettings(), FitSettings(costs=(1.0,)), terms=[{"en": ["grapes"]}, {}, {}],
        names=("", "vineyard grapes", "orchestra"),
    )  # fmt: skip
    names = learned.problem.names
    assert names is not None
    assert not names[:, learned.problem.n_terms :].toarray().any()
    assert names.getnnz(axis=1)[0] == 0
    assert names.shape[0] == learned.problem.labels.shape[1]


def test_cards_deal_each_themes_terms() -> None:
    terms = [{"en": [f"term {i}" for i in range(10)], "ko": ["용어"]}, {}, {"fr": ["mot"]}]
    texts, languages, labels = term_cards(terms, 3)
    assert languages == ["en", "en", "ko", "fr"]
    assert labels.tolist() == [[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert sorted("\n".join(texts[:2]).split("\n")) == sorted(terms[0]["en"])
    assert max(text.count("\n") + 1 for text in texts) <= TERMS_PER_CARD
    assert term_cards([], 3)[0] == []


def test_a_theme_without_documents_is_learned_from_its_terms() -> None:
    texts, labels = corpus()
    labels[:, 0] = 0
    terms = [{"en": TOPICS[0].split()}, {}, {}]
    learned = fit(texts, labels, FeatureSettings(), FitSettings(), terms=terms)
    scores = learned.scorer.score(["ships at the dock with a crane and a tug", "grapes in the cellar"]).scores
    assert scores[0, 0] > scores[1, 0] + 0.1
    without = fit(texts, labels, FeatureSettings(), FitSettings()).scorer.score(["ships at the dock"]).scores
    assert scores[0, 0] > without[0, 0] + 0.1


def test_a_theme_known_by_its_terms_only_is_assigned() -> None:
    texts, labels = corpus(150)
    hidden = labels.copy()
    hidden[labels[:, 0] == 1, 0] = -1
    terms = [{"en": words.split()} for words in TOPICS]
    learned = fit(texts, hidden, FeatureSettings(), FitSettings(), terms=terms)
    new_texts, truth = corpus(100, seed=5)
    assigned = learned.decider.assigned(learned.decider.probabilities(learned.scorer.score(new_texts).scores))
    hit = (assigned[:, 0] & (truth[:, 0] == 1)).sum()
    assert 2 * hit / (assigned[:, 0].sum() + truth[:, 0].sum()) > 0.8
    without = fit(texts, hidden, FeatureSettings(), FitSettings())
    p = without.decider.probabilities(without.scorer.score(new_texts).scores)
    assert not without.decider.assigned(p)[:, 0].any()


def test_cards_are_in_every_training_fold_and_in_no_test() -> None:
    texts, labels = corpus(30)
    learned = fit(
        texts, labels, FeatureSettings(), FitSettings(costs=(1.0,), card_weight=7.0), terms=[{"en": ["ship"]}, {}, {}]
    )
    problem = learned.problem
    assert problem.folds[30:].tolist() == [NO_FOLD]
    assert problem.weights[30:].tolist() == [7.0]
    assert learned.out_of_fold_scores.shape[0] == 30


def test_the_hurdle_comes_with_enough_documents_of_both_kinds() -> None:
    n = FEWEST_FOR_HURDLE
    labels = np.zeros((2 * n, 2), np.int8)
    labels[:n, 0] = 1
    assert with_hurdle(labels, 2 * n).tolist() == np.column_stack([labels, labels[:, 0]]).tolist()
    assert with_hurdle(labels[1:], 2 * n - 1).shape == (2 * n - 1, 2)
    labels[-1, 1] = -1
    assert with_hurdle(labels, 2 * n).shape == (2 * n, 2)
    more = np.vstack([labels, labels[-2:-1]])
    assert with_hurdle(more, len(more))[-2, -1] == -1


def test_a_decider_of_documents_that_all_have_one_theme() -> None:
    random = np.random.default_rng(0)
    labels = np.eye(3, dtype=np.int8)[random.integers(0, 3, 90)]
    scores = labels + 0.3 * random.normal(size=labels.shape)
    decider = fit_decider(scores, labels)
    assert decider.most_one
    assert decider.fewest == 1
    assert decider.assigned(decider.probabilities(random.normal(size=(50, 3)))).sum(axis=1).tolist() == [1] * 50


def test_a_decider_with_a_hurdle_leaves_documents_without_theme_alone() -> None:
    random = np.random.default_rng(1)
    labels = (random.random((400, 2)) < 0.2).astype(np.int8)
    has_any = labels.any(axis=1)
    scores = np.column_stack([labels, has_any]) + 0.4 * random.normal(size=(400, 3))
    decider = fit_decider(scores, labels)
    assert decider.has_hurdle
    p = decider.probabilities(scores)
    assert (decider.assigned(p) == labels).mean() > 0.93
    assert p[~has_any].max(axis=1).mean() < 0.1 < p[has_any].max(axis=1).mean()


def test_two_texts_are_enough_to_fit() -> None:
    labels = np.array([[1], [0]], np.int8)
    learned = fit(["ships at the dock", "grapes"], labels, FeatureSettings(min_documents=1), FitSettings())
    assert np.isfinite(learned.scorer.score(["ships"]).scores).all()
    assert isinstance(learned.problem, Problem)
