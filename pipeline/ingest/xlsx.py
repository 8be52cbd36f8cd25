"""Excel workbooks (.xlsx): each sheet a table; its header is the first row, of the first few, with a text column."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.ingest.columns import Columns, MissingColumnError, find_columns
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.packages import Package, XmlEvent
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

N_HEADER_ROWS = 10
"""Above the header may stand a heading and remarks: the header is looked for in so many rows that are not empty."""
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml$")
_COLUMN = re.compile(r"[A-Z]{1,3}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAY_NUMBERS = range(7_000, 73_000)
"""Excel counts days from 1899-12-30 (or 1904-01-01); these are the years 1919 to 2099."""
_FIRST_DAYS = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}
Row = tuple[int, dict[str, str]]


class Sheet(NamedTuple):
    """A sheet by its place in the workbook, from 1, and the part that holds it."""

    number: int
    part: str
    is_hidden: bool = False


class Book(NamedTuple):
    """What all sheets share: their strings, and the day that day numbers count from."""

    sheets: list[Sheet]
    strings: list[str]
    first_day: datetime.date


def read_xlsx(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """Rows of every sheet that has a text column; located as `file#sheet!row`. One Skipped when no sheet has one."""
    package = Package(file.path, options.max_file_bytes)
    complaint = "not an Excel workbook: it has no sheets"
    n_tables = 0
    try:
        book = _book(package)
        for sheet in book.sheets:
            rows = _rows(package.events(sheet.part), book.strings)
            try:
                columns, header = _header(rows, options)
            except MissingColumnError as error:
                complaint = str(error)
                continue
            n_tables += 1
            if sheet.is_hidden:
                yield Skipped(
                    file.source, "a hidden sheet: unhide it to have it read", f"{file.location}#{sheet.number}"
                )
                continue
            for row, cells in rows:
                named = {header[column]: value for column, value in cells.items() if column in header}
                yield _item(file, f"{sheet.number}!{row}", columns, _with_day(named, columns.date, book.first_day))
    finally:
        package.close()
    if not n_tables:
        yield Skipped(file.source, complaint, file.location)


def _header(rows: Iterator[Row], options: ReadOptions) -> tuple[Columns, dict[str, str]]:
    """The columns, and their names by letters. Raises MissingColumnError with the names in the widest row."""
    complaint, widest = MissingColumnError("no sheet has any rows"), 0
    for number, (_, cells) in enumerate(rows):
        header = {column: value.strip() for column, value in cells.items()}
        try:
            return find_columns(list(header.values()), options), header
        except MissingColumnError as error:
            if len(header) > widest:
                complaint, widest = error, len(header)
        if number + 1 == N_HEADER_ROWS:
            break
    raise complaint


def _item(file: InputFile, place: str, columns: Columns, row: dict[str, str]) -> Received | Skipped:
    location = f"{file.location}#{place}"
    try:
        return columns.received(row, location)
    except ValueError as error:
        return Skipped(file.source, str(error), location)


def _book(package: Package) -> Book:
    """Sheets in the workbook's order, or by their parts' numbers where it does not say."""
    names = set(package.names())
    targets = {
        event.attributes.get("Id", ""): "xl/" + event.attributes.get("Target", "").removeprefix("/").removeprefix("xl/")
        for event in package.events("xl/_rels/workbook.xml.rels")
        if event.kind == "start"
    }
    sheets: list[Sheet] = []
    from_1904 = False
    for kind, name, _, attributes in package.events("xl/workbook.xml"):
        if kind == "start" and name == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true"}
        elif kind == "start" and name == "sheet":
            part, is_hidden = targets.get(attributes.get("id", ""), ""), "hidden" in attributes.get("state", "").lower()
            sheets.append(Sheet(len(sheets) + 1, part, is_hidden))
    sheets = [sheet for sheet in sheets if sheet.part in names]
    if not sheets:
        numbered = sorted((int(found[1]), name) for name in names if (found := _SHEET.search(name)))
        sheets = [Sheet(number, name) for number, name in numbered]
    return Book(sheets, _shared_strings(package.events("xl/sharedStrings.xml")), _FIRST_DAYS[from_1904])


def _shared_strings(events: Iterable[XmlEvent]) -> list[str]:
    """Texts that cells refer to by number; furigana (`rPh`) left out."""
    strings: list[str] = []
    pieces: list[str] = []
    in_reading = False
    for kind, name, text, _ in events:
        if name == "rPh":
            in_reading = kind == "start"
        elif name == "t" and not in_reading:
            pieces.append(text)
        elif name == "si" and kind == "end":
            strings.append(_unescaped("".join(pieces)))
            pieces.clear()
    return strings


def _rows(events: Iterable[XmlEvent], strings: list[str]) -> Iterator[Row]:
    """(row number, cells by column letters) of the rows of one sheet that have any text."""
    cells: dict[str, str] = {}
    number, n_cells, place, of_kind, in_reading = 0, 0, "", "", False
    pieces: list[str] = []
    for kind, name, text, attributes in events:
        if name == "rPh":
            in_reading = kind == "start"
        elif name in {"v", "t"} and not in_reading:
            pieces.append(text)
        elif name == "c" and kind == "start":
            column = _COLUMN.match(attributes.get("r", ""))
            place, of_kind = column[0] if column else _letters(n_cells), attributes.get("t", "")
            n_cells += 1
            pieces.clear()
        elif name == "c" and kind == "end":
            if value := _value("".join(pieces), of_kind, strings):
                cells[place] = value
        elif name == "row" and kind == "start":
            written = attributes.get("r", "")
            number, n_cells = int(written) if written.isdecimal() and len(written) < 9 else number + 1, 0
        elif name == "row" and kind == "end":
            if cells:
                yield number, cells
            cells = {}


def _value(written: str, kind: str, strings: list[str]) -> str:
    """The text of a cell of a kind ("s" a shared string, "inlineStr", "str" of a formula, "e" an error ...)."""
    if kind == "e":
        return ""
    if kind == "s":
        return strings[int(written)] if written.isdecimal() and int(written) < len(strings) else ""
    return _unescaped(written)


def _unescaped(text: str) -> str:
    """Text with the characters that XML cannot hold, written as in "_x000D_"."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _letters(column: int) -> str:
    return chr(ord("A") + column) if column < 26 else f"{_letters(column // 26 - 1)}{_letters(column % 26)}"


def _with_day(row: dict[str, str], name: str, first: datetime.date) -> dict[str, str]:
    """The row with its day number as an ISO date; anything else stays as it is."""
    whole = row.get(name, "").partition(".")[0]
    if whole.isdecimal() and whole.isascii() and len(whole) in (4, 5) and int(whole) in _DAY_NUMBERS:
        row[name] = (first + datetime.timedelta(days=int(whole))).isoformat()
    return row
