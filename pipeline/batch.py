"""Tags documents batch by batch and writes `doc_tags`, `documents` and `skipped` as they come."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, Protocol

from pipeline.classify.model import ThemeModel
from pipeline.classify.tags import TagRow, tag_rows
from pipeline.csvtext import BYTE_ORDER_MARK, escape_cell
from pipeline.files import atomic_write
from pipeline.settings import TaggingSettings
from pipeline.types import ASSIGNED, Document, Predictions, Skipped

TagFormat = Literal["csv", "parquet", "jsonl"]
FORMATS: tuple[TagFormat, ...] = ("csv", "parquet", "jsonl")
SKIPPED_COLUMNS = ("source", "reason", "location")


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


@dataclass
class Tally:
    """What a tagging run counted."""

    n_documents: int = 0
    n_tagged: int = 0
    n_abstained: int = 0
    n_skipped: int = 0
    n_by_theme: dict[str, int] = field(default_factory=dict)

    def add(self, predictions: Predictions) -> None:
        """Count one batch."""
        assigned = predictions.decisions == ASSIGNED
        self.n_documents += len(predictions)
        self.n_tagged += int(assigned.any(axis=1).sum())
        self.n_abstained += int((predictions.decisions == 1).any(axis=1).sum())
        for theme, n in zip(predictions.taxonomy.ids, assigned.sum(axis=0).tolist(), strict=True):
            self.n_by_theme[theme] = self.n_by_theme.get(theme, 0) + n


class RowWriter(Protocol):
    """Takes rows in order."""

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""


def tag_to_folder(
    items: Iterable[Document | Skipped], model: ThemeModel, out: Path, *, settings: TaggingSettings, format_: TagFormat
) -> Tally:
    """Tag documents in order into `out`: doc_tags.FORMAT, documents.csv, skipped.csv; all appear at the end, or none.

    Raises `OutputError`.
    """
    tally = Tally()
    with ExitStack() as stack:
        tags = stack.enter_context(open_rows(out / f"doc_tags.{format_}", TagRow._fields))
        documents = stack.enter_context(open_rows(out / "documents.csv", DocumentRow._fields))
        skipped = stack.enter_context(open_rows(out / "skipped.csv", SKIPPED_COLUMNS))
        for batch in batched(items, settings.batch_documents):
            unread = [item for item in batch if isinstance(item, Skipped)]
            predictions = model.predict([item for item in batch if isinstance(item, Document)], settings)
            skipped.write([(item.source, item.reason, item.location) for item in unread])
            documents.write(list(document_rows(predictions)))
            tags.write(list(tag_rows(model, predictions)))
            tally.add(predictions)
            tally.n_skipped += len(unread)
    for other in FORMATS:
        if other != format_:
            (out / f"doc_tags.{other}").unlink(missing_ok=True)
    return tally


def document_rows(predictions: Predictions) -> Iterator[DocumentRow]:
    """The rows of `documents` for a batch."""
    for document, remark in zip(predictions.documents, predictions.remarks, strict=True):
        date = document.date
        yield DocumentRow(
            document.id,
            document.sha256,
            document.title,
            document.source,
            document.language,
            date.value,
            date.precision,
            date.origin,
            document.duplicate_of,
            len(document.text),
            len(document.removed),
            remark,
            document.location,
        )


def batched(items: Iterable[Document | Skipped], size: int) -> Iterator[list[Document | Skipped]]:
    """Consecutive stretches of at most `size` items."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


@contextmanager
def open_rows(path: Path, columns: Sequence[str]) -> Iterator[RowWriter]:
    """A writer for the table whose format the suffix names; the file appears when the block ends well."""
    kind = {".csv": _CsvRows, ".jsonl": _JsonRows, ".parquet": _ParquetRows}[path.suffix]
    with atomic_write(path, text=path.suffix != ".parquet") as stream:
        writer = kind(stream, columns)
        yield writer
        writer.close()


class _CsvRows:
    def __init__(self, stream: IO[str], columns: Sequence[str]) -> None:
        stream.write(BYTE_ORDER_MARK)
        self._writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
        self._writer.writerow(columns)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        self._writer.writerows([escape_cell(value) for value in row] for row in rows)

    def close(self) -> None:
        """Nothing is held back."""


class _JsonRows:
    def __init__(self, stream: IO[str], columns: Sequence[str]) -> None:
        self._stream, self._columns = stream, columns

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self._stream.write(json.dumps(dict(zip(self._columns, row, strict=True)), ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Nothing is held back."""


class _ParquetRows:
    def __init__(self, stream: IO[bytes], columns: Sequence[str]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        kinds = {"probability": pa.float64(), "threshold": pa.float64(), "start": pa.int64(), "end": pa.int64()}
        self._schema = pa.schema([(name, kinds.get(name, pa.string())) for name in columns])
        self._writer = parquet.ParquetWriter(stream, self._schema)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        import pyarrow as pa

        if rows:
            columns = [list(column) for column in zip(*rows, strict=True)]
            self._writer.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()
