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
    "Exit codes: 0 done, 1 a check failed, 2 bad request or data.",
)
labels_app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Look after labelled data.")
app.add_typer(labels_app, name="labels")

Model = Annotated[str, typer.Option("--model", "-m", help="Name or folder of a trained model.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A TOML file of settings.")]
TextColumn = Annotated[str | None, typer.Option("--text-column", help="The column of tables that holds the text.")]
Inputs = Annotated[list[Path], typer.Argument(help="Files, folders, or CSV/JSONL/Parquet tables.", show_default=False)]
DEFAULT_MODEL = "emerging-security"


@app.command("run")
def run_command(
    raw: Annotated[Path, typer.Argument(help="The folder of documents as received.")] = Path("data/raw"),
    out: Annotated[Path, typer.Option(help="Where the tables and the page go.")] = Path("reports"),
    model: Model = DEFAULT_MODEL,
    settings: SettingsFile = None,
    text_column: TextColumn = None,
    as_json: Json = False,
) -> None:
    """The main job: ingest, tag and report in one go.

    Example: themes run data/raw --out reports
    """
    from pipeline import run

    _finish(run.run(raw, out, run.TagOptions(model, settings, text_column)), as_json)


@app.command()
def ingest(
    raw: Annotated[Path, typer.Argument(help="A file or folder of documents as received.")],
    out: Annotated[Path, typer.Option(help="A .parquet or .jsonl file.")],
    text_column: TextColumn = None,
    as_json: Json = False,
) -> None:
    """Clean documents; keep what was removed and skipped.

    Example: themes ingest data/raw --out cleaned.jsonl
    """
    from pipeline import run

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
    as_json: Json = False,
) -> None:
    """Tag files, folders and tables with themes.

    Example: themes tag releases/ speeches.csv --out tags --text-column body
    """
    from pipeline import run

    _finish(run.tag(inputs, out, run.TagOptions(model, settings, text_column, format_)), as_json)


@app.command()
def report(
    tags: Annotated[Path, typer.Argument(help="The folder written by `themes tag`, or a doc_tags file.")],
    out: Annotated[Path, typer.Option(help="Where the tables and the page go.")],
    as_json: Json = False,
) -> None:
    """Coverage tables and one HTML page from tags.

    Example: themes report tags --out reports
    """
    from pipeline import run

    _finish(run.report(tags, out), as_json)


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
        return int(command() or 0)
    except PipelineError as error:
        typer.echo(f"themes: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("themes: stopped", err=True)
        return 130
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
