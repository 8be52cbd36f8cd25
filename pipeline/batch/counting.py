"""Which lines of the items recur, over the texts at the inputs and, where counts are kept, those of earlier batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from pipeline.batch.ledger import Item
from pipeline.batch.parts import read_part
from pipeline.batch.received import ReceivedRow
from pipeline.batch.recurring import Lines, as_hashes, keys_of_counts, recurring_keys, shared, text_key
from pipeline.ingest.recurring import LEAST_DOCUMENTS
from pipeline.ingest.source_counts import SourceCounts

COLUMNS = ("item", "sha256", "source", "lines")
ItemName = tuple[str, str, int]


class Counting:
    """The lines of received texts in their parts. A text counts once for its source, however often it is met."""

    def __init__(self, items: Sequence[Item], parts: Path, counts: SourceCounts | None = None) -> None:
        self._parts, self._counts = parts, counts if counts is not None else SourceCounts()
        self._n_texts = sum(item.n_rows for item in items)
        self._of_part: dict[str, list[Item]] = {}
        for item in items:
            self._of_part.setdefault(item.part, []).append(item)

    def recurring(self) -> dict[ItemName, bytes]:
        """Of each item that has any, the keys (uint64) of its lines that recur."""
        earlier = keys_of_counts(self._counts)
        if not len(earlier) and self._n_texts < LEAST_DOCUMENTS:
            return {}

        def documents() -> Iterator[Lines]:
            yield earlier
            for rows in self._new_rows():
                yield _lines(rows)

        recurring = recurring_keys(documents, sum(map(len, documents())))
        found: dict[ItemName, bytes] = {}
        if len(recurring):
            for item, rows in self._rows_of_items():
                own = np.unique(shared(_lines(rows), recurring))
                if len(own):
                    found[item[:3]] = own.tobytes()
        return found

    def add_to_counts(self) -> None:
        """Let the counts hold every text."""
        for rows in self._new_rows():
            for row in rows:
                self._counts.add(row.source, row.sha256, as_hashes(_lines([row]), row.source))

    def _new_rows(self) -> Iterator[list[ReceivedRow]]:
        """Texts of each item that the counts do not hold yet, each once."""
        seen: set[int] = set()  # of numbers: a fourth of the memory that the names take
        for _, rows in self._rows_of_items():
            new = []
            for row in rows:
                text = text_key(row.source, row.sha256)
                if row.lines and text not in seen and not self._counts.has(row.source, row.sha256):
                    seen.add(text)
                    new.append(row)
            yield new

    def _rows_of_items(self) -> Iterator[tuple[Item, list[ReceivedRow]]]:
        for part, items in self._of_part.items():
            by_ordinal = {item.ordinal: item for item in items}
            rows = read_part(self._parts / part, ReceivedRow, COLUMNS)
            for ordinal, of in groupby(rows, lambda row: row.item):
                if ordinal in by_ordinal:
                    yield by_ordinal[ordinal], list(of)


def _lines(rows: Sequence[ReceivedRow]) -> Lines:
    return np.frombuffer(b"".join(row.lines for row in rows), np.uint64)
