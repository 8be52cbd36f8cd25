"""The output made from the parts: doc_tags, documents and skipped, in the order of the inputs."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.batch.links import Links, find_links
from pipeline.batch.part_columns import Columns, Entry, Parts, Stretch, in_stretches
from pipeline.batch.parts import load_parquet
from pipeline.batch.table_lines import document_row, renamed, tag_rows
from pipeline.batch.tables import FORMATS, SKIPPED_COLUMNS, CsvRows, DocumentRow, TagFormat, open_csv, open_rows
from pipeline.classify.tags import TagRow
from pipeline.files import replacing_files
from pipeline.types import Skipped

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel

SHOWN = ("id", "source", "date", "location", "assigned", "abstained", "document", "tags", "probabilities")


@dataclass
class Tally:
    """What an output holds, before filters."""

    n_documents: int = 0
    n_tagged: int = 0
    n_abstained: int = 0
    n_skipped: int = 0
    n_by_theme: dict[str, int] = field(default_factory=dict)

    def add(self, part: Columns, first: int, last: int) -> None:
        """Count rows of a part."""
        n_skipped = int(part.is_skipped[first:last].sum())
        self.n_skipped += n_skipped
        self.n_documents += last - first - n_skipped
        self.n_abstained += sum(part.abstained[first:last])
        for assigned, n_documents in Counter(part.cells["assigned"].texts(first, last)).items():
            self.n_tagged += n_documents if assigned else 0
            for theme in assigned.split():
                self.n_by_theme[theme] += n_documents


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows are written. `since` keeps documents that may be of that ISO date or later; the others, tags.

    A document without a date is not kept by `since`. `themes` and `min_probability` choose rows of doc_tags alone.
    """

    since: str = ""
    themes: tuple[str, ...] = ()
    min_probability: float = 0.0

    def keep_document(self, date: str) -> bool:
        """Whether a document of a date, as precise as it is known, is written."""
        return not self.since or (date != "" and date >= self.since[: len(date)])

    def keep_tag(self, theme: str, probability: float) -> bool:
        """Whether a row of doc_tags is written."""
        return (not self.themes or theme in self.themes) and probability >= self.min_probability

    def keep_all_tags(self) -> bool:
        """Whether every row of doc_tags is written."""
        return not self.themes and self.min_probability <= 0


def load_for_outputs() -> None:
    """Load what linking and writing take."""
    load_parquet()
    import_module("pipeline.ingest.signatures")


def link_documents(order: Sequence[Stretch | Skipped], parts: Path) -> Links:
    """Give repeated ids a number and link duplicates, in the order of the inputs."""
    signed, with_text = Parts(parts, ("id", "signature")), Parts(parts, ("text",))
    stretches = [item for item in order if isinstance(item, Stretch)]
    starts = array("q")

    def documents() -> Iterator[tuple[list[str], memoryview]]:
        n_documents = 0
        for stretch in stretches:
            starts.append(n_documents)
            part = signed.of(stretch)
            (first, last), rows = part.rows_of(stretch), part.documents_of(stretch)
            n_documents += len(rows)
            ids = part.cells["id"].texts(first, last)
            yield [ids[row] for row in (rows - first).tolist()], part.cells["signature"].between(first, last)

    def texts(positions: Sequence[int]) -> Iterator[str]:
        for position in positions:
            place = bisect_right(starts, position) - 1
            part = with_text.of(stretches[place])
            yield part.cells["text"].text(part.documents_of(stretches[place])[position - starts[place]])

    return find_links(documents(), texts)


