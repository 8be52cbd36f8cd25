"""Commands about documents: ingest them, tag them, see how far a folder of tags is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.commands.options import (
    DEFAULT_MODEL,
    AbstainRate,
    CopyTo,
    Json,
    LineCounts,
    Model,
    Refresh,
    Scheduler,
    SettingsFile,
    TextColumn,
    Workers,
    finish,
    path_or_address,
)


def run_command(
    raw: Annotated[str, typer.Argument(help="The folder of documents as received.")] = "data/raw",
    out: Annotated[Path, typer.Option(help="Where the tables and the page go.")] = Path("reports"),
    model: Model = DEFAULT_MODEL,
    settings: SettingsFile = None,
    text_column: TextColumn = None,
    line_counts: LineCounts = None,
    refresh: Refresh = False,
    workers: Workers = 0,
    scheduler: Scheduler = "",
    as_json: Json = False,
) -> None:
    """The main job: ingest, tag and report in one go.

    Example: themes run data/raw --out reports
    """
    from pipeline import run

    how = run.TagOptions(
        model, settings, text_column, refresh=refresh, workers=workers, scheduler=scheduler, line_counts=line_counts
    )
    finish(run.run(path_or_address(raw), out, how), as_json)


def ingest(
    raw: Annotated[Path, typer.Argument(help="A file or folder of documents as received.", show_default=False)],
    out: Annotated[Path | None, typer.Option(help="A .parquet, .jsonl or .csv file.", show_default=False)] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the file with what is dropped and why.")] = False,
    text_column: TextColumn = None,
    line_counts: LineCounts = None,
    as_json: Json = False,
) -> None:
    """Clean documents; keep what was removed and skipped.

    Example: themes ingest data/raw --out cleaned.jsonl, or: themes ingest page.html --show
    """
    from pipeline import run

    if show:
        shown = run.show(raw, line_counts)
        if sys.stdout.isatty() and not as_json:
            typer.echo(shown.coloured())
        else:
            finish(shown, as_json)
    elif out is None:
        raise typer.BadParameter("say where with --out FILE, or look with --show")
    else:
        finish(run.ingest(raw, out, text_column=text_column, line_counts=line_counts), as_json)


def tag(
    inputs: Annotated[
        list[str], typer.Argument(help="Files, folders, tables; or addresses: s3://...", show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="The folder for doc_tags, documents and skipped.", show_default=False)],
    model: Model = DEFAULT_MODEL,
    format_: Annotated[Literal["csv", "parquet", "jsonl"], typer.Option("--format", help="Of doc_tags.")] = "csv",
    text_column: TextColumn = None,
    line_counts: LineCounts = None,
    settings: SettingsFile = None,
    since: Annotated[str, typer.Option(help="Only documents of this date or later.", show_default=False)] = "",
    theme: Annotated[
        list[str] | None, typer.Option(help="Only rows of this theme; may be repeated.", show_default=False)
    ] = None,
    min_probability: Annotated[float, typer.Option(help="Only rows at least so probable.")] = 0.0,
    abstain_rate: AbstainRate = None,
    refresh: Refresh = False,
    workers: Workers = 0,
    scheduler: Scheduler = "",
    copy_to: CopyTo = "",
    as_json: Json = False,
) -> None:
    """Tag files, folders and tables with themes.

    A second run into the same folder does only what is new or changed; one that was stopped goes on where it stood.

    Example: themes tag releases/ speeches.csv --out tags --text-column body
    """
    from pipeline import run
    from pipeline.batch.outputs import Filters

    filters = Filters(since, tuple(theme or ()), min_probability)
    how = run.TagOptions(
        model, settings, text_column, format_, filters, refresh, workers, scheduler, line_counts, abstain_rate, copy_to
    )
    finish(run.tag([path_or_address(given) for given in inputs], out, how), as_json)


def status(
    tags: Annotated[Path, typer.Argument(help="The folder written by `themes tag`.", show_default=False)],
    as_json: Json = False,
) -> None:
    """What a folder of tags holds, what is to be done, what was skipped and why.

    Example: themes status tags
    """
    from pipeline import run

    finish(run.status(tags), as_json)
