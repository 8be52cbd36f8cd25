"""Word documents (.docx): paragraphs, tables, text boxes and footnotes; headers and footers are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.ingest.files import TooLargeError, hash_of_file
from pipeline.ingest.flow import Flow
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.packages import Package, XmlEvent
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

_MAIN = re.compile(r"word/document\d*\.xml")
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
# What is drawn again for older programs, was deleted, is not shown, or is a reading above a word (furigana).
_HIDDEN = frozenset(("Fallback", "del", "moveFrom", "instrText", "delText", "comment", "rPrChange", "pPrChange", "rt"))
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_TITLE_STYLES = frozenset(("Title", "제목", "表題", "标题"))


def read_docx(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The one document of a .docx file."""
    sha256 = hash_of_file(file.path, options.max_file_bytes)
    package = Package(file.path, options.max_file_bytes)
    flow = Flow(options.max_document_bytes)
    title = ""
    try:
        names = package.names()
        main = next((name for name in names if _MAIN.fullmatch(name)), "")
        if not main:
            yield Skipped(file.source, "not a Word document: it has no word/document.xml", file.location)
            return
        for name in (main, *_NOTES):
            title = _add_part(package.events(name), flow) or title
    except OverflowError as error:
        raise TooLargeError(f"more than {options.max_document_bytes:,} characters of text") from error
    finally:
        package.close()
    yield Received(flow.text(), file.location, sha256, title=title, name=file.path.name)


def _add_part(events: Iterable[XmlEvent], flow: Flow) -> str:
    """Add the text of one part to `flow`; returns the first paragraph that is styled as the title."""
    title, is_title, n_hidden, n_properties = "", False, 0, 0  # tab stops are "tab" elements in properties
    for kind, name, text, attributes in events:
        if name in _HIDDEN:
            n_hidden += (kind == "start") - (kind == "end")
        if n_hidden:
            continue
        if name == "t":
            flow.add(text)
        elif name == "pPr":
            n_properties += (kind == "start") - (kind == "end")
        elif name == "pStyle" and kind == "start" and not title:
            is_title = attributes.get("val") in _TITLE_STYLES
        elif name in _BREAKS and kind == "end" and not n_properties:
            flow.add(_BREAKS[name])
        elif name == "p" and kind == "end":
            paragraph = flow.end_paragraph()
            title, is_title = (paragraph if is_title else title), False
        else:
            flow.mark(kind, name)
    return title
