"""Learning curves and unseen languages: what was left out of training really was."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.classify.problem import NO_FOLD, Problem
from pipeline.classify.studies import SHARES, learning_curve, unseen_languages
from pipeline.classify.training import Trained


def test_the_curve_has_a_point_per_share(trained: Trained) -> None:
    points = learning_curve(trained.problem, trained.cost, trained.model.taxonomy.ids, trained.languages)
    assert [point.share for point in points] == list(SHARES)
    assert [point.n_documents for point in points] == [11, 22, 33]
    assert all(0 <= point.micro_f1 <= 1 and 0 <= point.macro_f1 <= 1 for point in points)
    assert points == learning_curve(trained.problem, trained.cost, trained.model.taxonomy.ids, trained.languages)
    assert points[-1].micro_f1 <= trained.model.provenance.metrics["micro_f1"] + 0.05


def rows_learned_from(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    seen: list[np.ndarray] = []
    solve = Problem.solve

    def watched(self: Problem, rows: np.ndarray, cost: float) -> object:
        seen.append(rows)
        return solve(self, rows, cost)

    monkeypatch.setattr(Problem, "solve", watched)
    return seen


def test_shares_leave_held_out_documents_out(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = rows_learned_from(monkeypatch)
    problem = trained.problem
    learning_curve(problem, trained.cost, trained.model.taxonomy.ids, trained.languages)
    cards = set(np.flatnonzero(problem.folds == NO_FOLD))
    n_folds = len(set(problem.folds) - {NO_FOLD})
    assert len(seen) == n_folds * len(SHARES)
    for position, rows in enumerate(seen):
        assert position % n_folds not in set(problem.folds[rows])
        assert cards <= set(rows)
        assert len(set(rows) - cards) <= SHARES[position // n_folds] * 45


def test_an_unseen_language_is_not_learned_from(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = rows_learned_from(monkeypatch)
    found = unseen_languages(
        trained.problem, trained.cost, trained.model.taxonomy.ids, trained.languages, trained.scores
    )
    assert [(item.language, item.n_documents) for item in found] == [("en", 28), ("ko", 11), ("es", 6)]
    for item, rows in zip(found, seen, strict=True):
        assert item.language not in {trained.languages[row] for row in rows if row < 45}
        assert len(rows) == trained.problem.matrix.shape[0] - item.n_documents
        assert 0 <= item.micro_f1 <= 1


def test_terms_of_the_codebook_carry_over_to_an_unseen_language(trained: Trained) -> None:
    found = unseen_languages(
        trained.problem, trained.cost, trained.model.taxonomy.ids, trained.languages, trained.scores
    )
    assert next(item for item in found if item.language == "ko").micro_f1 > 0.5
