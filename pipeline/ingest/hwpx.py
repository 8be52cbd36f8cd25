"""HWPX, the XML form of the Korean office format: paragraphs and tables of all sections, and the document's title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.ingest.files import TooLargeError, read_bytes
from pipeline.ingest.flow import Flow
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.packages import Package, xml_events
from pipeline.ingest.received import Received, hash_of_bytes
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

_SECTION = re.compile(r"Contents/section(\d+)\.xml$", re.I)
_HIDDEN = frozenset(("header", "footer", "hiddenComment", "pageNum", "deleteBegin"))
_BREAKS = {"tab": "\t", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}


def read_hwpx(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The one document of a .hwpx file."""
    data = read_bytes(file.path, options.max_file_bytes)
    package = Package(file.path, options.max_file_bytes)
    flow = Flow(options.max_document_bytes)
    try:
        sections = sorted((int(found[1]), name) for name in package.names() if (found := _SECTION.search(name)))
        if not sections:
            yield Skipped(file.source, "not an HWPX document: it has no Contents/section0.xml", file.location)
            return
        for _, name in sections:
            _add_section(package.part(name), flow)
        title = _title(package.part("Contents/content.hpf"))
    except OverflowError as error:
        raise TooLargeError(f"more than {options.max_document_bytes:,} characters of text") from error
    finally:
        package.close()
    yield Received(flow.text(), file.location, hash_of_bytes(data), title=title, name=file.path.name)


def _add_section(data: bytes, flow: Flow) -> None:
    n_hidden = 0
    for event, name, element in xml_events(data):
        if name in _HIDDEN:
            n_hidden += 1 if event == "start" else -1
        if n_hidden:
            continue
        if event == "start":
            if name == "p":
                flow.start_paragraph()
            elif name == "tr":
                flow.start_row()
            elif name == "tc":
                flow.start_cell()
        elif name == "t":
            _add_text(element, flow)
        elif name == "p":
            flow.end_paragraph()
        elif name == "tc":
            flow.end_cell()
        elif name == "tr":
            flow.end_row()


def _add_text(element: Element, flow: Flow) -> None:
    """Text of a `t` element; tabs and line breaks stand inside it as elements."""
    flow.add(element.text)
    for child in element:
        flow.add(_BREAKS.get(child.tag.rpartition("}")[2], ""))
        flow.add(child.tail)


def _title(data: bytes) -> str:
    """The title in the package's description, "" when there is none."""
    for event, name, element in xml_events(data) if data else ():
        if event == "end" and name == "title":
            return (element.text or "").strip()
    return ""
