"""The first stage: files become parts of received texts, with the keys of their lines for counting those that recur."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from pipeline.batch.inventory import Found, here
from pipeline.batch.keys import cleaner_version, key_of
from pipeline.batch.ledger import FileRecord, Item
from pipeline.batch.parts import write_part
from pipeline.batch.tables import encodable
from pipeline.files import sha256_of_file
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received, excess
from pipeline.types import Skipped

ROWS_PER_ITEM = 256
"""A longer table is many items of so many rows; the number decides what a change redoes, never what comes out."""
MAX_ITEM_CHARS = 4_000_000
MAX_PART_CHARS = 16_000_000
BROKE_DOWN = "the program broke down on this document"
_FIRST = "<p>What is loaded with the first text must not be laid at its door.</p>"
Note = Callable[[int], None]
"""Told the place of what is worked on next, so that a breakdown can be laid at its door."""


class ReceivedRow(NamedTuple):
    """A text as received, or what was skipped (`reason` is not ""); `item` is its item's place in the part."""

    item: int
    content: str
    location: str
    sha256: str
    is_html: bool
    id: str
    title: str
    date: str
    source: str
    name: str
    warning: str
    reason: str
    lines: bytes

    def value(self) -> Received | Skipped:
        """The row as the reader gave it."""
        if self.reason:
            return Skipped(self.source, self.reason, self.location)
        return Received(*self[1:11])


class FileRead(NamedTuple):
    """What became of a file. `items` is None where it turned out to be unchanged."""

    record: FileRecord
    items: tuple[Item, ...] | None


@dataclass(frozen=True)
class ReadTask:
    """Read some files into parts. `known` holds the read keys in the ledger; `broken`, files that break the reader."""

    files: tuple[Found, ...]
    known: tuple[str, ...]
    options: ReadOptions
    parts: Path
    broken: frozenset[int] = frozenset()

    def run(self, note: Note | None = None) -> list[FileRead]:
        """Whole files, in order. Raises `OutputError`."""
        found: list[FileRead] = []
        packer = _Packer(self.parts)
        if note:
            first_rows()
        for place, (file, known) in enumerate(zip(self.files, self.known, strict=True)):
            if note:
                note(place)
            with opened(file, self.options) as (key, texts):
                if key and key == known:
                    found.append(FileRead(file.record(key, None), None))
                    continue
                skipped = Skipped(file.source, BROKE_DOWN, file.location)
                rows = [skipped] if place in self.broken else list(texts)
            n_items = packer.add(file, rows)
            key = "" if any(map(_may_pass, rows)) else key
            found.append(FileRead(file.record(key, n_items), ()))
        return _with_items(found, packer.finish())

    def without(self, place: int) -> ReadTask:
        """The same task, the file at `place` given up."""
        return replace(self, broken=self.broken | {place})


@dataclass(frozen=True)
class PackTask:
    """Make a part of consecutive rows of one large file; the first item has the number `first`."""

    file: Found
    rows: tuple[Received | Skipped, ...]
    first: int
    parts: Path
    broken: frozenset[int] = frozenset()

    def run(self, note: Note | None = None) -> list[Item]:
        """The items of these rows. Raises `OutputError`."""
        rows = [
            Skipped(row.source, BROKE_DOWN, row.location) if place in self.broken else row
            for place, row in enumerate(self.rows)
        ]
        if note:
            first_rows()
        packer = _Packer(self.parts, note)
        packer.add(self.file, rows, self.first)
        return packer.finish()

    def without(self, place: int) -> PackTask:
        """The same task, the row at `place` given up."""
        return replace(self, broken=self.broken | {place})


def first_rows() -> list[ReceivedRow]:
    """A text and a page for a process that has met none: loading takes seconds, when it may end for other reasons."""
    return [_packed(Received(_FIRST, "", is_html=is_html), 0) for is_html in (False, True)]


@contextmanager
def opened(file: Found, options: ReadOptions) -> Iterator[tuple[str, Iterator[Received | Skipped]]]:
    """The key of a file's content and its texts; of one that cannot be fetched, "" and a skipped row."""
    with ExitStack() as stack:
        try:
            path = stack.enter_context(here(file))
        except OSError as error:
            yield "", iter([Skipped(file.source, f"cannot be read: {error}", file.location)])
            return
        yield _read_key(file, path, options), _received_rows(file, path, options)


def _read_key(file: Found, path: str, options: ReadOptions) -> str:
    """The key of what a file's bytes are read as; "" when they cannot be read now."""
    try:
        content = sha256_of_file(path)
    except OSError:
        return ""
    return key_of(content, file.location, file.source, options, cleaner_version())