def write_outputs(
    entries: Sequence[Entry], model: ThemeModel, out: Path, *, parts: Path, format_: TagFormat, filters: Filters
) -> Tally:
    """Write doc_tags.FORMAT, documents, probabilities and skipped.csv, all or none. Raises `OutputError`."""
    order = list(in_stretches(entries))
    links, shown = link_documents(order, parts), Parts(parts, SHOWN)
    tally = Tally(n_by_theme=dict.fromkeys(model.taxonomy.ids, 0))
    with replacing_files(out) as scratch, ExitStack() as stack:
        tables = _Tables(scratch, model.taxonomy.ids, format_, filters, links, stack)
        for item in order:
            if isinstance(item, Skipped):
                tally.n_skipped += 1
                tables.skip(item)
            else:
                part = shown.of(item)
                first, last = part.rows_of(item)
                tally.add(part, first, last)
                tables.add(part, first, last)
    for other in set(FORMATS) - {format_}:
        (out / f"doc_tags.{other}").unlink(missing_ok=True)
    return tally


class _Tables:
    """The tables being written. Lines go in as they are, unless an id, a link, a filter or the format changes them."""

    def __init__(
        self, folder: Path, themes: Sequence[str], format_: TagFormat, filters: Filters, links: Links, stack: ExitStack
    ) -> None:
        self._filters, self._links, self._n_documents = filters, links, 0
        self._documents = stack.enter_context(open_csv(folder / "documents.csv", DocumentRow._fields))
        self._probabilities = stack.enter_context(open_csv(folder / "probabilities.csv", ("doc_id", *themes)))
        self._skipped = stack.enter_context(open_csv(folder / "skipped.csv", SKIPPED_COLUMNS))
        self._tags = stack.enter_context(open_rows(folder / f"doc_tags.{format_}", TagRow._fields))
        self._tag_lines = self._tags if isinstance(self._tags, CsvRows) and filters.keep_all_tags() else None

    def skip(self, item: Skipped) -> None:
        """Write what was skipped."""
        self._skipped.write([(item.source, item.reason, item.location)])

    def add(self, part: Columns, first: int, last: int) -> None:
        """Write rows of a part: those that nothing changes many at a time, each of the others by itself."""
        skipped = part.is_skipped[first:last]
        positions = self._n_documents + np.cumsum(~skipped) - 1
        self._n_documents += int((~skipped).sum())
        apart = np.ones(last - first, np.bool_) if self._changes_all() else skipped.copy()
        apart[~skipped] |= self._links.concerned[positions[~skipped]]
        done = first
        for place in np.flatnonzero(apart).tolist():
            self._copy(part, done, first + place)
            done = first + place + 1
            if skipped[place]:
                self._skip(part, first + place)
            else:
                self._add(part, first + place, int(positions[place]))
        self._copy(part, done, last)

    def _changes_all(self) -> bool:
        return self._tag_lines is None or self._filters.since != ""

    def _copy(self, part: Columns, first: int, last: int) -> None:
        if first < last:
            assert self._tag_lines is not None
            self._documents.copy(part.cells["document"].between(first, last))
            self._probabilities.copy(part.cells["probabilities"].between(first, last))
            self._tag_lines.copy(part.cells["tags"].between(first, last))

    def _skip(self, part: Columns, row: int) -> None:
        self.skip(Skipped(*(part.cells[name].text(row) for name in ("source", "reason", "location"))))

    def _add(self, part: Columns, row: int, position: int) -> None:
        """Write one document under its name, if it is to be kept."""
        own = part.cells["id"].text(row)
        named = self._links.of(position, own)
        if not self._filters.keep_document(part.cells["date"].text(row)):
            return
        document, tags, probabilities = (part.cells[name].text(row) for name in ("document", "tags", "probabilities"))
        if named != (own, ""):
            changed = document_row(document)._replace(doc_id=named.id, duplicate_of=named.duplicate_of)
            self._documents.write([changed])
        else:
            self._documents.copy(document.encode())
        self._probabilities.copy(renamed(probabilities, own, named.id).encode())
        if self._tag_lines is None or named.id != own:
            self._tags.write(self._kept_tags(tags, named.id))
        else:
            self._tag_lines.copy(tags.encode())

    def _kept_tags(self, lines: str, identity: str) -> list[TagRow]:
        tags = [tag._replace(doc_id=identity) for tag in tag_rows(lines)]
        return [tag for tag in tags if self._filters.keep_tag(tag.theme, tag.probability)]
