"""Compiled n-grams: the hashes of all n-grams of a text, and a table that finds terms by them.

`ngrams` is the specification. A batch is one array of code points (uint32) of the normalised texts with offsets
(int64, n_texts + 1). Terms are known by 64-bit hashes.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.ngrams import (
    DIGITS,
    EDGE,
    HANGUL,
    IDEOGRAPHS,
    LETTERS,
    PREFIX_MARK,
    SEPARATOR,
    character_kind,
    normalize,
)

U64 = np.uint64
WORD_SEED, CHAR_SEED, PREFIX_SEED = U64(0x243F6A8885A308D3), U64(0x13198A2E03707344), U64(0xA4093822299F31D0)
IS_PREFIX = 4
WIDE = re.compile("[\u00a0\u2026\u3000\uff01-\uff5e]")
STEP, MIX = U64(0x9E3779B97F4A7C15), U64(0xD6E8FEB86659FD93)
EDGE_CODE, PREFIX_MARK_CODE = np.uint32(ord(EDGE)), np.uint32(ord(PREFIX_MARK))
ASSIGNED_PLANES = (range(0x34000), range(0xE0000, 0xE0200))
assert (SEPARATOR, LETTERS, DIGITS, HANGUL, IDEOGRAPHS) == (0, 1, 2, 3, 4)


@cache
def kind_table() -> NDArray[np.uint8]:
    """`character_kind` of every code point, shape (0x110000,)."""
    table = np.zeros(0x110000, np.uint8)
    for plane in ASSIGNED_PLANES:
        for code in plane:
            table[code] = character_kind(chr(code))
    return table


def pack(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of the normalised texts, each closed by a line end, and the offset where each begins."""
    return join_terms([_normalize(text) + "\n" for text in texts])


def _normalize(text: str) -> str:
    """The same as `normalize`, which is slow on texts that hold any wide sign: those are replaced beforehand."""
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text.lower()
    return normalize(WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text))


