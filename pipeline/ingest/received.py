"""What a reader hands on: one text as received, with what its file says about it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.ingest.options import ReadOptions

MAX_LINES = 200_000
"""More lines (of a page: half as many tags) than the longest reports have; cleaning takes 1 kB and more for each."""


@dataclass(frozen=True, slots=True)
class Received:
    """A text or page before cleaning.

    `sha256` is of the file's bytes or, for a row of a table, of the row's text. `id`, `title`, `date` and `source`
    stand for what a table or an envelope says; `name` is the file's name, for a date in it; `warning` tells of damage.
    """

    content: str
    location: str
    sha256: str = ""
    is_html: bool = False
    id: str = ""
    title: str = ""
    date: str = ""
    source: str = ""
    name: str = ""
    warning: str = ""


def excess(received: Received, options: ReadOptions) -> str:
    """Why a text is too much for one document, "" where it is not."""
    content = received.content
    if len(content) > options.max_document_bytes:
        return "longer than the limit for one document"
    if len(content) > MAX_LINES:
        n_lines = content.count("<") // 2 if received.is_html else len(content.splitlines())
        return f"more than {MAX_LINES:,} lines: too many for one document" if n_lines > MAX_LINES else ""
    return ""


def hash_of_text(text: str) -> str:
    """SHA-256 of the UTF-8 of `text`, in hexadecimal."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_of_bytes(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return sha256(data).hexdigest()
