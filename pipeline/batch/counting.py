"""Which lines of the items recur, over the texts at the inputs and, where counts are kept, those of earlier batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.batch.ledger import Item
from pipeline.batch.packing import ReceivedRow
from pipeline.batch.parts import read_part
from pipeline.batch.recurring import (
    Lines,
    PartLines,
    is_among,
    keys_of_counts,
    keys_within,
    part_lines,
    recurring_keys,
    text_key,
)
from pipeline.ingest.recurring import LEAST_DOCUMENTS
from pipeline.ingest.source_counts import SourceCounts

COLUMNS = ("item", "sha256", "source", "lines")
ItemName = tuple[str, str, int]


class Counting:
    """The lines of received texts in their parts. A text counts once for its source, however often it is met.

    met: the lines of parts that need not be read again.
    """

    def __init__(
        self, items: Sequence[Item], parts: Path, counts: SourceCounts, met: Mapping[str, PartLines] | None = None
    ) -> None:
        self._parts, self._counts, self._met = parts, counts, met or {}
        self._n_texts = sum(item.n_rows for item in items)
        self._of_part: dict[str, dict[int, Item]] = {}
        for item in items:
            self._of_part.setdefault(item.part, {})[item.ordinal] = item

    def recurring(self) -> dict[ItemName, bytes]:
        """Of each item that has any, the keys (uint64) of its lines that recur, sorted."""
        earlier = keys_of_counts(self._counts)
        if not len(earlier) and self._n_texts < LEAST_DOCUMENTS:
            return {}

        def documents() -> Iterator[Lines]:
            yield earlier
            yield from self._new_lines()

        recurring = recurring_keys(documents)
        return dict(self._shared(recurring)) if len(recurring) else {}

    def add_to_counts(self) -> None:
        """Let the counts hold every text."""
        for part, items in self._of_part.items():
            for row in self._rows(part):
                if row.lines and row.item in items:
                    keys = np.frombuffer(row.lines, np.uint64)
                    self._counts.add(row.source, row.sha256, keys_within(keys, row.source))

    def _new_lines(self) -> Iterator[Lines]:
        """The lines of each part's texts that the counts do not hold yet, each text once."""
        seen = {text_key(source, text) for source, texts in self._counts.documents.items() for text in texts}
        for _, lines in self._lines():
            new = np.zeros(len(lines.texts), np.bool_)
            for place, text in enumerate(lines.texts.tolist()):
                if text not in seen:
                    seen.add(text)
                    new[place] = True
            yield lines.keys[np.repeat(new, lines.sizes)]

    def _shared(self, recurring: Lines) -> Iterator[tuple[ItemName, bytes]]:
        for items, lines in self._lines():
            recurs = is_among(lines.keys, recurring)
            keys, owners = lines.keys[recurs], np.repeat(lines.items, lines.sizes)[recurs]
            ordinals, starts = np.unique(owners, return_index=True)
            ends = [*starts.tolist()[1:], len(keys)]
            for ordinal, start, end in zip(ordinals.tolist(), starts.tolist(), ends, strict=False):
                item, own = items[ordinal], keys[start:end]
                yield item[:3], (own if item.n_rows == 1 else np.unique(own)).tobytes()  # of one row, they are sorted

    def _lines(self) -> Iterator[tuple[dict[int, Item], PartLines]]:
        """The items of each part by their place there, and their lines."""
        for part, items in self._of_part.items():
            lines = self._met[part] if part in self._met else part_lines(part, self._rows(part))
            yield items, lines.of(items)

    def _rows(self, part: str) -> Iterator[ReceivedRow]:
        return read_part(self._parts / part, ReceivedRow, COLUMNS)
