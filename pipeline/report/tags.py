"""The input of the report: a validated `doc_tags` table with what stands beside it in the folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import InputError
from pipeline.report.storage import read_table
from pipeline.types import DECISIONS, Taxonomy, Theme

TAG_COLUMNS = (
    "doc_id", "sha256", "title", "source", "language", "pub_date", "date_precision", "date_origin", "theme", "label_en",
    "label_ko", "probability", "threshold", "decision", "evidence", "start", "end", "contribution", "model",
    "taxonomy_version",
)  # fmt: skip
"""Columns of `doc_tags`, in order."""
REQUIRED_COLUMNS = ("doc_id", "source", "language", "pub_date", "theme", "probability", "threshold", "decision")
"""Columns without which nothing can be reported; the others are filled with blanks when absent."""
SKIPPED_COLUMNS = ("source", "reason", "location")
_DESCRIBED = ("doc_id", "sha256", "title", "source", "language", "pub_date", "date_precision")
_BESIDE = ("duplicate_of", "remark", "location")
DOCUMENT_COLUMNS = (*_DESCRIBED, *_BESIDE)
_PARTS_OF_ONE = ("probability", "threshold")
_FLOATS = (*_PARTS_OF_ONE, "contribution")
_INTEGERS = ("start", "end")
_ISO_DATE = r"(?:\d{4})(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_PRECISIONS = ("none", "year", "month", "day")
_PRECISION = {4: "year", 7: "month", 10: "day"}


@dataclass(frozen=True, eq=False)
class Tags:
    """Tags ready to be reported.

    `frame` has the columns of `TAG_COLUMNS`: text, but float64 `probability`, `threshold` and `contribution` and int64
    `start` and `end`. `documents` has one row per document in first-seen order with `DOCUMENT_COLUMNS` and bool
    `counted`, which is false for a duplicate of a document that is counted. `skipped` has `SKIPPED_COLUMNS`.
    `probabilities`, where known, has a row per document in the same order and a float64 column per theme.
    """

    frame: pd.DataFrame
    documents: pd.DataFrame
    skipped: pd.DataFrame
    run: Mapping[str, Any] = field(default_factory=dict)
    location: str = ""
    probabilities: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.documents)

    def taxonomy(self, known: Taxonomy | None = None) -> Taxonomy:
        """`known`, then the themes that only the table names, in first-seen order and labelled as it labels them."""
        rows = self.frame.drop_duplicates("theme")
        ids = set(known.ids) if known else set()
        new = tuple(
            Theme(theme, {code: label for code, label in (("en", label_en), ("ko", label_ko)) if label})
            for theme, label_en, label_ko in zip(rows["theme"], rows["label_en"], rows["label_ko"], strict=True)
            if theme and theme not in ids
        )
        if known is None:
            return Taxonomy("themes of the table", next(iter(self.frame["taxonomy_version"]), ""), new)
        return Taxonomy(known.name, known.version, known.themes + new) if new else known


def read_tags(path: str | Path) -> Tags:
    """Read a folder written by tagging, or one `doc_tags` table (.csv, .parquet, .jsonl).

    Raises `InputError` for a path without such a table, a table without its columns, or a value that cannot be meant.
    """
    path = Path(path)
    table = _newest_table(path) if path.is_dir() else path
    folder = table.parent
    return make_tags(
        read_table(table),
        documents=_read_beside(folder / "documents.csv"),
        skipped=_read_beside(folder / "skipped.csv"),
        probabilities=_read_beside(folder / "probabilities.csv"),
        run=read_run(folder / "run.json"),
        where=str(table),
    )


def make_tags(
    frame: pd.DataFrame,
    *,
    documents: pd.DataFrame | None = None,
    skipped: pd.DataFrame | None = None,
    probabilities: pd.DataFrame | None = None,
    run: Mapping[str, Any] | None = None,
    where: str = "doc_tags",
) -> Tags:
    """Validate tables already in memory; see `read_tags`. `probabilities` has doc_id and a column per theme."""
    missing = [name for name in REQUIRED_COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(
            f"lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}",
            where=where,
            expected=", ".join(TAG_COLUMNS),
            mend="make the table with `themes tag`, or rename its columns",
        )
    checked = _typed(frame, where)
    _check_decisions(checked, where)
    skipped = _only_text(skipped, SKIPPED_COLUMNS)
    rows = _documents(checked, documents)
    return Tags(checked, rows, skipped, dict(run or {}), where, _probabilities(rows, probabilities))


def holds_tags(folder: Path) -> bool:
    """Whether a folder holds a table of tags."""
    return bool(_tables_in(folder))


def _tables_in(folder: Path) -> list[Path]:
    found = [folder / f"doc_tags.{suffix}" for suffix in ("parquet", "jsonl", "csv")]
    return [path for path in found if path.is_file()]


def _newest_table(folder: Path) -> Path:
    found = _tables_in(folder)
    if not found:
        raise InputError(
            "holds no doc_tags.csv, .parquet or .jsonl",
            where=str(folder),
            mend="run `themes tag INPUT --out DIR` first and pass DIR",
        )
    return max(found, key=lambda path: path.stat().st_mtime_ns)


def _read_beside(path: Path) -> pd.DataFrame | None:
    return read_table(path) if path.is_file() else None


def read_run(path: Path) -> Mapping[str, Any]:
    """The record of a run, empty where there is none. Raises `InputError` for a damaged one."""
    if not path.is_file():
        return {}
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"is not valid JSON: {error}", where=str(path)) from error
    return run if isinstance(run, dict) else {}


def _only_text(frame: pd.DataFrame | None, columns: tuple[str, ...]) -> pd.DataFrame:
    given = pd.DataFrame() if frame is None else frame
    return pd.DataFrame({name: _text(given, name) for name in columns}).reset_index(drop=True)


def _text(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[name].where(frame[name].notna(), "").astype("str")


def _typed(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    numeric = _FLOATS + _INTEGERS
    columns = {name: _number(frame, name, where) if name in numeric else _text(frame, name) for name in TAG_COLUMNS}
    typed = pd.DataFrame(columns).reset_index(drop=True)
    typed[list(_INTEGERS)] = typed[list(_INTEGERS)].fillna(0).astype("int64")
    readable = typed["pub_date"].str.fullmatch(_ISO_DATE)
    typed["pub_date"] = typed["pub_date"].where(readable, "")
    typed["date_precision"] = _coarser(typed["pub_date"].str.len().map(_PRECISION), typed["date_precision"])
    typed["language"] = typed["language"].where(typed["language"] != "", "und")
    return typed


def _coarser(implied: pd.Series, stated: pd.Series) -> pd.Series:
    """The precision that both the length of the date and the column of precisions allow; an absent one allows all."""
    rank = {name: place for place, name in enumerate(_PRECISIONS)}
    lowest = implied.map(rank).fillna(0).clip(upper=stated.map(rank).fillna(len(rank)))
    return lowest.astype(int).map(dict(enumerate(_PRECISIONS))).astype("str")


def _number(frame: pd.DataFrame, name: str, where: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series(float("nan"), index=frame.index, dtype="float64")
    values = pd.to_numeric(frame[name].replace("", None), errors="coerce").astype("float64")
    wrong = values.isna() & frame[name].notna() & (frame[name].astype("str") != "")
    if name in _PARTS_OF_ONE:
        wrong |= (values < 0) | (values > 1)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        expected = "a number from 0 to 1" if name in _PARTS_OF_ONE else "a number"
        raise InputError(f"row {row + 1} has {name} {frame[name].iloc[row]!r}", where=where, expected=expected)
    return values


def _check_decisions(frame: pd.DataFrame, where: str) -> None:
    wrong = ~frame["decision"].isin(DECISIONS)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        found = frame["decision"].iloc[row]
        raise InputError(
            f"row {row + 1} has decision {found!r}", where=where, expected="one of " + ", ".join(DECISIONS)
        )


def _documents(frame: pd.DataFrame, given: pd.DataFrame | None) -> pd.DataFrame:
    """One row per document; a duplicate is not counted when its lead is, else the first of its group is.

    Documents that only `given` names are read as well, and have no theme: filters may have left out all their tags.
    """
    described = list(_DESCRIBED)
    rows = frame.drop_duplicates("doc_id")[described]
    if given is not None and set(given.columns) >= set(REQUIRED_COLUMNS[:4]):
        others = _typed(given[~given["doc_id"].isin(rows["doc_id"])], "documents")[described]
        order = pd.Index(given["doc_id"].drop_duplicates())
        rows = pd.concat([rows, others]).drop_duplicates("doc_id").set_index("doc_id")
        rows = rows.reindex(order.union(rows.index, sort=False)).rename_axis("doc_id").reset_index()
    documents = rows.reset_index(drop=True)
    beside = _only_text(given, ("doc_id", *_BESIDE)).drop_duplicates("doc_id").set_index("doc_id")
    for name in _BESIDE:
        documents[name] = beside[name].reindex(documents["doc_id"], fill_value="").to_numpy()
    is_copy = documents["duplicate_of"] != ""
    lead = documents["duplicate_of"].where(is_copy, documents["doc_id"])
    lead_present = lead.isin(documents.loc[~is_copy, "doc_id"])
    documents["counted"] = ~is_copy | (~lead_present & ~lead.duplicated())
    return documents


def _probabilities(documents: pd.DataFrame, given: pd.DataFrame | None) -> pd.DataFrame | None:
    """Those of the documents in their order; None where any of them has none."""
    if given is None or "doc_id" not in given.columns:
        return None
    found = given.drop_duplicates("doc_id").set_index("doc_id").reindex(documents["doc_id"])
    found = found.apply(pd.to_numeric, errors="coerce").astype("float64").reset_index(drop=True)
    return None if found.isna().to_numpy().any() else found
