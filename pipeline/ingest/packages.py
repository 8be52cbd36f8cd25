"""Office documents are ZIP packages of XML: their parts, read with limits and without entities."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple
from xml.parsers import expat

from pipeline.ingest.files import TooLargeError, UnreadableError

MAX_DEPTH = 500
"""Elements nested deeper than this occur in no real document (a table in a table in a table takes about fifty)."""
MAX_PARTS = 10_000
MAX_TAG_BYTES = 4_000_000
CHUNK_BYTES = 1 << 16
_NO_ATTRIBUTES: Mapping[str, str] = {}


class XmlEvent(NamedTuple):
    """`kind` is "start", "text" or "end"; `name`, without its namespace, is that of the innermost open element.

    `text` is a piece of what stands there; `attributes` are those of a start, by name without namespace.
    """

    kind: str
    name: str
    text: str = ""
    attributes: Mapping[str, str] = _NO_ATTRIBUTES


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

    def events(self, name: str) -> Iterator[XmlEvent]:
        """The XML of one part as events, none when there is no part of this name. Memory does not grow with the part.

        Raises UnreadableError for a document type declaration (no office format has one, bombs do), for nesting deeper
        than `MAX_DEPTH` and for what is not well-formed XML; TooLargeError beyond the limit.
        """
        try:
            if self._zip.getinfo(name).file_size > self._left_bytes:
                self._take(self._left_bytes + 1)
            with self._zip.open(name) as part:
                yield from _Events().of(self._chunks(part))
        except KeyError:
            return
        except RuntimeError as error:
            raise UnreadableError(f"the package is encrypted or damaged: {error}") from error

    def _chunks(self, part: IO[bytes]) -> Iterator[bytes]:
        while chunk := part.read(CHUNK_BYTES):
            self._take(len(chunk))
            yield chunk

    def _take(self, n_bytes: int) -> None:
        self._left_bytes -= n_bytes
        if self._left_bytes < 0:
            raise TooLargeError(f"unpacks to more than {self._limit_bytes:,} bytes")

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


class _Events:
    """Turns chunks of XML into events; no tree is built."""

    def __init__(self) -> None:
        self._found: list[XmlEvent] = []
        self._above: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = _refuse_document_type

    def of(self, chunks: Iterator[bytes]) -> Iterator[XmlEvent]:
        """Events of all chunks."""
        n_bytes = 0
        try:
            for chunk in chunks:
                n_bytes += len(chunk)
                self._parser.Parse(chunk, False)
                if n_bytes - self._parser.CurrentByteIndex > MAX_TAG_BYTES:
                    raise UnreadableError(f"a tag or comment of more than {MAX_TAG_BYTES:,} bytes")
                yield from self._taken()
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            yield from self._taken()
            raise UnreadableError(f"not well-formed XML: {error}") from error
        yield from self._taken()

    def _taken(self) -> list[XmlEvent]:
        found, self._found = self._found, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._above.append(_local(name))
        if len(self._above) > MAX_DEPTH:
            raise UnreadableError(f"elements nested deeper than {MAX_DEPTH}")
        own = {_local(key): value for key, value in attributes.items()} if attributes else _NO_ATTRIBUTES
        self._found.append(XmlEvent("start", self._above[-1], "", own))

    def _end(self, _name: str) -> None:
        self._found.append(XmlEvent("end", self._above.pop()))

    def _text(self, text: str) -> None:
        self._found.append(XmlEvent("text", self._above[-1], text))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _refuse_document_type(*_declared: object) -> None:
    raise UnreadableError("XML with a document type, which no document of this format has")
