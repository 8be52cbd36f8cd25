"""A title for a document: what its file or page calls it, else its first line or first sentence, tidied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pipeline.ingest.title_lines import FIELD_NAME, is_no_title
from pipeline.ingest.title_search import width_of

MAX_TITLE_CHARS = 200
MAX_CHARS_READ = 2_000
MAX_SENTENCE_WIDTH = 120
"""Width of a title made of a text's first sentence, where a Hangul, kana or Han character counts as two."""
LEAST_SENTENCE_CHARS = 12
N_LINES_TRIED = 6
_MARKDOWN = re.compile(r"^\s{0,3}(?:#{1,6}\s+|[*_]{1,3}(?=\S))|[*_#]+\s*$")
_MARKS, _COLONS = "#*_", ":："
_ITEM_MARK = re.compile(r"^(?:[-–—•·*°※○■▶□ㅇ◦]|\(?\d{1,2}[.)])\s+")
# Four lower-case letters, two Hangul or Han before the stop: no abbreviation.
_SENTENCE_END = re.compile(r"[.!?](?:(?<=[^\W\d_A-Z]{4}.)|(?<=[\uac00-\ud7af]{2}.))[\"'”’»)]*(?=\s)|[。！？][」』”）]*")
_PARTS = re.compile(r"\s+[|｜»›·•–—-]\s+|\s*(?:[|｜»]|::)\s*")
_SURE_PARTS = re.compile(r"\s*(?:[|｜»›]|::)\s*")
_SENTENCE_STOPS = (".", "!", "?", "。", "！", "？", "…", ".”", '."', ".»", "。”", "。」")


def tidy_title(title: str) -> str:
    """One line without markup and without "Title:" before it, cut to `MAX_TITLE_CHARS` at a sentence or word."""
    line = title[:MAX_CHARS_READ]
    if any(map(line.__contains__, _MARKS)):
        line = _MARKDOWN.sub("", line)
    line = " ".join(line.split())
    if any(map(line.__contains__, _COLONS)):
        line = FIELD_NAME.sub("", line)
    if len(line) <= MAX_TITLE_CHARS:
        return line
    return _first_sentence(line[:MAX_TITLE_CHARS]) or _cut(line, MAX_TITLE_CHARS)


def first_line(text: str) -> str:
    """The first line of `text` that has a letter and is no date or label; of a long one the first sentence, cut."""
    line = first = ""
    for line in islice(_lines_with_letters(text[:5_000]), N_LINES_TRIED):
        first = first or line
        if not is_no_title(line.strip()):
            break
    else:
        line = first
    title = _ITEM_MARK.sub("", tidy_title(line))
    if width_of(title) <= MAX_SENTENCE_WIDTH or not title.endswith(_SENTENCE_STOPS):
        return title
    sentence = _first_sentence(title)
    return sentence if sentence and width_of(sentence) <= MAX_SENTENCE_WIDTH else _cut(title, MAX_SENTENCE_WIDTH)


def _first_sentence(line: str) -> str:
    """What stands before the first end of a sentence, if one is sure."""
    found = _SENTENCE_END.search(line[LEAST_SENTENCE_CHARS:])
    return line[: LEAST_SENTENCE_CHARS + found.end()] if found else ""


def _lines_with_letters(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        if any(map(str.isalpha, line)):
            yield line
        start += len(line) + 1


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
