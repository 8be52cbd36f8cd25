"""What counts as a word and as a character n-gram: the plain specification that `kernel` must equal.

A text is normalised (NFKC, lower case, letters that are used alike made one) and cut into runs of one kind of
character: letters with their marks, digits, Hangul, or ideographs (Han and Kana). A run is a word; in ideographs, where
words are not spaced, every character is.
Character n-grams stay within a run, and see its edges as a space where words are spaced.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

SEPARATOR, LETTERS, DIGITS, HANGUL, IDEOGRAPHS = range(5)
EDGE = " "
PREFIX_MARK = "*"
NgramRange = tuple[int, int]
PrefixLengths = tuple[int, int]
CharRanges = tuple[NgramRange, NgramRange, NgramRange]
HANGUL_BLOCKS = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF))
IDEOGRAPH_BLOCKS = (
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
ALIKE = (
    {"ı": "i", "ё": "е", "ς": "σ"}
    | dict(zip("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ", strict=True))
    | dict(zip("آأإٱىیکة", "ااااييكه", strict=True))
)
"""Letters that writers of one language use for one another: without dot or accent, in capitals, on another keyboard.

Source: the normalisers of Lucene for Arabic, Persian, Greek and Turkish; 1:1, so that places stay what they are.
"""
DOTTED_I = "i\u0307"
"""What lower case makes of the Turkish capital."""


class Ngram(NamedTuple):
    """A term with its first and one past its last code point in the normalised text."""

    term: str
    start: int
    end: int


class Run(NamedTuple):
    """Characters of one kind, side by side: [start, end) of the normalised text."""

    kind: int
    start: int
    end: int


def normalize(text: str) -> str:
    """NFKC, lower case, and one letter for those that are `ALIKE`: what all n-grams are taken from."""
    return text.lower() if text.isascii() else fold(unicodedata.normalize("NFKC", text))


def fold(composed: str) -> str:
    """What `normalize` makes of a text that is in NFKC."""
    folded = composed.lower().replace(DOTTED_I, "i")
    for letter, alike in ALIKE.items():  # `translate` would ask for every character
        folded = folded.replace(letter, alike)
    return folded


@cache
def character_kind(character: str) -> int:
    """SEPARATOR, LETTERS, DIGITS, HANGUL or IDEOGRAPHS."""
    category = unicodedata.category(character)
    if category[0] == "N" and category != "Nl":
        return DIGITS
    if category[0] not in "LMN":
        return SEPARATOR
    code = ord(character)
    if any(first <= code <= last for first, last in IDEOGRAPH_BLOCKS):
        return IDEOGRAPHS
    if any(first <= code <= last for first, last in HANGUL_BLOCKS):
        return HANGUL
    return LETTERS


def runs(text: str) -> Iterator[Run]:
    """The runs of a normalised text, in order, separators left out."""
    start = 0
    kinds = [character_kind(character) for character in text]
    for position in range(1, len(kinds) + 1):
        if position == len(kinds) or kinds[position] != kinds[start]:
            if kinds[start] != SEPARATOR:
                yield Run(kinds[start], start, position)
            start = position


def word_ngrams(text: str, n_range: NgramRange, prefixes: PrefixLengths) -> Iterator[Ngram]:
    """N-grams of 1 to 3 consecutive words of a normalised text, joined by a space, and the prefix of each word.

    Separators between words do not matter. prefixes: characters of a prefix in letters and digits, and in Hangul; 0 for
    none. A prefix ends in `PREFIX_MARK`; ideographs have none.
    """
    words: list[Ngram] = []
    for kind, start, end in _words(text):
        words.append(Ngram(text[start:end], start, end))
        for n in range(max(1, n_range[0]), min(n_range[1], len(words)) + 1):
            part = words[-n:]
            yield Ngram(" ".join(word.term for word in part), part[0].start, end)
        length = 0 if kind == IDEOGRAPHS else prefixes[kind == HANGUL]
        if length:
            stop = min(end, start + length)
            yield Ngram(text[start:stop] + PREFIX_MARK, start, stop)


def char_ngrams(text: str, ranges: CharRanges) -> Iterator[Ngram]:
    """N-grams of characters within each run of a normalised text; the edge of a spaced run counts as one space.

    ranges: smallest and largest n within letters and digits, within Hangul, within ideographs; (0, 0) for none.
    """
    for kind, start, end in runs(text):
        smallest, largest = ranges[max(0, kind - DIGITS)]
        edge = 0 if kind == IDEOGRAPHS else 1
        padded = text[start:end] if not edge else f"{EDGE}{text[start:end]}{EDGE}"
        for first in range(len(padded)):
            for last in range(first + max(1, smallest), min(first + largest, len(padded)) + 1):
                if (term := padded[first:last]) != EDGE:
                    yield Ngram(term, max(start, start + first - edge), min(end, start + last - edge))


def _words(text: str) -> Iterator[Run]:
    for run in runs(text):
        if run.kind == IDEOGRAPHS:
            yield from (Run(run.kind, position, position + 1) for position in range(run.start, run.end))
        else:
            yield run
