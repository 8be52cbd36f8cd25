"""Compiled counting of n-grams for training: hashes and counts of each text, and where each term first stands."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from pipeline.classify.hashing import build_table, find, hash_ngrams, insert, room_for_chars, room_for_words


@numba.njit(cache=True, nogil=True)
def count_block(codes: Any, offsets: Any, kinds: Any, ranges: Any, block: int) -> tuple[Any, Any, Any]:
    """Distinct n-gram hashes (uint64, ascending within a text), their counts (int32), and where each text begins.

    block: 0 for words, 1 for characters; the other block's ranges must be (0, 0).
    """
    n_codes = offsets[-1] - offsets[0]
    n_texts = len(offsets) - 1
    words = np.empty(room_for_words(n_codes) if block == 0 else 1, np.uint64)
    chars = np.empty(room_for_chars(n_codes, ranges) if block == 1 else 1, np.uint64)
    buffer = words if block == 0 else chars
    hashes, counts = np.empty(len(buffer), np.uint64), np.empty(len(buffer), np.int32)
    starts, no_spans = np.zeros(n_texts + 1, np.int64), np.empty((0, 3), np.int64)
    n = 0
    for text in range(n_texts):
        n_words, n_chars = hash_ngrams(
            codes, offsets[text], offsets[text + 1], kinds, ranges, words, chars, no_spans, no_spans
        )
        found = np.sort(buffer[: n_words if block == 0 else n_chars])
        for i in range(len(found)):
            if i > 0 and found[i] == found[i - 1]:
                counts[n - 1] += 1
            else:
                hashes[n], counts[n] = found[i], 1
                n += 1
        starts[text + 1] = n
    return hashes[:n].copy(), counts[:n].copy(), starts


@numba.njit(cache=True)
def number_hashes(hashes: Any) -> tuple[Any, Any]:
    """Number the distinct hashes by first occurrence: the number of each entry (int32) and the distinct hashes."""
    bits = 16
    table = build_table(hashes[:0], bits)
    distinct, n_distinct = np.empty(1 << 15, np.uint64), 0
    out = np.empty(len(hashes), np.int32)
    for i in range(len(hashes)):
        out[i] = find(hashes[i], table)
        if out[i] >= 0:
            continue
        if n_distinct == len(distinct):
            bits += 1
            distinct = np.concatenate((distinct, np.empty(n_distinct, np.uint64)))
            table = build_table(distinct[:n_distinct], bits)
        insert(hashes[i], n_distinct, table)
        out[i], distinct[n_distinct] = n_distinct, hashes[i]
        n_distinct += 1
    return out, distinct[:n_distinct].copy()


@numba.njit(cache=True, nogil=True)
def locate_terms(codes: Any, offsets: Any, kinds: Any, ranges: Any, table: Any, spans: Any) -> None:
    """Fill `spans` (n_terms, 3; -1 until found) with where each term first stands, in the way of `hash_ngrams`."""
    longest = 0
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    words, chars = np.empty(room_for_words(longest), np.uint64), np.empty(room_for_chars(longest, ranges), np.uint64)
    word_spans, char_spans = np.empty((len(words), 3), np.int64), np.empty((len(chars), 3), np.int64)
    for text in range(len(offsets) - 1):
        n_words, n_chars = hash_ngrams(
            codes, offsets[text], offsets[text + 1], kinds, ranges, words, chars, word_spans, char_spans
        )
        for hashes, found, n in ((words, word_spans, n_words), (chars, char_spans, n_chars)):
            for i in range(n):
                term = find(hashes[i], table)
                if term >= 0 and spans[term, 0] < 0:
                    spans[term] = found[i]
