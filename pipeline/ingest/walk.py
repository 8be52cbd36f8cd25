"""Files of a folder in a stable order; what is not a readable file becomes a Skipped, and nothing is waited for."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import InputError
from pipeline.types import Skipped

MAX_DEPTH = 64
MAX_NESTING = 3
"""So many archives and messages may stand in one another."""
MAX_NAME_BYTES = 120


@dataclass(frozen=True, slots=True)
class InputFile:
    """A regular file: its `path`, its `location` as shown to the user, and the `source` its folder stands for."""

    path: Path
    location: str
    source: str


class TextPath(NamedTuple):
    """As `InputFile`, its path as text: a `Path` takes longer to make than a short file to be read."""

    path: str
    location: str
    source: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return os.path.basename(self.path)  # noqa: PTH119

    def file(self) -> InputFile:
        """The file as all readers take it."""
        return InputFile(Path(self.path), self.location, self.source)


class Listed(NamedTuple):
    """A regular file as a folder lists it: as `InputFile`, its path as text, and its status."""

    path: str
    location: str
    source: str
    status: os.stat_result


def walk(path: Path) -> Iterator[InputFile | Skipped]:
    """What `list_files` gives, to be read."""
    for item in list_files(path):
        yield item if isinstance(item, Skipped) else InputFile(Path(item.path), item.location, item.source)


def list_files(path: Path) -> Iterator[Listed | Skipped]:
    """`path` itself, or every file below it, folder by folder sorted by name; hidden ones are left out (`is_hidden`).

    Raises InputError when `path` does not exist or is neither a file nor a folder.
    """
    try:
        status = path.stat()
        mode = status.st_mode
    except (OSError, ValueError) as error:
        raise InputError(
            "cannot be opened", where=shown(str(path)), expected="a file or a folder that exists",
            mend=f"check the path ({_reason(error)})",
        ) from error  # fmt: skip
    if stat.S_ISDIR(mode):
        root = Path(os.path.realpath(path))
        place = _Place(root, _source_of(root), f"{root.name}/", 0, frozenset({_identity(root)}), is_named=False)
        yield from _walk_folder(path, place)
    elif stat.S_ISREG(mode):
        yield Listed(str(path), shown(path.name), shown(_source_of(Path(os.path.realpath(path)).parent)), status)
    else:
        raise InputError(_kind(mode), where=shown(str(path)), expected="a file or a folder")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: the input folder, the source of files here, the shown prefix, depth, folders above.

    `is_named` tells that a folder below the input folder has named the source.
    """

    root: Path
    source: str
    prefix: str
    depth: int
    above: frozenset[tuple[int, int]]
    is_named: bool


def _walk_folder(folder: Path, place: _Place) -> Iterator[Listed | Skipped]:
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield _skipped(place, "", f"folder cannot be read: {_reason(error)}")
        return
    source = shown(place.source)
    for entry in entries:
        if is_hidden(entry.name):
            continue
        try:
            status = entry.stat()
        except OSError as error:
            yield _skipped(place, entry.name, _reason(error))
            continue
        if stat.S_ISREG(status.st_mode):
            yield Listed(entry.path, shown(place.prefix + entry.name), source, status)
        elif stat.S_ISDIR(status.st_mode):
            yield from _walk_below(entry, place)
        else:
            yield _skipped(place, entry.name, _kind(status.st_mode))


def _walk_below(entry: os.DirEntry[str], place: _Place) -> Iterator[Listed | Skipped]:
    path = Path(entry.path)
    identity = _identity(path)
    if entry.is_symlink() and _is_within(path, place.root):
        yield _skipped(place, entry.name, "symbolic link to a folder that is read anyway")
    elif identity in place.above or place.depth >= MAX_DEPTH:
        yield _skipped(place, entry.name, "folders nested in a loop or too deeply")
    else:
        names = not place.is_named and _is_source(entry.name)
        source = entry.name if names else place.source
        prefix, depth, above = f"{place.prefix}{entry.name}/", place.depth + 1, place.above | {identity}
        yield from _walk_folder(path, _Place(place.root, source, prefix, depth, above, place.is_named or names))


def _source_of(folder: Path) -> str:
    """The name of the folder, or of the nearest one above that is not a mere date."""
    return next(
        (name for name in (folder.name, *(above.name for above in folder.parents)) if _is_source(name)), folder.name
    )


def _is_source(name: str) -> bool:
    """Whether a folder's name can be that of a source: one of digits alone ("2024-05") is a batch."""
    return any(map(str.isalpha, name))


def is_hidden(name: str) -> bool:
    """Whether a file is left out without a row: hidden, or kept there by a system or an office program for itself."""
    return name.startswith((".", "~$")) or name.casefold() in {"thumbs.db", "desktop.ini", "__macosx"}


def suffix_of(name: str) -> str:
    """The suffix of a file's name in lower case, as `Path.suffix` has it."""
    place = name.rfind(".")
    return name[place:].lower() if 0 < place < len(name) - 1 else ""


def shown(name: str) -> str:
    """A file name that is safe to print and to store: control characters and undecodable bytes are escaped."""
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def safe_name(name: str) -> str:
    """The last part of a name given by an archive or a message, as a file may be called on any system."""
    last = shown(name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = re.sub(r'[<>:"|?*]', "_", last).strip(". ")
    while len(plain.encode("utf-8", "replace")) > MAX_NAME_BYTES:
        plain = plain[1:]
    return plain or "member"


def too_nested(file: InputFile) -> Skipped | None:
    """A complaint about a file inside too many archives and messages."""
    if len(re.findall(r"\.(?:zip|eml)/", file.location, re.I)) < MAX_NESTING:
        return None
    return Skipped(file.source, f"archives or messages nested deeper than {MAX_NESTING}", file.location)


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
