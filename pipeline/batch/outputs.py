"""The output made from the parts: doc_tags, documents and skipped, in the order of the inputs."""

from __future__ import annotations

import json
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.batch.ledger import Tagged
from pipeline.batch.links import Links, find_links
from pipeline.batch.parts import read_part
from pipeline.batch.tables import FORMATS, SKIPPED_COLUMNS, DocumentRow, TagFormat, open_csv, open_rows
from pipeline.batch.tagged import TaggedRow
from pipeline.classify.tags import TagRow
from pipeline.csvtext import csv_cells
from pipeline.files import replacing_files
from pipeline.types import Skipped

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel

Entry = Tagged | Skipped
N_PARTS_KEPT = 32
WITHOUT_TEXT = tuple(name for name in TaggedRow._fields if name not in {"signature", "text"})


@dataclass
class Tally:
    """What an output holds, before filters."""

    n_documents: int = 0
    n_tagged: int = 0
    n_abstained: int = 0
    n_skipped: int = 0
    n_by_theme: dict[str, int] = field(default_factory=dict)

    def add(self, tags: Sequence[Sequence[Any]]) -> None:
        """Count one document."""
        assigned = [tag[0] for tag in tags if tag[3] == "assigned"]
        self.n_documents += 1
        self.n_tagged += bool(assigned)
        self.n_abstained += any(tag[3] == "abstain" for tag in tags)
        for theme in assigned:
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
    rows = PartRows(parts, WITHOUT_TEXT)
    themes = {theme.id: (theme.id, theme.label("en"), theme.label("ko")) for theme in model.taxonomy.themes}
    versions = (model.version, model.taxonomy.version)
    tally = Tally(n_by_theme=dict.fromkeys(model.taxonomy.ids, 0))
    with replacing_files(out) as scratch, ExitStack() as stack:
        tags = stack.enter_context(open_rows(scratch / f"doc_tags.{format_}", TagRow._fields))
        documents = stack.enter_context(open_rows(scratch / "documents.csv", DocumentRow._fields))
        probabilities = stack.enter_context(open_csv(scratch / "probabilities.csv", ("doc_id", *model.taxonomy.ids)))
        skipped = stack.enter_context(open_rows(scratch / "skipped.csv", SKIPPED_COLUMNS))
        for item in _documents(entries, rows):
            if isinstance(item, Skipped):
                tally.n_skipped += 1
                skipped.write([(item.source, item.reason, item.location)])
                continue
            named, found = links.next(item.id), json.loads(item.tags)
            tally.add(found)
            if filters.keep_document(item.date):
                facts = (named.id, *_facts(item))
                rest = (named.duplicate_of, item.n_chars, item.n_removed, item.remark, item.location)
                documents.write([rest], before=facts)
                probabilities.write(f"{csv_cells((named.id,))},{item.probabilities}\n")
                kept = [(*themes[tag[0]], *tag[1:]) for tag in found if filters.keep_tag(tag[0], tag[1])]
                tags.write(kept, before=facts, after=versions)
    for other in set(FORMATS) - {format_}:
        (out / f"doc_tags.{other}").unlink(missing_ok=True)
    return tally


def _documents(entries: Iterable[Entry], rows: PartRows) -> Iterator[TaggedRow | Skipped]:
    for entry in entries:
        if isinstance(entry, Skipped):
            yield entry
            continue
        for row in rows.of(entry):
            yield Skipped(row.source, row.reason, row.location) if row.reason else row


def _facts(row: TaggedRow) -> tuple[str, ...]:
    """What doc_tags and documents say of a document after its id."""
    return row.sha256, row.title, row.source, row.language, row.date, row.precision, row.origin
