"""Compiled memory of runs: what a text's words come to, worked out when a word is first met.

Most runs of letters, digits or Hangul in a text were met before, in it or in another. Their n-grams are hashed, looked
up and their weights added up once. Ideographs, whose runs are clauses that seldom come again, are left out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.fetching import aligned_rows, fetch, fetch_row
from pipeline.classify.hashing import (
    U64,
    WORD_SEED,
    extend,
    find,
    finish,
    insert,
    put_chars,
    put_prefix,
    put_words,
    room_for_chars,
    room_for_words,
)

FIRST_WORD, FIRST_CHAR, END, N_WORDS, UNKNOWN_WORDS, UNKNOWN_CHARS = range(6)
"""Columns of `Runs.about`."""


class Runs(NamedTuple):
    """What is known of the runs of letters, digits or Hangul met so far.

    table: numbers of the runs by hash; sizes: how many runs, and how many terms, there are; terms: the known n-grams of
    all runs end to end; about: int32 (n, 6), where those of a run that are words, and those that are characters, begin
    in `terms`, and the end; its word n-grams, the unknown ones of them, and its unknown character n-grams; vectors:
    float32 (n, blocks * width), the sums of the weights of its words, then of its characters, if there are any;
    counts: its occurrences in the text at hand; term_counts: int32 (n_terms,), those of each term. Counts are 0 between
    texts.
    """

    table: NDArray[np.uint64]
    sizes: NDArray[np.int64]
    terms: NDArray[np.int32]
    about: NDArray[np.int32]
    vectors: NDArray[np.float32]
    counts: NDArray[np.int32]
    term_counts: NDArray[np.int32]


class Desk(NamedTuple):
    """Room to work on one text.

    words, chars: hashes of n-grams; no_spans: empty, as their places are not wanted; present: the runs in it; new: of
    those never met before, the hashes, and where each begins and ends; touched: terms found outside runs; shared: terms
    of several runs; merged: float64 (n, 3), of each of these, how often it occurs, and the sums over its runs of the
    values it would have in them alone and of their squares; sums: float64 (blocks * width,); squares: float64 (2,).
    """

    words: NDArray[np.uint64]
    chars: NDArray[np.uint64]
    no_spans: NDArray[np.int64]
    present: NDArray[np.int32]
    new: tuple[NDArray[np.uint64], NDArray[np.int64]]
    touched: NDArray[np.int32]
    shared: NDArray[np.int32]
    merged: NDArray[np.float64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]


def no_runs(longest: int, ranges: Any, weights: NDArray[np.float32], *, most: tuple[int, int]) -> Runs:
    """Room for so many runs and terms, and at least for those of a text of `longest` code points.

    Memory is only taken as it is used.
    """
    n_runs, n_terms = max(most[0], longest // 2 + 1), max(most[1], room_for_terms.py_func(longest, ranges))
    n_blocks = 2 if max(largest for _, largest in ranges[1:4]) else 1
    return Runs(
        np.zeros(1 << int(2 * n_runs - 1).bit_length(), np.uint64),
        np.zeros(2, np.int64),
        np.empty(n_terms, np.int32),
        np.empty((n_runs, 6), np.int32),
        aligned_rows(n_runs, n_blocks * weights.shape[1], np.float32),
        np.zeros(n_runs, np.int32),
        np.zeros(len(weights), np.int32),
    )


def clear_desk(longest: int, ranges: Any, runs: Runs) -> Desk:
    """Room for a text of `longest` code points."""
    n_words, n_chars = room_for_words.py_func(longest), room_for_chars.py_func(longest, ranges)
    n_terms = min(len(runs.term_counts), n_words + n_chars)
    return Desk(
        np.empty(n_words, np.uint64),
        np.empty(n_chars, np.uint64),
        np.empty((0, 3), np.int64),
        np.empty(longest + 1, np.int32),
        (np.empty(longest, np.uint64), np.empty((longest, 2), np.int64)),
        np.empty(n_terms, np.int32),
        np.empty(n_terms, np.int32),
        np.empty((n_terms, 3)),
        np.zeros(runs.vectors.shape[1]),
        np.zeros(2),
    )


def has_room(runs: Runs, longest: int, ranges: Any) -> bool:
    """Whether the runs of a text of so many code points fit for sure, once all others are forgotten."""
    return longest // 2 < len(runs.counts) and bool(room_for_terms.py_func(longest, ranges) <= len(runs.terms))


@numba.njit(inline="always")
def room_for_terms(n_codes: int, ranges: Any) -> Any:
    """The most terms that the runs of so many code points can have."""
    longest = max(1, ranges[1][1], ranges[2][1], ranges[3][1])
    return (2 * n_codes + 8) * (longest + 1)


@numba.njit(inline="always")
def forget_if_full(runs: Any, n_codes: int, ranges: Any) -> None:
    """Forget all runs where those of one more text of so many code points might not fit."""
    n_runs, n_terms = runs.sizes
    if n_runs + n_codes // 2 + 1 > len(runs.counts) or n_terms + room_for_terms(n_codes, ranges) > len(runs.terms):
        runs.table[:] = 0
        runs.sizes[:] = 0


@numba.njit(cache=True, nogil=True)
def read_runs(
    codes: Any, start: int, end: int, kinds: Any, ranges: Any, runs: Any, desk: Any
) -> tuple[int, int, int, int]:
    """Cut codes[start:end] into runs as `hash_ngrams` does; list the runs, each once, in `desk.present` and count them.

    n-grams that belong to no run go to `desk.words` and `desk.chars`; runs never met get a number and are listed in
    `desk.new`. Returns how many words, characters, runs and new runs.
    """
    n_words, n_chars, n_runs, n_new, n_tokens = 0, 0, 0, 0, 0
    words, chars, present, no_spans, (new, new_places) = desk.words, desk.chars, desk.present, desk.no_spans, desk.new
    table, vectors, counts, n_known = runs.table, runs.vectors, runs.counts, runs.sizes[0]
    across = max(2, ranges[0][0]), ranges[0][1]
    before, last = U64(0), U64(0)
    position = start
    while position < end:
        kind = kinds[codes[position]]
        if kind == 0:
            position += 1
            continue
        run_start, token = position, WORD_SEED
        while position < end and kinds[codes[position]] == kind:
            token = extend(token, codes[position])
            position += 1
            if kind == 4 or position == end or kinds[codes[position]] != kind:
                hashes, n_tokens = (before, last, finish(token)), min(n_tokens + 1, 3)
                word_range = ranges[0] if kind == 4 else across
                n_words = put_words(words, no_spans, n_words, word_range, hashes, (0, 0, 0), n_tokens, 0)
                before, last, token = last, hashes[2], WORD_SEED
        if kind == 4:
            n_chars = put_chars(chars, no_spans, n_chars, codes, run_start, position, kind, ranges)
            continue
        run = find(last, table)
        if run < 0:
            run = n_known + n_new
            insert(last, run, table)
            new[n_new], new_places[n_new, 0], new_places[n_new, 1] = last, run_start, position
            n_new += 1
        if counts[run] == 0:
            present[n_runs] = run
            n_runs += 1
            fetch_row(vectors, run)
        counts[run] += 1
    return n_words, n_chars, n_runs, n_new


@numba.njit(cache=True, nogil=True)
def learn_runs(
    n_new: int, codes: Any, kinds: Any, ranges: Any, model: Any, runs: Any, desk: Any, in_use: tuple[int, int]
) -> None:
    """Look up and add up the n-grams of the runs in `desk.new`. The first words and chars of `desk` are in use."""
    words, chars, no_spans, (new, new_places), sums = desk.words, desk.chars, desk.no_spans, desk.new, desk.sums
    table, weights, width, sizes = model.table, model.weights, model.weights.shape[1], runs.sizes
    terms, about, vectors = runs.terms, runs.about, runs.vectors
    for i in range(n_new):
        run, n_terms = sizes
        start, end = new_places[i]
        kind = kinds[codes[start]]
        hashes = (U64(0), U64(0), new[i])
        n_words = put_words(words, no_spans, in_use[0], ranges[0], hashes, (0, 0, 0), 1, 0)
        n_words = put_prefix(words, no_spans, n_words, codes, start, end, kind, ranges)
        n_chars = put_chars(chars, no_spans, in_use[1], codes, start, end, kind, ranges)
        for at in range(in_use[1], n_chars):
            fetch(table, chars[at] & U64(len(table) - 1))
        first_char = _list_known(words, in_use[0], n_words, table, weights, terms, n_terms)
        last = _list_known(chars, in_use[1], n_chars, table, weights, terms, first_char)
        about[run, FIRST_WORD], about[run, FIRST_CHAR], about[run, END] = n_terms, first_char, last
        about[run, N_WORDS] = n_words - in_use[0]
        about[run, UNKNOWN_WORDS] = n_words - in_use[0] - (first_char - n_terms)
        about[run, UNKNOWN_CHARS] = n_chars - in_use[1] - (last - first_char)
        sums[:] = 0.0
        for at in range(n_terms, last):
            block = 0 if at < first_char else 1
            for column in range(width):
                sums[block * width + column] += weights[terms[at], column]
        for column in range(len(sums)):
            vectors[run, column] = sums[column]
        sizes[0], sizes[1] = run + 1, last


@numba.njit(inline="always")
def _list_known(hashes: Any, first: int, end: int, table: Any, weights: Any, terms: Any, n_terms: int) -> int:
    for i in range(first, end):
        term = find(hashes[i], table)
        if term >= 0:
            terms[n_terms] = term
            n_terms += 1
            fetch_row(weights, term)
    return n_terms
