"""JSON lines and JSON arrays: one document a line or element, a bad one left out with its number."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.ingest.columns import Columns, find_columns
from pipeline.ingest.decode import decode
from pipeline.ingest.files import encoding_of_file, read_bytes
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received, hash_of_text
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped


def read_jsonl(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """One document a line: an object with a text field, or a bare string. Lines count from 1, blank ones included."""
    rows = _Rows(file, options)
    encoding = encoding_of_file(file.path)
    with file.path.open(encoding=encoding, errors="replace", newline="\n") as lines:
        number, limit = 0, options.max_document_bytes
        while line := lines.readline(limit + 1):
            number += 1
            if number == 1 and line.strip() in {"[", "{"}:  # not a line each: written to be looked at
                yield from read_json_anywhere(file, options)
                return
            if len(line) > limit:
                yield rows.skipped(number, f"line longer than the limit of {limit:,} characters")
                while line and not line.endswith("\n"):
                    line = lines.readline(limit + 1)
            elif line.strip():
                yield rows.read(number, line.removeprefix("\ufeff"))


MAX_BYTES_HERE = 5_000_000
"""A larger file is parsed in a process whose memory is limited: what is read may take a hundred times its bytes."""


def read_json_anywhere(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """`read_json`, in a process of its own for a large file."""
    if file.path.stat().st_size <= MAX_BYTES_HERE:
        return read_json(file, options)
    from pipeline.ingest.isolated import isolated

    return isolated("json")(file, options)


def read_json(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """A JSON array of objects or strings, an object holding one such array, or a single object; counted from 1."""
    text = decode(read_bytes(file.path, options.max_file_bytes)).text
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        if str(error).startswith("Extra data: line 2 "):  # a document each line
            yield from read_jsonl(file, options)
            return
        yield Skipped(file.source, f"not JSON: {_told(error)}", file.location)
        return
    if isinstance(content, dict):
        lists = [
            value for value in content.values() if isinstance(value, list) and value and isinstance(value[0], dict)
        ]
        content = lists[0] if len(lists) == 1 else [content]
    if not isinstance(content, list):
        yield Skipped(file.source, "not a JSON array or object", file.location)
        return
    rows = _Rows(file, options)
    for number, row in enumerate(content, 1):
        yield rows.received(number, row)


class _Rows:
    """Rows of one file; objects may differ in their fields."""

    def __init__(self, file: InputFile, options: ReadOptions) -> None:
        self._file, self._options = file, options
        self._columns: dict[tuple[str, ...], Columns] = {}

    def read(self, number: int, line: str) -> Received | Skipped:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            return self.skipped(number, f"not JSON: {_told(error)}")
        return self.received(number, row)

    def received(self, number: int, row: Any) -> Received | Skipped:
        if isinstance(row, str):
            return Received(row, self._location(number), hash_of_text(row))
        if not isinstance(row, dict):
            return self.skipped(number, f"expected an object or a string, found {type(row).__name__}")
        try:
            return self._columns_of(tuple(row)).received(row, self._location(number))
        except ValueError as error:
            return self.skipped(number, str(error))

    def _columns_of(self, fields: tuple[str, ...]) -> Columns:
        if fields not in self._columns:
            if len(self._columns) > 1000:
                self._columns.clear()
            self._columns[fields] = find_columns(fields, self._options)
        return self._columns[fields]

    def skipped(self, number: int, reason: str) -> Skipped:
        return Skipped(self._file.source, reason, self._location(number))

    def _location(self, number: int) -> str:
        return f"{self._file.location}#{number}"


def _told(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]
