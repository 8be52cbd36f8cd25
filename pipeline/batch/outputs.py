"""The output made from the parts: doc_tags, documents and skipped, in the order of the inputs."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.ledger import Tagged
from pipeline.batch.links import Links, Named, find_links
from pipeline.batch.parts import read_part
from pipeline.batch.table_lines import document_row, renamed, tag_rows
from pipeline.batch.tables import FORMATS, SKIPPED_COLUMNS, CsvRows, DocumentRow, TagFormat, open_csv, open_rows
from pipeline.batch.tagged import TaggedRow
from pipeline.classify.tags import TagRow
from pipeline.files import replacing_files
from pipeline.types import Skipped

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel

Entry = Tagged | Skipped
N_PARTS_KEPT = 32
SHOWN = (
    "item", "id", "source", "date", "location", "reason", "assigned", "abstained", "document", "tags", "probabilities",
)  # fmt: skip


@dataclass
class Tally:
    """What an output holds, before filters."""

    n_documents: int = 0
    n_tagged: int = 0
    n_abstained: int = 0
    n_skipped: int = 0
    n_by_theme: dict[str, int] = field(default_factory=dict)

    def add(self, row: TaggedRow) -> None:
        """Count one document."""
        self.n_documents += 1
        self.n_tagged += bool(row.assigned)
        self.n_abstained += row.abstained
        for theme in row.assigned.split():
            self.n_by_theme[theme] += 1


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


class PartRows:
    """Rows of tagged items; the last few parts stay in memory."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        self._folder, self._columns = folder, columns
        self._kept: OrderedDict[str, dict[int, list[TaggedRow]]] = OrderedDict()

    def of(self, tagged: Tagged) -> list[TaggedRow]:
        """The rows of one item; of Parquet, only the columns asked for."""
        if tagged.part not in self._kept:
            rows = read_part(self._folder / tagged.part, TaggedRow, self._columns)
            self._kept[tagged.part] = {item: list(group) for item, group in groupby(rows, lambda row: row.item)}
            if len(self._kept) > N_PARTS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(tagged.part)
        return self._kept[tagged.part][tagged.ordinal]


def link_documents(entries: Sequence[Entry], parts: Path) -> Links:
    """Give repeated ids a number and link duplicates, in the order of the inputs."""
    rows = PartRows(parts, ("item", "id", "reason", "signature"))
    with_text = PartRows(parts, ("item", "reason", "text"))
    starts = array("q")

    def documents() -> Iterator[tuple[str, bytes]]:
        n_documents = 0
        for entry in entries:
            starts.append(n_documents)
            for row in rows.of(entry) if isinstance(entry, Tagged) else ():
                if not row.reason:
                    n_documents += 1
                    yield row.id, row.signature

    def texts(positions: Sequence[int]) -> Iterator[str]:
        for position in positions:
            place = bisect_right(starts, position) - 1
            entry = entries[place]
            assert isinstance(entry, Tagged)
            found = [row for row in with_text.of(entry) if not row.reason]
            yield found[position - starts[place]].text

    return find_links(documents(), texts)


def write_outputs(
    entries: Sequence[Entry], model: ThemeModel, out: Path, *, parts: Path, format_: TagFormat, filters: Filters
) -> Tally:
    """Write doc_tags.FORMAT, documents, probabilities and skipped.csv, all or none. Raises `OutputError`."""
    links = link_documents(entries, parts)
    rows = PartRows(parts, SHOWN)
    tally = Tally(n_by_theme=dict.fromkeys(model.taxonomy.ids, 0))
    with replacing_files(out) as scratch, ExitStack() as stack:
        tables = _Tables(scratch, model.taxonomy.ids, format_, filters, stack)
        for item in _documents(entries, rows):
            if isinstance(item, Skipped):
                tally.n_skipped += 1
                tables.skip(item)
            else:
                tally.add(item)
                tables.add(item, links.next(item.id))
    for other in set(FORMATS) - {format_}:
        (out / f"doc_tags.{other}").unlink(missing_ok=True)
    return tally


class _Tables:
    """The tables being written. Lines go in as they are, unless an id, a link, a filter or the format changes them."""

    def __init__(
        self, folder: Path, themes: Sequence[str], format_: TagFormat, filters: Filters, stack: ExitStack
    ) -> None:
        self._filters = filters
        self._documents = stack.enter_context(open_csv(folder / "documents.csv", DocumentRow._fields))
        self._probabilities = stack.enter_context(open_csv(folder / "probabilities.csv", ("doc_id", *themes)))
        self._skipped = stack.enter_context(open_csv(folder / "skipped.csv", SKIPPED_COLUMNS))
        self._tags = stack.enter_context(open_rows(folder / f"doc_tags.{format_}", TagRow._fields))
        self._tag_lines = self._tags if isinstance(self._tags, CsvRows) and filters.keep_all_tags() else None

    def skip(self, item: Skipped) -> None:
        """Write what was skipped."""
        self._skipped.write([(item.source, item.reason, item.location)])

    def add(self, row: TaggedRow, named: Named) -> None:
        """Write a document under its name, if it is to be kept."""
        if not self._filters.keep_document(row.date):
            return
        is_new_name = named.id != row.id
        if is_new_name or named.duplicate_of:
            changed = document_row(row.document)._replace(doc_id=named.id, duplicate_of=named.duplicate_of)
            self._documents.write([changed])
        else:
            self._documents.copy(row.document)
        self._probabilities.copy(renamed(row.probabilities, row.id, named.id) if is_new_name else row.probabilities)
        if is_new_name or self._tag_lines is None:
            self._tags.write(self._kept_tags(row, named.id))
        else:
            self._tag_lines.copy(row.tags)

    def _kept_tags(self, row: TaggedRow, identity: str) -> list[TagRow]:
        tags = tag_rows(row.tags)
        return [tag._replace(doc_id=identity) for tag in tags if self._filters.keep_tag(tag.theme, tag.probability)]


def _documents(entries: Iterable[Entry], rows: PartRows) -> Iterator[TaggedRow | Skipped]:
    for entry in entries:
        if isinstance(entry, Skipped):
            yield entry
            continue
        for row in rows.of(entry):
            yield Skipped(row.source, row.reason, row.location) if row.reason else row
