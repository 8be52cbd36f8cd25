"""Whether probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_BINS = 10


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Decisions whose probability lies in [low, high): their mean probability, and the share that was true."""

    low: float
    high: float
    n: int
    mean_probability: float
    share_true: float


def reliability(
    probabilities: NDArray[np.floating], truth: NDArray[np.bool_], n_bins: int = N_BINS
) -> tuple[ReliabilityBin, ...]:
    """A reliability curve of equal-width bins, empty ones left out (DeGroot, Fienberg 1983).

    probabilities, truth: (n,), one for each judged document and theme.
    """
    bins = np.minimum((probabilities * n_bins).astype(int), n_bins - 1)
    n_in = np.bincount(bins, minlength=n_bins)
    summed = np.bincount(bins, probabilities, n_bins)
    true = np.bincount(bins, truth.astype(float), n_bins)
    return tuple(
        ReliabilityBin(i / n_bins, (i + 1) / n_bins, int(n_in[i]), float(summed[i] / n_in[i]), float(true[i] / n_in[i]))
        for i in np.flatnonzero(n_in).tolist()
    )
