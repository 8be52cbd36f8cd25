"""A title for a document: what its file or page calls it, else its first line or first sentence, tidied."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.ingest.title_lines import FIELD_NAME, is_no_title
from pipeline.ingest.title_search import width_of

MAX_TITLE_CHARS = 200
MAX_CHARS_READ = 2_000
MAX_SENTENCE_WIDTH = 120
"""Width of a title made of a text's first sentence, where a Hangul, kana or Han character counts as two."""
LEAST_SENTENCE_CHARS = 12
N_LINES_TRIED = 6
_MARKDOWN = re.compile(r"^\s{0,3}(?:#{1,6}\s+|[*_]{1,3}(?=\S))|[*_#]+\s*$")
_ITEM_MARK = re.compile(r"^(?:[-–—•·*°※○■▶□ㅇ◦]|\(?\d{1,2}[.)])\s+")
# Four lower-case letters, two Hangul or Han before the stop: no abbreviation.
_SENTENCE_END = re.compile(r"(?:[^\W\d_A-Z]{4}|[\uac00-\ud7af]{2})[.!?][\"'”’»)]*(?=\s)|[。！？][」』”）]*")
_PARTS = re.compile(r"\s+[|｜»›·•–—-]\s+|\s*(?:[|｜»]|::)\s*")
_SURE_PARTS = re.compile(r"\s*(?:[|｜»›]|::)\s*")
_SENTENCE_STOPS = (".", "!", "?", "。", "！", "？", "…", ".”", '."', ".»", "。”", "。」")


def tidy_title(title: str) -> str:
    """One line without markup and without "Title:" before it, cut to `MAX_TITLE_CHARS` at a sentence or word."""
    line = FIELD_NAME.sub("", " ".join(_MARKDOWN.sub("", title[:MAX_CHARS_READ]).split()))
    if len(line) <= MAX_TITLE_CHARS:
        return line
    sentence_end = _SENTENCE_END.search(line, LEAST_SENTENCE_CHARS, MAX_TITLE_CHARS)
    if sentence_end:
        return line[: sentence_end.end()]
    return _cut(line, MAX_TITLE_CHARS)


def first_line(text: str) -> str:
    """The first line of `text` that has a letter and is no date or label; of a long one the first sentence, cut."""
    lines = [line for line in text[:5_000].split("\n") if any(map(str.isalpha, line))][:N_LINES_TRIED]
    line = next((line for line in lines if not is_no_title(line.strip())), lines[0] if lines else "")
    title = _ITEM_MARK.sub("", tidy_title(line))
    if width_of(title) <= MAX_SENTENCE_WIDTH or not title.endswith(_SENTENCE_STOPS):
        return title
    sentence_end = _SENTENCE_END.search(title, LEAST_SENTENCE_CHARS)
    if sentence_end and width_of(title[: sentence_end.end()]) <= MAX_SENTENCE_WIDTH:
        return title[: sentence_end.end()]
    return _cut(title, MAX_SENTENCE_WIDTH)


def page_title(named: str, element: str, lines: Sequence[str]) -> str:
    """The heading in what a page calls itself: `named` (og:title, heading) or its title element.

    "Heading | section | site" is cut to the part that stands as a line of its own on the page; `lines` are those down
    to the first of the main text, and of several the lowest counts. Where none is a line, the first part.
    """
    row_of = {_folded(line): row for row, line in enumerate(lines)}
    parts = [named, *_PARTS.split(named)]
    if _folded(named) in map(_folded, _PARTS.split(element)):
        parts += _PARTS.split(element)
    headings = [part for part in parts if _folded(part) in row_of]
    if headings:
        return max(headings, key=lambda part: row_of[_folded(part)]).strip()
    return next((part.strip() for part in _SURE_PARTS.split(named) if part.strip()), named)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _cut(line: str, width: int) -> str:
    """`line` cut at the end of a word to at most `width`, the ellipsis included."""
    n_chars = width - 1
    while width_of(line[:n_chars]) >= width:
        n_chars -= 1
    kept = line[:n_chars]
    if not line[n_chars : n_chars + 1].isspace() and " " in kept[n_chars // 2 :]:
        kept = kept.rsplit(" ", 1)[0]
    return kept.rstrip(" ,;:-–—·、，") + "…"
