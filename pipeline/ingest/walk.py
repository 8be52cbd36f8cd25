"""Files of a folder in a stable order; what is not a readable file becomes a Skipped, and nothing is waited for."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.types import Skipped

MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class InputFile:
    """A regular file: its `path`, its `location` as shown to the user, and the `source` its folder stands for."""

    path: Path
    location: str
    source: str


def walk(path: Path) -> Iterator[InputFile | Skipped]:
    """`path` itself, or every file below it, folder by folder sorted by name; hidden ones are left out.

    Raises InputError when `path` does not exist or is neither a file nor a folder.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise InputError(
            "cannot be opened", where=shown(str(path)), expected="a file or a folder that exists",
            mend=f"check the path ({_reason(error)})",
        ) from error  # fmt: skip
    if stat.S_ISDIR(mode):
        root = Path(os.path.realpath(path))
        yield from _walk_folder(path, _Place(root, root.name, f"{root.name}/", 0, frozenset({_identity(root)})))
    elif stat.S_ISREG(mode):
        yield InputFile(path, shown(path.name), shown(Path(os.path.realpath(path)).parent.name))
    else:
        raise InputError(_kind(mode), where=shown(str(path)), expected="a file or a folder")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: the input folder, the source of files here, the shown prefix, depth, folders above."""

    root: Path
    source: str
    prefix: str
    depth: int
    above: frozenset[tuple[int, int]]


def _walk_folder(folder: Path, place: _Place) -> Iterator[InputFile | Skipped]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield _skipped(place, "", f"folder cannot be read: {_reason(error)}")
        return
    for entry in entries:
        if not entry.name.startswith("."):
            yield from _walk_entry(entry, place)


def _walk_entry(entry: os.DirEntry[str], place: _Place) -> Iterator[InputFile | Skipped]:
    try:
        mode = entry.stat().st_mode
    except OSError as error:
        yield _skipped(place, entry.name, _reason(error))
        return
    path = Path(entry.path)
    if stat.S_ISREG(mode):
        yield InputFile(path, shown(place.prefix + entry.name), shown(place.source))
    elif stat.S_ISDIR(mode):
        yield from _walk_below(entry, path, place)
    else:
        yield _skipped(place, entry.name, _kind(mode))


def _walk_below(entry: os.DirEntry[str], path: Path, place: _Place) -> Iterator[InputFile | Skipped]:
    identity = _identity(path)
    if entry.is_symlink() and _is_within(path, place.root):
        yield _skipped(place, entry.name, "symbolic link to a folder that is read anyway")
    elif identity in place.above or place.depth >= MAX_DEPTH:
        yield _skipped(place, entry.name, "folders nested in a loop or too deeply")
    else:
        source = entry.name if place.depth == 0 else place.source
        prefix = f"{place.prefix}{entry.name}/"
        yield from _walk_folder(
            path, _Place(place.root, source, prefix, place.depth + 1, place.above | {identity})
        )  # fmt: skip


def shown(name: str) -> str:
    """A file name that is safe to print and to store: control characters and undecodable bytes are escaped."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def _is_within(path: Path, root: Path) -> bool:
    target = Path(os.path.realpath(path))
    return target == root or root in target.parents


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def _skipped(place: _Place, name: str, reason: str) -> Skipped:
    return Skipped(shown(place.source), reason, shown(place.prefix + name))


def _kind(mode: int) -> str:
    kinds = ((stat.S_ISFIFO, "named pipe"), (stat.S_ISSOCK, "socket"), (stat.S_ISBLK, "block device"))
    return "not a file: " + next((kind for is_kind, kind in kinds if is_kind(mode)), "device")


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file (or a broken symbolic link)"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
