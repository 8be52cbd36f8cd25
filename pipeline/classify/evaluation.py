"""Figures of a trained model on labelled documents, each with what it may be off by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import metrics, resampling
from pipeline.classify.confusion import Confusion, confusions
from pipeline.classify.judging import Judged
from pipeline.classify.reliability import ReliabilityBin, reliability
from pipeline.classify.resampling import Estimate
from pipeline.types import ABSTAIN, DECISIONS, Counts, Decision

FEW_POSITIVES = 10
"""Documents with a theme below which its figures say next to nothing."""


@dataclass(frozen=True)
class ThemeFigures:
    """One theme's figures, or all themes' as one ("micro"): documents that carry it, that it was given to."""

    theme: str
    n_labeled: int
    n_assigned: int
    precision: Estimate
    recall: Estimate
    f1: Estimate

    @property
    def rests_on_few(self) -> bool:
        """Whether too few documents carry the theme for the figures to mean much."""
        return self.n_labeled < FEW_POSITIVES


@dataclass(frozen=True)
class SliceFigures:
    """All themes on some of the documents.

    n_labels: how many themes those documents carry together; macro_f1: None where that is too few for a mean.
    """

    name: str
    n_documents: int
    n_labels: int
    micro_f1: Estimate
    macro_f1: Estimate | None

    @property
    def rests_on_few(self) -> bool:
        """Whether the documents carry too few themes for the figures to mean much."""
        return self.n_labels < FEW_POSITIVES


@dataclass(frozen=True)
class Untagged:
    """Documents reviewed with no theme, and how many of them were given none."""

    n_themeless: int
    n_left_untagged: int


@dataclass(frozen=True)
class Abstained:
    """Documents marked `abstain` at the default rate, and how many carry the theme they were marked with."""

    n_documents: int
    n_right: int


@dataclass(frozen=True, slots=True)
class WrongDecision:
    """A theme of a document that was decided against its label."""

    doc_id: str
    theme: str
    holds: bool
    decision: Decision
    probability: float


@dataclass(frozen=True)
class Evaluation:
    """Finished figures. Intervals hold 95 %; cells left `unsure` are not scored, `abstain` counts as not assigned.

    n_units: documents, near-duplicates taken together; macro F1 is the mean over themes that a document carries or was
    given; calibration_error: of 15 bins over all cells; wrong: decisions against their label; `counts` are the addable
    counts beneath, per theme and language.
    """

    n_documents: int
    n_units: int
    themes: tuple[ThemeFigures, ...]
    micro: ThemeFigures
    macro_f1: Estimate
    languages: tuple[SliceFigures, ...]
    sources: tuple[SliceFigures, ...]
    untagged: Untagged
    abstained: Abstained
    calibration_error: float
    reliability: tuple[ReliabilityBin, ...]
    confusions: tuple[Confusion, ...]
    wrong: tuple[WrongDecision, ...]
    counts: tuple[Counts, ...]


def evaluate(judged: Judged) -> Evaluation:
    """Compare decisions with labels."""
    units = resampling.outcomes(judged.labels, judged.assigned, judged.groups)
    scored = judged.labels >= 0
    probabilities, truth = judged.probabilities[scored], judged.labels[scored] == 1
    return Evaluation(
        len(judged),
        len(units),
        theme_figures(units, judged.themes),
        theme_figures(resampling.micro(units), ("micro",))[0],
        macro_f1(units),
        figures_by(judged.languages, judged),
        figures_by(judged.sources, judged),
        _untagged(judged),
        _abstained(judged),
        metrics.expected_calibration_error(probabilities, truth),
        reliability(probabilities, truth),
        confusions(judged),
        wrong_decisions(judged),
        metrics.count(judged.labels, judged.assigned, judged.themes, list(judged.languages)),
    )


def theme_figures(units: NDArray[np.int32], themes: Sequence[str]) -> tuple[ThemeFigures, ...]:
    """Figures of each theme from counts per unit (n_units, 3, k)."""
    totals = units.sum(axis=0)
    draws = resampling.draw_totals(units, prior=resampling.PRIOR)
    measures = [
        (measure(totals), measure(draws)) for measure in (resampling.precision, resampling.recall, resampling.f1)
    ]
    return tuple(
        ThemeFigures(
            theme,
            int(totals[resampling.RIGHT, column] + totals[resampling.MISSED, column]),
            int(totals[resampling.RIGHT, column] + totals[resampling.FALSE, column]),
            *(resampling.estimate(values[column], drawn[:, column]) for values, drawn in measures),
        )
        for column, theme in enumerate(themes)
    )


def figures_by(names: NDArray[np.object_], judged: Judged) -> tuple[SliceFigures, ...]:
    """Figures for each name, given by document (n,); those with the most documents first."""
    n_of = sorted(Counter(names.tolist()).items(), key=lambda item: (-item[1], item[0]))
    return tuple(slice_figures(name, judged.documents(names == name)) for name, _ in n_of)


def slice_figures(name: str, judged: Judged) -> SliceFigures:
    """Figures of all themes on some documents."""
    units = resampling.outcomes(judged.labels, judged.assigned, judged.groups)
    micro = theme_figures(resampling.micro(units), ("micro",))[0]
    macro = macro_f1(units) if micro.n_labeled >= FEW_POSITIVES else None
    return SliceFigures(name, len(judged), micro.n_labeled, micro.f1, macro)


def macro_f1(units: NDArray[np.int32]) -> Estimate:
    """Mean F1 over themes, drawn without a prior: half an outcome in every theme would add up."""
    totals = units.sum(axis=0)
    kept = resampling.occurring(totals)
    return resampling.estimate(float(mean_f1(totals, kept)), mean_f1(resampling.draw_totals(units), kept))


def mean_f1(totals: resampling.Totals, kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Macro F1 (...,) over the themes kept (k,); 0 where there is none."""
    f1 = resampling.f1(totals)[..., kept]
    return np.asarray(f1.mean(axis=-1)) if kept.any() else np.zeros(f1.shape[:-1])


def wrong_decisions(judged: Judged) -> tuple[WrongDecision, ...]:
    """Where an assigned theme does not hold, or one that holds was not assigned; documents in order."""
    return tuple(
        WrongDecision(
            str(judged.ids[row]),
            judged.themes[column],
            bool(judged.labels[row, column] == 1),
            DECISIONS[judged.decisions[row, column]],
            float(judged.probabilities[row, column]),
        )
        for row, column in np.argwhere((judged.labels >= 0) & (judged.assigned != (judged.labels == 1))).tolist()
    )


def _untagged(judged: Judged) -> Untagged:
    themeless = judged.themeless
    return Untagged(int(themeless.sum()), int((~judged.assigned[themeless].any(axis=1)).sum()))


def _abstained(judged: Judged) -> Abstained:
    near = judged.decisions == ABSTAIN
    return Abstained(int(near.any(axis=1).sum()), int((near & (judged.labels == 1)).any(axis=1).sum()))
