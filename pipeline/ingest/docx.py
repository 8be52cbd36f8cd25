"""Word documents (.docx): paragraphs, tables, text boxes and footnotes; headers and footers are left out."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ingest.files import TooLargeError, read_bytes
from pipeline.ingest.flow import Flow
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.packages import Package, xml_events
from pipeline.ingest.received import Received, hash_of_bytes
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
# What is drawn again for older programs, was deleted, or is not shown.
_HIDDEN = frozenset(("Fallback", "del", "moveFrom", "instrText", "delText", "comment", "rPrChange", "pPrChange"))
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_TITLE_STYLES = frozenset(("Title", "제목", "表題", "标题"))


def read_docx(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The one document of a .docx file."""
    data = read_bytes(file.path, options.max_file_bytes)
    package = Package(file.path, options.max_file_bytes)
    flow = Flow(options.max_document_bytes)
    title = ""
    try:
        if _PARTS[0] not in package.names():
            yield Skipped(file.source, "not a Word document: it has no word/document.xml", file.location)
            return
        for name in _PARTS:
            title = _add_part(package.part(name), flow) or title
    except OverflowError as error:
        raise TooLargeError(f"more than {options.max_document_bytes:,} characters of text") from error
    finally:
        package.close()
    yield Received(flow.text(), file.location, hash_of_bytes(data), title=title, name=file.path.name)


def _add_part(data: bytes, flow: Flow) -> str:
    """Add the text of one part to `flow`; returns the first paragraph that is styled as the title."""
    title, is_title, n_hidden, n_properties = "", False, 0, 0  # tab stops are "tab" elements in properties
    for event, name, element in xml_events(data) if data else ():
        if name in _HIDDEN:
            n_hidden += 1 if event == "start" else -1
        if n_hidden:
            continue
        if event == "start":
            _start(name, flow)
            if name == "pStyle" and not title:
                is_title = any(value in _TITLE_STYLES for value in element.attrib.values())
            elif name == "pPr":
                n_properties += 1
        elif name == "pPr":
            n_properties -= 1
        elif name == "t":
            flow.add(element.text)
        elif name in _BREAKS and not n_properties:
            flow.add(_BREAKS[name])
        elif name == "p":
            paragraph = flow.end_paragraph()
            title, is_title = (paragraph if is_title else title), False
        else:
            _end(name, flow)
    return title


def _start(name: str, flow: Flow) -> None:
    if name == "p":
        flow.start_paragraph()
    elif name == "tr":
        flow.start_row()
    elif name == "tc":
        flow.start_cell()


def _end(name: str, flow: Flow) -> None:
    if name == "tr":
        flow.end_row()
    elif name == "tc":
        flow.end_cell()
