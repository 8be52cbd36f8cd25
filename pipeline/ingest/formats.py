"""Which reader a file goes to: by its name, and by its first bytes where the name does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from pipeline.ingest.encodings import NotTextError
from pipeline.ingest.files import TooLargeError, UnreadableError
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.text_files import read_text_file
from pipeline.ingest.walk import InputFile
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
    ".json": _later("json_rows", "read_json"),
    ".parquet": _isolated("parquet"),
    ".pdf": _isolated("pdf"),
    ".docx": _isolated("docx"),
    ".hwpx": _isolated("hwpx"),
    ".xlsx": _isolated("xlsx"),
    ".eml": _later("messages", "read_message"),
    ".zip": _later("archives", "read_zip"),
    ".gz": _later("archives", "read_gzip"),
}
"""Reader of each file-name suffix, in lower case; other files are read as text if they are text."""


def read_file(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The documents of one file as received; at least one item, a Skipped where there is nothing to read."""
    reader = READERS.get(file.path.suffix.lower(), read_text_file)
    n_items = 0
    try:
        for item in reader(file, options):
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
