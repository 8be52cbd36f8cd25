"""Compiled n-grams: the hashes of all n-grams of a text, and a table that finds terms by them.

`ngrams` is the specification. Terms are known by 64-bit hashes.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from pipeline.classify.ngrams import DIGITS, EDGE, HANGUL, IDEOGRAPHS, LETTERS, PREFIX_MARK, SEPARATOR

U64 = np.uint64
WORD_SEED, CHAR_SEED, PREFIX_SEED = U64(0x243F6A8885A308D3), U64(0x13198A2E03707344), U64(0xA4093822299F31D0)
IS_PREFIX = 4
STEP, MIX = U64(0x9E3779B97F4A7C15), U64(0xD6E8FEB86659FD93)
EDGE_CODE, PREFIX_MARK_CODE = np.uint32(ord(EDGE)), np.uint32(ord(PREFIX_MARK))
assert (SEPARATOR, LETTERS, DIGITS, HANGUL, IDEOGRAPHS) == (0, 1, 2, 3, 4)


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
                n_words = put_prefix(words, word_spans, n_words, codes, token_start, position, kind, ranges)
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
def put_prefix(words: Any, spans: Any, n_words: int, codes: Any, start: int, end: int, kind: int, ranges: Any) -> Any:
    """Put the prefix of the word codes[start:end], if its kind has one."""
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
    if kind == 4:
        return _put_unspaced(chars, spans, n_chars, codes, start, end, ranges[3])
    smallest, largest = ranges[1] if kind <= 2 else ranges[2]
    for first in range(start - 1, end + 1):
        hash_ = CHAR_SEED
        for stop in range(first + 1, min(first + largest, end + 1) + 1):
            hash_ = extend(hash_, EDGE_CODE if stop <= start or stop > end else codes[stop - 1])
            if stop - first >= smallest and (stop - first > 1 or start <= first < end):
                edges = (1 if first < start else 0) + (2 if stop > end else 0)
                n_chars = _put(chars, spans, n_chars, finish(hash_), first, stop, edges)
    return n_chars


@numba.njit(inline="always")
def _put_unspaced(chars: Any, spans: Any, n_chars: int, codes: Any, start: int, end: int, n_range: Any) -> Any:
    """Put the character n-grams of a run without edges, the shortest first: loops the processor does abreast.

    The n-grams begun are kept at the end of `chars`, which has room for more than there are.
    """
    begun = chars[len(chars) - (end - start) :]
    begun[:] = CHAR_SEED
    for n in range(1, min(n_range[1], end - start) + 1):
        lasts = codes[start + n - 1 : end]
        for i in range(len(lasts)):
            begun[i] = extend(begun[i], lasts[i])
        if n >= n_range[0]:
            put = chars[n_chars : n_chars + len(lasts)]
            for i in range(len(lasts)):
                put[i] = finish(begun[i])
            for i in range(len(lasts) if len(spans) else 0):
                spans[n_chars + i, 0], spans[n_chars + i, 1], spans[n_chars + i, 2] = start + i, start + i + n, 0
            n_chars += len(lasts)
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
def build_table(hashes: Any, bits: int) -> Any:
    """Open-addressing table of 2**bits slots, uint64, that numbers the hashes in order; fewer than 2**bits - 1.

    A slot holds the upper bits of a hash and, in the lower `bits`, its number plus one; 0 if empty. The lower bits of
    the hash are known, but for a few steps, from where the slot is.
    """
    table = np.zeros(1 << bits, np.uint64)
    for number in range(len(hashes)):
        insert(hashes[number], number, table)
    return table


@numba.njit(inline="always")
def insert(hash_: Any, number: Any, table: Any) -> None:
    """Give a hash that is not in the table its number."""
    mask = U64(len(table) - 1)
    slot = hash_ & mask
    while table[slot] != U64(0):
        slot = (slot + U64(1)) & mask
    table[slot] = (hash_ & ~mask) | U64(number + 1)


@numba.njit(inline="always")
def find(hash_: Any, table: Any) -> Any:
    """The number of a hash, -1 if it is unknown."""
    return np.int64(number_from_one(hash_, table)) - 1


@numba.njit(inline="always")
def number_from_one(hash_: Any, table: Any) -> Any:
    """The number of a hash plus one, 0 if it is unknown: found without asking which of the two it will be."""
    mask = U64(len(table) - 1)
    slot = hash_ & mask
    while (table[slot] != U64(0)) & ((table[slot] ^ hash_) > mask):
        slot = (slot + U64(1)) & mask
    return table[slot] & mask
