"""Commands about coverage: the report, what differs between two, what names decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from pipeline.commands.options import DEFAULT_MODEL, Format, Formats, Grain, Json, Model, finish

if TYPE_CHECKING:
    from pipeline.report.storage import TableFormat

MovedModel = Annotated[
    str | None, typer.Option("--model", "-m", help="The model that made the tags, if it has moved.", show_default=False)
]
ModelBefore = Annotated[
    str | None, typer.Option(help="The model behind the earlier one, if it has moved.", show_default=False)
]
ModelAfter = Annotated[
    str | None, typer.Option(help="The model behind the later one, if it has moved.", show_default=False)
]


def report(
    tags: Annotated[
        Path, typer.Argument(help="The folder written by `themes tag`, or a doc_tags file.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="Where the tables and the page go.", show_default=False)],
    language: Annotated[Literal["en", "ko"], typer.Option("--lang", help="Language of the page.")] = "en",
    title: Annotated[str, typer.Option(help="Title of the page.", show_default=False)] = "",
    grain: Grain = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Two periods or two sources to compare: 2023 2024.", show_default=False),
    ] = None,
    formats: Formats = [Format.csv],  # noqa: B006
    charts: Annotated[Literal["none", "png"], typer.Option(help="Charts for slides beside the page.")] = "none",
    model: MovedModel = None,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: Json = False,
) -> None:
    """Coverage tables and one HTML page from tags.

    Example: themes report tags --out reports --lang ko --charts png
    """
    from pipeline import reporting

    made = reporting.report(
        tags,
        out,
        model,
        language=language,
        title=title,
        grain=grain,
        compare=between,
        table_formats=_named(formats),
        charts=charts,
    )
    finish(made, as_json)
    if open_page:
        typer.launch(str(made.page))


def compare(
    before: Annotated[Path, typer.Argument(help="The earlier report, or folder of tags.", show_default=False)],
    after: Annotated[Path, typer.Argument(help="The later report, or folder of tags.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Where the tables go.")] = Path("comparison"),
    grain: Grain = None,
    formats: Formats = [Format.csv],  # noqa: B006
    model_before: ModelBefore = None,
    model_after: ModelAfter = None,
    as_json: Json = False,
) -> None:
    """Why the figures of two reports differ, and which tags flipped.

    Example: themes compare reports-2024 reports-2025
    """
    from pipeline import reporting

    models = (model_before, model_after)
    finish(reporting.compare(before, after, out, models=models, grain=grain, formats=_named(formats)), as_json)


def audit(
    given: Annotated[
        Path,
        typer.Argument(
            metavar="TAGS_OR_RAW", help="A folder written by `themes tag`, or documents.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option(help="Where the tables go.")] = Path("audit"),
    model: Model = DEFAULT_MODEL,
    limit: Annotated[float, typer.Option(min=0, max=1, help="Fail where a larger share of tags is lost.")] = 0.1,
    names: Annotated[
        Path | None, typer.Option(help="A text file of further names to hide, one a line.", show_default=False)
    ] = None,
    formats: Formats = [Format.csv],  # noqa: B006
    as_json: Json = False,
) -> None:
    """Which tags rest on names of places, persons and sources.

    Tags are given again with names and recurring sentences hidden. Names come from CLDR, titles beside them and the
    documents' sources; see the README for what is not caught.

    Example: themes audit tags --limit 0.05
    """
    from pipeline import reporting

    finish(reporting.audit(given, out, model=model, limit=limit, names=names, formats=_named(formats)), as_json)


def _named(formats: list[Format]) -> tuple[TableFormat, ...]:
    return cast("tuple[TableFormat, ...]", tuple(map(str, formats)))
