"""Whether one model is better than another on the same documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import resampling
from pipeline.classify.evaluation import FEW_POSITIVES, mean_f1
from pipeline.classify.judging import Judged
from pipeline.classify.resampling import Estimate

Verdict = Literal["better", "worse", "no difference"]
LARGEST_P = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """A theme of a document that one model decided rightly and the other wrongly."""

    doc_id: str
    theme: str
    holds: bool
    now_right: bool


@dataclass(frozen=True)
class Difference:
    """F1 of one theme, or "micro" or "macro", by the other model and by this one.

    p_value: of no difference, from approximate randomization; of themes corrected for their number (Holm). verdict: on
    this model, "no difference" where p is above .05: the documents cannot tell the two apart.
    """

    name: str
    n_labeled: int
    before: float
    after: float
    difference: Estimate
    p_value: float
    verdict: Verdict

    @property
    def rests_on_few(self) -> bool:
        """Whether too few documents carry the theme for a difference to show."""
        return self.n_labeled < FEW_POSITIVES


@dataclass(frozen=True)
class Comparison:
    """This model against another on the same documents; `themes` are those that both know.

    changes: decisions that turned from right to wrong or back; n_mended and n_broken: how many documents became wholly
    right, or ceased to be.
    """

    n_documents: int
    micro: Difference
    macro: Difference
    themes: tuple[Difference, ...]
    n_mended: int
    n_broken: int
    changes: tuple[Change, ...]


def compare(before: Judged, after: Judged) -> Comparison:
    """Compare two models on the themes that both know; rows must be the same documents in the same order.

    Raises ValueError if they share no theme or the documents differ.
    """
    if before.ids.tolist() != after.ids.tolist():
        raise ValueError("the two models were not judged on the same documents")
    shared = [theme for theme in after.themes if theme in before.themes]
    if not shared:
        raise ValueError("the two models have no theme in common")
    before, after = before.of_themes(shared), after.of_themes(shared)
    micro, macro, *themes = _differences(before, after)
    was_right, is_right = _rightness(before), _rightness(after)
    return Comparison(
        len(after),
        micro,
        macro,
        tuple(themes),
        int((is_right.all(axis=1) & ~was_right.all(axis=1)).sum()),
        int((was_right.all(axis=1) & ~is_right.all(axis=1)).sum()),
        tuple(
            Change(
                str(after.ids[row]), shared[column], bool(after.labels[row, column] == 1), bool(is_right[row, column])
            )
            for row, column in np.argwhere(was_right != is_right).tolist()
        ),
    )


def _differences(before: Judged, after: Judged) -> list[Difference]:
    first, second = (resampling.outcomes(judged.labels, judged.assigned, judged.groups) for judged in (before, after))
    both = np.concatenate([first, second], axis=1)
    kept = resampling.occurring(both.sum(axis=0))

    def figures(totals: resampling.Totals) -> NDArray[np.float64]:
        micro = resampling.f1(resampling.micro(totals))
        return np.concatenate([micro, mean_f1(totals, kept)[..., None], resampling.f1(totals)], axis=-1)

    draws = resampling.draw_totals(both)
    drawn = figures(draws[:, 3:]) - figures(draws[:, :3])
    old, new = figures(first.sum(axis=0)), figures(second.sum(axis=0))
    p_values = resampling.randomization_p(first, second, figures)
    p_values[2:] = resampling.holm(p_values[2:])
    n_labeled = (after.labels == 1).sum(axis=0).tolist()
    names = ("micro", "macro", *after.themes)
    counts = (sum(n_labeled), sum(n_labeled), *n_labeled)
    return [
        Difference(
            name,
            counts[i],
            float(old[i]),
            float(new[i]),
            resampling.estimate(float(new[i] - old[i]), drawn[:, i]),
            float(p_values[i]),
            _verdict(float(new[i] - old[i]), float(p_values[i])),
        )
        for i, name in enumerate(names)
    ]


def _verdict(difference: float, p_value: float) -> Verdict:
    if p_value > LARGEST_P:
        return "no difference"
    return "better" if difference > 0 else "worse"


def _rightness(judged: Judged) -> NDArray[np.bool_]:
    """Where a decision agrees with the label, or there is none to agree with."""
    return np.asarray((judged.labels < 0) | (judged.assigned == (judged.labels == 1)))
