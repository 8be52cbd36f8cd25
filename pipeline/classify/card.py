"""The model card: what the model is, what it rests on, how right it was on documents it had not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.classify.basis import Basis, bases_of
from pipeline.classify.evaluation import Evaluation, evaluate
from pipeline.classify.judging import judged
from pipeline.classify.resampling import Estimate
from pipeline.classify.studies import learning_curve, unseen_languages
from pipeline.classify.training import Trained
from pipeline.settings import TaggingSettings

MOST_CONFUSIONS = 8


def model_card(trained: Trained) -> str:
    """Markdown, figures to two decimals; the same evidence gives the same text."""
    model = trained.model
    provenance, figures, evaluation = model.provenance, model.provenance.metrics, _evaluated(trained)
    sections = [
        f"# {provenance.name}",
        f"Version `{model.version}`, trained {provenance.trained_at[:10]} on {provenance.n_documents} labelled "
        f"documents ({_listed(provenance.languages)}); data SHA-256 `{provenance.data_sha256}`. "
        f"Taxonomy `{model.taxonomy.name}` {model.taxonomy.version}, {len(model.taxonomy)} themes.",
        "TF-IDF of words, prefixes and characters and counts of the codebook's terms; one linear machine per theme; "
        "calibrated by Platt's method; a threshold per theme. Loading it runs no code." + _names(trained),
        "## How right it is",
        "Every figure is out of fold: each document was scored by a model that had not seen it, nor a near-duplicate "
        "of it. On documents from elsewhere expect less, and check with `themes evaluate` on labels of your own.",
        _table(("", ""), [(figure.replace("_", " "), f"{value:.3f}") for figure, value in figures.items()]),
        "### By theme",
        _by_theme(trained, evaluation),
        "### By language",
        _by_language(trained, evaluation),
        "### Do probabilities mean what they say?",
        _calibration(evaluation),
        "### Neighbouring themes",
        _confusions(evaluation),
        "## Would more documents help?",
        _curve(trained),
        "## What to keep in mind",
        _limits(trained),
    ]
    return "\n\n".join(sections) + "\n"


def _names(trained: Trained) -> str:
    led = trained.problem.name_weight > 0
    return " Themes without terms were learned from documents and from the words of their labels." if led else ""


def _evaluated(trained: Trained) -> Evaluation:
    model, probabilities = trained.model, trained.probabilities
    decisions = model.decider.decide(probabilities, TaggingSettings().abstain_rate)
    return evaluate(
        judged(
            trained.documents, model.taxonomy, decisions=decisions, probabilities=probabilities, groups=trained.groups
        )
    )


def _by_theme(trained: Trained, evaluation: Evaluation) -> str:
    thresholds = trained.model.decider.thresholds.tolist()
    rows = [
        (
            item.theme,
            _figure(item.precision.value),
            _figure(item.recall.value),
            _interval(item.f1),
            str(item.n_labeled),
            _figure(threshold),
        )
        for item, threshold in zip(evaluation.themes, thresholds, strict=True)
    ]
    return _table(("theme", "precision", "recall", "F1 (95 %)", "documents", "threshold"), rows)


def _by_language(trained: Trained, evaluation: Evaluation) -> str:
    problem, cost, scores = trained.problem, trained.cost, trained.scores
    ids = trained.model.taxonomy.ids
    unseen = {item.language: item for item in unseen_languages(problem, cost, ids, trained.languages, scores)}
    rows = [
        (
            item.name,
            str(item.n_documents),
            _interval(item.micro_f1),
            _figure(item.macro_f1.value) if item.macro_f1 else "",
            _figure(unseen[item.name].micro_f1),
            _figure(unseen[item.name].macro_f1),
        )
        for item in evaluation.languages
    ]
    head = ("language", "documents", "micro F1 (95 %)", "macro F1", "micro F1, unseen", "macro F1, unseen")
    return (
        _table(head, rows)
        + '\n\n"Unseen": trained without any document of that language; only the codebook\'s terms in it remain.'
    )


def _calibration(evaluation: Evaluation) -> str:
    rows = [
        (f"{item.low:.1f}-{item.high:.1f}", str(item.n), _figure(item.mean_probability), _figure(item.share_true))
        for item in evaluation.reliability
    ]
    return _table(("probability", "cells", "mean", "share that holds"), rows)


def _confusions(evaluation: Evaluation) -> str:
    pairs = [item for item in evaluation.confusions if item.instead][:MOST_CONFUSIONS]
    if not pairs:
        return "No document that missed a theme was wrongly given another."
    rows = [(item.theme, item.instead, str(item.n), str(item.n_missed)) for item in pairs]
    return _table(("theme missed", "wrongly given instead", "documents", "of all missed"), rows)


def _curve(trained: Trained) -> str:
    provenance = trained.model.provenance
    points = learning_curve(trained.problem, trained.cost, trained.model.taxonomy.ids, trained.languages)
    rows = [
        (f"{point.share:.0%}", str(point.n_documents), _figure(point.micro_f1), _figure(point.macro_f1))
        for point in points
    ]
    whole = provenance.metrics
    rows.append(("100%", str(provenance.n_documents), _figure(whole["micro_f1"]), _figure(whole["macro_f1"])))
    return _table(("share", "documents", "micro F1", "macro F1"), rows)


def _limits(trained: Trained) -> str:
    points = [
        "A theme is assigned from its threshold on; probabilities say how often such a decision is right on documents "
        "like those it was trained on.",
        "Intervals come from resampling the documents; they do not cover documents of another kind.",
        "Languages that are not in the table above were not tested.",
        "Very short texts are marked `too short to judge well`: trust them less.",
    ]
    if thin := [basis for basis in bases_of(trained.model) if basis.is_thin]:
        points.append("These themes rest on little, and their figures are rough: " + _listed_bases(thin) + ".")
    return "\n".join(f"- {point}" for point in points)


def _listed_bases(bases: Sequence[Basis]) -> str:
    return "; ".join(f"`{basis.theme}` on {basis}" for basis in bases)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figure(value: float) -> str:
    return f"{value:.2f}"


def _interval(estimate: Estimate) -> str:
    return f"{estimate.value:.2f} ({estimate.low:.2f}-{estimate.high:.2f})"


def _listed(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in numbers.items())
