"""Trains a `ThemeModel` from labelled documents: near-duplicates stay together, figures come from unseen folds."""

from __future__ import annotations

import hashlib
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import metrics
from pipeline.classify.features import FeatureSettings
from pipeline.classify.fingerprints import fingerprints_of
from pipeline.classify.fitting import FitSettings, Fitted, fit
from pipeline.classify.label_names import names_of
from pipeline.classify.labels import check_themes, label_matrix
from pipeline.classify.lexicon import terms_of
from pipeline.classify.model import Provenance, ThemeModel, searchable
from pipeline.classify.problem import Problem
from pipeline.classify.taxonomy import taxonomy_to_mapping
from pipeline.errors import LabelError
from pipeline.files import canonical_json
from pipeline.settings import TrainingSettings
from pipeline.types import Counts, LabeledDocument, Taxonomy

LIBRARIES = ("numpy", "scipy", "numba")
SIMILAR = 0.5
"""Jaccard similarity of 5-grams from which two labelled documents never stand on both sides of a fold."""


@dataclass(frozen=True)
class Trained:
    """A model with the evidence behind its figures.

    labels int8, out-of-fold scores float64 and probabilities float32 are (n, k); groups: int64 (n,), near-duplicates
    share a number; `problem` was solved at `cost`.
    """

    model: ThemeModel
    labels: NDArray[np.int8]
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float32]
    languages: tuple[str, ...]
    documents: tuple[LabeledDocument, ...]
    groups: NDArray[np.int64]
    problem: Problem
    cost: float


def train(
    documents: Sequence[LabeledDocument],
    taxonomy: Taxonomy,
    settings: TrainingSettings | None = None,
    *,
    name: str = "model",
) -> ThemeModel:
    """Train on all documents; thresholds, calibration and `quality` come from cross-validation.

    Raises `LabelError` for an unknown theme, or a theme that has neither terms nor `min_examples` documents.
    """
    return train_with_evidence(documents, taxonomy, settings, name=name).model


def train_with_evidence(
    documents: Sequence[LabeledDocument],
    taxonomy: Taxonomy,
    settings: TrainingSettings | None = None,
    *,
    name: str = "model",
) -> Trained:
    """As `train`, with the out-of-fold probabilities that the model card is made of."""
    settings = settings or TrainingSettings()
    if not documents:
        raise LabelError("there are no labelled documents to learn from", where="labelled data")
    check_themes(documents, taxonomy)
    labels = label_matrix(documents, taxonomy)
    _check_examples(labels, taxonomy, settings.min_examples)
    groups = similar_groups(documents)
    fitted = fit(
        [searchable(item.document) for item in documents],
        labels,
        FeatureSettings(),
        FitSettings(folds=settings.folds, seed=settings.seed),
        languages=[item.document.language for item in documents],
        terms=terms_of(taxonomy),
        names=names_of(taxonomy),
        groups=groups,
    )
    return _assemble(fitted, documents, labels, taxonomy, settings, groups, name)


def similar_groups(documents: Sequence[LabeledDocument]) -> NDArray[np.int64]:
    """A group number per document (n,); documents that repeat one another share it."""
    from pipeline.ingest import link_duplicates

    linked = link_duplicates((item.document for item in documents), similarity=SIMILAR)
    number = {item.id: position for position, item in enumerate(linked)}
    return np.array([number[item.duplicate_of or item.id] for item in linked], np.int64)


def data_hash(documents: Sequence[LabeledDocument], taxonomy: Taxonomy) -> str:
    """SHA-256 over texts, labels and taxonomy, whatever the order of the documents."""
    rows = sorted(
        hashlib.sha256(canonical_json([item.document.text, sorted(item.themes), sorted(item.unsure)])).hexdigest()
        for item in documents
    )
    return hashlib.sha256(canonical_json([rows, taxonomy_to_mapping(taxonomy)])).hexdigest()


def _assemble(
    fitted: Fitted,
    documents: Sequence[LabeledDocument],
    labels: NDArray[np.int8],
    taxonomy: Taxonomy,
    settings: TrainingSettings,
    groups: NDArray[np.int64],
    name: str,
) -> Trained:
    languages = tuple(item.document.language for item in documents)
    probabilities = fitted.decider.probabilities(fitted.out_of_fold_scores, languages)
    assigned = fitted.decider.assigned(probabilities)
    quality = metrics.count(labels, assigned, taxonomy.ids, languages)
    provenance = Provenance(
        name,
        datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        data_hash(documents, taxonomy),
        len(documents),
        dict(sorted(Counter(languages).items(), key=lambda item: (-item[1], item[0]))),
        {theme: int(n) for theme, n in zip(taxonomy.ids, (labels == 1).sum(axis=0), strict=True)},
        summary_figures(quality, labels, probabilities, assigned),
        asdict(settings),
        {"python": platform.python_version(), **{library: version(library) for library in LIBRARIES}},
    )
    sums = metrics.sum_probabilities(labels, probabilities, taxonomy.ids, languages)
    fingerprints = fingerprints_of(item.document for item in documents)
    model = ThemeModel(taxonomy, fitted.scorer, fitted.decider, provenance, quality, sums, fingerprints)
    scores = fitted.out_of_fold_scores
    return Trained(
        model, labels, scores, probabilities, languages, tuple(documents), groups, fitted.problem, fitted.cost
    )


def summary_figures(
    quality: Sequence[Counts], labels: NDArray[np.int8], probabilities: NDArray[np.float32], assigned: NDArray[np.bool_]
) -> dict[str, float]:
    """The out-of-fold figures that describe a model as a whole, 0-1 each."""
    overall = metrics.of_language(quality, "all")
    judged = labels >= 0
    none = (labels == 0).all(axis=1)
    figures = {
        "micro_f1": metrics.micro(overall).f1,
        "macro_f1": metrics.macro_f1(overall),
        "micro_precision": metrics.micro(overall).precision,
        "micro_recall": metrics.micro(overall).recall,
        "calibration_error": metrics.expected_calibration_error(probabilities[judged], labels[judged] == 1),
        "themeless_left_untagged": float((~assigned[none].any(axis=1)).mean()) if none.any() else 1.0,
    }
    return {figure: round(value, 4) for figure, value in figures.items()}


def _check_examples(labels: NDArray[np.int8], taxonomy: Taxonomy, min_examples: int) -> None:
    for column, theme in enumerate(taxonomy):
        n_positive = int((labels[:, column] == 1).sum())
        if n_positive < min_examples and not any(theme.terms.values()):
            raise LabelError(
                f"theme {theme.id!r} has {n_positive} labelled documents and no terms",
                where="labelled data",
                expected=f"at least {min_examples} documents, or terms in themes.toml",
                mend="label more documents, give the theme terms, or take it out of themes.toml",
            )
