"""From scores to calibrated probabilities, thresholds and decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.types import ABSTAIN, ASSIGNED, NOT


@dataclass(frozen=True)
class Decider:
    """How scores become decisions; k is the number of themes.

    slopes, offsets: (k,), or (k + 1,) with a hurdle. p = 1 / (1 + exp(-(slope * score + offset))) is the probability
    of a theme; with a hurdle it is that of the theme in a document that has any, the last score is that of having any,
    and the two are multiplied; where every document has exactly one theme, it is divided by the sum over the themes. A
    theme is assigned from its threshold on, (k,). near_misses: (101,), for 0 to 100 % of documents the distance below
    the threshold within which the best unassigned theme of that share of out-of-fold documents lies. fewest: 1 where no
    training document was without a theme, so that the best is assigned where none reaches its threshold; most_one: no
    training document had several, so that only the best is kept. shifts: by language code, what is added to the
    log-odds of every theme, for languages that training recognised too seldom.
    """

    slopes: NDArray[np.float32]
    offsets: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    near_misses: NDArray[np.float32]
    fewest: int = 0
    most_one: bool = False
    shifts: Mapping[str, float] = field(default_factory=dict)

    @property
    def has_hurdle(self) -> bool:
        """Whether the chance that a document has any theme at all is reckoned with."""
        return len(self.slopes) > len(self.thresholds)

    @property
    def one_each(self) -> bool:
        """Whether every document has exactly one theme, so that the probabilities of a document sum to one."""
        return self.fewest == 1 and self.most_one

    def chances(self, scores: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What `probabilities` multiplies: the chances of the themes (n, k), and of any at all (n, 1), else 1."""
        p = sigmoid(self.slopes * scores[:, : len(self.slopes)] + self.offsets)
        return (p[:, :-1], p[:, -1:]) if self.has_hurdle else (p, np.ones((len(p), 1)))

    def score_needed(self, theme: int, *, of_any: float, of_others: float, language: str) -> float | None:
        """The score from which a theme reaches its threshold, all else given; None if none is enough.

        of_any: the chance of any theme; of_others: the sum of the chances of the other themes.
        """
        threshold = sigmoid(log_odds(self.thresholds[theme]) - self.shifts.get(language, 0.0))
        wanted = of_others * threshold / (1 - threshold) if self.one_each else threshold / of_any
        if wanted >= 1:
            return None
        return float((log_odds(wanted) - self.offsets[theme]) / self.slopes[theme])

    def probabilities(
        self, scores: NDArray[np.floating], languages: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Calibrated probabilities (n, k) of scores (n, k), or (n, k + 1) with a hurdle; further columns are left.

        languages: codes of the n documents, where known.
        """
        p, of_any = self.chances(scores)
        if self.has_hurdle:
            p *= of_any
        if self.one_each:
            p /= p.sum(axis=1, keepdims=True)
        if languages is not None and self.shifts:
            shift = np.array([self.shifts.get(language, 0.0) for language in languages])
            p[shift > 0] = sigmoid(log_odds(p[shift > 0]) + shift[shift > 0, None])
        return p.astype(np.float32)

    def assigned(self, probabilities: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Which themes hold, shape (n, k)."""
        holds = np.asarray(probabilities >= self.thresholds)
        if not (self.fewest or self.most_one):
            return holds
        n_held = holds.sum(axis=1)
        amiss = np.flatnonzero((n_held < self.fewest) | self.most_one & (n_held > 1))
        if len(amiss) and holds.shape[1]:
            best = np.argmax(log_odds(probabilities[amiss]) - log_odds(self.thresholds), axis=1)
            holds[amiss] = False
            holds[amiss, best] = True
        return holds

    def decide(self, probabilities: NDArray[np.floating], abstain_rate: float) -> NDArray[np.int8]:
        """Codes of `pipeline.types.DECISIONS`, shape (n, k).

        About a share `abstain_rate` of documents get `abstain` for the theme that misses its threshold most narrowly.
        """
        decisions = np.where(self.assigned(probabilities), ASSIGNED, NOT).astype(np.int8)
        if abstain_rate > 0 and decisions.size:
            reach = np.interp(100.0 * min(abstain_rate, 1.0), np.arange(101), self.near_misses)
            rows, nearest, distance = nearest_miss(probabilities, self.thresholds)
            close = (distance <= reach) & (decisions[rows, nearest] == NOT)
            decisions[rows[close], nearest[close]] = ABSTAIN
        return decisions


def sigmoid(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """1 / (1 + exp(-values)), without overflow."""
    p = np.asarray(np.negative(values), np.float64)
    np.exp(np.minimum(p, 80.0, out=p), out=p)
    return np.reciprocal(np.add(p, 1.0, out=p), out=p)


def log_odds(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """ln(p / (1 - p)), p kept off 0 and 1."""
    p = np.clip(np.asarray(probabilities, np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))


def nearest_miss(
    probabilities: NDArray[np.floating], thresholds: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Per document: its row, the unassigned theme nearest below its threshold, and how far (inf if none)."""
    distance = np.where(probabilities < thresholds, thresholds - probabilities, np.inf)
    rows = np.arange(len(probabilities))
    nearest = np.argmin(distance, axis=1)
    return rows, nearest, distance[rows, nearest]


def near_miss_quantiles(probabilities: NDArray[np.floating], thresholds: NDArray[np.floating]) -> NDArray[np.float32]:
    """What `Decider.near_misses` holds, from out-of-fold probabilities."""
    distance = np.sort(nearest_miss(probabilities, thresholds)[2])
    positions = np.clip((np.arange(101) / 100 * len(distance)).astype(int) - 1, -1, len(distance) - 1)
    reach = np.where(positions >= 0, distance[np.maximum(positions, 0)], 0.0)
    return np.minimum(reach, 1.0).astype(np.float32)