def join_terms(terms: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of terms end to end, as they are, and the offset where each begins."""
    offsets = np.zeros(len(terms) + 1, np.int64)
    np.cumsum([len(term) for term in terms], out=offsets[1:])
    return np.frombuffer("".join(terms).encode("utf-32-le", "surrogatepass"), np.uint32), offsets


@numba.njit(inline="always")
def extend(hash_: Any, code: Any) -> Any:
    """Go on with a hash by one more code point."""
    return (hash_ ^ U64(code)) * STEP


@numba.njit(inline="always")
def finish(hash_: Any) -> Any:
    """Mix the bits of a hash that all code points have gone into."""
    hash_ ^= hash_ >> U64(32)
    hash_ *= MIX
    return hash_ ^ (hash_ >> U64(29))


@numba.njit(inline="always")
def _join(left: Any, right: Any) -> Any:
    return finish((left * STEP) ^ ((right << U64(23)) | (right >> U64(41))))


@numba.njit(cache=True, nogil=True)
def hash_ngrams(
    codes: Any, start: int, end: int, kinds: Any, ranges: Any, words: Any, chars: Any, word_spans: Any, char_spans: Any
) -> tuple[int, int]:
    """Hash every n-gram of codes[start:end] into `words` and `chars` (uint64, long enough); return how many of each.

    ranges: (min, max) of n for words, and for characters within letters and digits, Hangul, ideographs; then the
    lengths of prefixes in letters and digits, and in Hangul, 0 for none. The spans,
    int64 (as long as the hashes, 3) or empty when not wanted, receive where each n-gram begins and ends in `codes`
    and which edges it has: 1 left, 2 right, 3 both, or that it is a prefix, `IS_PREFIX`.
    """
    n_words, n_chars, n_tokens = 0, 0, 0
    before, last = U64(0), U64(0)
    before_start, last_start = 0, 0
    position = start
    while position < end:
        kind = kinds[codes[position]]
        if kind == 0:
            position += 1
            continue
        run_start, token_start, token = position, position, WORD_SEED
        while position < end and kinds[codes[position]] == kind:
            token = extend(token, codes[position])
            position += 1
            if kind == 4 or position == end or kinds[codes[position]] != kind:
                hashes, starts = (before, last, finish(token)), (before_start, last_start, token_start)
                n_tokens += 1
                n_words = put_words(words, word_spans, n_words, ranges[0], hashes, starts, min(n_tokens, 3), position)
                n_words = _put_prefix(words, word_spans, n_words, codes, token_start, position, kind, ranges)
                before, last, before_start, last_start = last, hashes[2], last_start, token_start
                token_start, token = position, WORD_SEED
        n_chars = put_chars(chars, char_spans, n_chars, codes, run_start, position, kind, ranges)
    return n_words, n_chars


@numba.njit(inline="always")
def put_words(
    words: Any, spans: Any, n_words: int, word_range: Any, hashes: Any, starts: Any, n_tokens: int, end: int
) -> Any:
    """Put the n-grams that end with the last of up to three tokens, given their hashes and where they start."""
    smallest, largest = word_range
    if smallest <= 1 <= largest:
        n_words = _put(words, spans, n_words, hashes[2], starts[2], end, 0)
    if smallest <= 2 <= largest and n_tokens >= 2:
        n_words = _put(words, spans, n_words, _join(hashes[1], hashes[2]), starts[1], end, 0)
    if smallest <= 3 <= largest and n_tokens >= 3:
        n_words = _put(words, spans, n_words, _join(_join(hashes[0], hashes[1]), hashes[2]), starts[0], end, 0)
    return n_words


@numba.njit(inline="always")
def _put_prefix(words: Any, spans: Any, n_words: int, codes: Any, start: int, end: int, kind: int, ranges: Any) -> Any:
    length = 0 if kind == 4 else (ranges[4][1] if kind == 3 else ranges[4][0])
    if length == 0:
        return n_words
    stop, prefix = min(end, start + length), PREFIX_SEED
    for position in range(start, stop):
        prefix = extend(prefix, codes[position])
    return _put(words, spans, n_words, finish(prefix), start, stop, IS_PREFIX)


@numba.njit(inline="always")
def put_chars(chars: Any, spans: Any, n_chars: int, codes: Any, start: int, end: int, kind: int, ranges: Any) -> Any:
    """Put the character n-grams of the run codes[start:end]."""
    smallest, largest = ranges[1] if kind <= 2 else (ranges[2] if kind == 3 else ranges[3])
    edge = 0 if kind == 4 else 1
    for first in range(start - edge, end + edge):
        hash_ = CHAR_SEED
        for stop in range(first + 1, min(first + largest, end + edge) + 1):
            hash_ = extend(hash_, EDGE_CODE if stop <= start or stop > end else codes[stop - 1])
            if stop - first >= smallest and (stop - first > 1 or start <= first < end):
                edges = (1 if first < start else 0) + (2 if stop > end else 0)
                n_chars = _put(chars, spans, n_chars, finish(hash_), first, stop, edges)
    return n_chars


@numba.njit(inline="always")
def room_for_words(n_codes: int) -> int:
    """The most word n-grams and prefixes that so many code points can have."""
    return 4 * n_codes + 8


@numba.njit(inline="always")
def room_for_chars(n_codes: int, ranges: Any) -> Any:
    """The most character n-grams that so many code points can have."""
    return (2 * n_codes + 8) * max(1, ranges[1][1], ranges[2][1], ranges[3][1])


@numba.njit(inline="always")
def _put(hashes: Any, spans: Any, n_hashes: int, hash_: Any, start: int, end: int, edges: int) -> Any:
    hashes[n_hashes] = hash_
    if len(spans):
        spans[n_hashes, 0], spans[n_hashes, 1] = start + (edges & 1), end - ((edges >> 1) & 1)
        spans[n_hashes, 2] = edges
    return n_hashes + 1


@numba.njit(cache=True)
def hash_terms(codes: Any, offsets: Any, is_word: Any, out: Any) -> None:
    """Hash each term (codes[offsets[i]:offsets[i + 1]], words joined by a space) as `hash_ngrams` would."""
    for term in range(len(offsets) - 1):
        if not is_word[term]:
            hash_ = CHAR_SEED
            for position in range(offsets[term], offsets[term + 1]):
                hash_ = extend(hash_, codes[position])
            out[term] = finish(hash_)
            continue
        if offsets[term + 1] > offsets[term] and codes[offsets[term + 1] - 1] == PREFIX_MARK_CODE:
            hash_ = PREFIX_SEED
            for position in range(offsets[term], offsets[term + 1] - 1):
                hash_ = extend(hash_, codes[position])
            out[term] = finish(hash_)
            continue
        joined, n_words, token = U64(0), 0, WORD_SEED
        for position in range(offsets[term], offsets[term + 1] + 1):
            if position < offsets[term + 1] and codes[position] != EDGE_CODE:
                token = extend(token, codes[position])
                continue
            joined = finish(token) if n_words == 0 else _join(joined, finish(token))
            n_words, token = n_words + 1, WORD_SEED
        out[term] = joined


@numba.njit(cache=True)
def build_table(hashes: Any, bits: int) -> tuple[Any, Any]:
    """Open-addressing table of 2**bits slots: the hash in each slot (0 empty) and the term it stands for."""
    keys, terms = np.zeros(1 << bits, np.uint64), np.zeros(1 << bits, np.int32)
    mask, shift = U64((1 << bits) - 1), U64(64 - bits)
    for term in range(len(hashes)):
        slot = hashes[term] >> shift
        while keys[slot] != U64(0):
            slot = (slot + U64(1)) & mask
        keys[slot], terms[slot] = hashes[term], term
    return keys, terms


@numba.njit(inline="always")
def open_table(keys: Any, terms: Any) -> Any:
    """A table with what `look_up` needs to read it."""
    return keys, terms, U64(len(keys) - 1), U64(64 - round(math.log2(len(keys))))


@numba.njit(inline="always")
def find(hash_: Any, keys: Any, terms: Any, mask: Any, shift: Any) -> Any:
    """The number of a hash's term, -1 if it is unknown."""
    slot = hash_ >> shift
    while keys[slot] != hash_:
        if keys[slot] == U64(0):
            return -1
        slot = (slot + U64(1)) & mask
    return terms[slot]


@numba.njit(inline="always")
def look_up(hash_: Any, table: Any) -> Any:
    """`find` in an open table."""
    keys, terms, mask, shift = table
    return find(hash_, keys, terms, mask, shift)
