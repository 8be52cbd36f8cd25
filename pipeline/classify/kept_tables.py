"""Tables that take long to make, kept in the user's cache folder: numbers only, read without running anything.

A file begins with the SHA-256 of the rest; its name tells what the tables were made from, by which code and which
version of Unicode. Where a file is absent, damaged or cannot be written, the tables are made again.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import OutputError
from pipeline.files import write_atomically

Tables = Mapping[str, NDArray[Any]]
MOST_KEPT = 8
"""So many files of one name are kept, the last written."""


def kept_tables(name: str, made_from: bytes, code: Sequence[str], make: Callable[[], Tables]) -> Tables:
    """What `make` makes of these bytes, from the cache if it is there; `code` are the files of the modules it needs."""
    digest = hashlib.sha256(made_from)
    digest.update(unicodedata.unidata_version.encode())
    for path_of_code in code:
        digest.update(Path(path_of_code).read_bytes())
    path = _folder() / f"{name}-{digest.hexdigest()[:32]}.tables"
    try:
        return _read(path)
    except (OSError, ValueError):
        tables = make()
        with suppress(OSError, OutputError):
            _write(path, tables)
            _forget_oldest(path.parent, name)
        return tables


def _folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("themes")


def _read(path: Path) -> Tables:
    """Arrays that may be written to, as made ones are, so that code is compiled for one kind. Raises ValueError."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    content = path.read_bytes()
    size = hashlib.sha256().digest_size
    digest, packed = content[:size], content[size:]
    if hashlib.sha256(packed).digest() != digest:
        raise ValueError("the file is damaged")
    try:
        return {name: np.array(values) for name, values in load(packed).items()}
    except SafetensorError as error:
        raise ValueError("the file is of another kind") from error


def _write(path: Path, tables: Tables) -> None:
    from safetensors.numpy import save

    packed = save({name: np.ascontiguousarray(values) for name, values in tables.items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda new: _put(new, hashlib.sha256(packed).digest() + packed))


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _forget_oldest(folder: Path, name: str) -> None:
    for path in sorted(folder.glob(f"{name}-*.tables"), key=lambda path: path.stat().st_mtime)[:-MOST_KEPT]:
        path.unlink(missing_ok=True)
