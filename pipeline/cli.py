"""The command `themes`: unpack the arguments, call the workflow, print. The only place that exits."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import typer

from pipeline.commands import documents, modelling, reports

if TYPE_CHECKING:
    from collections.abc import Callable

STOPPED = 130
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Hardly anything here refers to itself: looking for what does every 700 objects took a tenth of the start-up."""

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
labels_app.command("check")(modelling.labels_check)
app.command("run")(documents.run_command)
for command in (
    documents.ingest,
    documents.tag,
    documents.status,
    reports.report,
    reports.compare,
    reports.audit,
    modelling.train,
    modelling.evaluate,
    modelling.explain,
    modelling.models,
    modelling.terms,
):
    app.command()(command)


def main() -> None:
    """Entry point of the command; every expected failure is a message and an exit code, never a traceback."""
    for library in ("OPENBLAS", "OMP", "MKL", "RAYON"):  # matrices are small here: threads only wait for one another
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants what Ctrl-C does
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # less memory in every process
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    code = _guarded(lambda: app(standalone_mode=False))
    gc.freeze()  # all that libraries hold need not be looked through for garbage any more
    sys.exit(code)


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
