"""The compiled path: hash, count and score n-grams of whole batches. `ngrams` is its specification.

Terms are known by 64-bit hashes. A batch is one array of code points (uint32) of the normalised texts with offsets
(int64, n_texts + 1). Read from top to bottom: hash the n-grams of a document, find them in a table, add up the weights.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.matching import Trie, count_columns, find_terms
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
STEP, MIX = U64(0x9E3779B97F4A7C15), U64(0xD6E8FEB86659FD93)
EDGE_CODE, PREFIX_MARK_CODE = np.uint32(ord(EDGE)), np.uint32(ord(PREFIX_MARK))
ASSIGNED_PLANES = (range(0x34000), range(0xE0000, 0xE0200))
assert (SEPARATOR, LETTERS, DIGITS, HANGUL, IDEOGRAPHS) == (0, 1, 2, 3, 4)


class CompiledModel(NamedTuple):
    """What scoring reads.

    keys, terms: hash table of the vocabulary; weights: float32 (n_terms, k + 1), idf * coefficient per theme, then
    idf**2; block_weights: of words and of characters; unknown_square: what each occurrence of an unknown n-gram adds
    to the square of its block's length; lexicon_weights: float32 (n_columns, k); trie: of the lexicon.
    """

    keys: NDArray[np.uint64]
    terms: NDArray[np.int32]
    weights: NDArray[np.float32]
    block_weights: tuple[float, float]
    unknown_square: float
    lexicon_weights: NDArray[np.float32]
    trie: Trie


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
    return join_terms([normalize(text) + "\n" for text in texts])


def join_terms(terms: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Code points of terms end to end, as they are, and the offset where each begins."""
    offsets = np.zeros(len(terms) + 1, np.int64)
    np.cumsum([len(term) for term in terms], out=offsets[1:])
    return np.frombuffer("".join(terms).encode("utf-32-le", "surrogatepass"), np.uint32), offsets


@numba.njit(inline="always")
def _extend(hash_: Any, code: Any) -> Any:
    return (hash_ ^ U64(code)) * STEP


@numba.njit(inline="always")
def _finish(hash_: Any) -> Any:
    hash_ ^= hash_ >> U64(32)
    hash_ *= MIX
    return hash_ ^ (hash_ >> U64(29))


@numba.njit(inline="always")
def _join(left: Any, right: Any) -> Any:
    return _finish((left * STEP) ^ ((right << U64(23)) | (right >> U64(41))))


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
    word_min, word_max = ranges[0]
    prefix_letters, prefix_hangul = ranges[4]
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
            token = _extend(token, codes[position])
            position += 1
            if kind == 4 or position == end or kinds[codes[position]] != kind:
                current = _finish(token)
                n_tokens += 1
                if word_min <= 1 <= word_max:
                    n_words = _put(words, word_spans, n_words, current, token_start, position, 0)
                if word_min <= 2 <= word_max and n_tokens >= 2:
                    n_words = _put(words, word_spans, n_words, _join(last, current), last_start, position, 0)
                if word_min <= 3 <= word_max and n_tokens >= 3:
                    trigram = _join(_join(before, last), current)
                    n_words = _put(words, word_spans, n_words, trigram, before_start, position, 0)
                length = 0 if kind == 4 else (prefix_hangul if kind == 3 else prefix_letters)
                if length > 0:
                    stop = min(position, token_start + length)
                    prefix = PREFIX_SEED
                    for place in range(token_start, stop):
                        prefix = _extend(prefix, codes[place])
                    n_words = _put(words, word_spans, n_words, _finish(prefix), token_start, stop, IS_PREFIX)
                before, last, before_start, last_start = last, current, last_start, token_start
                token_start, token = position, WORD_SEED
        char_min, char_max = ranges[1] if kind <= 2 else (ranges[2] if kind == 3 else ranges[3])
        edge = 0 if kind == 4 else 1
        for first in range(run_start - edge, position + edge):
            hash_ = CHAR_SEED
            for stop in range(first + 1, min(first + char_max, position + edge) + 1):
                hash_ = _extend(hash_, EDGE_CODE if stop <= run_start or stop > position else codes[stop - 1])
                if stop - first >= char_min and (stop - first > 1 or run_start <= first < position):
                    edges = (1 if first < run_start else 0) + (2 if stop > position else 0)
                    n_chars = _put(chars, char_spans, n_chars, _finish(hash_), first, stop, edges)
    return n_words, n_chars


