"""The workflows, each a plain function of paths and options: READ THIS FIRST.

`run` is the main job: raw documents -> cleaned -> tagged -> coverage report. Each function returns a result that prints
as a short summary and holds the same facts as fields.
"""

from __future__ import annotations

import platform
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import results
from pipeline.batch import TagFormat, Tally, open_rows, tag_to_folder
from pipeline.classify.store import installed_models, load_model, save_model
from pipeline.errors import InputError
from pipeline.files import atomic_write
from pipeline.progress import counted, step
from pipeline.settings import Settings, load_settings
from pipeline.types import Document, Skipped

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel

TAXONOMY_FILE = "themes.toml"
REPORTED_LIBRARIES = ("numpy", "numba", "selectolax", "chardet", "py3langid")
CLEANED_COLUMNS = ("doc_id", "title", "text", "language", "pub_date", "date_origin", "source", "location", "removed")


@dataclass(frozen=True, slots=True)
class TagOptions:
    """How to tag: a model by name or folder, a settings file, the text column of tables, the format of doc_tags."""

    model: str = "emerging-security"
    settings: Path | None = None
    text_column: str | None = None
    format: TagFormat = "csv"


def run(raw: Path, out: Path, options: TagOptions | None = None) -> results.RunResult:
    """Ingest `raw`, tag it and write tables and page into `out`."""
    return results.RunResult(tag([raw], out, options), report(out, out))


def ingest(raw: Path, out: Path, text_column: str | None = None) -> results.IngestResult:
    """Write the cleaned documents of `raw` to a .jsonl or .parquet file, and the skipped beside it as CSV."""
    if out.suffix not in {".jsonl", ".parquet", ".csv"}:
        raise InputError("cannot write this format", where=str(out), expected="a .parquet, .jsonl or .csv file")
    n_documents, skipped = 0, []
    with open_rows(out, CLEANED_COLUMNS) as rows:
        for item in counted(_read([raw], text_column), "reading"):
            if isinstance(item, Skipped):
                skipped.append(item)
                continue
            rows.write([_cleaned_row(item, as_text=out.suffix != ".jsonl")])
            n_documents += 1
    beside = out.with_suffix(".skipped.csv")
    with open_rows(beside, ("source", "reason", "location")) as rows:
        rows.write([(item.source, item.reason, item.location) for item in skipped])
    return results.IngestResult(out, beside, n_documents, len(skipped))


def tag(inputs: Sequence[Path], out: Path, options: TagOptions | None = None) -> results.TagResult:
    """Tag files, folders and tables into the folder `out`: doc_tags, documents.csv, skipped.csv, run.json."""
    options = options or TagOptions()
    settings, model = load_settings(options.settings), load_model(options.model)
    items = counted(_linked(_read(inputs, options.text_column)), "tagging")
    tally = tag_to_folder(items, model, out, settings=settings.tagging, format_=options.format)
    if not tally.n_documents and not tally.n_skipped:
        raise InputError("no documents were found", where=", ".join(map(str, inputs)), mend="check the path")
    _write_run(out / "run.json", model, settings, tally, inputs)
    return results.TagResult(out, model.version, asdict(tally))


def report(tags: Path, out: Path) -> results.ReportResult:
    """Write coverage tables and the page for a folder of tags, or one doc_tags file."""
    from pipeline.report.tags import read_tags
    from pipeline.report.write import write_report

    with step("reporting"):
        read = read_tags(tags)
        model = _model_of(read.run)
        taxonomy, quality = (model.taxonomy, model.quality) if model else (None, ())
        written = write_report(read, out=out, taxonomy=taxonomy, quality=quality, run=read.run or None)
    return results.ReportResult(written.page, tuple(sorted(path.name for path in written.tables.values())))


def train(labeled: Path, out: Path, settings_file: Path | None = None) -> results.TrainResult:
    """Train on labelled data beside its themes.toml, and write the model folder with its card."""
    from pipeline.classify.card import model_card
    from pipeline.classify.labels import load_labels
    from pipeline.classify.taxonomy import load_taxonomy
    from pipeline.classify.training import train_with_evidence

    settings = load_settings(settings_file)
    taxonomy = load_taxonomy((labeled if labeled.is_dir() else labeled.parent) / TAXONOMY_FILE)
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
    model = load_model(model_name)
    if theme is not None and theme not in model.taxonomy.ids:
        raise InputError(f"unknown theme {theme!r}", where="--theme", expected=", ".join(model.taxonomy.ids))
    for item in _read([file], None):
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


def _read(inputs: Sequence[Path], text_column: str | None) -> Iterator[Document | Skipped]:
    from pipeline.ingest import ReadOptions, read_documents

    return read_documents(inputs, ReadOptions(text_column=text_column))


def _linked(items: Iterator[Document | Skipped]) -> list[Document | Skipped]:
    """The same items in the same order, documents that repeat an earlier one linked to it."""
    read = list(items)
    documents = [item for item in read if isinstance(item, Document)]
    if len(documents) < 2:
        return read
    from pipeline.ingest import link_duplicates

    linked = iter(link_duplicates(documents))
    return [next(linked) if isinstance(item, Document) else item for item in read]


def _cleaned_row(document: Document, *, as_text: bool) -> tuple[Any, ...]:
    import json

    removed: Any = [{"line": dropped.line, "reason": dropped.reason} for dropped in document.removed]
    return (
        document.id,
        document.title,
        document.text,
        document.language,
        document.date.value,
        document.date.origin,
        document.source,
        document.location,
        json.dumps(removed, ensure_ascii=False) if as_text else removed,
    )


def _write_run(path: Path, model: ThemeModel, settings: Settings, tally: Tally, inputs: Sequence[Path]) -> None:
    import json

    record = {
        "made_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "inputs": [str(path) for path in inputs],
        "model": model.version,
        "model_name": model.provenance.name,
        "model_trained_at": model.provenance.trained_at,
        "model_data_sha256": model.provenance.data_sha256,
        "taxonomy": model.taxonomy.name,
        "taxonomy_version": model.taxonomy.version,
        "settings": asdict(settings),
        "counts": asdict(tally),
        "versions": {"themes": version("themes"), "python": platform.python_version()}
        | {library: version(library) for library in REPORTED_LIBRARIES},
    }
    with atomic_write(path) as stream:
        stream.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")


def _model_of(run_record: Any) -> ThemeModel | None:
    """The model that made the tags, if it is still the one installed under its name."""
    name = run_record.get("model_name")
    if not isinstance(name, str) or name not in {summary.name for summary in installed_models()}:
        return None
    model = load_model(name)
    return model if model.version == run_record.get("model") else None
