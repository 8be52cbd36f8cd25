"""Lines that recur over the documents of one source: counts that can be added up, kept in a small JSON file."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.ingest.lines import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_FORMAT = "recurring-lines/1"
_MAX_LINES_KEPT = 20_000
_LEAST_LETTERS = 2
LEAST_DOCUMENTS = 3
"""A line seen on so many documents of one source is chrome."""


@dataclass(slots=True)
class RecurringLines:
    """On how many documents of one source each line stood. Lines are kept as hashes, never as text.

    Add documents as they are received (chrome included), merge counts of other batches, then ask `times`.
    """

    source: str = ""
    n_documents: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, text: str) -> None:
        """Count each distinct line of one document once."""
        self.n_documents += 1
        self.counts.update({line_key(line) for line in split_lines(text).text})

    def merge(self, other: RecurringLines) -> RecurringLines:
        """Counts of both; the documents counted must differ."""
        return RecurringLines(self.source, self.n_documents + other.n_documents, self.counts + other.counts)

    def times(self, line: str) -> int:
        """On how many documents the line stood."""
        return self.counts[line_key(line)]

    def recurs(self, line: str, least: int = LEAST_DOCUMENTS) -> bool:
        """Whether the line stood on at least `least` documents."""
        return self.times(line) >= least

    def save(self, path: Path) -> None:
        """Write JSON, the most frequent lines only once there are very many; written whole or not at all."""
        kept = dict(sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))[:_MAX_LINES_KEPT])
        content = {"format": _FORMAT, "source": self.source, "n_documents": self.n_documents, "counts": kept}
        half_written = path.with_name(f".tmp-{path.name}")
        half_written.write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")
        half_written.replace(path)


def line_key(line: str) -> str:
    """A short hash of a line, blind to case, white space and digits (page numbers, dates and hits differ)."""
    plain = re.sub(r"\d+", "0", " ".join(line.casefold().split()))
    return blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def recurring_rows(lines: Sequence[str], rows: Sequence[int], counts: RecurringLines) -> dict[int, str]:
    """Those of `rows` whose lines recur in the source, with the reason; none when they are most of the text."""
    found = {}
    n_recurring = 0
    for row in rows:
        times = counts.times(lines[row])
        if times >= LEAST_DOCUMENTS and sum(map(str.isalpha, lines[row])) >= _LEAST_LETTERS:
            found[row] = f"repeats on other documents of this source: {times} of {counts.n_documents}"
            n_recurring += len(lines[row])
    return found if 2 * n_recurring <= sum(len(lines[row]) for row in rows) else {}


def count_lines(texts: Iterable[str], source: str = "") -> RecurringLines:
    """Counts over the documents `texts` of one source, as received."""
    found = RecurringLines(source)
    for text in texts:
        found.add(text)
    return found


def load_recurring(path: Path) -> RecurringLines:
    """Read what `RecurringLines.save` wrote; InputError when the file is not that."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise ValueError(f"format {content['format']!r}")
        counts = Counter({str(key): int(times) for key, times in content["counts"].items()})
        return RecurringLines(str(content["source"]), int(content["n_documents"]), counts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"not counts of recurring lines ({error})", where=str(path), expected=f"JSON of format {_FORMAT}",
            mend="delete the file; it is counted anew with the next batch",
        ) from error  # fmt: skip
