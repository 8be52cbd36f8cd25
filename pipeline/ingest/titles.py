"""A title for a document whose file names none: its first line, or the beginning of its first sentence."""

from __future__ import annotations

import re

MAX_TITLE_CHARS = 200
_MARKDOWN = re.compile(r"^\s{0,3}(?:#{1,6}\s+|[*_]{1,3}(?=\S))|[*_#]+\s*$")
_SENTENCE_END = re.compile(r"[.!?](?=\s)|[。！？]")


def tidy_title(title: str) -> str:
    """One line without markup, cut to `MAX_TITLE_CHARS` at a sentence or word."""
    line = " ".join(_MARKDOWN.sub("", title).split())
    if len(line) <= MAX_TITLE_CHARS:
        return line
    sentence_end = _SENTENCE_END.search(line, 20, MAX_TITLE_CHARS)
    if sentence_end:
        return line[: sentence_end.end()]
    return line[: MAX_TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"


def first_line(text: str) -> str:
    """The first line of `text` that has a letter, as a title."""
    for line in text[:5_000].split("\n"):
        if any(map(str.isalpha, line)):
            return tidy_title(line)
    return ""