@numba.njit(inline="always")
def room_for_words(n_codes: int) -> int:
    """The most word n-grams and prefixes that so many code points can have."""
    return 4 * n_codes + 8


@numba.njit(inline="always")
def room_for_chars(n_codes: int, ranges: Any) -> int:
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
                hash_ = _extend(hash_, codes[position])
            out[term] = _finish(hash_)
            continue
        if offsets[term + 1] > offsets[term] and codes[offsets[term + 1] - 1] == PREFIX_MARK_CODE:
            hash_ = PREFIX_SEED
            for position in range(offsets[term], offsets[term + 1] - 1):
                hash_ = _extend(hash_, codes[position])
            out[term] = _finish(hash_)
            continue
        joined, n_words, token = U64(0), 0, WORD_SEED
        for position in range(offsets[term], offsets[term + 1] + 1):
            if position < offsets[term + 1] and codes[position] != EDGE_CODE:
                token = _extend(token, codes[position])
                continue
            joined = _finish(token) if n_words == 0 else _join(joined, _finish(token))
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
def find(hash_: Any, keys: Any, terms: Any, mask: Any, shift: Any) -> Any:
    """The number of a hash's term, -1 if it is unknown."""
    slot = hash_ >> shift
    while keys[slot] != hash_:
        if keys[slot] == U64(0):
            return -1
        slot = (slot + U64(1)) & mask
    return terms[slot]


@numba.njit(inline="always")
def _count(
    hashes: Any, n_hashes: int, keys: Any, terms: Any, mask: Any, shift: Any, counts: Any, touched: Any
) -> tuple[int, int]:
    """Count the known n-grams; how many distinct ones there are, and how many occurrences of unknown ones."""
    n_touched, n_unknown = 0, 0
    for i in range(n_hashes):
        term = find(hashes[i], keys, terms, mask, shift)
        if term >= 0:
            if counts[term] == 0:
                touched[n_touched] = term
                n_touched += 1
            counts[term] += 1
        else:
            n_unknown += 1
    return n_touched, n_unknown


@numba.njit(inline="always")
def _add_block(
    touched: Any, n_touched: int, counts: Any, weights: Any, squares: float, block_weight: float, sums: Any, out: Any
) -> None:
    """Add the block's share of the score to `out`, and zero the counts it used; `squares` is that of the unknown."""
    n_themes = len(out)
    sums[:] = 0.0
    for i in range(n_touched):
        term = touched[i]
        value = 1.0 + math.log(counts[term])
        counts[term] = 0
        for theme in range(n_themes):
            sums[theme] += value * weights[term, theme]
        squares += value * value * weights[term, n_themes]
    if squares > 0:
        scale = block_weight / math.sqrt(squares)
        for theme in range(n_themes):
            out[theme] += scale * sums[theme]


