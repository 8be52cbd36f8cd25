"""The words of a text as hashes, and its 5-grams: what duplicates are found by, worked out by arrays of characters."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

SHINGLE = 5
_OF_WORD, _WORD_ALONE = 1, 2
_ALONE = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF))
"""Kana and Han, of which every character is a word."""
_BLOCK_BITS = 8
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_KINDS = np.zeros(0x110000, np.uint8)
_KNOWN = np.zeros(len(_KINDS) >> _BLOCK_BITS, np.bool_)
_BEGINS = np.uint32(1 << 31)
_N_PLACES = 1024
_STEP, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


def _mix(values: Hashes) -> Hashes:
    """Spread each value's bits over all of it, in place."""
    values ^= values >> _HALF
    values *= _MIX
    values ^= values >> _HALF
    return values


_PLACES = _mix(_mix(np.arange(1, _N_PLACES + 1, dtype=np.uint64) * _STEP)) | np.uint64(1)
"""A random odd number for each place in a word; from the first one again in a longer word."""


class Words(NamedTuple):
    """The words of a text in order: `hashes` (n_words,), and bytes that are equal exactly when the words are."""

    hashes: Hashes
    spelling: bytes


def read_words(text: str) -> Words:
    """Words without case and marks, one for each kana or Han character; the text itself where it has no word.

    They are those of `words_of`. A word's hash is the sum of its mixed characters, each
    times a random odd number for its place, mixed again.
    """
    codes = np.frombuffer(text.casefold().encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = _kinds_of(codes)
    places = np.flatnonzero(kinds)
    if not len(places):
        return Words(_hashes(codes, np.zeros(1, np.int64)), codes.tobytes())
    own, kinds = codes[places], kinds[places]
    begins = np.ones(len(places), np.bool_)
    begins[1:] = (places[1:] - places[:-1] > 1) | (kinds[1:] == _WORD_ALONE) | (kinds[:-1] == _WORD_ALONE)
    return Words(_hashes(own, np.flatnonzero(begins)), np.where(begins, own | _BEGINS, own).tobytes())


def words_of(text: str) -> list[str]:
    """The specification of `read_words`: its words as a pattern finds them, the text itself where it has none."""
    return _WORDS.findall(text.casefold()) or [text]


def shingles_of(words: Hashes) -> Hashes:
    """Distinct hashes of all runs of five words, sorted; one for the whole text where it is shorter."""
    n_runs = max(1, len(words) - SHINGLE + 1)
    runs = np.zeros(n_runs, np.uint64)
    for offset in range(min(SHINGLE, len(words))):
        runs *= _STEP
        runs += words[offset : offset + n_runs]
    runs.sort()
    is_new = np.ones(n_runs, np.bool_)
    is_new[1:] = runs[1:] != runs[:-1]
    return runs[is_new]


def _hashes(codes: NDArray[np.uint32], first: NDArray[np.int64]) -> Hashes:
    """The hash of each word; `first` is where each begins in `codes`."""
    if not len(codes):
        return np.zeros(1, np.uint64)
    begin_of = np.zeros(len(codes), np.int32)
    begin_of[first] = first
    place = np.arange(len(codes), dtype=np.int32) - np.maximum.accumulate(begin_of)
    mixed = codes * _STEP + _MIX
    mixed ^= mixed >> _HALF
    mixed *= _PLACES[place & (_N_PLACES - 1)]
    return _mix(np.add.reduceat(mixed, first))


def _kinds_of(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    blocks = codes >> _BLOCK_BITS
    if not _KNOWN[blocks].all():
        for block in set(blocks[~_KNOWN[blocks]].tolist()):
            _learn(block << _BLOCK_BITS, (block + 1) << _BLOCK_BITS)
            _KNOWN[block] = True
    return _KINDS[codes]


def _learn(first: int, end: int) -> None:
    """Note the kinds of the code points of a block."""
    _KINDS[first:end] = [_OF_WORD * (chr(code).isalnum() or code == ord("_")) for code in range(first, end)]
    for start, last in _ALONE:
        _KINDS[max(first, start) : min(end, last + 1)] = _WORD_ALONE
