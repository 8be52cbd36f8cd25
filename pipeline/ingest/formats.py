"""Which reader a file goes to: by its name, and by its first bytes where the name does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module

from pipeline.ingest.encodings import NotTextError
from pipeline.ingest.files import TooLargeError, UnreadableError, read_bytes
from pipeline.ingest.foreign import advice, kind_of
from pipeline.ingest.garbled import mended
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.text_files import read_text_file, received_bytes
from pipeline.ingest.walk import InputFile, TextPath, suffix_of
from pipeline.types import Skipped

Reader = Callable[[InputFile, ReadOptions], Iterator[Received | Skipped]]


def _later(module: str, name: str) -> Reader:
    """A reader whose module is imported with the first file that needs it."""

    def read(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
        reader: Reader = getattr(import_module(f"pipeline.ingest.{module}"), name)
        return reader(file, options)

    return read


def _isolated(parser: str) -> Reader:
    """The reader that hands its file to a parser in a process of its own."""

    def read(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
        from pipeline.ingest.isolated import isolated

        return isolated(parser)(file, options)

    return read


READERS: dict[str, Reader] = {
    ".txt": read_text_file,
    ".text": read_text_file,
    ".md": read_text_file,
    ".markdown": read_text_file,
    ".html": read_text_file,
    ".htm": read_text_file,
    ".xhtml": read_text_file,
    ".csv": _later("csv_rows", "read_csv"),
    ".tsv": _later("csv_rows", "read_csv"),
    ".tab": _later("csv_rows", "read_csv"),
    ".jsonl": _later("json_rows", "read_jsonl"),
    ".ndjson": _later("json_rows", "read_jsonl"),
    ".json": _later("json_rows", "read_json_anywhere"),
    ".parquet": _isolated("parquet"),
    ".pdf": _isolated("pdf"),
    ".docx": _isolated("docx"),
    ".docm": _isolated("docx"),
    ".hwpx": _isolated("hwpx"),
    ".xlsx": _isolated("xlsx"),
    ".xlsm": _isolated("xlsx"),
    ".eml": _later("messages", "read_message"),
    ".zip": _later("archives", "read_zip"),
    ".gz": _later("archives", "read_gzip"),
}
"""Reader of each file-name suffix, in lower case; other files are read as text if they are text."""
BINARY = frozenset((".parquet", ".pdf", ".docx", ".docm", ".hwpx", ".xlsx", ".xlsm", ".zip", ".gz"))
OF_ONE_DOCUMENT = frozenset((".pdf", ".docx", ".hwpx"))


def is_one_text(name: str) -> bool:
    """Whether a file of that name is read as one text, whose hash is that of the file."""
    return READERS.get(suffix_of(name), read_text_file) is read_text_file


def read_one_text(file: TextPath, options: ReadOptions) -> Received | Skipped:
    """The one item that `read_file` gives for a file that `is_one_text`, without its detours where nothing is wrong."""
    try:
        data = read_bytes(file.path, options.max_document_bytes)
        if data:
            return received_bytes(data, file.name, file.location)
    except (NotTextError, TooLargeError, UnreadableError):
        pass  # `read_file` says what is wrong, or reads the file as what it is
    return next(read_file(file.file(), options))


def read_file(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The documents of one file as received; at least one item, a Skipped where there is nothing to read.

    A file that is no text or table but another format, whatever its name says, is read as what it is.
    """
    suffix = file.path.suffix.lower()
    reader = READERS.get(suffix, read_text_file)
    n_items = 0
    try:
        if not file.path.stat().st_size:
            raise UnreadableError("empty")
        if suffix in BINARY and (kind := kind_of(file.path)) in READERS and kind != ".zip":
            reader = READERS[kind]  # a damaged office document must not come as the parts it is packed of
        for item in _items(reader, file, options):
            n_items += 1
            yield item
    except (NotTextError, TooLargeError, UnreadableError) as error:
        n_items += 1
        yield Skipped(file.source, str(error), file.location)
    except OSError as error:
        n_items += 1
        yield Skipped(file.source, f"cannot be read: {error.strerror or error}", file.location)
    if not n_items:
        yield Skipped(file.source, "no documents in this file", file.location)


def _items(reader: Reader, file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """What a reader gives, with text mended; where it finds no text, what the reader of what the file is gives."""
    n_items = 0
    try:
        for item in reader(file, options):
            n_items += 1
            if isinstance(item, Skipped):
                yield _explained(item, file) if n_items == 1 else item
            else:
                yield item if reader is read_text_file else _mended(item)
    except NotTextError as error:
        kind = kind_of(file.path)
        if n_items or not kind:
            raise NotTextError(advice(file.path) or str(error)) from error
        if is_one_text(file.path.name) and kind not in OF_ONE_DOCUMENT:
            raise NotTextError(f"{error}; give its name the suffix {kind}") from error
        yield from _items(READERS[kind], file, options)


def _mended(item: Received) -> Received:
    return item if item.is_html and item.name else mended(item)  # of a page, decoding has mended what it can


def _explained(item: Skipped, file: InputFile) -> Skipped:
    """A file that could not be opened as what its name says, with what it is where that is known."""
    is_whole = item.location == file.location and item.reason.startswith("not a ")
    return replace(item, reason=advice(file.path) or item.reason) if is_whole else item
