"""Texts as arrays of code points, normalised as `ngrams.normalize` does it: the input of all compiled code.

A batch is one array of code points (uint32) with offsets (int64, n_texts + 1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify import ngrams
from pipeline.classify.kept_tables import kept_tables
from pipeline.classify.ngrams import (
    DIGITS,
    HANGUL,
    HANGUL_BLOCKS,
    IDEOGRAPH_BLOCKS,
    IDEOGRAPHS,
    LETTERS,
    fold,
    normalize,
)
from pipeline.ingest.code_points import code_points_of

CODE = (__file__, ngrams.__file__)
ASSIGNED = np.r_[:0x34000, 0xE0000:0xE0200].astype(np.uint32)
"""All code points that are, or may become, anything but a separator that stays as it is."""
POINTS_AT_ONCE = 64
"""Code points looked at together: most such stretches hold none that is folded, or none that is composed."""
JAMO_AFTER_FIRST = range(0x1161, 0x1200)
WIDE = re.compile("[\u00a0\u2026\u3000\uff01-\uff5e]")
IRREGULAR = np.uint32(0xFFFFFFFF)
N_LETTERS, CASE_BIT = np.uint8(26), np.uint8(5)


@cache
def kind_table() -> NDArray[np.uint8]:
    """`character_kind` of every code point, shape (0x110000,)."""
    return kept_tables("kinds", b"", CODE, lambda: {"": _kinds()})[""]


def _kinds() -> NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    categories = "".join(map(unicodedata.category, assigned_characters())).encode()
    initials, others = np.frombuffer(categories, np.uint8).reshape(-1, 2).T
    digits = (initials == ord("N")) & (others != ord("l"))
    of_word = np.isin(initials, list(b"LMN")) & ~digits
    table[ASSIGNED] = np.where(digits, DIGITS, np.where(of_word, LETTERS, 0))
    for blocks, kind in ((HANGUL_BLOCKS, HANGUL), (IDEOGRAPH_BLOCKS, IDEOGRAPHS)):
        for first, last in blocks:
            block = table[first : last + 1]
            block[block == LETTERS] = kind
    return table


@cache
def assigned_characters() -> str:
    """The `ASSIGNED` code points as a string, lone surrogates as they are."""
    return str(ASSIGNED.tobytes(), "utf-32-le", "surrogatepass")


def _stretches() -> list[str]:
    characters = assigned_characters()
    return [characters[first : first + POINTS_AT_ONCE] for first in range(0, len(characters), POINTS_AT_ONCE)]


@cache
def folding_table() -> NDArray[np.uint32]:
    """What `normalize` makes of every code point, shape (0x110000,); `IRREGULAR` where it takes more than the point.

    That is where one becomes several, and where neighbours matter: combining signs.
    """
    return kept_tables("folding", b"", CODE, lambda: {"": _folding()})[""]


def _folding() -> NDArray[np.uint32]:
    table = np.arange(0x110000, dtype=np.uint32)
    bound = _bound()
    for stretch in _stretches():
        if stretch != normalize(stretch):
            first = ord(stretch[0])
            table[first : first + len(stretch)] = [_folded(character, bound) for character in stretch]
    table[list(map(ord, bound))] = IRREGULAR
    return table


def _folded(character: str, bound: set[str]) -> int:
    composed = unicodedata.normalize("NFKC", character)
    folded = fold(composed)
    return ord(folded) if len(folded) == 1 and composed not in bound else int(IRREGULAR)


def _bound() -> set[str]:
    """Characters whose normal form depends on their neighbours."""
    composed = "".join(stretch for stretch in _stretches() if not unicodedata.is_normalized("NFD", stretch))
    pairs = (text.split() for text in map(unicodedata.decomposition, composed) if text and text[0] != "<")
    fusing = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2}
    combining = filter(unicodedata.combining, assigned_characters())
    return {*fusing, *combining, *map(chr, JAMO_AFTER_FIRST)}


def pack(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of the normalised texts, each closed by a line end, and the offset where each begins."""
    lines, offsets = "\n".join([*texts, ""]), _offsets(texts, 1)
    if lines.isascii():
        return _lower_ascii(lines), offsets
    codes = code_points_of(lines)
    folded = np.empty_like(codes)
    irregular = _fold(codes, offsets, folding_table(), folded)
    return _mend(texts, np.flatnonzero(irregular), folded, offsets) if irregular.any() else (folded, offsets)


def _mend(
    texts: Sequence[str], irregular: NDArray[np.int64], folded: NDArray[np.uint32], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """What `pack` returns: some texts normalised by themselves, which may change their lengths."""
    pieces, lengths, done = [], np.diff(offsets), 0
    for text in irregular.tolist():
        mended = code_points_of(normalize_fast(texts[text]) + "\n")
        pieces += [folded[done : offsets[text]], mended]
        lengths[text], done = len(mended), offsets[text + 1]
    return np.concatenate([*pieces, folded[done:]]), np.concatenate([offsets[:1], np.cumsum(lengths)])


def _lower_ascii(text: str) -> NDArray[np.uint32]:
    codes = np.frombuffer(text.encode(), np.uint8)
    is_capital = (codes - np.uint8(ord("A"))) < N_LETTERS
    return np.asarray(codes | is_capital.view(np.uint8) << CASE_BIT, np.uint32)


@numba.njit(cache=True, nogil=True)
def _fold(codes: Any, offsets: Any, table: Any, out: Any) -> Any:
    """Fold all texts; tell which could not be folded."""
    irregular = np.zeros(len(offsets) - 1, np.bool_)
    for text in range(len(offsets) - 1):
        highest = np.uint32(0)
        for position in range(offsets[text], offsets[text + 1]):
            out[position] = table[codes[position]]
            highest = max(highest, out[position])
        irregular[text] = highest == IRREGULAR
    return irregular


def normalize_fast(text: str) -> str:
    """The same as `normalize`, which is slow on texts that hold any wide sign: those are replaced beforehand."""
    if unicodedata.is_normalized("NFKC", text):
        return fold(text)
    return normalize(WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text))


def join_terms(terms: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of terms end to end, as they are, and the offset where each begins."""
    return code_points_of("".join(terms)), _offsets(terms, 0)


def _offsets(texts: Sequence[str], n_after: int) -> NDArray[np.int64]:
    """Where each text begins, and the end, if so many code points follow each."""
    offsets = np.empty(len(texts) + 1, np.int64)
    offsets[0] = 0
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + n_after, out=offsets[1:])
    return offsets
