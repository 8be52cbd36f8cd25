"""Texts as received become rows of parts, with the keys of their lines for counting those that recur."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.batch.inventory import Found
from pipeline.batch.keys import key_of
from pipeline.batch.ledger import Item
from pipeline.batch.parts import write_part
from pipeline.batch.tables import encodable
from pipeline.ingest.received import Received
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


class Packer:
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
        ordinal, packed = len(self._items), list[ReceivedRow]()
        for place, row in enumerate(rows, start):
            if self._note:
                self._note(place)
            packed.append(_packed(row, ordinal, file.source))
        n_chars = sum(len(row.content) for row in packed)
        self._items.append(Item(*file.name, number, _content_key(packed), "", ordinal, len(rows), n_chars))
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


def first_rows() -> list[ReceivedRow]:
    """A text and a page for a process that has met none: loading takes seconds, when it may end for other reasons."""
    return [_packed(Received(_FIRST, "", is_html=is_html), 0, "") for is_html in (False, True)]


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


def _packed(row: Received | Skipped, item: int, source: str) -> ReceivedRow:
    """`source` is for a text that does not say its own."""
    if isinstance(row, Skipped):
        source, reason = encodable(row.source), encodable(row.reason) or "skipped"
        return ReceivedRow(item, "", row.location, "", False, "", "", "", source, "", "", reason, b"")
    from pipeline.batch.recurring import line_keys
    from pipeline.ingest.documents import normalized, source_of

    content, source = normalized(row.content), encodable(source_of(row) or source)
    identity, title, date, name, warning = map(encodable, (row.id, row.title, row.date, row.name, row.warning))
    lines = line_keys(_shown(content, is_html=row.is_html), source).tobytes()
    return ReceivedRow(
        item, content, row.location, row.sha256, row.is_html, identity, title, date, source, name, warning, "", lines
    )


def _shown(content: str, *, is_html: bool) -> str:
    """A text, or the lines that a page shows."""
    if not is_html:
        return content
    from selectolax.lexbor import LexborHTMLParser

    from pipeline.ingest.html_lines import flatten_html
    from pipeline.ingest.tag_soup import cut_tags, is_tag_soup

    if is_tag_soup(content):
        return cut_tags(content)
    return "\n".join(flatten_html(LexborHTMLParser(content)).flattened().text)


def _content_key(rows: Sequence[ReceivedRow]) -> str:
    """A key of texts and of all that is said of them."""
    return key_of([row[2:12] for row in rows], *(row.content for row in rows))
