"""Options that several commands share, and how a command ends."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

DEFAULT_MODEL = "emerging-security"

Model = Annotated[str, typer.Option("--model", "-m", help="Name or folder of a trained model.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
SettingsFile = Annotated[Path | None, typer.Option("--settings", help="A TOML file of settings.")]
TextColumn = Annotated[str | None, typer.Option("--text-column", help="The column of tables that holds the text.")]
Inputs = Annotated[list[Path], typer.Argument(help="Files, folders, or CSV/JSONL/Parquet tables.", show_default=False)]
Refresh = Annotated[bool, typer.Option("--refresh", help="Do all anew, also what has not changed.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Processes; 0 is one for each core.")]
Scheduler = Annotated[str, typer.Option("--scheduler", help="Address of a Dask cluster.", show_default=False)]


def finish(result: Any, as_json: bool) -> None:
    """Print a result as its summary or as JSON, and end with its exit code if a check failed."""
    typer.echo(json.dumps(asdict(result), ensure_ascii=False, indent=2, default=str) if as_json else str(result))
    if code := getattr(result, "exit_code", 0):
        raise typer.Exit(code)
