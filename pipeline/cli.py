"""The command `themes`: unpack the arguments, call `pipeline.run`, print. The only place that exits."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Tag documents with themes and report how the themes are covered.\n\n"
    "Exit codes: 0 done, 1 a check failed, 2 bad request or data, 130 stopped by Ctrl-C.",
)
labels_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Look after labelled data.")
app.add_typer(labels_app, name="labels")

Model = Annotated[str, typer.Option("--model", "-m", help="Name or folder of a trained model.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A TOML file of settings.")]
TextColumn = Annotated[str | None, typer.Option("--text-column", help="The column of tables that holds the text.")]
Inputs = Annotated[list[Path], typer.Argument(help="Files, folders, or CSV/JSONL/Parquet tables.", show_default=False)]
Refresh = Annotated[bool, typer.Option("--refresh", help="Do all anew, also what has not changed.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 is one for each core.")]
Scheduler = Annotated[str, typer.Option("--scheduler", help="Address of a Dask cluster.", show_default=False)]
DEFAULT_MODEL = "emerging-security"
STOPPED = 130


@app.command("run")
def run_command(
    raw: Annotated[Path, typer.Argument(help="The folder of documents as received.")] = Path("data/raw"),
    out: Annotated[Path, typer.Option(help="Where the tables and the page go.")] = Path("reports"),
    model: Model = DEFAULT_MODEL,
    settings: SettingsFile = None,
    text_column: TextColumn = None,
    refresh: Refresh = False,
    workers: Workers = 0,
    scheduler: Scheduler = "",
    as_json: Json = False,
) -> None:
    """The main job: ingest, tag and report in one go.

    Example: themes run data/raw --out reports
    """
    from pipeline import run

    options = run.TagOptions(
        model, settings, text_column, refresh=refresh, workers=workers, scheduler=scheduler
    )  # fmt: skip
    _finish(run.run(raw, out, options), as_json)


@app.command()
def ingest(
    raw: Annotated[Path, typer.Argument(help="A file or folder of documents as received.")],
    out: Annotated[Path | None, typer.Option(help="A .parquet, .jsonl or .csv file.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the file with what is dropped and why.")] = False,
    text_column: TextColumn = None,
    as_json: Json = False,
) -> None:
    """Clean documents; keep what was removed and skipped.

    Example: themes ingest data/raw --out cleaned.jsonl, or: themes ingest page.html --show
    """
    from pipeline import run

    if show:
        shown = run.show(raw)
        if sys.stdout.isatty() and not as_json:
            typer.echo(shown.coloured())
        else:
            _finish(shown, as_json)
    elif out is None:
        raise typer.BadParameter("say where with --out FILE, or look with --show")
    else:
        _finish(run.ingest(raw, out, text_column), as_json)


@app.command()
def train(
    labeled: Annotated[Path, typer.Argument(help="Labelled data with its themes.toml.")] = Path("data/labeled"),
    out: Annotated[Path, typer.Option(help="The model folder to write.")] = Path("models") / DEFAULT_MODEL,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Train a model on labelled data, with its card.

    Example: themes train data/labeled --out models/mine
    """
    from pipeline import run

    _finish(run.train(labeled, out, settings), as_json)


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="Name or folder of a trained model.")],
    labeled: Annotated[Path, typer.Argument(help="Labelled documents the model has not seen.")],
    as_json: Json = False,
) -> None:
    """Score a model on labelled documents.

    Precision, recall, F1 and support per theme, micro and macro, per language.

    Example: themes evaluate emerging-security my-labels.csv
    """
    from pipeline import run

    _finish(run.evaluate(model, labeled), as_json)


@app.command()
def tag(
    inputs: Inputs,
    out: Annotated[Path, typer.Option(help="The folder for doc_tags, documents and skipped.")],
    model: Model = DEFAULT_MODEL,
    format_: Annotated[Literal["csv", "parquet", "jsonl"], typer.Option("--format", help="Of doc_tags.")] = "csv",
    text_column: TextColumn = None,
    settings: SettingsFile = None,
    since: Annotated[str, typer.Option(help="Only documents of this date or later.", show_default=False)] = "",
    theme: Annotated[list[str] | None, typer.Option(help="Only rows of this theme; may be repeated.")] = None,
    min_probability: Annotated[float, typer.Option(help="Only rows at least so probable.")] = 0.0,
    refresh: Refresh = False,
    workers: Workers = 0,
    scheduler: Scheduler = "",
    as_json: Json = False,
) -> None:
    """Tag files, folders and tables with themes.

    A second run into the same folder does only what is new or changed; one that was stopped goes on where it stood.

    Example: themes tag releases/ speeches.csv --out tags --text-column body
    """
    from pipeline import run
    from pipeline.batch.outputs import Filters

    filters = Filters(since, tuple(theme or ()), min_probability)
    options = run.TagOptions(model, settings, text_column, format_, filters, refresh, workers, scheduler)
    _finish(run.tag(inputs, out, options), as_json)


