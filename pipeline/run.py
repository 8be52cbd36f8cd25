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
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import results
from pipeline.batch.cleaned import write_cleaned
from pipeline.batch.inventory import Input
from pipeline.batch.job import Job
from pipeline.batch.outputs import Filters, Tally
from pipeline.batch.tables import TagFormat
from pipeline.batch.update import tables_of, update
from pipeline.classify.basis import bases_of
from pipeline.classify.store import load_model
from pipeline.classify.taxonomy import meanings
from pipeline.errors import InputError
from pipeline.files import atomic_write
from pipeline.progress import counted, step
from pipeline.reporting import report
from pipeline.settings import Settings, load_settings
from pipeline.types import Document, Skipped
from pipeline.versions import installed_versions

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel
    from pipeline.ingest.options import ReadOptions
    from pipeline.ingest.source_counts import SourceCounts

ISO_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
REPORTED_LIBRARIES = ("numpy", "numba", "selectolax", "chardet", "py3langid")


@dataclass(frozen=True, slots=True)
class TagOptions:
    """How to tag: a model by name or folder, a settings file, the text column of tables, the format of doc_tags.

    `refresh` does all anew. `workers` are processes, 0 for one each core; `scheduler` is the address of a Dask cluster.
    `line_counts` is a file of counts of recurring lines, kept from batch to batch. `abstain_rate`, where given, goes
    before that of the settings.
    """

    model: str = "emerging-security"
    settings: Path | None = None
    text_column: str | None = None
    format: TagFormat = "csv"
    filters: Filters = field(default_factory=Filters)
    refresh: bool = False
    workers: int = 0
    scheduler: str = ""
    line_counts: Path | None = None
    abstain_rate: float | None = None
    copy_to: str = ""


def run(raw: Input, out: Path, options: TagOptions | None = None) -> results.RunResult:
    """Ingest `raw`, tag it and write tables and page into `out`."""
    return results.RunResult(tag([raw], out, options), report(out, out))


def ingest(
    raw: Path, out: Path, *, text_column: str | None = None, line_counts: Path | None = None
) -> results.IngestResult:
    """Write the cleaned documents of `raw` to a .jsonl, .parquet or .csv file, and the skipped beside it as CSV.

    A document that repeats an earlier one stays in the table and names it in `duplicate_of`, as `tag` does.

    Lines that recur in a source are counted in the file `line_counts`, if one is given, together with earlier batches.
    Raises `InputError` where there is no file, as `tag` does.
    """
    if out.suffix not in {".jsonl", ".parquet", ".csv"}:
        raise InputError("cannot write this format", where=str(out), expected="a .parquet, .jsonl or .csv file")
    counts = _line_counts(line_counts)
    beside = out.with_suffix(".skipped.csv")
    items = _read([raw], text_column, counts)
    first = next(items, None)
    if first is None:
        raise InputError("no documents were found", where=str(raw), mend="check the path")
    n_documents, n_skipped = write_cleaned(counted(chain([first], items), "reading"), out, beside)
    if line_counts:
        counts.save(line_counts)
    return results.IngestResult(out, beside, n_documents, n_skipped)


def show(path: Path, line_counts: Path | None = None) -> results.ShowResult:
    """The lines of a file as received, with those that cleaning drops and why."""
    from pipeline.ingest.showing import show as lines_of

    return results.ShowResult(tuple(lines_of(path, counts=_line_counts(line_counts))))


def tag(inputs: Sequence[Input], out: Path, options: TagOptions | None = None) -> results.TagResult:
    """Tag files, folders and tables into the folder `out`: doc_tags, documents.csv, skipped.csv, run.json.

    What the folder holds already and has not changed is not done again. An input may be an address such as
    "s3://bucket/folder", as text.
    """
    options = options or TagOptions()
    settings, model = _settings(options), load_model(options.model)
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
        options.line_counts,
    )
    updated = update(inputs, out, job)
    _write_run(out / "run.json", job, settings, updated.tally, inputs)
    if options.copy_to:
        _copy_tables(out, options.copy_to)
    given = updated.tally.n_by_theme
    warnings = tuple(basis.warning for basis in bases_of(model) if basis.is_thin and given.get(basis.theme))
    skipped = _reasons_of(out) if updated.tally.n_skipped else {}
    return results.TagResult(out, model.version, asdict(updated.tally), updated.n_new, warnings, skipped)


def _reasons_of(out: Path) -> dict[str, int]:
    from pipeline.batch.status import reasons_of

    return reasons_of(out)


def status(out: Path) -> results.StatusResult:
    """What a folder of tags holds, what is to be done, and what was skipped and why."""
    from pipeline.batch.status import status_of

    return results.StatusResult(status_of(out))


def _read(inputs: Sequence[Path], text_column: str | None, counts: SourceCounts) -> Iterator[Document | Skipped]:
    from pipeline.ingest import read_documents

    return read_documents(inputs, _read_options(text_column), counts=counts)


def _line_counts(path: Path | None) -> SourceCounts:
    from pipeline.ingest import SourceCounts, load_counts

    return load_counts(path) if path else SourceCounts()


def _read_options(text_column: str | None) -> ReadOptions:
    from pipeline.ingest.options import ReadOptions

    return ReadOptions(text_column=text_column)


def _settings(options: TagOptions) -> Settings:
    settings = load_settings(options.settings)
    if options.abstain_rate is None:
        return settings
    return replace(settings, tagging=replace(settings.tagging, abstain_rate=options.abstain_rate))


def _copy_tables(out: Path, address: str) -> None:
    from pipeline.ingest.remote import upload

    with step("copying the tables"):
        for path in (*tables_of(out), out / "run.json"):  # whoever finds run.json finds all
            upload(path, address)


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


def _write_run(path: Path, job: Job, settings: Settings, tally: Tally, inputs: Sequence[Input]) -> None:
    import json

    model = job.model
    record = {
        "made_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "inputs": [str(path) for path in inputs],
        "model": model.version,
        "model_name": model.provenance.name,
        "model_place": job.model_name,
        "model_trained_at": model.provenance.trained_at,
        "model_data_sha256": model.provenance.data_sha256,
        "taxonomy": model.taxonomy.name,
        "taxonomy_version": model.taxonomy.version,
        "themes": meanings(model.taxonomy),
        "settings": asdict(settings),
        "filters": asdict(job.filters),
        "counts": asdict(tally),
        "versions": {"python": platform.python_version()} | installed_versions(("themes", *REPORTED_LIBRARIES)),
    }
    with atomic_write(path) as stream:
        stream.write(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
