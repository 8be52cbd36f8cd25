"""The first stage led: changed files are found, read into parts and noted in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.inventory import Found
from pipeline.batch.job import Job
from pipeline.batch.ledger import FileRecord, Item, Ledger
from pipeline.batch.loading import Loading
from pipeline.batch.packing import in_items
from pipeline.batch.received import FileRead, PackTask, ReadTask, opened, version_of
from pipeline.ingest.received import Received
from pipeline.progress import metered
from pipeline.types import Skipped

if TYPE_CHECKING:
    from pipeline.batch.recurring import PartLines

MAX_GROUP_BYTES = 4_000_000
MAX_GROUP_FILES = 512
LARGE_BYTES = 8_000_000
MAX_PACKED_CHARS = 4_000_000
MAX_PACKED_ITEMS = 4
MAX_LINES_KEPT = 4_000_000
"""The keys of so many lines stay in memory until they are counted (32 MB); those of other parts are read from them."""
PACKED_SUFFIXES = (".zip", ".gz", ".xlsx", ".docx", ".hwpx", ".parquet")
TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".parquet", ".xlsx", ".zip", ".gz")
PACKED_RATIO = 8
"""Files that are compressed hold about so many times their size in text."""


class Reading:
    """Brings the files and items of the ledger up to date. `lines` are those of parts that were written now."""

    def __init__(self, ledger: Ledger, job: Job, parts: Path) -> None:
        self._ledger, self._job, self._parts = ledger, job, parts
        self._known = ledger.files()
        self._large: list[FileRecord] = []
        self.lines: dict[str, PartLines] = {}
        self._n_lines = 0

    def update(self, files: Sequence[Found]) -> None:
        """Read what has changed, and mark what is gone."""
        changed = [file for file in files if not file.is_same_as(self._known.get(file.name))]
        self._mark(files)
        loading = Loading(self._job)
        try:
            self._read(changed, loading)
            loading.finish()
        finally:
            loading.give_up()
        with self._ledger.transaction():
            self._ledger.put_files(self._large)

    def _read(self, changed: Sequence[Found], loading: Loading) -> None:
        large = [file for file in changed if _is_large_table(file)]
        small = [file for file in changed if not _is_large_table(file)]
        with self._job.pool(sum(map(_weight, changed)), self._parts) as pool, metered("reading", "files") as meter:
            meter.expect(len(changed))
            loading.start()
            for read in pool.results(self._groups(small)):
                self._note(read.files)
                self._keep(read.lines)
                loading.met(sum(item.n_chars for file in read.files for item in file.items or ()))
                meter.advance(len(read.files))
            for file in large:
                for packed in pool.results(self._pack(file)):
                    with self._ledger.transaction():
                        self._ledger.add_items(packed.items)
                    self._keep(packed.lines)
                    loading.met(sum(item.n_chars for item in packed.items))
                meter.advance(1)

    def _mark(self, files: Sequence[Found]) -> None:
        """Files that are gone, and files that have come back as they were."""
        present = {file.name for file in files}
        gone = [name for name, known in self._known.items() if not known.removed_at and name not in present]
        back = [self._known[file.name] for file in files if file.name in self._known]
        back = [record._replace(removed_at=None) for record in back if record.removed_at]
        if gone or back:
            with self._ledger.transaction():
                self._ledger.mark_removed(gone)
                self._ledger.put_files(back)
        self._known |= {record[:2]: record for record in back}

    def _groups(self, files: Sequence[Found]) -> Iterator[ReadTask]:
        group: list[Found] = []
        n_bytes = 0
        for file in files:
            group.append(file)
            n_bytes += _weight(file)
            if len(group) == MAX_GROUP_FILES or n_bytes >= MAX_GROUP_BYTES:
                yield self._task(group)
                group, n_bytes = [], 0
        if group:
            yield self._task(group)

    def _task(self, files: Sequence[Found]) -> ReadTask:
        known = (self._known.get(file.name) for file in files)
        keys = tuple(record.read_key if record and record.n_items is not None else "" for record in known)
        return ReadTask(tuple(files), keys, self._job.options, self._parts)

    def _note(self, found: Sequence[FileRead]) -> None:
        same = [read.record for read in found if read.items is None]
        new = [read.record for read in found if read.items is not None]
        with self._ledger.transaction():
            self._ledger.put_files([record._replace(n_items=self._known[record[:2]].n_items) for record in same])
            if new:
                self._ledger.start_files(new, self._known)
                self._ledger.add_items(item for read in found for item in read.items or ())

    def _keep(self, parts: Iterable[PartLines]) -> None:
        for lines in parts:
            self._n_lines += len(lines.keys)
            if self._n_lines <= MAX_LINES_KEPT:
                self.lines[lines.part] = lines

    def _pack(self, file: Found) -> Iterator[PackTask]:
        """A large table, read here and handed on piece by piece; pieces that a stopped run has done are left out."""
        with opened(file, self._job.options, version_of(self._job.options)) as (key, texts):
            yield from self._pack_texts(file, key, texts)

    def _pack_texts(self, file: Found, key: str, texts: Iterator[Received | Skipped]) -> Iterator[PackTask]:
        known = self._known.get(file.name)
        if known and key and known.read_key == key and known.n_items is not None:
            self._large.append(file.record(key, known.n_items))
            return
        done = set[int]()
        if known and key and known.read_key == key:
            done = {item.number for item in self._ledger.items_of(*file.name)}
        else:
            with self._ledger.transaction():
                self._ledger.start_files([file.record(key, None)], self._known)
        first = n_items = 0
        waiting: list[list[Received | Skipped]] = []
        for item in in_items(texts):
            waiting.append(item)
            n_items += 1
            if len(waiting) == MAX_PACKED_ITEMS or _n_chars(waiting) >= MAX_PACKED_CHARS:
                yield from self._piece(file, waiting, first, done)
                first, waiting = n_items, []
        yield from self._piece(file, waiting, first, done)
        self._large.append(file.record(key, n_items))

    def _piece(
        self, file: Found, items: Sequence[list[Received | Skipped]], first: int, done: set[int]
    ) -> Iterator[PackTask]:
        if not done.issuperset(range(first, first + len(items))):
            yield PackTask(file, tuple(row for item in items for row in item), first, self._parts)


def items_in_order(ledger: Ledger, files: Sequence[Found | Skipped]) -> Iterator[Item | Skipped]:
    """The items of the files, and what could not be listed, in the order of the inputs."""
    items = ledger.items()
    for file in files:
        if isinstance(file, Skipped):
            yield file
        else:
            yield from items[file.name]


def _weight(file: Found) -> int:
    return max(0, file.size) * (PACKED_RATIO if file.path.lower().endswith(PACKED_SUFFIXES) else 1)


def _is_large_table(file: Found) -> bool:
    """Whether a file may hold more texts than one worker should be given; any other is read by a worker, whole."""
    return _weight(file) >= LARGE_BYTES and file.path.lower().endswith(TABLE_SUFFIXES)


def _n_chars(items: Sequence[Sequence[Received | Skipped]]) -> int:
    return sum(len(row.content) for item in items for row in item if isinstance(row, Received))
