"""The workflows about models and labels, each a plain function: train, evaluate, explain, list, check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import model_results as results
from pipeline.classify.store import check_place, installed_models, load_folder, load_model, save_model
from pipeline.errors import InputError, ModelError
from pipeline.progress import step
from pipeline.settings import load_settings
from pipeline.types import Skipped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.classify.evaluation import SliceFigures
    from pipeline.classify.judging import Judged
    from pipeline.classify.model import ThemeModel
    from pipeline.classify.training import Trained
    from pipeline.types import Document, LabeledDocument


def train(labeled: Path, out: Path, settings_file: Path | None = None) -> results.TrainResult:
    """Train on labelled data beside its themes.toml, and write the model folder with its card.

    Where the folder holds a model already, say whether the new one is better, if that can be known.
    """
    from pipeline.classify.basis import bases_of
    from pipeline.classify.card import model_card
    from pipeline.classify.labels import load_labels
    from pipeline.classify.taxonomy import load_taxonomy, taxonomy_beside
    from pipeline.classify.training import train_with_evidence

    check_place(out)
    settings = load_settings(settings_file)
    taxonomy = load_taxonomy(taxonomy_beside(labeled))
    with step("reading labelled documents"):
        documents = load_labels(labeled, taxonomy)
    with step(f"training on {len(documents)} documents"):
        trained = train_with_evidence(documents, taxonomy, settings.training, name=out.name)
    with step("writing the card"):
        card = model_card(trained)
        progress = _against_previous(out, trained)
    save_model(trained.model, out, card)
    model = trained.model
    thin = tuple(basis.warning for basis in bases_of(model) if basis.is_thin)
    return results.TrainResult(out, model.version, model.provenance.metrics, thin, progress)


def _against_previous(folder: Path, trained: Trained) -> results.Progress | None:
    from pipeline.classify.retraining import compare_with_previous

    try:
        previous = load_folder(folder)
    except ModelError:
        return None
    same_data = previous.provenance.data_sha256 == trained.model.provenance.data_sha256
    return results.Progress(previous.version, same_data, compare_with_previous(previous, trained))


def evaluate(
    model_name: str, labeled: Path, *, against: str | None = None, out: Path | None = None
) -> results.EvaluationResult:
    """Score a model on labelled documents, beside another model if asked; write tables into the folder `out`."""
    from pipeline.classify.basis import bases_of
    from pipeline.classify.evaluation import evaluate as figures_of
    from pipeline.classify.judging import judge, seen_in_training
    from pipeline.classify.labels import load_labels
    from pipeline.classify.training import similar_groups

    model = load_model(model_name)
    other = load_model(against) if against else None
    with step("reading labelled documents"):
        documents = load_labels(labeled, model.taxonomy)
        groups = similar_groups(documents)
    with step(f"tagging {len(documents)} documents"):
        judged, seen = judge(model, documents, groups), seen_in_training(model, documents)
    with step("resampling"):
        result = results.EvaluationResult(
            model.version,
            figures_of(judged),
            bases_of(model),
            n_seen=None if seen is None else int(seen.sum()),
            unseen=_unseen(judged, seen),
            against=_comparison(other, documents, judged, seen) if other else None,
            out=out,
        )
    if out is not None:
        _write_tables(result, out)
    return result


def _unseen(judged: Judged, seen: NDArray[np.bool_] | None) -> SliceFigures | None:
    from pipeline.classify.evaluation import slice_figures

    if seen is None or not seen.any() or seen.all():
        return None
    return slice_figures("unseen", judged.documents(~seen))


def _write_tables(result: results.EvaluationResult, out: Path) -> None:
    from pipeline.report.evaluation_tables import evaluation_tables, write_evaluation

    comparison = result.against.comparison if result.against else None
    write_evaluation(evaluation_tables(result.evaluation, result.bases, comparison), out)


def _comparison(
    other: ThemeModel, documents: Sequence[LabeledDocument], judged: Judged, seen: NDArray[np.bool_] | None
) -> results.Against:
    """Compare on the documents that neither model is known to have been trained on."""
    import numpy as np

    from pipeline.classify.comparison import compare
    from pipeline.classify.judging import judge, seen_in_training

    if not set(other.taxonomy.ids) & set(judged.themes):
        raise InputError("the two models have no theme in common", where=f"--against {other.version}")
    nothing = np.zeros(len(documents), bool)
    by_other = seen_in_training(other, documents)
    fresh = ~((nothing if seen is None else seen) | (nothing if by_other is None else by_other))
    n_left_out = int((~fresh).sum())
    known = seen is not None and by_other is not None
    if not fresh.any():
        return results.Against(other.version, None, n_left_out, known)
    kept = [item for item, is_fresh in zip(documents, fresh.tolist(), strict=True) if is_fresh]
    before = judge(other, kept, judged.groups[fresh])
    return results.Against(other.version, compare(before, judged.documents(fresh)), n_left_out, known)


def explain(file: Path, theme: str | None = None, model_name: str = "emerging-security") -> results.ExplainResult:
    """Take apart the score of the first document of a file: one theme's, or those assigned and the nearest."""
    from pipeline.ingest import read_documents
    from pipeline.ingest.options import ReadOptions

    model = load_model(model_name)
    if theme is not None and theme not in model.taxonomy.ids:
        raise InputError(f"unknown theme {theme!r}", where="--theme", expected=", ".join(model.taxonomy.ids))
    for item in read_documents([file], ReadOptions()):
        if isinstance(item, Skipped):
            raise InputError(f"cannot be read: {item.reason}", where=item.location or str(file))
        return results.ExplainResult.of(model.explain(item, [theme] if theme else _worth_explaining(model, item)))
    raise InputError("no documents were found", where=str(file))


def _worth_explaining(model: ThemeModel, document: Document) -> list[str]:
    """The themes assigned, and the most probable of the others."""
    predictions = model.predict([document])
    assigned = predictions.themes_of(0)
    ranked = sorted(zip(predictions.probabilities[0].tolist(), model.taxonomy.ids, strict=True), reverse=True)
    return [*assigned, *[theme for _, theme in ranked if theme not in assigned][:1]]


def models() -> results.ModelsResult:
    """The models that can be named: those in ./models and the shipped ones."""
    return results.ModelsResult(tuple(installed_models()))


def terms(model_name: str, n: int) -> results.TermsResult:
    """The n strongest words and word pairs of each theme of a model."""
    from pipeline.classify.basis import bases_of
    from pipeline.classify.strongest import strongest_terms

    model = load_model(model_name)
    return results.TermsResult(strongest_terms(model, n), bases_of(model))


def check_labels(labeled: Path) -> results.LabelCheckResult:
    """Look through labelled data for what would harm a model."""
    from pipeline.classify.label_checks import check

    return results.LabelCheckResult(tuple(check(labeled)))
