"""The least-squares problem that training solves again and again: for each fold, cost, emphasis and weight of names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.solver import primal, solve_dual
from pipeline.classify.strengths import FIRST_EMPHASIS, Emphasis, term_strengths

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NO_FOLD = -1
Machine = tuple[NDArray[np.float32], NDArray[np.float64]]
"""Coefficients (n_features, k) and intercepts (k,)."""


class Choice(NamedTuple):
    """A problem with its emphasis and weight of names, C, and the out-of-fold scores (n, k) they give."""

    problem: Problem
    cost: float
    scores: NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """Rows to learn from, their weights and folds; rows of `NO_FOLD` are learned from in every fold.

    matrix: float32 (n, n_features), of which the first n_terms columns are n-grams; labels: int8 (n, k), or (n, k + 1)
    with a hurdle; emphasis: which n-grams stand out (`term_strengths`). names: the features of what each column of
    `labels` is called, float32 (k, n_features), where that may help; name_weight: how much is expected of them.

    With names, a machine is held back not towards zero but towards the direction of its name, as long as name_weight:
    a normal prior with that mean. As least squares are linear, its solution is the one without names plus name_weight
    times what the names change.
    """

    matrix: csr_matrix
    labels: NDArray[np.int8]
    weights: NDArray[np.float64]
    folds: NDArray[np.int64]
    n_terms: int
    emphasis: Emphasis = FIRST_EMPHASIS
    names: csr_matrix | None = None
    name_weight: float = 0.0

    def solve(self, rows: NDArray[np.int64], cost: float) -> Machine:
        """Coefficients (n_features, k) and intercepts (k,) learned from some rows."""
        parts = next(self._solve_each(rows, (cost,), with_names=self.name_weight > 0))
        return self._mixed([part[0] for part in parts]), self._mixed([part[1] for part in parts])

    def out_of_fold(self, cost: float, folds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Scores (n, k) of the rows in `folds` by machines learned from all others; other rows are left 0."""
        return next(self.try_each((cost,), folds)).scores

    def try_each(
        self, costs: Sequence[float], folds: NDArray[np.int64], name_weights: Sequence[float] | None = None
    ) -> Iterator[Choice]:
        """Out-of-fold scores for each cost, and each weight of the names if given, for little more work than one."""
        tried = [self] if name_weights is None else [replace(self, name_weight=weight) for weight in name_weights]
        with_names = any(problem.name_weight > 0 for problem in tried)
        scores = np.zeros((len(costs), 1 + with_names, *self.labels.shape))
        for fold in folds:
            held = np.flatnonzero(self.folds == fold)
            machines = self._solve_each(np.flatnonzero(self.folds != fold), costs, with_names=with_names)
            for own, parts in zip(scores, machines, strict=True):
                for part, (coefficients, intercepts) in zip(own, parts, strict=True):
                    part[held] = self.matrix[held] @ coefficients + intercepts
        for cost, own in zip(costs, scores, strict=True):
            for problem in tried:
                yield Choice(problem, cost, problem._mixed(own))

    def _solve_each(
        self, rows: NDArray[np.int64], costs: Sequence[float], *, with_names: bool
    ) -> Iterator[tuple[Machine, ...]]:
        """For each cost in turn the machine without names and, if wanted, what names of weight 1 add to it."""
        matrix, labels = self.matrix[rows], self.labels[rows]
        scale = term_strengths(matrix, labels == 1, self.n_terms, self.emphasis)
        matrix.data *= scale[matrix.indices]
        targets = np.where(labels == 1, 1.0, np.where(labels == 0, -1.0, 0.0))
        expected = _directions(self.names, scale) if with_names and self.names is not None else None
        if expected is not None:
            targets = np.hstack([targets, (matrix @ expected.T).toarray()])
        k = labels.shape[1]
        for dual in solve_dual(matrix, targets, self.weights[rows], costs):
            coefficients, intercepts = primal(matrix, dual)
            if expected is not None:
                coefficients[:, k:] -= expected.T.toarray()
            coefficients *= scale[:, None]
            plain = coefficients[:, :k], intercepts[:k]
            yield (plain,) if expected is None else (plain, (-coefficients[:, k:], -intercepts[k:]))

    def _mixed(self, parts: Sequence[NDArray[np.floating]]) -> NDArray[Any]:
        return parts[0] + self.name_weight * parts[1] if self.name_weight > 0 else parts[0]


def _directions(names: csr_matrix, scale: NDArray[np.float32]) -> csr_matrix:
    """The features of names (k, n_features) scaled as those of rows are, each of length 1, or 0 without a name."""
    from scipy.sparse import csr_matrix, diags_array

    scaled = csr_matrix(names, copy=True)
    scaled.data *= scale[scaled.indices]
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1), np.float64).ravel())
    return csr_matrix(diags_array(1 / np.where(length > 0, length, 1)) @ scaled, dtype=np.float32)
