"""CSV and TSV as they come: any usual delimiter, any encoding, huge fields, quotes that are never closed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pipeline.ingest.columns import MissingColumnError, find_columns
from pipeline.ingest.files import encoding_of_file
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

DELIMITERS = ",;\t|"
MAX_RECOVERIES = 20
"""So many records with a quote that is never closed are left out one by one; then the rest of the file is given up."""
_N_LINES_SNIFFED = 30


def read_csv(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """Rows of a CSV or TSV file in order; the header is row 1, so that numbers agree with a spreadsheet's."""
    encoding = encoding_of_file(file.path)
    delimiter = sniff_delimiter(_head(file.path, encoding))
    with file.path.open(encoding=encoding, errors="replace", newline="") as lines:
        records = _Records(lines, delimiter, options.max_document_bytes)
        _, first = next(iter(records), (0, []))
        header = [] if isinstance(first, str) else [name.strip().removeprefix("\ufeff") for name in first]
        try:
            columns = find_columns(header, options)
        except MissingColumnError as error:
            yield Skipped(file.source, first if isinstance(first, str) else str(error), file.location)
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


def sniff_delimiter(head: str) -> str:
    """The delimiter that splits the first lines into the most columns, alike in every row."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))[:_N_LINES_SNIFFED]
        if not rows or len(rows[0]) < 2:
            continue
        alike = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
        score = alike * min(len(rows[0]), 20) ** 0.5
        if score > best_score:
            best, best_score = delimiter, score
    return best


class _Records:
    """Numbered records of a CSV file: (row, cells), or (row, reason) for one that can not be read."""

    def __init__(self, lines: io.TextIOBase, delimiter: str, max_chars: int) -> None:
        self._lines, self._delimiter, self._max_chars = lines, delimiter, max_chars
        self._waiting: list[str] = []
        self._taken: list[str] = []
        self._n_recovered = 0
        self._ended = False
        self._records = self._iterate()

    def __iter__(self) -> Iterator[tuple[int, list[str] | str]]:
        return self._records

    def _iterate(self) -> Iterator[tuple[int, list[str] | str]]:
        csv.field_size_limit(2**31 - 1)
        number = 0
        while self._n_recovered <= MAX_RECOVERIES:
            reader = csv.reader(self._physical_lines(), delimiter=self._delimiter)
            while True:
                self._taken.clear()
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    number += 1
                    yield number, self._recover(f"not a CSV record: {error}")
                    break
                if cells is None:
                    return
                number += 1
                if len(self._taken) > 1 and self._is_open_at_end():
                    yield number, self._recover("a quotation mark is opened and never closed")
                    break
                yield number, cells
        yield number + 1, f"more than {MAX_RECOVERIES} records with unclosed quotation marks: the rest was not read"

    def _physical_lines(self) -> Iterator[str]:
        """Lines as they stand in the file, remembered while they belong to the record being read."""
        n_chars = 0
        while True:
            line = self._waiting.pop(0) if self._waiting else self._lines.readline(self._max_chars + 1)
            if not line:
                self._ended = True
                return
            n_chars = len(line) + (n_chars if self._taken else 0)
            self._taken.append(line)
            if n_chars > self._max_chars:
                while line and not line.endswith("\n"):
                    line = self._lines.readline(self._max_chars)
                raise csv.Error(f"longer than the limit of {self._max_chars:,} characters")
            yield line

    def _is_open_at_end(self) -> bool:
        """Whether the record ran to the end of the file inside quotation marks."""
        if not self._ended:
            return False
        try:
            list(csv.reader(self._taken, delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            return "unexpected end" in str(error)
        return False

    def _recover(self, reason: str) -> str:
        """Leave out the first line of the record and go on with the next one."""
        self._waiting = self._taken[1:] + self._waiting
        self._n_recovered += 1
        self._ended = False
        return reason


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