@numba.njit(cache=True, nogil=True)
def score_batch(codes: Any, offsets: Any, kinds: Any, ranges: Any, model: Any, out: Any, known: Any) -> None:
    """Add to `out` (n_texts, k) float64 the scores of a batch without intercept.

    ranges: as for `hash_ngrams`; model: a `CompiledModel`; known: int64 (n_texts, 2) receives the number of word
    n-grams and of distinct known ones.
    """
    longest = 0
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    words, chars = np.empty(room_for_words(longest), np.uint64), np.empty(room_for_chars(longest, ranges), np.uint64)
    no_spans, found = np.empty((0, 3), np.int64), np.empty((longest + 1, 3), np.int64)
    counts = np.zeros(len(model.weights), np.int32)
    touched = np.empty(min(len(counts), max(len(words), len(chars))) + 1, np.int32)
    term_counts, sums = np.zeros(len(model.lexicon_weights), np.int64), np.empty(out.shape[1])
    mask, shift = U64(len(model.keys) - 1), U64(64 - round(math.log2(len(model.keys))))
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        n_words, n_chars = hash_ngrams(codes, start, end, kinds, ranges, words, chars, no_spans, no_spans)
        n_touched, n_unknown = _count(words, n_words, model.keys, model.terms, mask, shift, counts, touched)
        known[text, 0], known[text, 1] = n_words, n_touched
        squares = n_unknown * model.unknown_square
        _add_block(touched, n_touched, counts, model.weights, squares, model.block_weights[0], sums, out[text])
        n_touched, n_unknown = _count(chars, n_chars, model.keys, model.terms, mask, shift, counts, touched)
        squares = n_unknown * model.unknown_square
        _add_block(touched, n_touched, counts, model.weights, squares, model.block_weights[1], sums, out[text])
        count_columns(find_terms(codes, start, end, kinds, model.trie, found), found, model.trie, term_counts)
        for column in range(len(term_counts)):
            if term_counts[column]:
                out[text] += math.log1p(term_counts[column]) * model.lexicon_weights[column]
                term_counts[column] = 0


@numba.njit(cache=True, nogil=True)
def score_parts(codes: Any, part_of: Any, kinds: Any, ranges: Any, model: Any, out: Any) -> None:
    """Split one text's score over its parts: out (n_parts, k) float64 sums up to the score less the intercept.

    part_of: int64 (n_codes,), the part each code point belongs to. A term that occurs n times gives each occurrence a
    n-th of its contribution, to the part where the occurrence begins.
    """
    n_codes, n_themes = len(codes), out.shape[1]
    words, chars = np.empty(room_for_words(n_codes), np.uint64), np.empty(room_for_chars(n_codes, ranges), np.uint64)
    word_spans, char_spans = np.empty((len(words), 3), np.int64), np.empty((len(chars), 3), np.int64)
    n_words, n_chars = hash_ngrams(codes, 0, n_codes, kinds, ranges, words, chars, word_spans, char_spans)
    counts = np.zeros(len(model.weights), np.int32)
    mask, shift = U64(len(model.keys) - 1), U64(64 - round(math.log2(len(model.keys))))
    blocks = (
        (words, word_spans, n_words, model.block_weights[0]),
        (chars, char_spans, n_chars, model.block_weights[1]),
    )
    for hashes, spans, n, block_weight in blocks:
        terms, squares = np.empty(n, np.int32), 0.0
        for i in range(n):
            terms[i] = find(hashes[i], model.keys, model.terms, mask, shift)
            if terms[i] >= 0:
                counts[terms[i]] += 1
            else:
                squares += model.unknown_square
        for i in range(n):
            if terms[i] >= 0:
                value = 1.0 + math.log(counts[terms[i]])
                squares += value * value * model.weights[terms[i], n_themes] / counts[terms[i]]
        scale = block_weight / math.sqrt(squares) if squares > 0 else 0.0
        for i in range(n):
            if terms[i] >= 0:
                share = scale * (1.0 + math.log(counts[terms[i]])) / counts[terms[i]]
                part = part_of[spans[i, 0]]
                for theme in range(n_themes):
                    out[part, theme] += share * model.weights[terms[i], theme]
    found, term_counts = np.empty((n_codes + 1, 3), np.int64), np.zeros(len(model.lexicon_weights), np.int64)
    n_found = find_terms(codes, 0, n_codes, kinds, model.trie, found)
    count_columns(n_found, found, model.trie, term_counts)
    for i in range(n_found):
        for at in range(model.trie.column_starts[found[i, 2]], model.trie.column_starts[found[i, 2] + 1]):
            column = model.trie.columns[at]
            share = math.log1p(term_counts[column]) / term_counts[column]
            out[part_of[found[i, 0]]] += share * model.lexicon_weights[column]
