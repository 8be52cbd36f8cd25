"""A model's decisions beside the labels of the same documents: what every figure is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.fingerprints import are_known
from pipeline.classify.fitting import fit_decider
from pipeline.classify.labels import label_matrix
from pipeline.classify.model import ThemeModel
from pipeline.classify.training import Trained, data_hash
from pipeline.settings import TaggingSettings
from pipeline.types import ASSIGNED, LabeledDocument, Taxonomy


@dataclass(frozen=True)
class Judged:
    """n documents and k themes.

    labels: int8 (n, k) as `label_matrix`; decisions: int8 (n, k), codes of `pipeline.types.DECISIONS`; probabilities:
    float32 (n, k); ids, languages, sources: of the documents; groups: int64 (n,), near-duplicates share a number.
    """

    themes: tuple[str, ...]
    labels: NDArray[np.int8]
    decisions: NDArray[np.int8]
    probabilities: NDArray[np.float32]
    ids: NDArray[np.object_]
    languages: NDArray[np.object_]
    sources: NDArray[np.object_]
    groups: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def assigned(self) -> NDArray[np.bool_]:
        """Which themes the model assigned; abstaining is not assigning."""
        return np.asarray(self.decisions == ASSIGNED)

    @property
    def themeless(self) -> NDArray[np.bool_]:
        """Documents (n,) reviewed with no theme at all."""
        return np.asarray((self.labels == 0).all(axis=1))

    def documents(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Judged:
        """Some of the documents."""
        per_document = [field.name for field in fields(self) if field.name != "themes"]
        return Judged(self.themes, *(getattr(self, name)[rows] for name in per_document))

    def of_themes(self, themes: Sequence[str]) -> Judged:
        """Some of the themes, in the order asked for."""
        columns = [self.themes.index(theme) for theme in themes]
        return replace(
            self,
            themes=tuple(themes),
            labels=self.labels[:, columns],
            decisions=self.decisions[:, columns],
            probabilities=self.probabilities[:, columns],
        )


def judge(model: ThemeModel, documents: Sequence[LabeledDocument], groups: NDArray[np.int64]) -> Judged:
    """Tag documents as `themes tag` does, abstention at its default rate.

    Labels of themes that the model does not have are left out. groups: as in `Judged`.
    """
    predictions = model.predict([item.document for item in documents], TaggingSettings())
    return judged(
        documents, model.taxonomy, decisions=predictions.decisions, probabilities=predictions.probabilities,
        groups=groups,
    )  # fmt: skip


def seen_in_training(model: ThemeModel, documents: Sequence[LabeledDocument]) -> NDArray[np.bool_] | None:
    """Which documents (n,) the model was trained on, or on near-copies of; None for an older model that cannot tell."""
    if len(model.fingerprints):
        return are_known((item.document for item in documents), model.fingerprints)
    same = data_hash(documents, model.taxonomy) == model.provenance.data_sha256
    return np.ones(len(documents), bool) if same else None


def judge_out_of_fold(trained: Trained) -> Judged:
    """A new model's own training documents, each judged by a machine that had not seen it.

    Calibration and thresholds, too, come from the other folds' scores.
    """
    k = trained.labels.shape[1]
    folds = trained.problem.folds[: len(trained.labels)]
    decisions, probabilities = np.zeros((len(folds), k), np.int8), np.zeros((len(folds), k), np.float32)
    languages = np.array(trained.languages, object)
    for fold in np.unique(folds):
        held, others = folds == fold, folds != fold
        decider = fit_decider(trained.scores[others], trained.labels[others], languages[others].tolist())
        probabilities[held] = decider.probabilities(trained.scores[held], languages[held].tolist())
        decisions[held] = decider.decide(probabilities[held], TaggingSettings().abstain_rate)
    return judged(
        trained.documents, trained.model.taxonomy, decisions=decisions, probabilities=probabilities,
        groups=trained.groups,
    )  # fmt: skip


def judged(
    documents: Sequence[LabeledDocument],
    taxonomy: Taxonomy,
    *,
    decisions: NDArray[np.int8],
    probabilities: NDArray[np.float32],
    groups: NDArray[np.int64],
) -> Judged:
    """Decisions and probabilities (n, k), however they were come by, beside the labels of the documents."""
    return Judged(
        taxonomy.ids,
        _labels_within(documents, taxonomy),
        decisions,
        probabilities,
        np.array([item.document.id for item in documents], object),
        np.array([item.document.language for item in documents], object),
        np.array([item.document.source for item in documents], object),
        groups,
    )


def _labels_within(documents: Sequence[LabeledDocument], taxonomy: Taxonomy) -> NDArray[np.int8]:
    known = frozenset(taxonomy.ids)
    kept = [LabeledDocument(item.document, item.themes & known, item.unsure & known) for item in documents]
    return label_matrix(kept, taxonomy)
