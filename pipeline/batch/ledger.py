"""The ledger: an SQLite database that alone says what is done.

`files` are what was found at the inputs; `items` are their pieces as read (a file, or some rows of a table), each in a
part of received texts; `tags` are the tagged pieces by key, each in a part of tags. Every change is one transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import OutputError

LEDGER = "ledger.sqlite"
FORMAT = "1"
FINISHED = "finished"
"""Where the ledger keeps what the output was made of; whatever changes an item takes it away."""
READER = "reader"
"""Where it keeps the version of what read its files."""
UNSETTLED = -1
"""In the place of a time of change: the file is hashed before it is taken for unchanged."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files(
    path TEXT, location TEXT, size INTEGER, mtime_ns INTEGER, inode INTEGER, read_key TEXT NOT NULL,
    n_items INTEGER, removed_at TEXT, PRIMARY KEY(path, location)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items(
    path TEXT, location TEXT, number INTEGER, content TEXT NOT NULL, part TEXT NOT NULL, ordinal INTEGER NOT NULL,
    n_rows INTEGER NOT NULL, n_chars INTEGER NOT NULL, tag_key TEXT, PRIMARY KEY(path, location, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tags(
    key TEXT PRIMARY KEY, part TEXT NOT NULL, ordinal INTEGER NOT NULL, n_skipped INTEGER NOT NULL) WITHOUT ROWID;
"""


class FileRecord(NamedTuple):
    """A file as it was when read. `n_items` is None until all of it is read; a `read_key` of "" is never trusted."""

    path: str
    location: str
    size: int
    mtime_ns: int
    inode: int
    read_key: str
    n_items: int | None
    removed_at: str | None = None


class Item(NamedTuple):
    """A piece of a file as read: its number there, a hash of its texts, and where it stands among the parts."""

    path: str
    location: str
    number: int
    content: str
    part: str
    ordinal: int
    n_rows: int
    n_chars: int
    tag_key: str | None = None


class Tagged(NamedTuple):
    """A tagged piece: its key and where it stands among the parts."""

    key: str
    part: str
    ordinal: int
    n_skipped: int


class Ledger:
    """All questions to the database and all changes of it. Raises `OutputError` where the disk refuses."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self._path = folder / LEDGER
        with self._errors():
            address = f"file:{_quoted(self._path)}?mode=ro" if read_only else str(self._path)
            self._database = sqlite3.connect(address, uri=read_only, isolation_level=None)
        with self._errors():
            if not read_only:
                self._database.execute("PRAGMA journal_mode=WAL")
                self._database.execute("PRAGMA synchronous=FULL")
                self._database.executescript(_SCHEMA)
                self._database.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (FORMAT,))
        if self.meta("format") != FORMAT:
            raise OutputError("the ledger is of another version", where=str(self._path), mend=_MEND)

    def close(self) -> None:
        """Leave the database."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes within the block, or none."""
        with self._errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def meta(self, name: str) -> str | None:
        """A remembered value."""
        found = self._rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def set_meta(self, name: str, value: object) -> None:
        """Remember a value, as JSON unless it is text; None forgets it."""
        if value is None:
            self._database.execute("DELETE FROM meta WHERE name = ?", (name,))
            return
        text = value if isinstance(value, str) else json.dumps(value)
        self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, text))

    def files(self) -> dict[tuple[str, str], FileRecord]:
        """Every file ever read, by path and location."""
        return {row[:2]: FileRecord._make(row) for row in self._rows("SELECT * FROM files")}

    def items(self) -> dict[tuple[str, str], list[Item]]:
        """The items of every file, in order."""
        items = map(Item._make, self._rows("SELECT * FROM items ORDER BY path, location, number"))
        return {name: list(group) for name, group in groupby(items, itemgetter(0, 1))}

    def items_of(self, path: str, location: str) -> list[Item]:
        """The items of one file, in order."""
        statement = "SELECT * FROM items WHERE path = ? AND location = ? ORDER BY number"
        return list(map(Item._make, self._rows(statement, (path, location))))

    def tags(self) -> dict[str, Tagged]:
        """Everything tagged, by key."""
        return {row[0]: Tagged._make(row) for row in self._rows("SELECT * FROM tags")}

    def parts(self) -> set[str]:
        """Names of all parts that something rests on."""
        return {str(row[0]) for row in self._rows("SELECT part FROM items UNION SELECT part FROM tags")}

    def start_files(self, records: Sequence[FileRecord], known: Container[tuple[str, str]]) -> None:
        """Note files whose items follow; of those that are `known`, the items of their former content go."""
        self.set_meta(FINISHED, None)
        former = [record[:2] for record in records if record[:2] in known]
        self._database.executemany("DELETE FROM items WHERE path = ? AND location = ?", former)
        self.put_files(records)

    def read_with(self, version: str) -> None:
        """Files that were read in another way than this are looked at again, as if they had changed."""
        if self.meta(READER) != version:
            self._database.execute("UPDATE files SET mtime_ns = ?", (UNSETTLED,))
            self.set_meta(READER, version)

    def put_files(self, records: Iterable[FileRecord]) -> None:
        """Note files whose items stay."""
        self._database.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", records)

    def add_items(self, items: Iterable[Item]) -> None:
        """Note pieces read."""
        self.set_meta(FINISHED, None)
        self._database.executemany("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", items)

    def add_tags(self, tagged: Iterable[Tagged]) -> None:
        """Note pieces tagged."""
        self._database.executemany("INSERT OR REPLACE INTO tags VALUES (?, ?, ?, ?)", tagged)

    def mark_removed(self, keys: Iterable[tuple[str, str]]) -> None:
        """Mark files that are no longer at the inputs."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        statement = "UPDATE files SET removed_at = ? WHERE path = ? AND location = ?"
        self._database.executemany(statement, [(now, *key) for key in keys])

    def assign(self, keys: Sequence[tuple[Item, str]]) -> None:
        """Set the tag keys of items."""
        statement = "UPDATE items SET tag_key = ? WHERE path = ? AND location = ? AND number = ?"
        changed = [(key, *item[:3]) for item, key in keys if item.tag_key != key]
        self._database.executemany(statement, changed)

    def drop_unused_tags(self) -> None:
        """Forget the tags that no item rests on any more."""
        self._database.execute("DELETE FROM tags WHERE key NOT IN (SELECT tag_key FROM items WHERE tag_key NOTNULL)")

    def forget_parts(self, names: Iterable[str]) -> None:
        """Parts that are gone from the disk: what rested on them is to be done again."""
        self.set_meta(FINISHED, None)
        for name in names:
            self._database.execute(
                "UPDATE files SET n_items = NULL, read_key = '' WHERE (path, location) IN "
                "(SELECT path, location FROM items WHERE part = ?)",
                (name,),
            )
            self._database.execute("DELETE FROM items WHERE part = ?", (name,))
            self._database.execute("DELETE FROM tags WHERE part = ?", (name,))

    def forget_all(self) -> None:
        """Begin anew."""
        for table in ("files", "items", "tags"):
            self._database.execute(f"DELETE FROM {table}")
        self._database.execute("DELETE FROM meta WHERE name != 'format'")

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._errors():
            return self._database.execute(statement, values).fetchall()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            full = "full" in str(error)
            raise OutputError(
                "the disk is full" if full else f"the ledger cannot be used: {error}",
                where=str(self._path),
                mend="free some space and run again; what is done is kept" if full else _MEND,
            ) from error


_MEND = f"see that the disk is well; else delete the folder that holds {LEDGER}, and all is done anew"


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path.absolute()))
