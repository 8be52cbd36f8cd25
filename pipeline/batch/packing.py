"""Texts as received become rows of parts, with the keys of their lines for counting those that recur."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.batch.inventory import Found
from pipeline.batch.keys import key_of
from pipeline.batch.ledger import Item
from pipeline.batch.parts import load_parquet, write_part
from pipeline.batch.tables import encodable
from pipeline.ingest.compiler import load_compiler
from pipeline.ingest.received import Received
from pipeline.ingest.text_work import BYTE_KERNEL, KERNEL
from pipeline.types import Skipped

if TYPE_CHECKING:
    from pipeline.batch.recurring import PartLines

ROWS_PER_ITEM = 256
"""A longer table is many items of so many rows; the number decides what a change redoes, never what comes out."""
MAX_ITEM_CHARS = 4_000_000
MAX_PART_CHARS = 16_000_000
BROKE_DOWN = "the program broke down on this document"
_FIRST_PAGE = "<p>What is loaded with the first texts is not theirs to answer for.</p>"
"""So short that the language model is asked."""
_FIRST_TEXT = """Home
News and events
Contact
What is loaded with the first texts is not theirs to answer for
2 March 2024
A process that has met no text yet loads what it needs for this one – modules, tables and code – and the next texts
find all of it there, so that whatever ends a process after that is the doing of the text at hand.
Of the lines of this text one counts as known from other pages of the site, which is what the last step is for: those
that are left are looked at once more, and the title is then looked for among them and above.
Процесс, который ещё не встретил ни одного текста, загружает всё, что нужно для этого: модули, таблицы и код; тогда
следующие тексты находят всё это на месте, и ничто больше не задерживает работу, которая им предстоит.
Search this site
"""
FIRST_KNOWN = 6
"""Which line of that text, counted from 0, is to count as one that recurs."""
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


class _Waiting(NamedTuple):
    """A row still to be packed: its item's place in the part, its own among the rows added, whose source it has."""

    item: int
    place: int
    row: Received | Skipped
    source: str


class Packed(NamedTuple):
    """Items with their places among the parts, in order, and the lines of these parts."""

    items: list[Item]
    lines: list[PartLines]


class Packer:
    """Gathers items into parts that fit the memory."""

    def __init__(self, parts: Path, note: Note | None = None) -> None:
        self._parts, self._note = parts, note
        self._waiting: list[_Waiting] = []
        self._rows: list[ReceivedRow] = []
        self._items: list[Item] = []
        self._done = Packed([], [])
        self._n_chars = 0

    def add(self, file: Found, rows: Sequence[Received | Skipped], first: int = 0) -> int:
        """Take rows of a file, in items numbered from `first`; returns how many items."""
        start = n_items = 0
        for item in in_items(rows):
            ordinal = len(self._items)
            self._waiting += [_Waiting(ordinal, place, row, file.source) for place, row in enumerate(item, start)]
            self._items.append(Item(*file.name, first + n_items, "", "", ordinal, len(item), 0))
            self._n_chars += _n_chars(item)
            if self._n_chars >= MAX_PART_CHARS:
                self._write()
            start += len(item)
            n_items += 1
        return n_items

    def pack(self) -> None:
        """Pack what was taken so far."""
        waiting, self._waiting = self._waiting, []
        if self._note is None:
            self._rows += pack_rows(waiting)
            return
        for row in waiting:
            self._note(row.place)
            self._rows += pack_rows([row])

    def _write(self) -> None:
        from pipeline.batch.recurring import part_lines

        if self._items:
            self.pack()
            of_items = (list(group) for _, group in groupby(self._rows, itemgetter(0)))
            items = [_described(item, rows) for item, rows in zip(self._items, of_items, strict=True)]
            file = write_part(self._parts, key_of("received", *(item.content for item in items)), self._rows)
            self._done.items.extend([item._replace(part=file) for item in items])
            self._done.lines.append(part_lines(file, self._rows))
        self._rows, self._items, self._n_chars = [], [], 0

    def finish(self) -> Packed:
        """Write what is left; everything, in order."""
        self._write()
        return self._done


