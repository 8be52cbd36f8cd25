"""Code points and what folding, splitting and counting words need to know of each, looked up in one table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

FOLDED = (1 << 21) - 1
OF_WORD, ALONE, IRREGULAR, DECIMAL, BLANK, BREAK, KNOWN, LETTER_OR_DIGIT = (1 << bit for bit in range(21, 29))
CHARACTERS = np.zeros(0x110000, np.uint32)
"""Of each code point, once its block is `KNOWN`, what it is `FOLDED` to without case (`IRREGULAR`: to several), and
whether it is part of a word, or a word by itself (`ALONE`), a decimal digit, white space, the end of a line, and what
`str.isalnum` says of what it is folded to."""
EXPANSIONS = np.zeros((256, 3), np.uint32)
"""The code points that each `IRREGULAR` one met so far is folded to, 0 for none; `CHARACTERS` holds the row."""
_ROW_OF: dict[str, int] = {}
_BLOCK = 256
_ALONE = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
"""Kana and Han, of which every character is a word."""
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def code_points_of(text: str) -> Codes:
    """The code points of a text, lone surrogates as they are; not to be written to."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) > 2 * len(text):
        return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.frombuffer(units, np.uint16).astype(np.uint32)
    codes.flags.writeable = False
    return codes


def learn(code: int) -> None:
    """Let `CHARACTERS` hold all code points of a block."""
    first = code // _BLOCK * _BLOCK
    CHARACTERS[first : first + _BLOCK] = [_entry(chr(point)) for point in range(first, first + _BLOCK)]


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
    return entry | BREAK * (character in _BREAKS)


def _expanded(folded: str) -> int:
    """The row of `EXPANSIONS` that holds these code points."""
    row = _ROW_OF.setdefault(folded, len(_ROW_OF))
    EXPANSIONS[row, : len(folded)] = list(map(ord, folded))
    return row
