"""One writer per output: a lock that the system releases when its holder ends, however it ends."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.files import write_errors

LOCK, HOLDER = "lock", "holder.json"


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a ledger's folder. Raises `OutputError` that names the process holding it already."""
    from filelock import FileLock, Timeout

    with write_errors(folder.parent):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise OutputError(
            f"another run is writing here: {holder_of(folder)}",
            where=str(folder.parent),
            mend="wait until it has ended, or choose another folder with --out",
        ) from error
    except OSError:
        with write_errors(folder.parent):
            raise
    try:
        with write_errors(folder.parent):
            (folder / HOLDER).write_text(json.dumps(_this_process()), encoding="utf-8")
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def holder_of(folder: Path) -> str:
    """Who took the lock last, in words; "" when nobody holds it or its note is being written."""
    try:
        holder = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        return f"process {holder['pid']} on {holder['host']} since {holder['since']} ({holder['command']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def is_held(folder: Path) -> bool:
    """Whether a process holds the lock now."""
    from filelock import FileLock, Timeout

    if not (folder / LOCK).exists():
        return False
    try:
        with FileLock(folder / LOCK, timeout=0):
            return False
    except (Timeout, OSError):
        return True


def _this_process() -> dict[str, object]:
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"pid": os.getpid(), "host": platform.node(), "since": since, "command": command}
