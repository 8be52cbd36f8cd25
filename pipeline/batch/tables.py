"""Tables as they are written: CSV that Excel opens rightly, JSON lines, Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
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

    def write(self, rows: Iterable[Cells]) -> None:
        """Append rows."""


@contextmanager
def open_rows(path: Path, columns: Sequence[str]) -> Iterator[RowWriter]:
    """A writer for the table whose format the suffix names; the file appears when the block ends well.

    Lone surrogates, which JSON may hold and UTF-8 may not, become question marks.
    """
    kinds: dict[str, type[CsvRows | _JsonRows | _ParquetRows]]
    kinds = {".csv": CsvRows, ".jsonl": _JsonRows, ".parquet": _ParquetRows}
    kind = kinds[path.suffix]
    with atomic_write(path, text=False) as stream:
        writer = kind(stream, columns)
        try:
            yield writer
        finally:
            writer.close()


@contextmanager
def open_csv(path: Path, columns: Sequence[str]) -> Iterator[CsvRows]:
    """A writer of CSV, which also takes lines that are CSV already; the file appears when the block ends well."""
    with atomic_write(path, text=False) as stream:
        yield CsvRows(stream, columns)


def encodable(text: str) -> str:
    """Text without lone surrogates."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class CsvRows:
    """Rows as text for spreadsheets."""

    def __init__(self, stream: IO[bytes], columns: Sequence[str]) -> None:
        stream.write(BYTE_ORDER_MARK.encode())
        self._stream = stream
        self.write([columns])

    def copy(self, lines: bytes | memoryview) -> None:
        """Append lines that `csv_cells` made, each with its end, in UTF-8."""
        self._stream.write(lines)

    def write(self, rows: Iterable[Cells]) -> None:
        self._stream.writelines([f"{csv_cells(row)}\n".encode("utf-8", "replace") for row in rows])

    def close(self) -> None:
        """Nothing is held back."""


class _JsonRows:
    def __init__(self, stream: IO[bytes], columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, columns

    def write(self, rows: Iterable[Cells]) -> None:
        for row in rows:
            cells = dict(zip(self._columns, row, strict=True))
            self._stream.write(f"{json.dumps(cells, ensure_ascii=False)}\n".encode("utf-8", "replace"))

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

    def write(self, rows: Iterable[Cells]) -> None:
        for row in rows:
            self._waiting.append(row)
            self._n_chars += sum(len(value) for value in row if isinstance(value, str))
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