def _described(item: Item, rows: Sequence[ReceivedRow]) -> Item:
    """An item with what its rows say: a key of its texts and of all that is said of them, and its size."""
    contents = [row.content for row in rows]
    content_key = key_of([row[2:12] for row in rows], *contents)
    return item._replace(content=content_key, n_chars=sum(map(len, contents)))


def load_for_reading() -> None:
    """Load what reading takes, its compiled code too, and make sure of it by packing two texts."""
    from pipeline.ingest.text_files import received_bytes

    load_parquet()
    load_compiler()
    for module in (KERNEL, BYTE_KERNEL, "pipeline.ingest.formats"):
        import_module(module)
    received_bytes(_FIRST_TEXT.encode(), "first.txt", "")
    first_rows()


def first_rows() -> list[ReceivedRow]:
    """A text and a page for a process that has met none: loading takes seconds, when it may end for other reasons."""
    first = [Received(_FIRST_TEXT, ""), Received(_FIRST_PAGE, "", is_html=True)]
    return pack_rows([_Waiting(0, 0, row, "") for row in first])


def in_items(rows: Iterable[Received | Skipped]) -> Iterator[list[Received | Skipped]]:
    """The rows of a file as items: `ROWS_PER_ITEM` of them, or fewer long ones."""
    item: list[Received | Skipped] = []
    n_chars = 0
    for row in rows:
        item.append(row)
        n_chars += _n_chars([row])
        if len(item) == ROWS_PER_ITEM or n_chars >= MAX_ITEM_CHARS:
            yield item
            item, n_chars = [], 0
    if item:
        yield item


def _n_chars(rows: Iterable[Received | Skipped]) -> int:
    return sum(len(row.content) for row in rows if isinstance(row, Received))


def pack_rows(rows: Sequence[_Waiting]) -> list[ReceivedRow]:
    """Rows of a part. Each step is made for all rows before the next one: the processor's caches hold one at a time."""
    from pipeline.batch.recurring import line_keys
    from pipeline.ingest.documents import source_of
    from pipeline.ingest.normal_text import normalized_texts

    texts = [(waiting, waiting.row) for waiting in rows if isinstance(waiting.row, Received)]
    contents = normalized_texts([row.content for _, row in texts])
    sources = [encodable(source_of(row) or waiting.source) for waiting, row in texts]
    shown = [_shown(content) if row.is_html else content for content, (_, row) in zip(contents, texts, strict=True)]
    packed = map(_text_row, texts, contents, sources, line_keys(shown, sources))
    return [next(packed) if isinstance(waiting.row, Received) else _skipped_row(waiting) for waiting in rows]


def _text_row(text: tuple[_Waiting, Received], content: str, source: str, lines: bytes) -> ReceivedRow:
    waiting, row = text
    identity, title, date, name, warning = map(encodable, (row.id, row.title, row.date, row.name, row.warning))
    return ReceivedRow(
        waiting.item, content, row.location, row.sha256, row.is_html, identity, title, date, source, name, warning, "",
        lines,
    )  # fmt: skip


def _skipped_row(waiting: _Waiting) -> ReceivedRow:
    row = waiting.row
    assert isinstance(row, Skipped)
    source, reason = encodable(row.source), encodable(row.reason) or "skipped"
    return ReceivedRow(waiting.item, "", row.location, "", False, "", "", "", source, "", "", reason, b"")


def _shown(content: str) -> str:
    """The lines that a page shows."""
    from selectolax.lexbor import LexborHTMLParser

    from pipeline.ingest.html_lines import flatten_html
    from pipeline.ingest.tag_soup import cut_tags, is_tag_soup

    if is_tag_soup(content):
        return cut_tags(content)
    return "\n".join(flatten_html(LexborHTMLParser(content)).flattened().text)
