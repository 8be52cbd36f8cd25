"""Recurring lines of many sources in one small file, so that the next batch benefits from the earlier ones."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.errors import InputError
from pipeline.ingest.recurring import RecurringLines

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "recurring-lines-of-sources/1"
MAX_LINES_OF_SOURCE = 5_000
MAX_DOCUMENTS_OF_SOURCE = 20_000
"""So much of a source is kept in the file: its most frequent lines, and the documents counted last."""
N_DIGITS_OF_DOCUMENT = 16


@dataclass(slots=True)
class SourceCounts:
    """The lines of each source and the documents they were counted on, by name of the source.

    A document counts once, however often it is read: running a batch again changes nothing.
    """

    lines: dict[str, RecurringLines] = field(default_factory=dict)
    documents: dict[str, dict[str, None]] = field(default_factory=dict)

    def add(self, source: str, document: str, text: str) -> None:
        """Count the lines of a document, known by `document` (its SHA-256), unless it was counted before."""
        seen = self.documents.setdefault(source, {})
        key = document[:N_DIGITS_OF_DOCUMENT]
        if key in seen:
            return
        if key:
            seen[key] = None
        self.lines.setdefault(source, RecurringLines(source)).add(text)

    def of(self, source: str) -> RecurringLines:
        """The counts of one source; empty for one not met yet."""
        return self.lines.get(source) or RecurringLines(source)

    def save(self, path: Path) -> None:
        """Write JSON, whole or not at all; of very much, the rarest lines and oldest documents are left out."""
        sources = {source: self._content(source) for source in sorted(self.lines)}
        half_written = path.with_name(f".tmp-{path.name}")
        half_written.write_text(
            json.dumps({"format": FORMAT, "sources": sources}, ensure_ascii=False, indent=0), encoding="utf-8"
        )
        half_written.replace(path)

    def _content(self, source: str) -> dict[str, Any]:
        lines = self.lines[source]
        most_frequent = sorted(lines.counts.items(), key=lambda item: (-item[1], item[0]))[:MAX_LINES_OF_SOURCE]
        latest = list(self.documents.get(source, {}))[-MAX_DOCUMENTS_OF_SOURCE:]
        return {"n_documents": lines.n_documents, "counts": dict(most_frequent), "documents": latest}


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
            counts = Counter({str(key): int(times) for key, times in kept["counts"].items()})
            found.lines[source] = RecurringLines(source, int(kept["n_documents"]), counts)
            found.documents[source] = dict.fromkeys(map(str, kept["documents"]))
        return found
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"not counts of recurring lines ({error})", where=str(path), expected=f"JSON of format {FORMAT}",
            mend="delete the file; it is counted anew with the next batch",
        ) from error  # fmt: skip
