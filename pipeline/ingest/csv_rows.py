"""CSV and TSV as they come: any usual delimiter, any encoding, huge fields, quotes that are never closed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pipeline.ingest.columns import Columns, MissingColumnError, find_columns
from pipeline.ingest.csv_records import Record, Records
from pipeline.ingest.files import encoding_of_file
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

DELIMITERS = ",;\t|"
N_HEADER_ROWS = 10
"""Above the header may stand a heading and remarks: the header is looked for in so many rows."""
_N_LINES_SNIFFED = 30
_SAID = re.compile(r"\ufeff?\"?sep=([,;\t|])\"?[\r\n]", re.I)
"""A first line in which a spreadsheet program is told the delimiter."""


def read_csv(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """Rows of a CSV or TSV file in order; the header is row 1, so that numbers agree with a spreadsheet's."""
    encoding = encoding_of_file(file.path)
    head = _head(file.path, encoding)
    said = _SAID.match(head)
    delimiter = said[1] if said else sniff_delimiter(head)
    with file.path.open(encoding=encoding, errors="replace", newline="") as lines:
        records = Records(lines, delimiter, options.max_document_bytes)
        try:
            columns, header = _header(iter(records), options)
        except MissingColumnError as error:
            yield Skipped(file.source, str(error), file.location)
            return
        for number, cells in records:
            location = f"{file.location}#{number}"
            if isinstance(cells, str):
                yield Skipped(file.source, cells, location)
            elif any(cells):
                try:
                    yield columns.received(_named(header, cells, columns.text, delimiter), location)
                except ValueError as error:
                    yield Skipped(file.source, str(error), location)


def _header(records: Iterator[Record], options: ReadOptions) -> tuple[Columns, list[str]]:
    """The columns and their names, below a heading if there is one.

    Raises MissingColumnError, of the widest row: a heading is narrower.
    """
    complaint, widest = MissingColumnError("no text column: the table has no rows"), -1
    for _, cells in islice(records, N_HEADER_ROWS):
        header = [] if isinstance(cells, str) else [name.strip().removeprefix("\ufeff") for name in cells]
        try:
            return find_columns(header, options), header
        except MissingColumnError as error:
            if len(header) > widest:
                complaint, widest = MissingColumnError(cells) if isinstance(cells, str) else error, len(header)
    raise complaint


def sniff_delimiter(head: str) -> str:
    """The delimiter that splits the first lines into the most columns, alike in most rows."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if row]
        width, n_alike = max(Counter(widths[:_N_LINES_SNIFFED]).items(), key=_columns_alike, default=(0, 0))
        score = _columns_alike((width, n_alike)) / min(len(widths) or 1, _N_LINES_SNIFFED)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _columns_alike(found: tuple[int, int]) -> float:
    """How much speaks for so many columns in so many rows."""
    width, n_rows = found
    return float(n_rows * min(width, 20) ** 0.5 if width > 1 else 0)


def _named(header: list[str], cells: list[str], text_column: str, delimiter: str) -> dict[str, object]:
    """Cells by column; surplus ones belong to the text when it stands last (its delimiters were not quoted)."""
    surplus = cells[len(header) :]
    if any(surplus):
        if header[-1] != text_column:
            raise ValueError(f"{len(cells)} cells where the header has {len(header)} (a delimiter that is not quoted?)")
        cells = [*cells[: len(header) - 1], delimiter.join(cells[len(header) - 1 :])]
    return dict(zip(header, cells, strict=False))


def _head(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return file.read(100_000)
