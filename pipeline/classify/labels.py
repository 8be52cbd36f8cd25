"""Labelled documents: CSV or JSONL with `id, text, themes, unsure, language, source, date, genre`."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError, LabelError
from pipeline.types import Document, LabeledDocument, PublicationDate, Taxonomy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Row = Mapping[str, Any]
LONGEST_FIELD = 2**31 - 1
NOT_JUDGED = -1
"""The value of a cell in a label matrix whose theme was left `unsure`."""


def load_labels(path: str | Path, taxonomy: Taxonomy | None = None, *, clean: bool = True) -> list[LabeledDocument]:
    """Read one .csv or .jsonl file, or every such file of a folder in name order.

    `text` and `themes` are needed; themes are separated by `;` in CSV and may be a list in JSONL. With a taxonomy, a
    theme that it lacks is an error. `clean` strips the boilerplate, as tagging does; a language that is not given is
    recognised, as in tagging. Raises `LabelError` naming the file and row.
    """
    labeled = [_labeled(row, where, clean=clean) for where, row in _rows(Path(path))]
    if not labeled:
        raise LabelError("there are no labelled documents here", where=str(path), expected="rows with text and themes")
    if taxonomy is not None:
        check_themes(labeled, taxonomy)
    return labeled


def check_themes(labeled: Iterable[LabeledDocument], taxonomy: Taxonomy) -> None:
    """Raise `LabelError` on the first label that is no theme of the taxonomy."""
    known = set(taxonomy.ids)
    for item in labeled:
        unknown = sorted((item.themes | item.unsure) - known)
        if unknown:
            raise LabelError(
                f"unknown theme {unknown[0]!r}",
                where=item.document.location,
                expected="one of " + ", ".join(taxonomy.ids),
                mend="correct the label, or add the theme to themes.toml",
            )


def label_matrix(labeled: Sequence[LabeledDocument], taxonomy: Taxonomy) -> NDArray[np.int8]:
    """Shape (n_documents, n_themes): 1 holds, 0 does not hold, `NOT_JUDGED` unsure."""
    import numpy as np

    matrix = np.zeros((len(labeled), len(taxonomy)), np.int8)
    for row, item in enumerate(labeled):
        for theme in item.themes:
            matrix[row, taxonomy.column[theme]] = 1
        for theme in item.unsure:
            matrix[row, taxonomy.column[theme]] = NOT_JUDGED
    return matrix


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in {".csv", ".jsonl"})
        if not files:
            raise InputError("there are no labelled documents here", where=str(path), expected=".csv or .jsonl files")
        for file in files:
            yield from _rows(file)
    elif not path.exists():
        raise InputError("there is no such file or folder", where=str(path), mend="check the path")
    elif path.suffix == ".csv":
        yield from _csv_rows(path)
    elif path.suffix == ".jsonl":
        yield from _jsonl_rows(path)
    else:
        raise InputError("labelled data cannot be read from this format", where=str(path), expected=".csv or .jsonl")


def _csv_rows(path: Path) -> Iterator[tuple[str, Row]]:
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream, strict=True), 2):
                yield f"{path}#row {number}", row
    except (csv.Error, UnicodeDecodeError) as error:
        raise LabelError(f"the CSV cannot be read: {error}", where=str(path), expected="UTF-8 CSV") from error


def _jsonl_rows(path: Path) -> Iterator[tuple[str, Row]]:
    number = 0
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise ValueError("not an object")
                    yield f"{path}#line {number}", row
    except ValueError as error:
        raise LabelError(
            f"not a JSON object: {error}", where=f"{path}#line {number}", expected='{"text": ...}'
        ) from error


def _labeled(row: Row, where: str, *, clean: bool) -> LabeledDocument:
    missing = [column for column in ("text", "themes") if row.get(column) is None]
    if missing:
        raise LabelError(
            f"no {' and no '.join(missing)} in this row",
            where=where,
            expected="columns id, text, themes, unsure, language, source, date",
            mend="themes may be empty (reviewed, none holds) but the column must be there",
        )
    text = str(row["text"])
    if clean:
        from pipeline.ingest.clean import clean_text

        text = clean_text(text).text or text
    date = str(row.get("date") or "")
    document = Document(
        id=str(row.get("id") or where),
        text=text,
        language=str(row.get("language") or _language_of(text)),
        date=PublicationDate(date, "day", "field") if re.fullmatch(r"\d{4}-\d\d-\d\d", date) else PublicationDate(),
        source=str(row.get("source") or ""),
        location=where,
    )
    return LabeledDocument(
        document, _theme_set(row["themes"]), _theme_set(row.get("unsure") or ""), str(row.get("genre") or "")
    )


def _language_of(text: str) -> str:
    from pipeline.ingest.language import language_of

    return language_of(text).code


def _theme_set(value: object) -> frozenset[str]:
    parts = value if isinstance(value, list) else str(value).split(";")
    return frozenset(str(part).strip() for part in parts if str(part).strip())
