"""Cuts a text into sentences by punctuation alone, in any script. `sentence_kernel` does it for whole batches."""

from __future__ import annotations

import re

# Marks in a row are tried once, from the first on: a line of a million dots must not take quadratic time.
BOUNDARY = re.compile(
    r"[。！？｡.!?…؟۔।\n]"  # first, so that the search goes from one of these to the next
    r"(?:(?P<wide>(?<=[。！？｡])[。！？｡]*[」』”’）)\]]*)"
    r"|(?P<point>(?<=[.!?…؟۔।])(?<![.!?…؟۔।]{2})[.!?…؟۔।]*+(?:[\"'”’»)\]]|[ \u00a0\u202f]»)*)(?=\s)"
    r"|(?P<line>(?<=\n)\s*))"
)
THREE_LETTERS = ("Mrs", "Gen", "Col", "Sen", "Rep", "Art")
ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"'])(?:[^\W\d_]|[^\W\d_]{1,2}(?:\.[^\W\d_])+|[A-ZÀ-ÞА-Я][a-zà-ÿа-я]|"
    rf"{'|'.join(THREE_LETTERS)})\Z"
)
LIST_NUMBER = re.compile(r"\s*[(]?\d{1,3}")
LONGEST_BEFORE = 12
LETTERS_OF_A_WORD = 4


def split_sentences(text: str) -> list[tuple[int, int]]:
    """[start, end) of each sentence in code points, in order, white space around them left out.

    A line end always ends a sentence; a full stop does unless it follows an initial, a short capitalised
    abbreviation or a list number, or a lower-case letter comes next.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in BOUNDARY.finditer(text):
        if match.lastgroup == "point" and _goes_on(text, start, match):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _goes_on(text: str, sentence: int, stop: re.Match[str]) -> bool:
    if stop.group() != ".":
        return False
    if LIST_NUMBER.fullmatch(text, sentence, stop.start()):
        return True
    if text[stop.end() : stop.end() + 2].strip().islower():
        return True
    before = text[max(0, stop.start() - LONGEST_BEFORE) : stop.start()]
    is_long = len(before) >= LETTERS_OF_A_WORD and before[-LETTERS_OF_A_WORD:].isalpha()
    return not is_long and bool(ABBREVIATION.search(before))


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    end -= len(stretch) - len(stretch.rstrip())
    if start < end:
        spans.append((start, end))
