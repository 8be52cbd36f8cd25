"""Tables as they are written: CSV that Excel opens rightly, JSON lines, Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, Protocol

from pipeline.csvtext import BYTE_ORDER_MARK, escape_cell
from pipeline.files import atomic_write

TagFormat = Literal["csv", "parquet", "jsonl"]
FORMATS: tuple[TagFormat, ...] = ("csv", "parquet", "jsonl")
SKIPPED_COLUMNS = ("source", "reason", "location")
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

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""


@contextmanager
def open_rows(path: Path, columns: Sequence[str]) -> Iterator[RowWriter]:
    """A writer for the table whose format the suffix names; the file appears when the block ends well."""
    kind = {".csv": _CsvRows, ".jsonl": _JsonRows, ".parquet": _ParquetRows}[path.suffix]
    with atomic_write(path, text=path.suffix != ".parquet") as stream:
        writer = kind(stream, columns)
        try:
            yield writer
        finally:
            writer.close()


def encodable(value: Any) -> Any:
    """Text without lone surrogates, which JSON may hold and UTF-8 may not; anything else as it is."""
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-8", "replace").decode()


class _CsvRows:
    def __init__(self, stream: IO[str], columns: Sequence[str]) -> None:
        stream.write(BYTE_ORDER_MARK)
        self._writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        self._writer.writerow(columns)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        self._writer.writerows([escape_cell(encodable(value)) for value in row] for row in rows)

    def close(self) -> None:
        """Nothing is held back."""


class _JsonRows:
    def __init__(self, stream: IO[str], columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, columns

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self._stream.write(
                json.dumps(dict(zip(self._columns, map(encodable, row), strict=True)), ensure_ascii=False) + "\n"
            )

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
        self._waiting: list[Sequence[Any]] = []
        self._n_chars = 0

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self._waiting.append(row)
            self._n_chars += sum(len(value) for value in row if isinstance(value, str))
            if len(self._waiting) >= ROWS_IN_GROUP or self._n_chars >= CHARS_IN_GROUP:
                self._write_group()

    def _write_group(self) -> None:
        import pyarrow as pa

        columns = [list(map(encodable, column)) for column in zip(*self._waiting, strict=True)]
        self._writer.write_table(pa.table(columns, schema=self._schema))
        self._waiting, self._n_chars = [], 0

    def close(self) -> None:
        """Write the rows that wait for a group of their own."""
        if self._waiting:
            self._write_group()
        self._writer.close()
