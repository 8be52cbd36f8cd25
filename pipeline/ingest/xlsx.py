"""Excel workbooks (.xlsx): each sheet a table with its header in the first row that has cells."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.ingest.columns import Columns, MissingColumnError, find_columns
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.packages import Package, xml_events
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml$")
_COLUMN = re.compile(r"[A-Z]{1,3}")
_DAY_NUMBERS = range(7_000, 73_000)
"""Excel counts days from 1899-12-30; these are the years 1919 to 2099."""


def read_xlsx(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """Rows of every sheet that has a text column; located as `file#sheet!row`. One Skipped when no sheet has one."""
    package = Package(file.path, options.max_file_bytes)
    complaint = "not an Excel workbook: it has no sheets"
    n_tables = 0
    try:
        shared = _shared_strings(package.part("xl/sharedStrings.xml"))
        sheets = sorted((int(found[1]), name) for name in package.names() if (found := _SHEET.search(name)))
        for number, name in sheets:
            rows = _rows(package.part(name), shared)
            header = {column: value.strip() for column, value in next(rows, (0, {}))[1].items()}
            try:
                columns = find_columns(list(header.values()), options)
            except MissingColumnError as error:
                complaint = str(error) if header else complaint
                continue
            n_tables += 1
            for row, cells in rows:
                yield _item(file, f"{number}!{row}", columns, {header[c]: v for c, v in cells.items() if c in header})
    finally:
        package.close()
    if not n_tables:
        yield Skipped(file.source, complaint, file.location)


def _item(file: InputFile, place: str, columns: Columns, row: dict[str, str]) -> Received | Skipped:
    location = f"{file.location}#{place}"
    if columns.date in row:
        row[columns.date] = _day(row[columns.date])
    try:
        return columns.received(row, location)
    except ValueError as error:
        return Skipped(file.source, str(error), location)


def _shared_strings(data: bytes) -> list[str]:
    """Texts that cells refer to by number; furigana (`rPh`) left out."""
    strings: list[str] = []
    pieces: list[str] = []
    in_reading = False
    for event, name, element in xml_events(data) if data else ():
        if name == "rPh":
            in_reading = event == "start"
        elif event == "end" and name == "t" and not in_reading:
            pieces.append(element.text or "")
        elif event == "end" and name == "si":
            strings.append("".join(pieces))
            pieces.clear()
    return strings


def _rows(data: bytes, shared: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number, cells by column letters) of the rows of one sheet that have any text."""
    cells: dict[str, str] = {}
    number = 0
    for event, name, element in xml_events(data) if data else ():
        if event != "end":
            continue
        if name == "c":
            value = _value(element, shared)
            column = _COLUMN.match(element.get("r", ""))
            if value:
                cells[column[0] if column else _letters(len(cells))] = value
        elif name == "row":
            number = int(element.get("r", number + 1))
            if cells:
                yield number, cells
            cells = {}


def _value(cell: Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(part.text or "" for part in cell.iter() if part.tag.endswith("}t"))
    value = next((part.text or "" for part in cell if part.tag.endswith("}v")), "")
    if cell.get("t") == "s":
        return shared[int(value)] if value.isdecimal() and int(value) < len(shared) else ""
    return value


def _letters(column: int) -> str:
    return chr(ord("A") + column) if column < 26 else f"{_letters(column // 26 - 1)}{_letters(column % 26)}"


def _day(value: str) -> str:
    """A day number as an ISO date; anything else as it is."""
    whole = value.partition(".")[0]
    if whole.isdecimal() and len(whole) == 5 and int(whole) in _DAY_NUMBERS:
        return (datetime.date(1899, 12, 30) + datetime.timedelta(days=int(whole))).isoformat()
    return value
