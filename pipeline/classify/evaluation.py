"""Figures of a trained model on labelled documents it has not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.classify import metrics
from pipeline.classify.labels import label_matrix
from pipeline.classify.model import ThemeModel
from pipeline.settings import TaggingSettings
from pipeline.types import ASSIGNED, Counts, LabeledDocument


@dataclass(frozen=True)
class ThemeFigures:
    """One theme's figures, 0-1, and how many documents carry it."""

    theme: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class LanguageFigures:
    """All themes on one language's documents."""

    language: str
    n_documents: int
    micro_f1: float
    macro_f1: float


@dataclass(frozen=True)
class Evaluation:
    """Finished figures. `counts` holds the addable counts beneath, per theme and language."""

    model: str
    n_documents: int
    themes: tuple[ThemeFigures, ...]
    micro: ThemeFigures
    macro_f1: float
    themeless_left_untagged: float
    languages: tuple[LanguageFigures, ...]
    counts: tuple[Counts, ...]


def evaluate(model: ThemeModel, documents: Sequence[LabeledDocument]) -> Evaluation:
    """Tag documents and compare with their labels; `unsure` cells are not scored, `abstain` counts as not assigned."""
    labels = label_matrix(documents, model.taxonomy)
    predictions = model.predict([item.document for item in documents], TaggingSettings(abstain_rate=0.0))
    languages = [item.document.language for item in documents]
    assigned = predictions.decisions == ASSIGNED
    counts = metrics.count(labels, assigned, model.taxonomy.ids, languages)
    none = (labels == 0).all(axis=1)
    overall = metrics.of_language(counts, "all")
    return Evaluation(
        model.version,
        len(documents),
        tuple(_figures(item, item.theme) for item in overall),
        _figures(metrics.micro(overall), "micro"),
        metrics.macro_f1(overall),
        float((~assigned[none].any(axis=1)).mean()) if none.any() else 1.0,
        language_figures(counts, languages),
        counts,
    )


def language_figures(counts: Sequence[Counts], languages: Sequence[str]) -> tuple[LanguageFigures, ...]:
    """Figures per language, those with the most documents first."""
    n_of = sorted(Counter(languages).items(), key=lambda item: (-item[1], item[0]))
    slices = [(language, n, metrics.of_language(counts, language)) for language, n in n_of]
    return tuple(LanguageFigures(code, n, metrics.micro(own).f1, metrics.macro_f1(own)) for code, n, own in slices)


def _figures(item: Counts, name: str) -> ThemeFigures:
    return ThemeFigures(name, item.precision, item.recall, item.f1, item.support)
