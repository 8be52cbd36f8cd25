"""The compiled split of a text's score over its parts; `LinearScorer.score_parts_by_reference` is its specification."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from pipeline.classify.fetching import fetch, fetch_row
from pipeline.classify.hashing import U64, find, hash_ngrams, room_for_chars, room_for_words
from pipeline.classify.kernel import AHEAD, CompiledModel, idle_runs, one_plus_log
from pipeline.classify.matching import count_columns, find_terms
from pipeline.classify.ngrams import SEPARATOR


def score_parts(codes: Any, part_of: Any, kinds: Any, ranges: Any, model: CompiledModel, out: Any) -> None:
    """Split one text's score over its parts: out (n_parts, k) float64 sums up to the score less the intercept.

    part_of: int64 (n_codes,), the part each code point belongs to; a part is one stretch. A term that occurs n times
    gives each occurrence a n-th of its contribution, spread evenly over its characters but separators.
    """
    runs = idle_runs(model, ranges)
    _score_parts(codes, part_of, kinds, ranges, model.arrays, runs.term_counts, out)
    model.idle.append(runs)


@numba.njit(cache=True, nogil=True)
def _score_parts(codes: Any, part_of: Any, kinds: Any, ranges: Any, model: Any, counts: Any, out: Any) -> None:
    """`counts`, of the vocabulary's terms, are zero before and after."""
    n_codes = len(codes)
    words, chars = np.empty(room_for_words(n_codes), np.uint64), np.empty(room_for_chars(n_codes, ranges), np.uint64)
    word_spans, char_spans = np.empty((len(words), 3), np.int32), np.empty((len(chars), 3), np.int32)
    n_words, n_chars = hash_ngrams(codes, 0, n_codes, kinds, ranges, words, chars, word_spans, char_spans)
    blocks = (
        (words, word_spans, n_words, model.block_weights[0]),
        (chars, char_spans, n_chars, model.block_weights[1]),
    )
    for hashes, spans, n, block_weight in blocks:
        terms, squares = np.empty(n, np.int32), 0.0
        for i in range(n):
            if i + AHEAD < n:
                fetch(model.table, hashes[i + AHEAD] & U64(len(model.table) - 1))
            terms[i] = find(hashes[i], model.table)
            if terms[i] >= 0:
                fetch_row(model.weights, terms[i])
                counts[terms[i]] += 1
            else:
                squares += model.unknown_square
        for i in range(n):
            if terms[i] >= 0:
                value = one_plus_log(counts[terms[i]])
                squares += value * value * model.weights[terms[i], -1] / counts[terms[i]]
        scale = block_weight / math.sqrt(squares) if squares > 0 else 0.0
        for i in range(n):
            if terms[i] >= 0:
                share = scale * one_plus_log(counts[terms[i]]) / counts[terms[i]]
                _spread(share, model.weights, terms[i], codes, spans[i, 0], spans[i, 1], kinds, part_of, out)
        for i in range(n):
            if terms[i] >= 0:
                counts[terms[i]] = 0
    found, term_counts = np.empty((n_codes + 1, 3), np.int64), np.zeros(len(model.lexicon_weights), np.int64)
    n_found = find_terms(codes, 0, n_codes, kinds, model.trie, found)
    count_columns(n_found, found, model.trie, term_counts)
    for i in range(n_found):
        for at in range(model.trie.column_starts[found[i, 2]], model.trie.column_starts[found[i, 2] + 1]):
            column = model.trie.columns[at]
            share = math.log1p(term_counts[column]) / term_counts[column]
            _spread(share, model.lexicon_weights, column, codes, found[i, 0], found[i, 1], kinds, part_of, out)


@numba.njit(inline="always")
def _spread(
    share: float, weights: Any, row: int, codes: Any, start: int, end: int, kinds: Any, part_of: Any, out: Any
) -> None:
    """Add share times a row of the weights to `out`, in the parts of the characters from `start` to `end`."""
    part = part_of[start]
    if part == part_of[end - 1]:
        for theme in range(out.shape[1]):
            out[part, theme] += share * weights[row, theme]
        return
    n_covered = 0
    for place in range(start, end):
        n_covered += kinds[codes[place]] != SEPARATOR
    for place in range(start, end):
        if kinds[codes[place]] != SEPARATOR:
            for theme in range(out.shape[1]):
                out[part_of[place], theme] += share / n_covered * weights[row, theme]
