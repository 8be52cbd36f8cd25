"""How much each n-gram counts beside the others, learned from the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


class Emphasis(NamedTuple):
    """Which n-grams stand out: those that tell the themes apart (sharpness), those of many documents (commonness)."""

    sharpness: float = 1.0
    commonness: float = 0.0


FIRST_EMPHASIS = Emphasis()


def term_strengths(
    matrix: csr_matrix, positive: NDArray[np.bool_], n_terms: int, emphasis: Emphasis
) -> NDArray[np.float32]:
    """A factor for each column, float32 (n_features,): how well an n-gram tells the themes apart, and how common it is.

    The root of the root mean square, over themes weighted by their positives, of the log-odds of presence, to the power
    of the sharpness, times the number of rows it is present in, to the power of the commonness; scaled so that the mean
    squared length of a row stays 1. Columns from n_terms on keep the factor 1.
    """
    terms = matrix[:, :n_terms]
    n_present = np.bincount(terms.indices, minlength=n_terms)
    strength = _log_odds_squared(terms, positive, n_present) ** (0.25 * emphasis.sharpness)
    strength = strength * (n_present + 1.0) ** emphasis.commonness
    squares = np.bincount(terms.indices, terms.data.astype(np.float64) ** 2, n_terms)
    strength /= max(1e-6, float(np.sqrt(squares @ strength**2 / max(1, len(positive)))))
    return np.concatenate([strength, np.ones(matrix.shape[1] - n_terms)]).astype(np.float32)


def _log_odds_squared(
    terms: csr_matrix, positive: NDArray[np.bool_], n_present: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The mean squared log-odds of presence (n_terms,), over themes weighted by their positives, less those of all."""
    from scipy.sparse import csr_matrix

    present = csr_matrix((np.ones(terms.nnz, np.int32), terms.indices, terms.indptr), terms.shape)
    together = (present.T @ csr_matrix(positive.astype(np.int32))).toarray()
    n, n_positive = len(positive), positive.sum(axis=0)
    log_of_next = np.log(np.arange(1, n + 2), dtype=np.float32)
    odds = log_of_next[together] - log_of_next[n_present[:, None] - together]
    odds -= (np.log(n_positive + 2) - np.log(n - n_positive + 2)).astype(np.float32)
    odds *= odds
    return np.asarray((odds @ n_positive.astype(np.float32)) / max(1, n_positive.sum()), np.float64)
