"""Bytes of a file, never more than is wanted, and never from a file that would make the reader wait."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.files import sha256_of_file
from pipeline.ingest.decode import incremental_encoding
from pipeline.ingest.encodings import N_SNIFFED_BYTES

_READ_ONLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_CHUNK_BYTES = 1 << 24


class TooLargeError(ValueError):
    """More bytes than the limit allows."""


class UnreadableError(ValueError):
    """The file could not be read; the message says why."""


def read_bytes(path: Path | str, limit_bytes: int) -> bytes:
    """The whole file; `TooLargeError` above `limit_bytes`, `UnreadableError` when it is no regular, readable file."""
    try:
        handle = os.open(path, _READ_ONLY)
        try:
            data = _read_regular(handle, limit_bytes)
        finally:
            os.close(handle)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from error
    if len(data) > limit_bytes:
        raise TooLargeError(f"larger than the limit of {limit_bytes:,} bytes")
    return data


def _read_regular(handle: int, limit_bytes: int) -> bytes:
    """The bytes of a regular file, one more than the limit at most."""
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("not a regular file")
    data = os.read(handle, min(status.st_size, limit_bytes) + 1)  # room for the limit would take longer than reading
    while len(data) != status.st_size and len(data) <= limit_bytes:  # it grows, comes in pieces, or hides its size
        more = os.read(handle, min(limit_bytes + 1 - len(data), _CHUNK_BYTES))
        if not more:
            break
        data += more
    return data


def hash_of_file(path: Path, limit_bytes: int) -> str:
    """The SHA-256 of a file, read piece by piece; raises as `read_bytes` does."""
    try:
        if path.stat().st_size > limit_bytes:
            raise TooLargeError(f"larger than the limit of {limit_bytes:,} bytes")
        return sha256_of_file(path)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror or error}") from error


def encoding_of_file(path: Path) -> str:
    """The codec for reading a large text file piecewise; goes through the file once, in constant memory.

    Raises `NotTextError` for binary content.
    """
    with path.open("rb") as file:
        sample = file.read(N_SNIFFED_BYTES)
        file.seek(0)
        is_utf8 = _is_utf8(iter(lambda: file.read(1 << 20), b""))
    if is_utf8:
        return incremental_encoding(sample[: _last_whole(sample)], is_utf8=True)
    return incremental_encoding(sample, is_utf8=False)


def _is_utf8(chunks: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _last_whole(sample: bytes) -> int:
    """The length of `sample` without a UTF-8 character cut at its end."""
    for back in range(1, min(4, len(sample)) + 1):
        byte = sample[-back]
        if byte & 0xC0 == 0xC0:
            return len(sample) - back
        if byte < 0x80:
            break
    return len(sample)
