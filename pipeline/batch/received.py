"""The first stage: files become parts of received texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.batch.inventory import Found
from pipeline.batch.keys import cleaner_version, code_version, key_of
from pipeline.batch.ledger import FileRecord, Item
from pipeline.batch.packing import BROKE_DOWN, Note, Packed, Packer, first_rows
from pipeline.files import is_address, sha256_of_file
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received, excess
from pipeline.types import Skipped

if TYPE_CHECKING:
    from pipeline.batch.recurring import PartLines
    from pipeline.ingest.walk import TextPath

Texts = Iterator[Received | Skipped]


class FileRead(NamedTuple):
    """What became of a file. `items` is None where it turned out to be unchanged."""

    record: FileRecord
    items: tuple[Item, ...] | None


class FilesRead(NamedTuple):
    """What became of some files, in order, and the lines of the parts that were written."""

    files: list[FileRead]
    lines: list[PartLines]


@dataclass(frozen=True)
class ReadTask:
    """Read some files into parts. `known` holds the read keys in the ledger; `broken`, files that break the reader."""

    files: tuple[Found, ...]
    known: tuple[str, ...]
    options: ReadOptions
    parts: Path
    broken: frozenset[int] = frozenset()

    def run(self, note: Note | None = None) -> FilesRead:
        """Whole files, in order. Raises `OutputError`."""
        found: list[FileRead] = []
        packer, version = Packer(self.parts), version_of(self.options)
        if note:
            first_rows()
        for place, file in enumerate(self.files):
            if note:
                note(place)
            key, rows = self._texts(place, version)
            if rows:
                n_items = packer.add(file, rows)
                found.append(FileRead(file.record("" if any(map(_may_pass, rows)) else key, n_items), ()))
            else:  # it is what it was
                found.append(FileRead(file.record(key, None), None))
            if note:
                packer.pack()
        packed = packer.finish()
        return FilesRead(_with_items(found, packed.items), packed.lines)

    def _texts(self, place: int, version: str) -> tuple[str, list[Received | Skipped]]:
        """The key of a file's content and its texts; none where it is what is known."""
        file = self.files[place]
        if place in self.broken:
            return "", [Skipped(file.source, BROKE_DOWN, file.location)]
        if is_address(file.path):
            with opened(file, self.options, version) as (key, texts):
                return key, [] if key and key == self.known[place] else list(texts)
        key, texts = _opened_here(file, file.path, self.options, version)
        return key, [] if key and key == self.known[place] else list(texts)

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

    def run(self, note: Note | None = None) -> Packed:
        """The items of these rows. Raises `OutputError`."""
        rows = [
            Skipped(row.source or self.file.source, BROKE_DOWN, row.location) if place in self.broken else row
            for place, row in enumerate(self.rows)
        ]
        if note:
            first_rows()
        packer = Packer(self.parts, note)
        packer.add(self.file, rows, self.first)
        return packer.finish()

    def without(self, place: int) -> PackTask:
        """The same task, the row at `place` given up."""
        return replace(self, broken=self.broken | {place})


@contextmanager
def opened(file: Found, options: ReadOptions, version: str) -> Iterator[tuple[str, Texts]]:
    """The key of a file's content and its texts; of one that cannot be fetched, "" and a skipped row.

    version: the key of how files are read, as `version_of` gives it.
    """
    with ExitStack() as stack:
        path = file.path
        if is_address(path):
            from pipeline.ingest.remote import fetched

            try:
                path = str(stack.enter_context(fetched(path)))
            except OSError as error:
                yield "", iter([Skipped(file.source, f"cannot be read: {error}", file.location)])
                return
        yield _opened_here(file, path, options, version)


def version_of(options: ReadOptions) -> str:
    """A key of all but a file that its texts, and the parts they stand in, depend on."""
    return key_of(options, cleaner_version(), code_version("pipeline.batch"))


def _opened_here(file: Found, path: str, options: ReadOptions, version: str) -> tuple[str, Texts]:
    """What `opened` gives of a file that stands at a path of this machine."""
    from pipeline.ingest.walk import TextPath

    content, texts = _hashed(TextPath(path, file.location, file.source), options)
    return key_of(content, file.location, file.source, version) if content else "", texts


def _hashed(file: TextPath, options: ReadOptions) -> tuple[str, Texts]:
    """The hash of a file's bytes, "" when they cannot be read now, and its texts; one beyond the limit is skipped."""
    from pipeline.ingest.formats import is_one_text, read_file, read_one_text

    if is_one_text(file.name):  # which comes with that hash: one look at the file gives both
        text = _within_limits(read_one_text(file, options), file, options)
        if isinstance(text, Received):
            return text.sha256, iter([text])
        texts: Texts = iter([text])
    else:
        texts = (_within_limits(item, file, options) for item in read_file(file.file(), options))
    try:
        return sha256_of_file(Path(file.path)), texts
    except OSError:
        return "", texts


def _within_limits(item: Received | Skipped, file: TextPath, options: ReadOptions) -> Received | Skipped:
    reason = excess(item, options) if isinstance(item, Received) else ""
    return Skipped(item.source or file.source, reason, item.location) if reason else item


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
