"""Commands about coverage: the tables and the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.commands.options import Json, finish


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
    finish(made, as_json)
    if open_page:
        typer.launch(str(made.page))
