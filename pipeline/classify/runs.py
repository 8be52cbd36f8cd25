"""Compiled memory of runs: what a text's words come to, worked out when a word is first met.

Most runs of letters, digits or Hangul in a text were met before, in it or in another. Their n-grams are hashed, looked
up and their weights added up once. Ideographs, whose runs are clauses that seldom come again, are left out.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.compiling import compiled
from pipeline.classify.fetching import aligned_rows, fetch, fetch_row
from pipeline.classify.hashing import (
    U64,
    WORD_SEED,
    extend,
    finish,
    insert,
    number_from_one,
    put_chars,
    put_prefix,
    put_words,
)
from pipeline.classify.matching import may_begin_in
from pipeline.classify.term_table import fetch_number, number_of

FIRST_WORD, FIRST_CHAR, END, N_WORDS, UNKNOWN_WORDS, UNKNOWN_CHARS, MAY_BEGIN, MAY_SHARE = range(8)
"""Columns of `Runs.about`."""
N_ABOUT = 8
ONE_PLUS_LOG = 1.0 + np.log(np.maximum(1, np.arange(256)))
AHEAD = 16
"""So many hashes before one is looked up, its slot of the table is asked for."""
NOT_MET, IDEOGRAPHIC = -1, -2
ZERO = np.uint32(0)


class Runs(NamedTuple):
    """What is known of the runs of letters, digits or Hangul met so far.

    table: numbers of the runs by hash; sizes: how many runs, and how many terms, there are; terms: uint32, the numbers
    (from one) of the known n-grams of all runs end to end; about: int32 (n, 8), where those of a run that are words,
    and those that are characters, begin in `terms`, and the end; its word n-grams, the unknown ones of them, and its
    unknown character n-grams; whether a term of the lexicon may begin in it; where its terms begin that other runs may
    hold: all but itself as a word; vectors: float32 (n, blocks * width), the
    sums of the weights of its words, then of its characters, if there are any. For the text at hand, and 0 between
    texts: counts: int32, its occurrences; term_counts: int32 (n_terms + 1,), by number from one; seen, twice: a bit
    for each such number.
    """

    table: NDArray[np.uint64]
    sizes: NDArray[np.int64]
    terms: NDArray[np.uint32]
    about: NDArray[np.int32]
    vectors: NDArray[np.float32]
    counts: NDArray[np.int32]
    term_counts: NDArray[np.int32]
    seen: NDArray[np.uint64]
    twice: NDArray[np.uint64]


def no_runs(longest: int, ranges: Any, weights: NDArray[np.float32], *, most: tuple[int, int]) -> Runs:
    """Room for so many runs and terms, and at least for those of a text of `longest` code points.

    Memory is only taken as it is used.
    """
    n_runs, n_terms = max(most[0], longest // 2 + 1), max(most[1], room_for_terms.py_func(longest, ranges))
    n_blocks, n_bits = 2 if max(largest for _, largest in ranges[1:4]) else 1, len(weights) // 64 + 1
    return Runs(
        np.zeros(1 << int(2 * n_runs - 1).bit_length(), np.uint64),
        np.zeros(2, np.int64),
        np.empty(n_terms, np.uint32),
        aligned_rows(n_runs, N_ABOUT, np.int32),
        aligned_rows(n_runs, n_blocks * weights.shape[1], np.float32),
        np.zeros(n_runs, np.int32),
        np.zeros(len(weights), np.int32),
        np.zeros(n_bits, np.uint64),
        np.zeros(n_bits, np.uint64),
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


@compiled
def cut(codes: Any, start: int, end: int, kinds: Any, ranges: Any, desk: Any) -> tuple[int, int, int]:
    """Cut codes[start:end] into runs as `hash_ngrams` does: into `desk.places`, `desk.hashes` and `desk.run_at`.

    n-grams that belong to no run go to `desk.words` and `desk.chars`. Returns how many words, characters and runs. The
    line end that closes a text ends its last run, and a position without a sign needs no test for one below zero.
    """
    n_words, n_chars, n_runs, n_tokens = 0, 0, 0, 0
    words, chars, word_spans, char_spans = desk.words, desk.chars, desk.word_spans, desk.char_spans
    places, run_hashes, run_at = desk.places, desk.hashes, desk.run_at
    across = max(2, ranges[0][0]), ranges[0][1]
    before, last = U64(0), U64(0)
    before_start, last_start, position = start, start, start
    while True:
        kind = kinds[codes[U64(position)]]
        while kind == 0:
            position += 1
            if position == end:
                return n_words, n_chars, n_runs
            kind = kinds[codes[U64(position)]]
        run_start, token, code = position, WORD_SEED, codes[U64(position)]
        if kind == 4:
            while kinds[code] == kind:
                hashes, n_tokens = (before, last, finish(extend(WORD_SEED, code))), n_tokens + 1
                starts, position = (before_start, last_start, position), position + 1
                n_words = put_words(words, word_spans, n_words, ranges[0], hashes, starts, n_tokens, position)
                before, last, before_start, last_start = last, hashes[2], last_start, starts[2]
                code = codes[U64(position)]
            n_chars = put_chars(chars, char_spans, n_chars, codes, run_start, position, kind, ranges)
            run_at[n_runs] = IDEOGRAPHIC
        else:
            while kinds[code] == kind:
                token, position = extend(token, code), position + 1
                code = codes[U64(position)]
            hashes, n_tokens = (before, last, finish(token)), n_tokens + 1
            starts = before_start, last_start, run_start
            n_words = put_words(words, word_spans, n_words, across, hashes, starts, n_tokens, position)
            before, last, before_start, last_start = last, hashes[2], last_start, run_start
            run_hashes[n_runs], run_at[n_runs] = last, 0
        places[n_runs, 0], places[n_runs, 1] = run_start, position
        n_runs += 1


@compiled
def find_runs(n_places: int, runs: Any, desk: Any) -> tuple[int, int]:
    """Number the runs of `desk.hashes`, list each once in `desk.present` and count it; how many, and how many new."""
    table, counts, hashes, run_at, present = runs.table, runs.counts, desk.hashes, desk.run_at, desk.present
    n_present, n_new = 0, 0
    for place in range(n_places):
        if place + AHEAD < n_places:
            fetch(table, hashes[place + AHEAD] & U64(len(table) - 1))
        if run_at[place] != IDEOGRAPHIC:
            run_at[place] = np.int64(number_from_one(hashes[place], table)) - 1
    for place in range(n_places):
        if run_at[place] == IDEOGRAPHIC:
            continue
        if run_at[place] == NOT_MET:
            run_at[place] = np.int64(number_from_one(hashes[place], table)) - 1
        if run_at[place] == NOT_MET:
            run_at[place] = runs.sizes[0] + n_new
            insert(hashes[place], run_at[place], table)
            desk.new[n_new] = place
            n_new += 1
        run = run_at[place]
        present[n_present] = run
        n_present += counts[run] == 0
        counts[run] += 1
    return n_present, n_new


@compiled
def learn_runs(n_new: int, codes: Any, kinds: Any, ranges: Any, model: Any, runs: Any, desk: Any, first: int) -> None:
    """Look up and add up the n-grams of the runs in `desk.new`. So many of `desk.chars` are in use."""
    grams, ends, sums, width = desk.chars, desk.ends, desk.sums, model.weights.shape[1]
    terms, about, vectors, sizes = runs.terms, runs.about, runs.vectors, runs.sizes
    _hash_new(n_new, codes, kinds, ranges, desk, first)
    sizes[1] = _list_known(grams, first, ends[n_new - 1, 1], model, terms, sizes[1])
    n_own = int(ranges[0][0] <= 1 <= ranges[0][1])
    for i in range(n_new):
        run, (word_end, end) = sizes[0] + i, ends[i]
        about[run, FIRST_WORD], about[run, MAY_SHARE] = grams[first], grams[first + n_own]
        about[run, FIRST_CHAR], about[run, END] = grams[word_end], grams[end]
        about[run, N_WORDS] = word_end - first
        about[run, UNKNOWN_WORDS] = about[run, N_WORDS] - (about[run, FIRST_CHAR] - about[run, FIRST_WORD])
        about[run, UNKNOWN_CHARS] = end - word_end - (about[run, END] - about[run, FIRST_CHAR])
        place = desk.new[i]
        about[run, MAY_BEGIN] = may_begin_in(codes, desk.places[place, 0], desk.places[place, 1], kinds, model.trie)
        first = end
    for run in range(sizes[0], sizes[0] + n_new):
        middle, last = about[run, FIRST_CHAR], about[run, END]
        _add_up(about[run, FIRST_WORD], middle, terms, model.weights, sums[:width], vectors[run, :width])
        if len(sums) > width:
            _add_up(middle, last, terms, model.weights, sums[width:], vectors[run, width:])
    sizes[0] += n_new


@numba.njit(inline="always")
def _hash_new(n_new: int, codes: Any, kinds: Any, ranges: Any, desk: Any, n_grams: int) -> None:
    """Hash the n-grams of the runs in `desk.new` into `desk.chars`; note where the words and the chars of each end."""
    grams, none = desk.chars, desk.no_spans
    for i in range(n_new):
        start, end = desk.places[desk.new[i]]
        kind, hashes = kinds[codes[start]], (U64(0), U64(0), desk.hashes[desk.new[i]])
        n_grams = put_words(grams, none, n_grams, ranges[0], hashes, (0, 0, 0), 1, 0)
        n_grams = put_prefix(grams, none, n_grams, codes, start, end, kind, ranges)
        desk.ends[i, 0] = n_grams
        n_grams = put_chars(grams, none, n_grams, codes, start, end, kind, ranges)
        desk.ends[i, 1] = n_grams


@numba.njit(inline="always")
def _list_known(grams: Any, first: int, end: int, model: Any, terms: Any, n_terms: int) -> int:
    """List the known of grams[first:end] in `terms`, each of which becomes the number of terms listed before it."""
    for at in range(first, end):
        if at + AHEAD < end:
            fetch_number(grams[at + AHEAD], model.table)
        number = number_of(grams[at], model.table)
        grams[at], terms[n_terms] = n_terms, number
        n_terms += number != U64(0)
        fetch_row(model.weights, number)
    grams[end] = n_terms
    return n_terms


@numba.njit(inline="always")
def _add_up(first: int, end: int, terms: Any, weights: Any, sums: Any, vector: Any) -> None:
    """Put the sum of the rows of terms[first:end] into `vector`, four added at a time; row 0 holds zeros."""
    sums[:] = 0.0
    for at in range(first, end, 4):
        a, b = terms[at], terms[at + 1] if at + 1 < end else ZERO
        c, d = terms[at + 2] if at + 2 < end else ZERO, terms[at + 3] if at + 3 < end else ZERO
        for column in range(len(sums)):
            left = float(weights[a, column]) + float(weights[b, column])
            sums[column] += left + (float(weights[c, column]) + float(weights[d, column]))
    for column in range(len(vector)):
        vector[column] = sums[column]


@numba.njit(inline="always")
def one_plus_log(count: int) -> float:
    """1 + ln(count), from a table where it is small."""
    return float(ONE_PLUS_LOG[count]) if count < len(ONE_PLUS_LOG) else 1.0 + math.log(count)
