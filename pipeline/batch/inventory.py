"""What stands at the inputs now, and how it differs from what the ledger knows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.batch.ledger import UNSETTLED, FileRecord
from pipeline.files import is_address
from pipeline.types import Skipped

SETTLED_NS = 2_000_000_000
"""A file changed less than two seconds before it was read may change again without a new time stamp."""


class Found(NamedTuple):
    """A file at the inputs: its absolute path or address, its location and source as shown, what tells a change."""

    path: str
    location: str
    source: str
    size: int
    mtime_ns: int
    inode: int

    @property
    def name(self) -> tuple[str, str]:
        """What the ledger knows it by: text that can be stored whatever bytes the path is of."""
        path = self.path
        return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode(), self.location

    def record(self, read_key: str, n_items: int | None) -> FileRecord:
        """The file for the ledger; its time stamp is left out where a later change might not show in it."""
        settled = time.time_ns() - self.mtime_ns > SETTLED_NS
        mtime_ns = self.mtime_ns if settled else UNSETTLED
        return FileRecord(*self.name, self.size, mtime_ns, self.inode, read_key, n_items)

    def is_same_as(self, known: FileRecord | None) -> bool:
        """Whether the file needs no reading: size, time of change and inode are those of when it was read."""
        return (
            known is not None
            and known.n_items is not None
            and known.read_key != ""
            and (self.size, self.mtime_ns, self.inode) == (known.size, known.mtime_ns, known.inode)
        )


Input = Path | str
"""A path of this machine, or as text the address of a store that fsspec knows."""


def absolute(path: Input) -> str:
    """An input as text that means the same in every folder."""
    return path if isinstance(path, str) and is_address(path) else os.path.abspath(path)  # noqa: PTH100


def list_inputs(inputs: Sequence[Input]) -> list[Found | Skipped]:
    """Every file below the inputs in their order, none twice. Raises `InputError` for an input that is not there."""
    found: list[Found | Skipped] = []
    seen: set[tuple[str, str]] = set()
    for path in inputs:
        for item in _remote(path) if isinstance(path, str) and is_address(path) else _local(Path(path)):
            if isinstance(item, Skipped):
                found.append(item)
            elif item.name not in seen:
                seen.add(item.name)
                found.append(item)
    return found


def _local(given: Path) -> Iterator[Found | Skipped]:
    from pipeline.ingest.walk import list_files

    root, start = absolute(given), len(str(given))
    for item in list_files(given):
        if isinstance(item, Skipped):
            yield item
        else:
            path, location, source, status = item
            yield Found(root + path[start:], location, source, status.st_size, status.st_mtime_ns, status.st_ino)


def _remote(address: str) -> Iterator[Found]:
    from pipeline.ingest.remote import list_files

    for file in list_files(address):
        # where the store tells nothing of changes, no two looks are alike, and the bytes are compared
        mtime_ns, mark = (0, file.mark) if file.mark is not None else (time.time_ns(), UNSETTLED)
        yield Found(file.address, file.location, file.source, file.size, mtime_ns, mark)
