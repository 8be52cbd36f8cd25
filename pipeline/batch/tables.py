"""Tables as they are written: CSV that Excel opens rightly, JSON lines, Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, Protocol

from pipeline.csvtext import BYTE_ORDER_MARK, csv_cells
from pipeline.files import atomic_write

TagFormat = Literal["csv", "parquet", "jsonl"]
FORMATS: tuple[TagFormat, ...] = ("csv", "parquet", "jsonl")
SKIPPED_COLUMNS = ("source", "reason", "location")
Cells = Sequence[Any]
ROWS_IN_GROUP, CHARS_IN_GROUP = 4096, 16_000_000
"""A row group of Parquet ends with so many rows, or sooner with so much text."""


class DocumentRow(NamedTuple):
    """One row of `documents`."""

    doc_id: str
    sha256: str
    title: str
    source: str
    language: str
    pub_date: str
    date_precision: str
    date_origin: str
    duplicate_of: str
    n_characters: int
    n_removed_lines: int
    remark: str
    location: str


class RowWriter(Protocol):
    """Takes rows in order."""

    def write(self, rows: Iterable[Cells], before: Cells = (), after: Cells = ()) -> None:
        """Append rows, each with the cells `before` and `after` around its own."""


@contextmanager
def open_rows(path: Path, columns: Sequence[str]) -> Iterator[RowWriter]:
    """A writer for the table whose format the suffix names; the file appears when the block ends well.

    Lone surrogates, which JSON may hold and UTF-8 may not, become question marks.
    """
    kind = {".csv": _CsvRows, ".jsonl": _JsonRows, ".parquet": _ParquetRows}[path.suffix]
    with atomic_write(path, text=path.suffix != ".parquet") as stream:
        writer = kind(stream, columns)
        try:
            yield writer
        finally:
            writer.close()


@contextmanager
def open_csv(path: Path, columns: Sequence[str]) -> Iterator[IO[str]]:
    """A CSV file with its header for rows that are text already; it appears when the block ends well."""
    with atomic_write(path) as stream:
        _begin_csv(stream, columns)
        yield stream


def _begin_csv(stream: IO[Any], columns: Sequence[str]) -> None:
    assert isinstance(stream, TextIOWrapper)
    stream.reconfigure(errors="replace")
    stream.write(f"{BYTE_ORDER_MARK}{csv_cells(columns)}\n")


def encodable(text: str) -> str:
    """Text without lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class _CsvRows:
    def __init__(self, stream: IO[str], columns: Sequence[str]) -> None:
        _begin_csv(stream, columns)
        self._stream = stream

    def write(self, rows: Iterable[Cells], before: Cells = (), after: Cells = ()) -> None:
        start = f"{csv_cells(before)}," if before else ""
        end = f",{csv_cells(after)}\n" if after else "\n"
        self._stream.writelines([f"{start}{csv_cells(row)}{end}" for row in rows])

    def close(self) -> None:
        """Nothing is held back."""


class _JsonRows:
    def __init__(self, stream: TextIOWrapper, columns: Sequence[str]) -> None:
        stream.reconfigure(errors="replace")
        self._stream, self._columns = stream, columns

    def write(self, rows: Iterable[Cells], before: Cells = (), after: Cells = ()) -> None:
        for row in rows:
            cells = dict(zip(self._columns, (*before, *row, *after), strict=True))
            self._stream.write(json.dumps(cells, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Nothing is held back."""


class _ParquetRows:
    def __init__(self, stream: IO[bytes], columns: Sequence[str]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        kinds = dict.fromkeys(("probability", "threshold", "contribution"), pa.float64())
        kinds |= dict.fromkeys(("start", "end"), pa.int64())
        self._schema = pa.schema([(name, kinds.get(name, pa.string())) for name in columns])
        self._writer = parquet.ParquetWriter(stream, self._schema)
        self._waiting: list[Cells] = []
        self._n_chars = 0

    def write(self, rows: Iterable[Cells], before: Cells = (), after: Cells = ()) -> None:
        for row in rows:
            cells = (*before, *row, *after)
            self._waiting.append(cells)
            self._n_chars += sum(len(value) for value in cells if isinstance(value, str))
            if len(self._waiting) >= ROWS_IN_GROUP or self._n_chars >= CHARS_IN_GROUP:
                self._write_group()

    def _write_group(self) -> None:
        import pyarrow as pa

        columns = [list(column) for column in zip(*self._waiting, strict=True)]
        try:
            table = pa.table(columns, schema=self._schema)
        except UnicodeEncodeError:
            whole = [[encodable(cell) if isinstance(cell, str) else cell for cell in column] for column in columns]
            table = pa.table(whole, schema=self._schema)
        self._writer.write_table(table)
        self._waiting, self._n_chars = [], 0

    def close(self) -> None:
        """Write the rows that wait for a group of their own."""
        if self._waiting:
            self._write_group()
        self._writer.close()
