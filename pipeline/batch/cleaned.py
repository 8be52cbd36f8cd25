"""Cleaned documents written to one table, each duplicate with the document that it repeats."""

from __future__ import annotations

import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, NamedTuple

from pipeline.batch.links import find_links
from pipeline.batch.tables import SKIPPED_COLUMNS, open_rows
from pipeline.types import Document, Skipped


class CleanedRow(NamedTuple):
    """A row of the table; `duplicate_of` is "" or the id of the earliest document that says the same."""

    doc_id: str
    sha256: str
    title: str
    text: str
    language: str
    other_languages: str
    pub_date: str
    date_precision: str
    date_origin: str
    source: str
    location: str
    duplicate_of: str
    removed: Any


def write_cleaned(items: Iterable[Document | Skipped], out: Path, skipped_out: Path) -> tuple[int, int]:
    """Write documents to a .jsonl, .parquet or .csv file and the skipped to a CSV file; returns how many of each.

    The documents wait in a scratch file until all are known, so that memory grows by some 200 bytes for each. Raises
    `OutputError`.
    """
    n_documents = n_skipped = 0
    with ExitStack() as stack:
        waiting = _Waiting(stack.enter_context(tempfile.TemporaryFile()))
        cleaned = stack.enter_context(open_rows(out, CleanedRow._fields))
        skipped = stack.enter_context(open_rows(skipped_out, SKIPPED_COLUMNS))
        for item in items:
            if isinstance(item, Skipped):
                skipped.write([(item.source, item.reason, item.location)])
                n_skipped += 1
            else:
                waiting.add(item, _row(item, as_text=out.suffix != ".jsonl"))
                n_documents += 1
        links = find_links(waiting.signed(), waiting.texts)
        for position, row in enumerate(waiting.rows()):
            cleaned.write([row._replace(duplicate_of=links.of(position, row.doc_id).duplicate_of)])
    return n_documents, n_skipped


class _Waiting:
    """Rows in a scratch file, with what finding duplicates needs to know of each."""

    def __init__(self, scratch: IO[bytes]) -> None:
        self._scratch = scratch
        self._starts = array("q")
        self._signatures: list[bytes] = []

    def add(self, document: Document, row: CleanedRow) -> None:
        from pipeline.ingest.signatures import signatures_of

        self._signatures += signatures_of([document.text])
        self._starts.append(self._scratch.tell())
        self._scratch.write(json.dumps(row).encode() + b"\n")

    def signed(self) -> Iterator[tuple[list[str], bytes]]:
        """Id and signature of one after the other, which is forgotten then."""
        signatures, self._signatures = self._signatures, []
        signatures.reverse()
        for row in self.rows():
            yield [row.doc_id], signatures.pop()

    def rows(self) -> Iterator[CleanedRow]:
        """All, in order."""
        return map(self._at, range(len(self._starts)))

    def texts(self, positions: Sequence[int]) -> Iterator[str]:
        """The texts of some."""
        return (self._at(position).text for position in positions)

    def _at(self, position: int) -> CleanedRow:
        self._scratch.seek(self._starts[position])
        return CleanedRow(*json.loads(self._scratch.readline()))


def _row(document: Document, *, as_text: bool) -> CleanedRow:
    removed: Any = [{"line": dropped.line, "reason": dropped.reason} for dropped in document.removed]
    return CleanedRow(
        document.id,
        document.sha256,
        document.title,
        document.text,
        document.language,
        ";".join(document.other_languages),
        document.date.value,
        document.date.precision,
        document.date.origin,
        document.source,
        document.location,
        "",
        json.dumps(removed, ensure_ascii=False) if as_text else removed,
    )
