"""The workflows about models and labels, each a plain function: train, evaluate, explain, list, check."""

from __future__ import annotations

from pathlib import Path

from pipeline import model_results as results
from pipeline.classify.store import installed_models, load_model, save_model
from pipeline.errors import InputError
from pipeline.progress import step
from pipeline.settings import load_settings
from pipeline.types import Skipped


def train(labeled: Path, out: Path, settings_file: Path | None = None) -> results.TrainResult:
    """Train on labelled data beside its themes.toml, and write the model folder with its card."""
    from pipeline.classify.card import model_card
    from pipeline.classify.labels import load_labels
    from pipeline.classify.taxonomy import load_taxonomy, taxonomy_beside
    from pipeline.classify.training import train_with_evidence

    settings = load_settings(settings_file)
    taxonomy = load_taxonomy(taxonomy_beside(labeled))
    with step("reading labelled documents"):
        documents = load_labels(labeled, taxonomy)
    with step(f"training on {len(documents)} documents"):
        trained = train_with_evidence(documents, taxonomy, settings.training, name=out.name)
    with step("writing the card"):
        card = model_card(trained)
    save_model(trained.model, out, card)
    return results.TrainResult(out, trained.model.version, trained.model.provenance.metrics)


def evaluate(model_name: str, labeled: Path) -> results.EvaluationResult:
    """Score a model on labelled documents."""
    from pipeline.classify.evaluation import evaluate as score
    from pipeline.classify.labels import load_labels

    model = load_model(model_name)
    return results.EvaluationResult(score(model, load_labels(labeled, model.taxonomy)))


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
        return results.ExplainResult.of(model.explain(item), theme)
    raise InputError("no documents were found", where=str(file))


def models() -> results.ModelsResult:
    """The models that can be named: those in ./models and the shipped ones."""
    return results.ModelsResult(tuple(installed_models()))


def terms(model_name: str, n: int) -> results.TermsResult:
    """The n strongest words and word pairs of each theme of a model."""
    from pipeline.classify.explain import strongest_terms

    return results.TermsResult(strongest_terms(load_model(model_name), n))


def check_labels(labeled: Path) -> results.LabelCheckResult:
    """Look through labelled data for what would harm a model."""
    from pipeline.classify.label_checks import check

    return results.LabelCheckResult(tuple(check(labeled)))
