"""Office documents are ZIP packages of XML: their parts, read with limits and without entities."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from pipeline.ingest.files import TooLargeError, UnreadableError

MAX_DEPTH = 500
"""Elements nested deeper than this occur in no real document (a table in a table in a table takes about fifty)."""
MAX_PARTS = 10_000

XmlEvent = tuple[str, str, ElementTree.Element]


class Package:
    """The parts of one package; unpacks at most `limit_bytes` in all, whatever the package says of their sizes."""

    def __init__(self, path: Path, limit_bytes: int) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise UnreadableError(f"not a readable package: {error}") from error
        self._left_bytes = self._limit_bytes = limit_bytes
        if len(self._zip.infolist()) > MAX_PARTS:
            raise TooLargeError(f"more than {MAX_PARTS:,} parts in the package")

    def names(self) -> list[str]:
        """Names of the parts, in the package's order."""
        return self._zip.namelist()

    def part(self, name: str) -> bytes:
        """The content of one part, b"" when there is none of this name."""
        try:
            with self._zip.open(name) as file:
                data = file.read(self._left_bytes + 1)
        except KeyError:
            return b""
        except RuntimeError as error:
            raise UnreadableError(f"the package is encrypted or damaged: {error}") from error
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            raise TooLargeError(f"unpacks to more than {self._limit_bytes:,} bytes")
        return data

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def xml_events(data: bytes, *, freed: frozenset[str] = frozenset(("p", "row", "si"))) -> Iterator[XmlEvent]:
    """("start" or "end", name without namespace, element) for each element of an XML part.

    Elements named in `freed` are emptied after their end. Raises UnreadableError for a document type declaration (no
    office format has one, bombs do), for nesting deeper than `MAX_DEPTH` and for what is not well-formed UTF-8 XML.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data[:1000]:
        raise UnreadableError("XML with a document type or in UTF-16, which no document of this format has")
    above: list[ElementTree.Element] = []
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(data), events=("start", "end")):
            name = element.tag.rpartition("}")[2]
            if event == "start":
                above.append(element)
                if len(above) > MAX_DEPTH:
                    raise UnreadableError(f"elements nested deeper than {MAX_DEPTH}")
            else:
                above.pop()
            yield event, name, element
            if event == "end" and name in freed:
                element.clear()
                if above:
                    del above[-1][:]
    except ElementTree.ParseError as error:
        raise UnreadableError(f"not well-formed XML: {error}") from error
