"""What a reader hands on: one text as received, with what its file says about it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


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


def hash_of_text(text: str) -> str:
    """SHA-256 of the UTF-8 of `text`, in hexadecimal."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hash_of_bytes(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return sha256(data).hexdigest()
