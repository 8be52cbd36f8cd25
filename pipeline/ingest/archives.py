"""ZIP archives of documents and gzipped files: unpacked one member at a time, with limits, then read as any file.

Damaged archives make the standard library raise exceptions of a dozen kinds, hence the wide `except` clauses.
"""

from __future__ import annotations

import gzip
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from pipeline.ingest.decode import decode
from pipeline.ingest.encodings import NotTextError
from pipeline.ingest.files import TooLargeError, UnreadableError
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile, is_hidden, safe_name, shown, too_nested
from pipeline.types import Skipped

MAX_MEMBERS = 100_000
MAX_RATIO = 200
"""Text packs to a twentieth at best; what unpacks to more than 200 times its size (and over 10 MB) is a bomb."""
_CHUNK_BYTES = 1 << 20


def read_zip(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """Documents of the members in the archive's order, hidden ones left out; located as `archive.zip/member`."""
    if complaint := too_nested(file):
        yield complaint
        return
    try:
        archive = zipfile.ZipFile(file.path)
    except Exception as error:
        yield Skipped(file.source, f"not a readable ZIP archive: {error}", file.location)
        return
    with archive:
        if len(archive.infolist()) > MAX_MEMBERS:
            yield Skipped(file.source, f"more than {MAX_MEMBERS:,} members", file.location)
        else:
            yield from _read_members(archive, file, options)


def _read_members(archive: zipfile.ZipFile, file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    left_bytes = options.max_file_bytes * 5
    with tempfile.TemporaryDirectory(prefix="themes-") as folder:
        for member in archive.infolist():
            name = _name(member)
            if not name or name.endswith("/") or _is_left_out(name):
                continue
            path = Path(folder) / safe_name(name)
            inner = InputFile(path, shown(f"{file.location}/{name}"), file.source)
            limit = min(left_bytes, options.max_file_bytes, max(10_000_000, member.compress_size * MAX_RATIO))
            try:
                with archive.open(member) as packed:
                    left_bytes -= _unpack(packed, path, limit)
            except Exception as error:
                yield Skipped(file.source, _told(error), inner.location)
                continue
            yield from _read_member(inner, options)


def read_gzip(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The documents of one gzipped file (`table.csv.gz`), read by what stands before `.gz`."""
    name = file.path.stem if file.path.suffix.lower() == ".gz" else file.path.name
    with tempfile.TemporaryDirectory(prefix="themes-") as folder:
        inner = InputFile(Path(folder) / safe_name(name), file.location, file.source)
        limit = min(options.max_file_bytes * 5, max(10_000_000, file.path.stat().st_size * MAX_RATIO))
        try:
            with gzip.open(file.path) as packed:
                _unpack(packed, inner.path, limit)
        except Exception as error:
            yield Skipped(file.source, _told(error), file.location)
            return
        yield from _read_member(inner, options)


def _read_member(inner: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    from pipeline.ingest.formats import read_file

    try:
        yield from read_file(inner, options)
    finally:
        inner.path.unlink(missing_ok=True)


def _unpack(packed: IO[bytes] | gzip.GzipFile, target: Path, limit_bytes: int) -> int:
    """Write the member to `target` and return its size; TooLargeError beyond `limit_bytes`."""
    n_bytes = 0
    with target.open("wb") as out:
        while chunk := packed.read(_CHUNK_BYTES):
            n_bytes += len(chunk)
            if n_bytes > limit_bytes:
                raise TooLargeError(f"unpacks to more than {limit_bytes:,} bytes: not unpacked (a ZIP or gzip bomb?)")
            out.write(chunk)
    return n_bytes


def _told(error: Exception) -> str:
    if isinstance(error, TooLargeError | UnreadableError):
        return str(error)
    if "encrypted" in str(error) or "password" in str(error):
        return "protected by a password"
    return f"damaged archive: {error}"


def _name(member: zipfile.ZipInfo) -> str:
    """The member's name; one that is not marked as UTF-8 is in the encoding of whoever packed it."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return decode(member.filename.encode("cp437")).text
    except (UnicodeEncodeError, NotTextError):
        return member.filename


def _is_left_out(name: str) -> bool:
    return any(is_hidden(part) and part != ".." for part in PurePosixPath(name).parts)
