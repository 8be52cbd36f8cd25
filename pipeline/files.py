"""Files written whole or not at all, and hashes of what was read."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pipeline.errors import OutputError


@contextmanager
def atomic_write(path: str | Path, *, text: bool = True) -> Iterator[IO[Any]]:
    """Open a temporary file beside `path`; when the block ends well it takes the place of `path`, else it goes.

    Text is UTF-8 with line ends as written. Raises `OutputError` where the disk refuses.
    """
    path = Path(path)
    temporary = path.with_name(f".tmp-{path.name}")
    with write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _open(temporary, text=text) as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _open(path: Path, *, text: bool) -> IO[Any]:
    return path.open("w", encoding="utf-8", newline="") if text else path.open("wb")


def replace_folder(folder: str | Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write a new folder, then put it in the place of `folder`, which stays whole until that moment."""
    folder = Path(folder)
    new, old = folder.with_name(f".tmp-{folder.name}"), folder.with_name(f".old-{folder.name}")
    with write_errors(folder):
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        try:
            fill(new)
            shutil.rmtree(old, ignore_errors=True)
            if folder.exists():
                folder.rename(old)
            try:
                new.rename(folder)
            except OSError:
                if old.exists():
                    old.rename(folder)
                raise
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(new, ignore_errors=True)


@contextmanager
def replacing_files(folder: Path) -> Iterator[Path]:
    """A scratch folder whose files move into `folder` when the block ends well, and vanish when it does not.

    Each file is flushed to the disk before the first one moves, so a full disk is met while the old files still stand.
    Raises `OutputError` when the folder or a file cannot be written.
    """
    with write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder))
        try:
            yield scratch
            written = sorted(path for path in scratch.rglob("*") if path.is_file())
            for path in written:
                _flush(path)
            for path in written:
                target = folder / path.relative_to(scratch)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file that then takes the place of `path` at once. Raises `OutputError`."""
    with replacing_files(path.parent) as scratch:
        write(scratch / path.name)


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    path.chmod(0o666 & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write into an `OutputError` that names the path."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise OutputError(
            "the disk is full" if full else f"cannot write: {error.strerror or error}",
            where=str(path),
            mend="free some space and run again; nothing half-written was left"
            if full
            else "choose a place you may write to with --out",
        ) from error


def is_address(path: str) -> bool:
    """Whether text is the address of a store, such as s3://bucket/folder, and not a path of this machine."""
    return "://" in path and path.split("://", 1)[0].replace("+", "").isalnum()


def sha256_of_file(path: str | Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical_json(value: Any) -> bytes:
    """JSON that is the same bytes for the same value: what hashes are taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")
