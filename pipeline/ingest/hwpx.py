"""HWPX, the XML form of the Korean office format: paragraphs and tables of all sections, and the document's title."""

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

_SECTION = re.compile(r"Contents/section(\d+)\.xml$", re.I)
_HIDDEN = frozenset(("header", "footer", "hiddenComment", "pageNum", "deleteBegin"))
_BREAKS = {"tab": "\t", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}


def read_hwpx(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The one document of a .hwpx file."""
    sha256 = hash_of_file(file.path, options.max_file_bytes)
    package = Package(file.path, options.max_file_bytes)
    flow = Flow(options.max_document_bytes)
    try:
        sections = sorted((int(found[1]), name) for name in package.names() if (found := _SECTION.search(name)))
        if not sections:
            yield Skipped(file.source, "not an HWPX document: it has no Contents/section0.xml", file.location)
            return
        for _, name in sections:
            _add_section(package.events(name), flow)
        title = _title(package.events("Contents/content.hpf"))
    except OverflowError as error:
        raise TooLargeError(f"more than {options.max_document_bytes:,} characters of text") from error
    finally:
        package.close()
    yield Received(flow.text(), file.location, sha256, title=title, name=file.path.name)


def _add_section(events: Iterable[XmlEvent], flow: Flow) -> None:
    n_hidden = n_texts = 0  # tabs and line breaks stand inside a "t" element; elsewhere "tab" is a setting
    for kind, name, text, _ in events:
        if name in _HIDDEN:
            n_hidden += (kind == "start") - (kind == "end")
        if n_hidden:
            continue
        if name == "t":
            n_texts += (kind == "start") - (kind == "end")
            flow.add(text)
        elif kind == "end" and name in _BREAKS and n_texts:
            flow.add(_BREAKS[name])
        else:
            flow.mark(kind, name)


def _title(events: Iterable[XmlEvent]) -> str:
    """The title in the package's description, "" when there is none."""
    title = ""
    for kind, name, text, _ in events:
        if name == "title":
            title += text
            if kind == "end":
                break
    return title.strip()