def _received_rows(file: Found, path: str, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The texts of a file as received, each with its source. A text beyond the limit is skipped."""
    from pipeline.ingest.documents import source_of
    from pipeline.ingest.formats import read_file
    from pipeline.ingest.walk import InputFile

    for item in read_file(InputFile(Path(path), file.location, file.source), options):
        if isinstance(item, Skipped):
            yield item
        elif reason := excess(item, options):
            yield Skipped(item.source or file.source, reason, item.location)
        else:
            yield item if item.source else replace(item, source=source_of(item) or file.source)


def in_items(rows: Iterable[Received | Skipped]) -> Iterator[list[Received | Skipped]]:
    """The rows of a file as items: `ROWS_PER_ITEM` of them, or fewer long ones."""
    item: list[Received | Skipped] = []
    n_chars = 0
    for row in rows:
        item.append(row)
        n_chars += len(row.content) if isinstance(row, Received) else 0
        if len(item) == ROWS_PER_ITEM or n_chars >= MAX_ITEM_CHARS:
            yield item
            item, n_chars = [], 0
    if item:
        yield item


class _Packer:
    """Gathers items into parts that fit the memory."""

    def __init__(self, parts: Path, note: Note | None = None) -> None:
        self._parts, self._note = parts, note
        self._rows: list[ReceivedRow] = []
        self._items: list[Item] = []
        self._done: list[Item] = []
        self._n_chars = 0

    def add(self, file: Found, rows: Sequence[Received | Skipped], first: int = 0) -> int:
        """Take rows of a file, in items numbered from `first`; returns how many items."""
        start = n_items = 0
        for item in in_items(rows):
            self._add_item(file, item, first + n_items, start)
            start += len(item)
            n_items += 1
        return n_items

    def _add_item(self, file: Found, rows: Sequence[Received | Skipped], number: int, start: int) -> None:
        packed = []
        for place, row in enumerate(rows, start):
            if self._note:
                self._note(place)
            packed.append(_packed(row, len(self._items)))
        n_chars = sum(len(row.content) for row in packed)
        content = key_of(json.dumps([row[1:12] for row in packed]))
        self._items.append(Item(*file.name, number, content, "", len(self._items), len(rows), n_chars))
        self._rows += packed
        self._n_chars += n_chars
        if self._n_chars >= MAX_PART_CHARS:
            self._write()

    def _write(self) -> None:
        if self._items:
            name = key_of("received", *(item.content for item in self._items))
            file = write_part(self._parts, name, self._rows)
            self._done += [item._replace(part=file) for item in self._items]
        self._rows, self._items, self._n_chars = [], [], 0

    def finish(self) -> list[Item]:
        """Write what is left; all items, in order."""
        self._write()
        return self._done


def _packed(row: Received | Skipped, item: int) -> ReceivedRow:
    if isinstance(row, Skipped):
        source, reason = encodable(row.source), encodable(row.reason) or "skipped"
        return ReceivedRow(item, "", row.location, "", False, "", "", "", source, "", "", reason, b"")
    from pipeline.batch.recurring import line_keys
    from pipeline.ingest.documents import normalized

    row = replace(row, content=normalized(row.content))
    lines = line_keys(_lines(row), row.source).tobytes()
    identity, title, date, source, name, warning = map(
        encodable, (row.id, row.title, row.date, row.source, row.name, row.warning)
    )
    return ReceivedRow(
        item,
        row.content,
        row.location,
        row.sha256,
        row.is_html,
        identity,
        title,
        date,
        source,
        name,
        warning,
        "",
        lines,
    )


def _lines(row: Received) -> Sequence[str]:
    from pipeline.ingest.lines import split_lines

    if not row.is_html:
        return split_lines(row.content).text
    from selectolax.lexbor import LexborHTMLParser

    from pipeline.ingest.html_lines import cut_tags, flatten_html, is_tag_soup

    if is_tag_soup(row.content):
        return split_lines(cut_tags(row.content)).text
    return flatten_html(LexborHTMLParser(row.content)).flattened().text


def _may_pass(row: Received | Skipped) -> bool:
    """Whether a file was skipped for what the next run may not meet: it is read again then."""
    return isinstance(row, Skipped) and row.reason.startswith(("cannot be read", BROKE_DOWN))


def _with_items(found: list[FileRead], items: list[Item]) -> list[FileRead]:
    of_file: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        of_file.setdefault((item.path, item.location), []).append(item)
    return [
        read if read.items is None else read._replace(items=tuple(of_file.get(read.record[:2], ()))) for read in found
    ]
