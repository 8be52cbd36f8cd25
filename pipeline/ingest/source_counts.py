"""Recurring lines of many sources in one small file, so that the next batch benefits from the earlier ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.files import atomic_write
from pipeline.ingest.recurring import RecurringLines

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "recurring-lines-of-sources/2"
MAX_LINES_OF_SOURCE = 20_000
MAX_DOCUMENTS_OF_SOURCE = 100_000
"""So much of a source is kept in the file: its most frequent and latest lines, and the documents counted last."""
N_DIGITS_OF_DOCUMENT = N_DIGITS_OF_LINE = 16


@dataclass(slots=True)
class SourceCounts:
    """The lines of each source and the documents they were counted on, by name of the source.

    A document counts once, however often it is read: running a batch again changes nothing.
    """

    lines: dict[str, RecurringLines] = field(default_factory=dict)
    documents: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, source: str, document: str, keys: Iterable[int]) -> None:
        """Count the lines of a document, known by `document` (its SHA-256), unless it was counted before.

        keys: those of its lines as received, as `pipeline.ingest.recurring.keys_of` gives them.
        """
        if self.has(source, document):
            return
        seen = self.documents.setdefault(source, {})
        if document:
            seen[document[:N_DIGITS_OF_DOCUMENT]] = None
        self.lines.setdefault(source, RecurringLines(source)).add(keys)

    def has(self, source: str, document: str) -> bool:
        """Whether a document of the source was counted before; never for one without a hash."""
        return document[:N_DIGITS_OF_DOCUMENT] in self.documents.get(source, {})

    def of(self, source: str) -> RecurringLines:
        """The counts of one source; empty for one not met yet."""
        return self.lines.get(source) or RecurringLines(source)

    def save(self, path: Path) -> None:
        """Write JSON, whole or not at all; of very much, the rarest and oldest is left out. Raises `OutputError`."""
        sources = {source: self._content(source) for source in sorted(self.lines)}
        with atomic_write(path) as stream:
            json.dump({"format": FORMAT, "sources": sources}, stream, indent=0)

    def _content(self, source: str) -> dict[str, Any]:
        lines = self.lines[source]
        latest_first = reversed(lines.counts.items())
        kept = sorted(latest_first, key=lambda item: -item[1])[:MAX_LINES_OF_SOURCE]
        documents = list(self.documents.get(source, {}))[-MAX_DOCUMENTS_OF_SOURCE:]
        return {
            "n_documents": lines.n_documents,
            "counts": {f"{key:0{N_DIGITS_OF_LINE}x}": times for key, times in reversed(kept)},
            "documents": documents,
        }


def load_counts(path: Path) -> SourceCounts:
    """Read what `SourceCounts.save` wrote; empty counts where there is no such file, InputError where it is another."""
    if not path.exists():
        return SourceCounts()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']!r}")
        found = SourceCounts()
        for source, kept in content["sources"].items():
            counts = Counter({_number(key): int(times) for key, times in kept["counts"].items()})
            found.lines[source] = RecurringLines(source, int(kept["n_documents"]), counts)
            found.documents[source] = dict.fromkeys(map(str, kept["documents"]))
        return found
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"not counts of recurring lines ({error})", where=str(path), expected=f"JSON of format {FORMAT}",
            mend="give another file with --line-counts, or delete it: what recurs is then counted anew",
        ) from error  # fmt: skip


def _number(key: str) -> int:
    if len(key) != N_DIGITS_OF_LINE or int(key, 16) < 0:
        raise ValueError(f"the line {key!r}")
    return int(key, 16)
