"""Texts in one form of characters, however they were written."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pipeline.ingest.decode import CONTROLS, may_hold_controls
from pipeline.ingest.text_work import kernel_for


def normalized_texts(texts: Sequence[str]) -> list[str]:
    """What `normalized` gives for each."""
    kernel = kernel_for(sum(map(len, texts)))
    if not kernel:
        return list(map(normalized, texts))
    texts = list(map(_with_line_feeds, texts))
    found = zip(texts, kernel.are_normal(texts), strict=True)
    return [text if is_normal else normalized(text) for text, is_normal in found]


def normalized(text: str) -> str:
    """Composed letters (NFC), line feeds as the only line ends, no control characters and no lone surrogates."""
    text = _with_line_feeds(text)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        data = text.encode()
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if may_hold_controls(data):
        text = CONTROLS.sub("", text)
    return text.removeprefix("\ufeff")


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
