"""Files at addresses such as s3://, gs:// or hdfs://, through fsspec: listed, then copied one by one to be read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import InputError, PipelineError
from pipeline.ingest.walk import is_hidden

_MARKS = ("ETag", "etag", "md5Hash", "crc32c", "LastModified", "last_modified", "updated", "mtime", "modificationTime",
          "created")  # fmt: skip

_BUCKETS = frozenset(("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "oci"))
"""Stores without folders: asked to make one, their libraries make the bucket, also of a name that is mistyped."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at `address`; `location` and `source` are as for a file of a folder here.

    `mark` (63 bits) changes when the file does, as far as its store tells; None where the store tells nothing.
    """

    address: str
    location: str
    source: str
    size: int
    mark: int | None


def list_files(address: str) -> Iterator[RemoteFile]:
    """The file at an address or all files below it, in the order of a folder here; hidden ones are left out.

    Raises `InputError` when there are none or the store refuses.
    """
    store, root = open_store(address)
    try:
        found: dict[str, Any] = store.find(root, detail=True)
    except Exception as error:  # each store has errors of its own
        raise InputError(f"cannot be listed: {_told(error)}", where=address, mend=_MEND) from error
    if not found:
        raise InputError("no files are there", where=address, expected="a file or a folder that exists")
    base = root.strip("/")
    name = PurePosixPath(base).name
    for path in sorted(found, key=lambda path: path.strip("/").split("/")):
        parts = path.strip("/").removeprefix(base).strip("/").split("/")
        if any(map(is_hidden, parts)):
            continue
        alone = parts == [""]
        source = PurePosixPath(base).parent.name if alone else parts[0] if len(parts) > 1 else name
        location = name if alone else "/".join((name, *parts))
        full = str(store.unstrip_protocol(path))
        yield RemoteFile(full, location, source, int(found[path].get("size") or 0), _mark(found[path]))


@contextmanager
def fetched(address: str) -> Iterator[Path]:
    """A copy of a file under its own name while the block lasts. Raises OSError when it cannot be had."""
    store, path = open_store(address)
    with tempfile.TemporaryDirectory(prefix="themes-") as folder:
        copy = Path(folder) / PurePosixPath(path).name
        try:
            store.get_file(path, str(copy))
        except Exception as error:  # each store has errors of its own
            raise OSError(_told(error)) from error
        yield copy


def upload(file: Path, address: str) -> None:
    """Put a copy of a file below an address. Raises `PipelineError` when the store refuses."""
    store, path = open_store(address)
    target = f"{path.rstrip('/')}/{file.name}"
    try:
        if not _BUCKETS.intersection([store.protocol] if isinstance(store.protocol, str) else store.protocol):
            store.makedirs(path, exist_ok=True)
        store.put_file(str(file), target)
    except Exception as error:  # each store has errors of its own
        raise PipelineError(f"cannot be copied there: {_told(error)}", where=address, mend=_MEND) from error


def open_store(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path on it. Raises `PipelineError` when its library is not installed."""
    try:
        import fsspec
    except ImportError as error:
        raise PipelineError(
            "fsspec is not installed", where=address, mend='install it with: pip install "themes[cloud]"'
        ) from error
    try:
        store, path = fsspec.url_to_fs(address)
    except ImportError as error:
        library = getattr(error.__cause__, "name", None) or "its library"
        raise PipelineError(str(error), where=address, mend=f"install it: pip install {library}") from error
    except Exception as error:  # each store has errors of its own
        raise InputError(f"cannot be opened: {_told(error)}", where=address, mend=_MEND) from error
    return store, str(path)


_MEND = "check the address, and the credentials that its library looks for"


def _mark(facts: dict[str, Any]) -> int | None:
    known = [f"{name}={facts[name]}" for name in _MARKS if facts.get(name)]
    return int.from_bytes(sha256("\n".join(known).encode()).digest()[:8], "big") >> 1 if known else None


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
