"""Plain text, Markdown and HTML files: one document each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.ingest.decode import decode
from pipeline.ingest.encodings import NotTextError
from pipeline.ingest.files import read_bytes
from pipeline.ingest.garbled import mended
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received, hash_of_bytes
from pipeline.ingest.walk import InputFile, suffix_of
from pipeline.types import Skipped

_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,1000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.{1,4000}?)\n(?:---|\.\.\.)[ \t]*\n", re.S)
_FIELD = re.compile(r"^(title|date)[ \t]*:[ \t]*[\"']?(.{1,300}?)[\"']?[ \t]*$", re.M | re.I)
_STRESS = re.compile(
    r"(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,500}?)(?<=[^\s\\*])\*(?!\*)|(?<![\w_\\])_(?=[^\s_])([^_\n]{1,500}?)(?<=[^\s\\_])_(?![\w_])"
)
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,500}?)(?<=\S)\1")
_MARKUP = (
    (re.compile(r"^\s{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$", re.M), r"\1"),
    (re.compile(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{1,500}(?:\s\"[^\"\n]{0,200}\")?\)"), r"\1"),
    (_STRESS, r"\1\2"),
    (_STRONG, r"\2"),
    (_STRESS, r"\1\2"),  # once more, for "***both***"
)


def read_text_file(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The one document of a text, Markdown or HTML file. A page saved under another name is still read as HTML."""
    data = read_bytes(file.path, options.max_document_bytes)
    yield received_bytes(data, file.path.name, file.location)


def received_bytes(data: bytes, name: str, location: str) -> Received:
    """The document in the bytes of a file of that name, mended; raises `NotTextError`."""
    if data.startswith(b"{\\rtf"):
        raise NotTextError("not text: Rich Text")
    decoded = decode(data)
    suffix = suffix_of(name)
    content, title, date = decoded.text, "", ""
    is_html = suffix in (".html", ".htm", ".xhtml") or _HTML.match(content) is not None
    if is_html:  # what a page's own elements show
        content = content.replace("<template shadowroot", "<div shadowroot")
    elif suffix in (".md", ".markdown"):
        content, title, date = _plain_markdown(content)
    received = Received(
        content, location, hash_of_bytes(data), is_html, title=title, date=date, name=name, warning=decoded.warning
    )
    is_sound = is_html or (decoded.is_sound and content is decoded.text)  # of a page, decoding has mended what it can
    return received if is_sound else mended(received)


def _plain_markdown(text: str) -> tuple[str, str, str]:
    """Text without marks of headings, links and stress; title and date of its front matter."""
    text = text.replace("\r\n", "\n")
    fields: dict[str, str] = {}
    front_matter = _FRONT_MATTER.match(text)
    if front_matter:
        fields = {name.lower(): value for name, value in _FIELD.findall(front_matter[1])}
        text = text[front_matter.end() :]
    for pattern, plain in _MARKUP:
        text = pattern.sub(plain, text)
    return text, fields.get("title", ""), fields.get("date", "")
