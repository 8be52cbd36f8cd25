"""What the tables say of a document, as lines of CSV: made where it is tagged, read again only where they change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.batch.tables import DocumentRow
from pipeline.classify.tags import Tag, TagRow
from pipeline.csvtext import csv_cells, csv_rows
from pipeline.types import Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.classify.model import ThemeModel

PROBABILITY_DECIMALS = 6


class Lines(NamedTuple):
    """Of one document its line of `documents`, those of `doc_tags`, and that of `probabilities`, each with its end."""

    document: str
    tags: str
    probabilities: str


class LineMaker:
    """Makes the lines of documents tagged with one model."""

    def __init__(self, model: ThemeModel) -> None:
        themes = model.taxonomy.themes
        self._themes = {theme.id: csv_cells((theme.id, theme.label("en"), theme.label("ko"))) for theme in themes}
        self._versions = csv_cells((model.version, model.taxonomy.version))

    def of(self, item: Document, remark: str, tags: Sequence[Tag], probabilities: str) -> Lines:
        """The lines of a document that repeats no other; probabilities: those of all themes, as cells."""
        date, identity = item.date, csv_cells((item.id,))
        said = (item.sha256, item.title, item.source, item.language, date.value, date.precision, date.origin)
        facts = f"{identity},{csv_cells(said)}"
        rest = csv_cells(("", len(item.text), len(item.removed), remark, item.location))
        rows = "".join([f"{facts},{self._tag(tag)},{self._versions}\n" for tag in tags])
        return Lines(f"{facts},{rest}\n", rows, f"{identity},{probabilities}\n")

    def _tag(self, tag: Tag) -> str:
        shown = csv_cells((tag.decision, tag.evidence, tag.start, tag.end))
        return f"{self._themes[tag.theme]},{tag.probability},{tag.threshold},{shown},{tag.contribution}"


def as_cells(probabilities: NDArray[np.float32]) -> Iterator[str]:
    """Each row as cells of CSV, rounded to six decimals: a float32 times a million is exact in float64."""
    million = 10.0**PROBABILITY_DECIMALS
    rounded = (probabilities.astype("float64") * million).round() / million
    if not len(rounded):
        return iter(())
    written = json.dumps(rounded.tolist(), separators=(",", ":"))  # faster than a `str` for each
    return iter(written[2:-2].split("],["))


def document_row(line: str) -> DocumentRow:
    """The row of `documents` that a line holds."""
    row: DocumentRow = DocumentRow._make(next(csv_rows(line)))
    return row


def tag_rows(lines: str) -> list[TagRow]:
    """The rows of `doc_tags` that lines hold."""
    rows: list[TagRow] = list(map(TagRow._make, csv_rows(lines)))
    return [row if isinstance(row.start, int) else row._replace(start=None, end=None) for row in rows]


def renamed(line: str, own: str, identity: str) -> str:
    """A line that begins with the id `own`, with another in its place."""
    return csv_cells((identity,)) + line.removeprefix(csv_cells((own,)))
