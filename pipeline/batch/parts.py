"""Immutable parts: tables of a few hundred documents, named by the hash of the keys of what they hold.

A part is Parquet, or JSON lines where it is so small that loading Parquet's library would take longer than the work.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, get_type_hints

from pipeline.files import write_errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROWS_AS_TEXT = 64
"""A part of fewer rows is written as JSON lines."""
TEMPORARY = ".tmp-"
Row = TypeVar("Row", bound=NamedTuple)


class Cells:
    """A column of texts, in UTF-8, or of bytes. `ends`: int64 (n_rows + 1,), where each begins, the end last."""

    def __init__(self, data: memoryview, ends: NDArray[np.int64]) -> None:
        self._data, self.ends = data, ends

    def between(self, first: int, last: int) -> memoryview:
        """Those of rows from `first` to before `last`, joined."""
        return self._data[self.ends[first] : self.ends[last]]

    def text(self, row: int) -> str:
        """The text of one row."""
        return str(self.between(row, row + 1), "utf-8")

    def texts(self, first: int, last: int) -> list[str]:
        """The texts of rows from `first` to before `last`."""
        joined, ends = bytes(self.between(first, last)), (self.ends[first : last + 1] - self.ends[first]).tolist()
        if joined.isascii():
            text = joined.decode()
            return [text[start:end] for start, end in pairwise(ends)]
        return [joined[start:end].decode() for start, end in pairwise(ends)]


def write_part(folder: Path, name: str, rows: Sequence[NamedTuple]) -> str:
    """Write rows of one kind; returns the file's name. On return the part outlives a power cut.

    Written aside, synced, renamed, and the folder synced: a file under its final name is always whole. Raises
    `OutputError`.
    """
    file = f"{name}.jsonl" if len(rows) < ROWS_AS_TEXT else f"{name}.parquet"
    temporary = folder / f"{TEMPORARY}{os.getpid()}-{file}"
    with write_errors(folder / file):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as stream:
                (_write_lines if file.endswith(".jsonl") else _write_parquet)(stream, rows)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(folder / file)
            sync_folder(folder)
        finally:
            temporary.unlink(missing_ok=True)
    return file


def read_part(path: Path, kind: type[Row], columns: Sequence[str] | None = None) -> Iterator[Row]:
    """Rows of a part in their order. Of Parquet only `columns` are read, and the others are None."""
    if path.suffix == ".jsonl":
        return _read_lines(path, kind)
    return _read_parquet(path, kind, columns or kind._fields)


def read_columns(path: Path, kind: type[NamedTuple], columns: Sequence[str]) -> dict[str, Any]:
    """Columns of a part by name: `Cells` of those of text and of bytes, lists of the others."""
    kinds = get_type_hints(kind)
    if path.suffix == ".jsonl":
        rows = list(_read_lines(path, kind))
        found = {name: [getattr(row, name) for row in rows] for name in columns}
        return {name: _joined(found[name], kinds[name]) if _is_joined(kinds[name]) else found[name] for name in columns}
    table = _read_table(path, columns)
    return {
        name: _cells(table.column(name)) if _is_joined(kinds[name]) else table.column(name).to_pylist()
        for name in columns
    }


def load_parquet() -> Any:
    """The library of Parquet, told by the environment to start no thread by itself, so that a process may be copied."""
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    return import_module("pyarrow.parquet")


def sync_folder(folder: Path) -> None:
    """Make the renames within a folder outlive a power cut (where the system can)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_orphans(folder: Path, known: Iterable[str]) -> set[str]:
    """Delete every file that is not among `known` parts; returns those of `known` that are missing."""
    known = set(known)
    found = set()
    for entry in os.scandir(folder) if folder.is_dir() else ():
        if entry.name in known:
            found.add(entry.name)
        else:
            Path(entry.path).unlink(missing_ok=True)
    return known - found


def _write_lines(stream: Any, rows: Sequence[NamedTuple]) -> None:
    for row in rows:
        cells = [base64.b64encode(cell).decode() if isinstance(cell, bytes) else cell for cell in row]
        stream.write(json.dumps(cells).encode() + b"\n")


def _read_lines(path: Path, kind: type[Row]) -> Iterator[Row]:
    binary = [hint is bytes for hint in get_type_hints(kind).values()]
    with path.open("rb") as stream:
        for line in stream:
            cells = json.loads(line)
            yield kind._make(base64.b64decode(cell) if raw else cell for cell, raw in zip(cells, binary, strict=True))


def _write_parquet(stream: Any, rows: Sequence[NamedTuple]) -> None:
    parquet = load_parquet()
    import pyarrow as pa

    kinds = get_type_hints(type(rows[0]))
    columns = map(_column, zip(*rows, strict=True), kinds.values())
    table = pa.table(dict(zip(kinds, columns, strict=True)))
    parquet.write_table(table, stream, compression="zstd", use_dictionary=False, write_statistics=False)


def _is_joined(kind: type) -> bool:
    return kind is str or kind is bytes


def _joined(values: Sequence[Any], kind: type) -> Cells:
    import numpy as np

    if kind is str and all(map(str.isascii, values)):
        data = "".join(values).encode()
    elif kind is str:
        values = [value.encode("utf-8", "replace") for value in values]
        data = b"".join(values)
    else:
        data = b"".join(values)
    return Cells(memoryview(data), np.cumsum([0, *map(len, values)], dtype=np.int64))


def _cells(column: Any) -> Cells:
    """A column as it was written, with offsets of 64 bits and none missing. Raises ValueError for another."""
    import numpy as np

    if str(column.type) not in ("large_string", "large_binary"):
        raise ValueError(f"a part of another version: {column.type}")
    values = column.combine_chunks()
    _, ends, data = values.buffers()
    ends = np.frombuffer(ends, np.int64)[values.offset : values.offset + len(values) + 1]
    return Cells(memoryview(data or b""), ends)


def _column(values: Sequence[Any], kind: type) -> Any:
    """A column of Parquet made from its buffers: `pyarrow.array` would load pandas."""
    import numpy as np
    import pyarrow as pa

    def column(of: Any, *buffers: Any) -> Any:
        return pa.Array.from_buffers(of, len(values), [None, *map(pa.py_buffer, buffers)])

    if kind is int:
        return column(pa.int64(), np.array(values, np.int64))
    if kind is bool:
        return column(pa.bool_(), np.packbits(values, bitorder="little"))
    cells = _joined(values, kind)
    return column(pa.large_string() if kind is str else pa.large_binary(), cells.ends, cells.between(0, len(values)))


def _read_parquet(path: Path, kind: type[Row], columns: Sequence[str]) -> Iterator[Row]:
    table = _read_table(path, columns)
    found = {name: table.column(name).to_pylist() for name in columns}
    blank: list[Any] = [None] * table.num_rows
    return iter([kind._make(cells) for cells in zip(*(found.get(name, blank) for name in kind._fields), strict=True)])


def _read_table(path: Path, columns: Sequence[str]) -> Any:
    parquet = load_parquet()
    with parquet.ParquetFile(path, pre_buffer=False) as file:  # without threads; read_table would load data sets
        return file.read(list(columns), use_threads=False)
