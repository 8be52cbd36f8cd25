"""The workflows, each a plain function of paths and options: READ THIS FIRST.

`run` is the main job: raw documents -> cleaned -> tagged -> coverage report. Each function returns a result that prints
as a short summary and holds the same facts as fields.
"""

from __future__ import annotations

import platform
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import results
from pipeline.batch.job import Job
from pipeline.batch.outputs import Filters, Tally
from pipeline.batch.status import status_of
from pipeline.batch.tables import TagFormat, open_rows
from pipeline.batch.update import update
from pipeline.classify.store import installed_models, load_model
from pipeline.errors import InputError
from pipeline.files import atomic_write
from pipeline.progress import counted, step
from pipeline.settings import Settings, load_settings
from pipeline.types import Document, Skipped

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel
    from pipeline.ingest.options import ReadOptions

ISO_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
REPORTED_LIBRARIES = ("numpy", "numba", "selectolax", "chardet", "py3langid")
CLEANED_COLUMNS = ("doc_id", "title", "text", "language", "pub_date", "date_origin", "source", "location", "removed")


@dataclass(frozen=True, slots=True)
class TagOptions:
    """How to tag: a model by name or folder, a settings file, the text column of tables, the format of doc_tags.

    `refresh` does all anew. `workers` are processes, 0 for one each core; `scheduler` is the address of a Dask cluster.
    """

    model: str = "emerging-security"
    settings: Path | None = None
    text_column: str | None = None
    format: TagFormat = "csv"
    filters: Filters = field(default_factory=Filters)
    refresh: bool = False
    workers: int = 0
    scheduler: str = ""


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


def show(path: Path) -> results.ShowResult:
    """The lines of a file as received, with those that cleaning drops and why."""
    from pipeline.ingest.showing import show as lines_of

    return results.ShowResult(tuple(lines_of(path)))


def tag(inputs: Sequence[Path], out: Path, options: TagOptions | None = None) -> results.TagResult:
    """Tag files, folders and tables into the folder `out`: doc_tags, documents.csv, skipped.csv, run.json.

    What the folder holds already and has not changed is not done again.
    """
    options = options or TagOptions()
    settings, model = load_settings(options.settings), load_model(options.model)
    _check_filters(options.filters, model)
    job = Job(
        model,
        _named(options.model),
        settings.tagging,
        _read_options(options.text_column),
        options.format,
        options.filters,
        options.refresh,
        options.workers,
        options.scheduler,
    )
    updated = update(inputs, out, job)
    _write_run(out / "run.json", job, settings, updated.tally, inputs)
    return results.TagResult(out, model.version, asdict(updated.tally), updated.n_new)


def status(out: Path) -> results.StatusResult:
    """What a folder of tags holds, what is to be done, and what was skipped and why."""
    return results.StatusResult(status_of(out))


def report(tags: Path, out: Path, **options: Any) -> results.ReportResult:
    """Write coverage tables and the page for a folder of tags, or one doc_tags file.

    options: those of `pipeline.report.build.ReportOptions`, such as language, grain and charts.
    """
    from pipeline.report.build import ReportOptions
    from pipeline.report.tags import read_tags
    from pipeline.report.write import write_report

    with step("reporting"):
        read = read_tags(tags)
        model = _model_of(read.run)
        taxonomy, quality = (model.taxonomy, model.quality) if model else (None, ())
        written = write_report(
            read, out=out, taxonomy=taxonomy, quality=quality, run=read.run or None, options=ReportOptions(**options)
        )
    return results.ReportResult(written.page, tuple(sorted(path.name for path in written.tables.values())))


def _read(inputs: Sequence[Path], text_column: str | None) -> Iterator[Document | Skipped]:
    from pipeline.ingest import read_documents

    return read_documents(inputs, _read_options(text_column))


def _read_options(text_column: str | None) -> ReadOptions:
    from pipeline.ingest.options import ReadOptions

    return ReadOptions(text_column=text_column)


def _named(model: str) -> str:
    """A model's folder as other processes find it; a name stays a name."""
    return str(Path(model).resolve()) if Path(model).is_dir() else model


def _check_filters(filters: Filters, model: ThemeModel) -> None:
    unknown = [theme for theme in filters.themes if theme not in model.taxonomy.ids]
    if unknown:
        raise InputError(f"unknown theme {unknown[0]!r}", where="--theme", expected=", ".join(model.taxonomy.ids))
    if not 0 <= filters.min_probability <= 1:
        raise InputError("is not a probability", where="--min-probability", expected="a number from 0 to 1")
    if filters.since and not ISO_DATE.fullmatch(filters.since):
        raise InputError(f"{filters.since!r} is no date", where="--since", expected="a date such as 2024, 2024-03-05")


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


def _write_run(path: Path, job: Job, settings: Settings, tally: Tally, inputs: Sequence[Path]) -> None:
    import json

    model = job.model
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
        "filters": asdict(job.filters),
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
