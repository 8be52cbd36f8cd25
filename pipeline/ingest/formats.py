"""Which reader a file goes to: by its name, and by its first bytes where the name does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.ingest.archives import read_gzip, read_zip
from pipeline.ingest.csv_rows import read_csv
from pipeline.ingest.encodings import NotTextError
from pipeline.ingest.files import TooLargeError, UnreadableError
from pipeline.ingest.isolated import isolated
from pipeline.ingest.json_rows import read_json, read_jsonl
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.text_files import read_text_file
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

Reader = Callable[[InputFile, ReadOptions], Iterator[Received | Skipped]]

READERS: dict[str, Reader] = {
    ".txt": read_text_file,
    ".text": read_text_file,
    ".md": read_text_file,
    ".markdown": read_text_file,
    ".html": read_text_file,
    ".htm": read_text_file,
    ".xhtml": read_text_file,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".tab": read_csv,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
    ".parquet": isolated("parquet"),
    ".pdf": isolated("pdf"),
    ".docx": isolated("docx"),
    ".hwpx": isolated("hwpx"),
    ".xlsx": isolated("xlsx"),
    ".eml": isolated("eml"),
    ".zip": read_zip,
    ".gz": read_gzip,
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
