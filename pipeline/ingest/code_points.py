"""Code points and what folding, splitting and counting words need to know of each, looked up in one table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.decode import CONTROLS

Codes = NDArray[np.uint32]
Units = NDArray[np.uint16] | Codes

FOLDED = (1 << 21) - 1
OF_WORD, ALONE, IRREGULAR, DECIMAL, BLANK, BREAK, KNOWN, LETTER_OR_DIGIT, NORMAL = (1 << bit for bit in range(21, 30))
CHARACTERS = np.zeros(0x110000, np.uint32)
"""Of each code point, once its block is `KNOWN`, what it is `FOLDED` to without case (`IRREGULAR`: to several), and
whether it is part of a word, or a word by itself (`ALONE`), a decimal digit, white space, the end of a line, what
`str.isalnum` says of what it is folded to, and whether it is `NORMAL`: a text of nothing else is normalized."""
EXPANSIONS = np.zeros((256, 3), np.uint32)
"""The code points that each `IRREGULAR` one met so far is folded to, 0 for none; `CHARACTERS` holds the row."""
_ROW_OF: dict[str, int] = {}
_BLOCK = 256
BATCH_CHARS = 16_384
_ALONE = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
"""Kana and Han, of which every character is a word."""
_ALIKE = ((0x3400, 0x4DC0, ALONE), (0x4E00, 0xA000, ALONE), (0xAC00, 0xD7A4, OF_WORD))
"""From where to where letters differ in nothing but their number, so that none needs to be asked about."""
_COMPOSED, _JAMO = ((0xC0, 0x3100), (0x11000, 0x12000), (0x16D00, 0x16E00)), range(0x1100, 0x1200)
"""Where letters stand that are composed of two, but for syllables of Hangul, and what these are composed of."""
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def code_points_of(text: str) -> Codes:
    """The code points of a text, lone surrogates as they are; not to be written to."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) > 2 * len(text):
        return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.frombuffer(units, np.uint16).astype(np.uint32)
    codes.flags.writeable = False
    return codes


def joined_code_points(texts: Sequence[str]) -> tuple[Units, NDArray[np.int64]]:
    """The code points of all texts, one after the other, and where those of each begin, the end last.

    In 16 bits where all fit, which saves making them larger. Not to be written to.
    """
    ends = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=ends[1:])
    text = "".join(texts)
    units = text.encode("utf-16-le", "surrogatepass")
    return np.frombuffer(units, np.uint16) if len(units) == 2 * len(text) else code_points_of(text), ends


def in_batches(texts: Sequence[str], n_chars: int = BATCH_CHARS) -> Iterator[Sequence[str]]:
    """The texts in order, cut into stretches of about `n_chars`; as many as not given lie in the processor's cache."""
    first = size = 0
    for place, text in enumerate(texts):
        size += len(text)
        if size >= n_chars:
            yield texts[first : place + 1]
            first, size = place + 1, 0
    if first < len(texts):
        yield texts[first:]


def learn(code: int) -> None:
    """Let `CHARACTERS` hold all code points of a block."""
    first = code // _BLOCK * _BLOCK
    points = range(first, first + _BLOCK)
    kind = next((kind for start, end, kind in _ALIKE if start <= first and points.stop <= end), 0)
    if kind:
        CHARACTERS[first : points.stop] = np.array(points) | (KNOWN | LETTER_OR_DIGIT | NORMAL | kind)
    else:
        CHARACTERS[first : points.stop] = [_entry(chr(point)) for point in points]


def known(codes: Codes) -> Codes:
    """What `CHARACTERS` says of each."""
    found = CHARACTERS[codes]
    if found.all():
        return found
    for block in set((codes[found == 0] // _BLOCK).tolist()):
        learn(block * _BLOCK)
    return CHARACTERS[codes]


def _entry(character: str) -> int:
    folded = character.casefold()
    entry = KNOWN | (ord(folded) if len(folded) == 1 else IRREGULAR | _expanded(folded))
    if any(first <= ord(character) <= last for first, last in _ALONE):
        entry |= ALONE
    elif folded.isalnum() or character == "_":
        entry |= OF_WORD
    entry |= DECIMAL * character.isdecimal() | BLANK * character.isspace() | LETTER_OR_DIGIT * folded.isalnum()
    return entry | BREAK * (character in _BREAKS) | NORMAL * _is_normal(character)


def _is_normal(character: str) -> bool:
    """Whether a text stays as it is beside this character: no control, no lone surrogate, nothing to be composed."""
    if character in "\r\ufeff" or "\ud800" <= character <= "\udfff":
        return False
    if character < "\xa0":
        return not CONTROLS.match(character)
    is_apart = not unicodedata.combining(character) and character not in _seconds() and ord(character) not in _JAMO
    return is_apart and unicodedata.is_normalized("NFC", character)


@cache
def _seconds() -> frozenset[str]:
    """What may be composed with the character before it."""
    composed = (unicodedata.decomposition(chr(code)).split() for first, end in _COMPOSED for code in range(first, end))
    return frozenset(chr(int(parts[1], 16)) for parts in composed if len(parts) == 2 and parts[0][0] != "<")


def _expanded(folded: str) -> int:
    """The row of `EXPANSIONS` that holds these code points."""
    row = _ROW_OF.setdefault(folded, len(_ROW_OF))
    EXPANSIONS[row, : len(folded)] = list(map(ord, folded))
    return row
