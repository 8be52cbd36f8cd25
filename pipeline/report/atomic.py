"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def replacing_files(folder: Path) -> Iterator[Path]:
    """A scratch folder whose files move into `folder` when the block ends well, and vanish when it does not.

    Each file is flushed to the disk before the first one moves, so a full disk is met while the old files still stand.
    Raises `OutputError` when the folder or a file cannot be written.
    """
    scratch: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".tmp-", dir=folder))
        yield scratch
        written = sorted(path for path in scratch.rglob("*") if path.is_file())
        for path in written:
            _flush(path)
        for path in written:
            target = folder / path.relative_to(scratch)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    except OSError as error:
        raise OutputError(
            f"could not be written: {error.strerror or error}",
            where=str(folder),
            mend="free some space or choose another folder with --out; what stood there before is unchanged",
        ) from error
    finally:
        if scratch is not None:
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
