"""The model card: what the model is, what it rests on, how right it was on documents it had not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.classify import metrics
from pipeline.classify.evaluation import language_figures
from pipeline.classify.studies import learning_curve, unseen_languages
from pipeline.classify.training import Trained

FEW_DOCUMENTS = 20


def model_card(trained: Trained) -> str:
    """Markdown, figures to two decimals; the same evidence gives the same text."""
    model = trained.model
    provenance, figures = model.provenance, model.provenance.metrics
    sections = [
        f"# {provenance.name}",
        f"Version `{model.version}`, trained {provenance.trained_at[:10]} on {provenance.n_documents} labelled "
        f"documents ({_listed(provenance.languages)}); data SHA-256 `{provenance.data_sha256}`. "
        f"Taxonomy `{model.taxonomy.name}` {model.taxonomy.version}, {len(model.taxonomy)} themes.",
        "TF-IDF of words, prefixes and characters and counts of the codebook's terms; one linear machine per theme; "
        "calibrated by Platt's method; a threshold per theme. Loading it runs no code.",
        "## How right it is",
        "Every figure is out of fold: each document was scored by a model that had not seen it, nor a near-duplicate "
        "of it. On documents from elsewhere expect less, and check with `themes evaluate` on labels of your own.",
        _table(("", ""), [(figure.replace("_", " "), f"{value:.3f}") for figure, value in figures.items()]),
        "### By theme",
        _by_theme(trained),
        "### By language",
        _by_language(trained),
        "## Would more documents help?",
        _curve(trained),
        "## What to keep in mind",
        _limits(trained),
    ]
    return "\n\n".join(sections) + "\n"


def _by_theme(trained: Trained) -> str:
    thresholds = trained.model.decider.thresholds.tolist()
    counts = metrics.of_language(trained.model.quality, "all")
    rows = [
        (item.theme, *map(_figure, (item.precision, item.recall, item.f1)), str(item.support), _figure(threshold))
        for item, threshold in zip(counts, thresholds, strict=True)
    ]
    return _table(("theme", "precision", "recall", "F1", "documents", "threshold"), rows)


def _by_language(trained: Trained) -> str:
    problem, cost, scores = trained.problem, trained.cost, trained.scores
    ids = trained.model.taxonomy.ids
    unseen = {item.language: item for item in unseen_languages(problem, cost, ids, trained.languages, scores)}
    rows = [
        (
            item.language,
            str(item.n_documents),
            _figure(item.micro_f1),
            _figure(item.macro_f1),
            _figure(unseen[item.language].micro_f1),
            _figure(unseen[item.language].macro_f1),
        )
        for item in language_figures(trained.model.quality, trained.languages)
    ]
    head = ("language", "documents", "micro F1", "macro F1", "micro F1, unseen", "macro F1, unseen")
    return (
        _table(head, rows)
        + '\n\n"Unseen": trained without any document of that language; only the codebook\'s terms in it remain.'
    )


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
    support = trained.model.provenance.support
    thin = [f"`{theme}` ({n})" for theme, n in support.items() if n < FEW_DOCUMENTS]
    points = [
        "A theme is assigned from its threshold on; probabilities say how often such a decision is right on documents "
        "like those it was trained on.",
        "Languages that are not in the table above were not tested.",
        "Very short texts are marked `too short to judge well`: trust them less.",
    ]
    if thin:
        points.append(f"These themes rest on few documents: {', '.join(thin)}. Their figures are rough.")
    return "\n".join(f"- {point}" for point in points)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figure(value: float) -> str:
    return f"{value:.2f}"


def _listed(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in numbers.items())
