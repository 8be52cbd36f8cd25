"""E-mail messages with what is attached to them: the body is a document, and so is each attached document."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from pipeline.ingest.isolated import parse_isolated
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile, too_nested
from pipeline.types import Skipped


def read_message(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The body, then the documents of each attachment in order, located as `mail.eml/name.pdf`.

    Attached messages and archives are read in the same way, as deep as archives within archives.
    """
    from pipeline.ingest.formats import read_file

    if complaint := too_nested(file):
        yield complaint
        return
    for item in list(parse_isolated("eml", file, options)):  # whole, since attachments go to the same process
        if not isinstance(item, InputFile):
            yield item
            continue
        try:
            yield from read_file(item, options)
        finally:
            shutil.rmtree(item.path.parent, ignore_errors=True)
