"""Tables to and from files in three formats: CSV for people, Parquet exact, JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from pipeline.errors import InputError
from pipeline.files import replacing_files, write_atomically
from pipeline.report.csvio import read_csv, write_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TableFormat = Literal["csv", "parquet", "jsonl", "json"]
TABLE_FORMATS: tuple[TableFormat, ...] = ("csv", "parquet", "jsonl", "json")
JSON_FORMAT_VERSION = 1


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` in the format that the suffix of `path` names, at once. Raises `OutputError`."""
    write_atomically(path, lambda target: fill_table(frame, target))


def write_tables(
    tables: Mapping[str, pd.DataFrame], folder: Path, *, formats: Sequence[TableFormat] = ("csv",)
) -> tuple[Path, ...]:
    """Write tables by name into a folder, each in every one of `formats`, all or none. Raises `OutputError`."""
    names = [(name, f"{name}.{suffix}") for name in tables for suffix in formats]
    with replacing_files(folder) as scratch:
        for name, file in names:
            fill_table(tables[name], scratch / file)
    return tuple(folder / file for _, file in names)


def fill_table(frame: pd.DataFrame, path: Path) -> None:
    """Write `frame` in the format that the suffix of `path` names.

    `.json` is one object {"format", "version", "table", "columns", "rows"}, rows as lists in the order of the columns;
    `.jsonl` one object a row. Missing values are null in both.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        write_csv(frame, path)
    elif suffix == ".parquet":
        frame.to_parquet(path, index=False)
    elif suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True, force_ascii=False, double_precision=15)
    elif suffix == ".json":
        path.write_text(_as_json(frame, path.stem), encoding="utf-8")
    else:
        raise InputError(
            f"is no table format: {suffix}", where=str(path), expected="one of " + ", ".join(TABLE_FORMATS)
        )


def read_table(path: Path) -> pd.DataFrame:
    """Read a `.csv` (all text), `.parquet`, `.jsonl` or `.json` table. Raises `InputError` saying what is wrong."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise InputError("does not exist", where=str(path), mend="check the path, or run `themes tag` first")
    try:
        if suffix == ".parquet":
            return pd.read_parquet(path)
        if suffix == ".jsonl":
            return pd.DataFrame([json.loads(line) for line in _lines(path)])
        if suffix == ".json":
            stored = json.loads(path.read_text(encoding="utf-8"))
            return pd.DataFrame(stored["rows"], columns=stored["columns"])
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InputError(f"is not a readable {suffix[1:]} table: {error}", where=str(path)) from error
    if suffix != ".csv":
        raise InputError("is not a table that can be read", where=str(path), expected="a .csv, .parquet or .jsonl file")
    return read_csv(path)


def write_json(value: Mapping[str, Any], path: Path) -> None:
    """Write a mapping as readable JSON, keys in the order given."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8-sig")
    return [line for line in text.split("\n") if line.strip()]


def _as_json(frame: pd.DataFrame, table: str) -> str:
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    head = {"format": "themes-report-table", "version": JSON_FORMAT_VERSION, "table": table}
    columns = [str(name) for name in frame.columns]
    return json.dumps({**head, "columns": columns, "rows": rows}, ensure_ascii=False, default=str) + "\n"
