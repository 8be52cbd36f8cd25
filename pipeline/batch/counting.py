"""Which lines of the items recur, over the texts at the inputs and, where counts are kept, those of earlier batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.batch.ledger import Item
from pipeline.batch.packing import ReceivedRow
from pipeline.batch.parts import read_part
from pipeline.batch.recurring import Lines, is_among, keys_of_counts, keys_within, recurring_keys, text_key
from pipeline.ingest.recurring import LEAST_DOCUMENTS
from pipeline.ingest.source_counts import SourceCounts

COLUMNS = ("item", "sha256", "source", "lines")
ItemName = tuple[str, str, int]


class Counting:
    """The lines of received texts in their parts. A text counts once for its source, however often it is met."""

    def __init__(self, items: Sequence[Item], parts: Path, counts: SourceCounts | None = None) -> None:
        self._parts, self._counts = parts, counts if counts is not None else SourceCounts()
        self._n_texts = sum(item.n_rows for item in items)
        self._of_part: dict[str, dict[int, Item]] = {}
        for item in items:
            self._of_part.setdefault(item.part, {})[item.ordinal] = item

    def recurring(self) -> dict[ItemName, bytes]:
        """Of each item that has any, the keys (uint64) of its lines that recur."""
        earlier = keys_of_counts(self._counts)
        if not len(earlier) and self._n_texts < LEAST_DOCUMENTS:
            return {}

        def documents() -> Iterator[Lines]:
            yield earlier
            for rows in self._new_rows():
                yield _lines(rows)

        recurring = recurring_keys(documents)
        return dict(self._shared(recurring)) if len(recurring) else {}

    def add_to_counts(self) -> None:
        """Let the counts hold every text."""
        for rows in self._new_rows():
            for row in rows:
                self._counts.add(row.source, row.sha256, keys_within(_lines([row]), row.source))

    def _new_rows(self) -> Iterator[list[ReceivedRow]]:
        """Texts of each part that the counts do not hold yet, each once."""
        seen: set[int] = set()  # of numbers: a fourth of the memory that the names take
        for _, rows in self._parts_with_rows():
            new = []
            for row in rows:
                text = text_key(row.source, row.sha256)
                if row.lines and text not in seen and not self._counts.has(row.source, row.sha256):
                    seen.add(text)
                    new.append(row)
            yield new

    def _shared(self, recurring: Lines) -> Iterator[tuple[ItemName, bytes]]:
        for items, rows in self._parts_with_rows():
            lines = _lines(rows)
            of_rows = np.repeat([row.item for row in rows], [len(row.lines) // lines.itemsize for row in rows])
            recurs = is_among(lines, recurring)
            lines, of_rows = lines[recurs], of_rows[recurs]
            ordinals, starts = np.unique(of_rows, return_index=True)
            for ordinal, start, end in zip(ordinals.tolist(), starts, [*starts[1:], len(lines)], strict=False):
                yield items[ordinal][:3], np.unique(lines[start:end]).tobytes()

    def _parts_with_rows(self) -> Iterator[tuple[dict[int, Item], list[ReceivedRow]]]:
        """The items of each part by their place there, and their rows."""
        for part, items in self._of_part.items():
            rows = read_part(self._parts / part, ReceivedRow, COLUMNS)
            yield items, [row for row in rows if row.item in items]


def _lines(rows: Sequence[ReceivedRow]) -> Lines:
    return np.frombuffer(b"".join([row.lines for row in rows]), np.uint64)
