"""A report on disk: the tables, the page, the charts and the record of the run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.files import replacing_files
from pipeline.report.build import CoverageReport, ReportOptions, build_report
from pipeline.report.storage import fill_table, write_json, write_table
from pipeline.report.tags import TAG_COLUMNS, Tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from pipeline.types import Counts, ProbabilitySums, Taxonomy

PAGE, RUN = "report.html", "run.json"


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where a report stands. `tables` by name, in the first format asked for."""

    folder: Path
    page: Path
    run: Path
    tables: Mapping[str, Path]
    charts: tuple[Path, ...] = ()


def write_report(
    tags: Tags,
    *,
    out: str | Path,
    taxonomy: Taxonomy | None = None,
    quality: Sequence[Counts] = (),
    sums: Sequence[ProbabilitySums] = (),
    run: Mapping[str, Any] | None = None,
    options: ReportOptions | None = None,
) -> ReportFiles:
    """Write every table, `report.html` and `run.json` into the folder `out`; all of them or none.

    `taxonomy` gives labels, definitions and the order of the themes (None: as the tags name them). `quality` holds
    the classifier's out-of-fold outcomes by theme and language ("all" or a code), counted as assigned or not; without
    them shares stay uncorrected. `sums` are its out-of-fold probabilities in the same slices, for `share_pacc`. `run`
    (None: that of the tags) is shown on the page and stored. The same input and options give the same bytes. Raises
    `InputError` for options that do not fit the tags, `OutputError`.
    """
    report = build_report(tags, taxonomy=taxonomy, quality=quality, sums=sums, run=run, options=options)
    return save_report(report, Path(out))


def save_report(report: CoverageReport, out: Path) -> ReportFiles:
    """Write a finished report into the folder `out`; see `write_report`."""
    from pipeline.report.page import render_charts, render_page

    formats = report.options.table_formats
    with replacing_files(out) as scratch:
        for name, table in report.tables.items():
            for suffix in formats:
                fill_table(table, scratch / f"{name}.{suffix}")
        (scratch / PAGE).write_text(render_page(report), encoding="utf-8")
        write_json(report.run, scratch / RUN)
        pictures = render_charts(report) if report.options.charts == "png" else {}
        if pictures:
            (scratch / "charts").mkdir()
        for name, picture in pictures.items():
            (scratch / "charts" / f"{name}.png").write_bytes(picture)
    tables = {name: out / f"{name}.{formats[0]}" for name in report.tables} if formats else {}
    charts = tuple(out / "charts" / f"{name}.png" for name in pictures)
    return ReportFiles(out, out / PAGE, out / RUN, tables, charts)


def write_doc_tags(frame: pd.DataFrame, path: str | Path) -> Path:
    """Write a `doc_tags` table as the suffix of `path` says (.csv, .parquet, .jsonl), its columns in their order.

    Raises `InputError` for a table without all of `TAG_COLUMNS`, `OutputError` when it cannot be written.
    """
    path = Path(path)
    missing = [name for name in TAG_COLUMNS if name not in frame.columns]
    if missing:
        raise InputError("lacks " + ", ".join(missing), where="doc_tags", expected=", ".join(TAG_COLUMNS))
    write_table(frame[list(TAG_COLUMNS)], path)
    return path
