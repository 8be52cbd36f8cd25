"""Linear machines for all themes at once, by regularised least squares on targets of 1 and -1.

In the dual, with K = X X' + b and b = `INTERCEPT`: (K + I / (2 C w)) a = y, coefficients X' a, intercepts b times the
sum of a (Rifkin, Yeo, Poggio 2003). It does what a squared-hinge machine does on TF-IDF vectors, in closed form, and
ranks rare themes better.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

DIRECT_UP_TO = 3_000
"""Rows up to which the system is solved by Cholesky factors; above, by conjugate gradients on the sparse rows."""
MANY_COLUMNS = 30
"""Columns from which factors, which all columns share, are cheaper up to `MANY_DIRECT_UP_TO` rows."""
MANY_DIRECT_UP_TO = 10_000
COMMON = 0.05
"""Share of rows from which a feature is reckoned with densely in K."""
INTERCEPT = 10.0
"""How much less the intercept is held back than a coefficient, so that rare themes need no words to be rare."""
TINY = 1e-30


def solve_dual(
    features: csr_matrix,
    targets: NDArray[np.floating],
    weights: NDArray[np.floating],
    costs: Sequence[float],
    *,
    tolerance: float = 1e-3,
) -> NDArray[np.float32]:
    """The dual solutions for each C of `costs`, (n_costs, n, k).

    features: float32 (n, n_features); targets: (n, k), 1 where a theme holds, -1 where not, 0 where it is not judged;
    weights: (n,), of the rows; tolerance: of the relative residual where conjugate gradients are used.
    """
    n, k = targets.shape
    if n <= (MANY_DIRECT_UP_TO if k >= MANY_COLUMNS else DIRECT_UP_TO):
        return _solve_directly(features, targets, weights, costs)
    return _descend(features, targets, weights, costs, tolerance)


def primal(features: csr_matrix, dual: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Coefficients float32 (n_features, k) and intercepts float64 (k,) of one dual solution (n, k)."""
    return np.asarray(features.T @ dual, np.float32), INTERCEPT * dual.sum(axis=0, dtype=np.float64)


def _solve_directly(
    features: csr_matrix, targets: NDArray[Any], weights: NDArray[Any], costs: Sequence[float]
) -> NDArray[np.float32]:
    from scipy.linalg import cho_factor, cho_solve

    kernel, wanted = _kernel(features), np.asarray(targets, np.float32)
    dual = np.empty((len(costs), *targets.shape), np.float32)
    for solution, cost in zip(dual, costs, strict=True):
        regularised = np.array(kernel, order="F")
        regularised[np.diag_indices_from(regularised)] += (0.5 / (cost * weights)).astype(np.float32)
        factors = cho_factor(regularised, lower=True, overwrite_a=True, check_finite=False)
        solution[:] = cho_solve(factors, wanted, check_finite=False)
    return dual


def _kernel(features: csr_matrix) -> NDArray[np.float32]:
    """X X' + b, (n, n); the few features that most rows have make most of the work, and dense it is a fraction."""
    is_common = np.bincount(features.indices, minlength=features.shape[1]) > COMMON * features.shape[0]
    common, rare = features[:, np.flatnonzero(is_common)].toarray(), features[:, np.flatnonzero(~is_common)]
    kernel = np.asarray(common @ common.T, np.float32)
    kernel += (rare @ rare.T).toarray()
    kernel += np.float32(INTERCEPT)
    return kernel


def _descend(
    features: csr_matrix,
    targets: NDArray[Any],
    weights: NDArray[Any],
    costs: Sequence[float],
    tolerance: float,
    max_steps: int = 300,
) -> NDArray[np.float32]:
    """Conjugate gradients for all columns side by side, one run for all costs.

    Scaled by the root of the weights, costs only shift the diagonal: the residuals of every system stay multiples
    `zeta` of those of the largest cost, which converges last (Frommer, Maass 1999).
    """
    from scipy.sparse import diags_array

    root = np.sqrt(weights).astype(np.float32)[:, None]
    by_feature = (diags_array(root.ravel()) @ features).tocsc()
    shifts = 0.5 / np.asarray(costs, np.float64)
    least = shifts.min()
    residual = np.asarray(root * targets, np.float32)
    direction = residual.copy()
    energy = _squares(residual)
    enough = tolerance**2 * energy
    systems = [_Shifted(residual, shift - least) for shift in shifts]
    for _ in range(max_steps):
        image = by_feature @ (by_feature.T @ direction) + np.float32(INTERCEPT) * root * (root * direction).sum(axis=0)
        image += np.float32(least) * direction
        step = energy / np.maximum((direction * image).sum(axis=0, dtype=np.float64), TINY)
        residual -= step.astype(np.float32) * image
        new_energy = _squares(residual)
        gain = new_energy / np.maximum(energy, TINY)
        direction = residual + gain.astype(np.float32) * direction
        energy = new_energy
        for system in systems:
            system.follow(residual, step, gain)
        if all(np.all(system.zeta**2 * energy <= enough) for system in systems):
            break
    return np.stack([root * system.solution for system in systems])


class _Shifted:
    """One of the systems that `_descend` solves along the way: (A + shift) x = b."""

    def __init__(self, wanted: NDArray[np.float32], shift: float) -> None:
        self.solution, self.direction = np.zeros_like(wanted), wanted.copy()
        k = wanted.shape[1]
        self.shift, self.zeta, self.zeta_before = shift, np.ones(k), np.ones(k)
        self.step_before, self.gain_before = np.ones(k), np.zeros(k)

    def follow(self, residual: NDArray[np.float32], step: NDArray[np.float64], gain: NDArray[np.float64]) -> None:
        """One step of this system, from the residual after, the length and the gain of that without a shift."""
        slowed = step * self.gain_before / self.step_before * (1 - self.zeta / self.zeta_before)
        ratio = 1 / (1 + self.shift * step + slowed)
        zeta = np.maximum(self.zeta * ratio, TINY)
        self.solution += (step * ratio).astype(np.float32) * self.direction
        self.direction *= (gain * ratio**2).astype(np.float32)
        self.direction += zeta.astype(np.float32) * residual
        self.zeta_before, self.zeta = self.zeta, zeta
        self.step_before, self.gain_before = np.maximum(step, TINY), gain


def _squares(values: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray((values**2).sum(axis=0, dtype=np.float64))