@app.command()
def status(
    tags: Annotated[Path, typer.Argument(help="The folder written by `themes tag`.")],
    as_json: Json = False,
) -> None:
    """What a folder of tags holds, what is to be done, what was skipped and why.

    Example: themes status tags
    """
    from pipeline import run

    _finish(run.status(tags), as_json)


@app.command()
def report(
    tags: Annotated[Path, typer.Argument(help="The folder written by `themes tag`, or a doc_tags file.")],
    out: Annotated[Path, typer.Option(help="Where the tables and the page go.")],
    language: Annotated[Literal["en", "ko"], typer.Option("--lang", help="Language of the page.")] = "en",
    grain: Annotated[
        Literal["month", "quarter", "year", "undated"] | None,
        typer.Option(help="Length of the periods; else chosen by the dates.", show_default=False),
    ] = None,
    charts: Annotated[Literal["none", "png"], typer.Option(help="Charts for slides beside the page.")] = "none",
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: Json = False,
) -> None:
    """Coverage tables and one HTML page from tags.

    Example: themes report tags --out reports --lang ko --charts png
    """
    from pipeline import run

    made = run.report(tags, out, language=language, grain=grain, charts=charts)
    _finish(made, as_json)
    if open_page:
        typer.launch(str(made.page))


@app.command()
def explain(
    file: Annotated[Path, typer.Argument(help="A document.")],
    theme: Annotated[str | None, typer.Option(help="Only this theme; else all assigned and the nearest.")] = None,
    model: Model = DEFAULT_MODEL,
    as_json: Json = False,
) -> None:
    """What made each theme likely in a document.

    Contributions of terms, and of sentences, add up to the score exactly.

    Example: themes explain speech.txt --theme cyber
    """
    from pipeline import run

    _finish(run.explain(file, theme, model), as_json)


@app.command()
def models(as_json: Json = False) -> None:
    """List the models that can be named.

    Example: themes models
    """
    from pipeline import run

    _finish(run.models(), as_json)


@app.command()
def terms(
    model: Annotated[str, typer.Argument(help="Name or folder of a trained model.")] = DEFAULT_MODEL,
    most: Annotated[int, typer.Option(help="How many for each theme.")] = 25,
    as_json: Json = False,
) -> None:
    """The strongest words of each theme of a model.

    Example: themes terms emerging-security
    """
    from pipeline import run

    _finish(run.terms(model, most), as_json)


@labels_app.command("check")
def labels_check(
    labeled: Annotated[Path, typer.Argument(help="Labelled data with its themes.toml.")] = Path("data/labeled"),
    as_json: Json = False,
) -> None:
    """Check labelled data before training on it.

    Unknown themes, duplicates, wrong languages, thin themes, likely label errors, leakage.

    Example: themes labels check data/labeled
    """
    from pipeline import run

    _finish(run.check_labels(labeled), as_json)


def _finish(result: Any, as_json: bool) -> None:
    typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2, default=str) if as_json else str(result))
    if code := getattr(result, "exit_code", 0):
        raise typer.Exit(code)


def main() -> None:
    """Entry point of the command; every expected failure is a message and an exit code, never a traceback."""
    for library in ("OPENBLAS", "OMP", "MKL"):  # matrices are small here: threads only wait for one another
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    sys.exit(_guarded(lambda: app(standalone_mode=False)))


def _guarded(command: Callable[[], Any]) -> int:
    from pipeline.errors import PipelineError

    try:
        code = int(command() or 0)
        if code == STOPPED:
            typer.echo("themes: stopped", err=True)
        return code
    except PipelineError as error:
        typer.echo(f"themes: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("themes: stopped", err=True)
        return STOPPED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        return _unforeseen(error)


def _unforeseen(error: Exception) -> int:
    """Wrong usage, which the parser words itself, or a fault of the program."""
    if callable(show := getattr(error, "show", None)):
        show()
        return 2
    typer.echo(
        f"themes: unexpected {type(error).__name__}: {error}\n"
        "  to mend:  this is a fault of the program; please report it with the command you ran",
        err=True,
    )
    return 2
