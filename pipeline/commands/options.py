"""Options that several commands share, and how a command ends."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

DEFAULT_MODEL = "emerging-security"
LABELED = Path("data/labeled")


class Format(StrEnum):
    """What tables are written as."""

    csv = "csv"
    parquet = "parquet"
    json = "json"


Model = Annotated[str, typer.Option("--model", "-m", help="Name or folder of a trained model.")]
NamedModel = Annotated[str, typer.Argument(help="Name or folder of a trained model.")]
Labeled = Annotated[Path, typer.Argument(help="Labelled data with its themes.toml.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A TOML file of settings.", show_default=False)]
TextColumn = Annotated[
    str | None, typer.Option("--text-column", help="The column of tables that holds the text.", show_default=False)
]
LineCounts = Annotated[
    Path | None,
    typer.Option(
        "--line-counts",
        help="A file that counts, from batch to batch, the lines that recur in each source.",
        show_default=False,
    ),
]
AbstainRate = Annotated[
    float | None,
    typer.Option(
        "--abstain-rate",
        min=0,
        max=1,
        help="Share of documents (0-1) to mark `abstain` for the theme they just miss; "
        "else that of --settings, or 0.02.",
        show_default=False,
    ),
]
Refresh = Annotated[bool, typer.Option("--refresh", help="Do all anew, also what has not changed.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 is one for each core.")]
Scheduler = Annotated[str, typer.Option("--scheduler", help="Address of a Dask cluster.", show_default=False)]
CopyTo = Annotated[
    str,
    typer.Option(
        "--copy-to", help="Address of a store (s3://bucket/tags): the tables go there too.", show_default=False
    ),
]
Grain = Annotated[
    Literal["month", "quarter", "year", "undated"] | None,
    typer.Option("--grain", help="Length of the periods; else chosen by the dates.", show_default=False),
]
Formats = Annotated[
    list[Format],
    typer.Option("--format", help="Format of the tables; may be repeated.", show_default="csv"),
]


def path_or_address(given: str) -> Path | str:
    """A path, or the address of a store as it was given."""
    from pipeline.files import is_address

    return given if is_address(given) else Path(given)


def finish(result: Any, as_json: bool) -> None:
    """Print a result as its summary or as JSON, and end with its exit code if a check failed."""
    typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2, default=str) if as_json else str(result))
    if code := getattr(result, "exit_code", 0):
        raise typer.Exit(code)
