"""Compiled memory of runs: what a text's words come to, worked out when a word is first met.

Most runs of letters, digits or Hangul in a text were met before, in it or in another. Their n-grams are hashed, looked
up and their weights added up once. Ideographs, whose runs are clauses that seldom come again, are left out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.hashing import (
    U64,
    WORD_SEED,
    extend,
    find,
    finish,
    hash_ngrams,
    look_up,
    open_table,
    put_chars,
    put_words,
    room_for_chars,
)

WORDS, CHARS = 0, 1


class Runs(NamedTuple):
    """What is known of the runs of letters, digits or Hangul met so far.

    keys, numbers: hash table of the runs; sizes: how many runs, and how many terms, there are; terms: the known
    n-grams of all runs end to end; starts: int64 (n, 3), where those of a run that are words, and those that are
    characters, begin in `terms`, and the end; n_grams: int64 (n, 3), the run's word n-grams, the unknown ones of them,
    and its unknown character n-grams; vectors: float64 (2 n, k + 1), the sums of the weights of its words, then of its
    characters; counts: its occurrences in the text at hand.
    """

    keys: NDArray[np.uint64]
    numbers: NDArray[np.int32]
    sizes: NDArray[np.int64]
    terms: NDArray[np.int32]
    starts: NDArray[np.int64]
    n_grams: NDArray[np.int64]
    vectors: NDArray[np.float64]
    counts: NDArray[np.int32]


def no_runs(longest: int, ranges: Any, n_themes: int, *, most: tuple[int, int]) -> Runs:
    """Room for so many runs and terms, and at least for those of a text of `longest` code points.

    Memory is only taken as it is used.
    """
    n_runs, n_terms = max(most[0], longest // 2 + 1), max(most[1], room_for_terms.py_func(longest, ranges))
    n_slots = 1 << int(2 * n_runs - 1).bit_length()
    return Runs(
        np.zeros(n_slots, np.uint64),
        np.empty(n_slots, np.int32),
        np.zeros(2, np.int64),
        np.empty(n_terms, np.int32),
        np.empty((n_runs, 3), np.int64),
        np.empty((n_runs, 3), np.int64),
        np.empty((2 * n_runs, n_themes + 1)),
        np.zeros(n_runs, np.int32),
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
        runs.keys[:] = 0
        runs.sizes[:] = 0


@numba.njit(cache=True, nogil=True)
def read_runs(
    codes: Any,
    start: int,
    end: int,
    kinds: Any,
    ranges: Any,
    model: Any,
    table: Any,
    runs: Any,
    words: Any,
    chars: Any,
    present: Any,
) -> tuple[int, int, int]:
    """Cut codes[start:end] into runs as `hash_ngrams` does; list the runs, each once, in `present` and count them.

    n-grams that belong to no run go to `words` and `chars`. Returns how many words, characters and runs were put.
    """
    n_words, n_chars, n_runs, n_tokens = 0, 0, 0, 0
    keys, numbers, mask, shift = open_table(runs.keys, runs.numbers)
    counts, no_spans = runs.counts, np.empty((0, 3), np.int64)
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
        run = find(last, keys, numbers, mask, shift)
        if run < 0:
            run = _meet(codes, run_start, position, kinds, ranges, model, table, runs, last)
        if counts[run] == 0:
            present[n_runs] = run
            n_runs += 1
        counts[run] += 1
    return n_words, n_chars, n_runs


@numba.njit(cache=True, nogil=True)
def _meet(
    codes: Any,
    start: int,
    end: int,
    kinds: Any,
    ranges: Any,
    model: Any,
    table: Any,
    runs: Any,
    hash_: Any,
) -> int:
    """Look up and add up the n-grams of a new run; its number."""
    run, n_terms = runs.sizes
    words, chars = np.empty(2, np.uint64), np.empty(room_for_chars(end - start, ranges), np.uint64)
    no_spans = np.empty((0, 3), np.int64)
    n_words, n_chars = hash_ngrams(codes, start, end, kinds, ranges, words, chars, no_spans, no_spans)
    runs.starts[run, 0], runs.n_grams[run, 0] = n_terms, n_words
    runs.vectors[2 * run : 2 * run + 2] = 0.0
    for block, hashes in ((WORDS, words[:n_words]), (CHARS, chars[:n_chars])):
        runs.n_grams[run, 1 + block] = 0
        for i in range(len(hashes)):
            term = look_up(hashes[i], table)
            if term < 0:
                runs.n_grams[run, 1 + block] += 1
                continue
            runs.terms[n_terms] = term
            runs.vectors[2 * run + block] += model.weights[term]
            n_terms += 1
        runs.starts[run, 1 + block] = n_terms
    runs.sizes[:] = run + 1, n_terms
    keys, numbers, mask, shift = open_table(runs.keys, runs.numbers)
    slot = hash_ >> shift
    while keys[slot] != U64(0):
        slot = (slot + U64(1)) & mask
    keys[slot], numbers[slot] = hash_, run
    return int(run)
