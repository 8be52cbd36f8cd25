"""Linear machines for all themes at once, by regularised least squares on targets of 1 and -1.

In the dual, with K = X X' + 1: (K + I / (2 C w)) a = y, coefficients X' a, intercepts the sum of a (Rifkin, Yeo, Poggio
2003). It does what a squared-hinge machine does on TF-IDF vectors, in closed form, and ranks rare themes better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

DIRECT_UP_TO = 3_000
"""Rows up to which the system is solved by Cholesky factors; above, by conjugate gradients on the sparse rows."""


def fit_linear(
    features: csr_matrix, targets: NDArray[np.floating], ridge: NDArray[np.floating], *, tolerance: float = 1e-3
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Coefficients float32 (n_features, k) and intercepts float64 (k,).

    targets: (n, k), 1 where a theme holds, -1 where not, 0 where it is not judged; ridge: (n,), 1 / (2 C w) of each row
    with weight w; tolerance: of the relative residual where conjugate gradients are used.
    """
    direct = features.shape[0] <= DIRECT_UP_TO
    dual = _solve_directly(features, targets, ridge) if direct else _descend(features, targets, ridge, tolerance)
    coefficients = np.asarray(features.T @ dual, np.float32)
    return coefficients, np.asarray(dual.sum(axis=0), np.float64)


def _solve_directly(features: csr_matrix, targets: NDArray[Any], ridge: NDArray[Any]) -> NDArray[np.float64]:
    from scipy.linalg import cho_factor, cho_solve

    kernel = np.asarray((features @ features.T).toarray(), np.float64) + 1.0
    kernel[np.diag_indices_from(kernel)] += ridge
    factors = cho_factor(kernel, lower=True, overwrite_a=True, check_finite=False)
    return np.asarray(cho_solve(factors, np.asarray(targets, np.float64), check_finite=False))


def _descend(
    features: csr_matrix, targets: NDArray[Any], ridge: NDArray[Any], tolerance: float, max_steps: int = 200
) -> NDArray[np.float32]:
    """Conjugate gradients for all columns side by side; a column that has converged is left alone."""
    wanted = np.asarray(targets, np.float32)
    transposed = features.T.tocsr()
    solution = np.zeros_like(wanted)
    residual = wanted.copy()
    direction = residual.copy()
    energy = (residual * residual).sum(axis=0)
    enough = tolerance**2 * np.maximum(energy, 1e-12)
    active = np.flatnonzero(energy > enough)
    for _ in range(max_steps):
        if len(active) == 0:
            break
        towards = np.ascontiguousarray(direction[:, active])
        image = features @ (transposed @ towards) + towards.sum(axis=0) + ridge[:, None].astype(np.float32) * towards
        step = energy[active] / np.maximum((towards * image).sum(axis=0), 1e-30)
        solution[:, active] += step * towards
        residual[:, active] -= step * image
        new_energy = (residual[:, active] ** 2).sum(axis=0)
        direction[:, active] = residual[:, active] + (new_energy / energy[active]) * towards
        energy[active] = new_energy
        active = active[new_energy > enough[active]]
    return solution
