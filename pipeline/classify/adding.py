"""What the n-grams of one text add up to: those that belong to no run, the runs, and what several runs share."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from pipeline.classify.fetching import fetch, fetch_row
from pipeline.classify.hashing import U64
from pipeline.classify.runs import AHEAD, END, FIRST_CHAR, FIRST_WORD, MAY_SHARE, N_WORDS, UNKNOWN_WORDS, one_plus_log
from pipeline.classify.term_table import fetch_number, number_of

LINE_OF_TERMS = 16
WORD_SHIFT, LAST_BIT = np.uint32(6), U64(63)


@numba.njit(inline="always")
def add_loose(hashes: Any, block: int, model: Any, counts: Any, desk: Any) -> int:
    """Add the n-grams that belong to no run; how many distinct ones are known. Unknown ones count as number 0."""
    table, weights, touched, n_touched = model.table, model.weights, desk.touched, 0
    counts[0] = 1
    for i in range(len(hashes)):
        if i + AHEAD < len(hashes):
            fetch_number(hashes[i + AHEAD], table)
        hashes[i] = number_of(hashes[i], table)
    for number in hashes:
        touched[n_touched] = number
        n_touched += counts[number] == 0
        counts[number] += 1
    square, sums = (counts[0] - 1) * model.unknown_square, _of_block(desk.sums, block, weights.shape[1])
    counts[0] = 0
    for i in range(0, n_touched, 2):
        if i + AHEAD + 1 < n_touched:
            fetch_row(weights, touched[i + AHEAD] - 1)
            fetch_row(weights, touched[i + AHEAD + 1] - 1)
        one, other = touched[i], touched[min(i + 1, n_touched - 1)]
        values = one_plus_log(counts[one]), one_plus_log(counts[other]) if i + 1 < n_touched else 0.0
        counts[one], counts[other] = 0, 0
        square += _add_two(values, weights[one - 1], weights[other - 1], sums)
    desk.squares[block] += square
    return n_touched


@numba.njit(inline="always")
def add_vectors(present: Any, model: Any, runs: Any, desk: Any, known: Any) -> None:
    """Add the vector of each run, as if it alone held its n-grams."""
    abouts, vectors, terms, sums, squares = runs.about, runs.vectors, runs.terms, desk.sums, desk.squares
    width = model.weights.shape[1]
    for run in present:
        n, first = runs.counts[run], abouts[run, FIRST_WORD]
        fetch(terms, first)
        fetch(terms, first + LINE_OF_TERMS)
        alone = one_plus_log(n)
        for column in range(len(sums)):
            sums[column] += alone * vectors[run, column]
        for block in range(len(sums) // width):
            squares[block] += alone * alone * vectors[run, (block + 1) * width - 1]
            squares[block] += n * abouts[run, UNKNOWN_WORDS + block] * model.unknown_square
        known[0] += n * abouts[run, N_WORDS]
        known[1] += abouts[run, FIRST_CHAR] - first


@numba.njit(inline="always")
def mend_shared(present: Any, model: Any, runs: Any, desk: Any) -> tuple[int, int, int]:
    """Correct what was added for the terms that several runs hold, to the value of all their occurrences.

    Returns how often a word was met again, how many terms are shared, and how many entries `desk.parts` has: which
    shared term, in which run. Nearly all terms of a text are met once: they cost a bit each, set without
    asking. While at work, `counts` holds the place of a term among the shared, from one.
    """
    abouts, terms, counts, weights = runs.about, runs.terms, runs.term_counts, model.weights
    again, shared, merged, parts, part_of = desk.again, desk.shared, desk.merged, desk.parts, desk.part_of
    n_again, n_words_again, n_shared, n_parts, width = 0, 0, 0, 0, weights.shape[1]
    for run in present:
        for at in range(abouts[run, MAY_SHARE], abouts[run, END]):
            again[n_again] = terms[U64(at)]
            n_again += _set(runs.seen, terms[U64(at)])
    for i in range(n_again):
        number = again[i]
        n_words_again += number <= model.n_words
        _set(runs.marked, number)
        if counts[number] == 0:
            shared[n_shared], merged[n_shared] = number, 0.0
            n_shared += 1
            counts[number] = n_shared
            fetch_row(weights, number - 1)
    for run in present:
        for at in range(abouts[run, MAY_SHARE], abouts[run, END]):
            number = terms[U64(at)]
            parts[n_parts], part_of[n_parts] = number, run
            n_parts += _is_set(runs.marked, number)
            runs.seen[number >> WORD_SHIFT] = 0
    for i in range(n_parts):
        place, n = counts[parts[i]] - 1, runs.counts[part_of[i]]
        parts[i] = place
        alone = one_plus_log(n)
        merged[place, 0] += n
        merged[place, 1] += alone
        merged[place, 2] += alone * alone
    for place in range(n_shared):
        number, together = shared[place], one_plus_log(int(merged[place, 0]))
        counts[number], runs.marked[number >> WORD_SHIFT] = 0, 0
        block = 0 if number <= model.n_words else 1
        idf_square = _add(together - merged[place, 1], weights[number - 1], _of_block(desk.sums, block, width))
        desk.squares[block] += (together * together - merged[place, 2]) * idf_square
    return n_words_again, n_shared, n_parts


@numba.njit(inline="always")
def _is_set(bits: Any, number: Any) -> Any:
    return (bits[number >> WORD_SHIFT] >> (U64(number) & LAST_BIT)) & U64(1)


@numba.njit(inline="always")
def _set(bits: Any, number: Any) -> Any:
    """Set a bit; whether it was set before."""
    before = _is_set(bits, number)
    bits[number >> WORD_SHIFT] |= U64(1) << (U64(number) & LAST_BIT)
    return before


@numba.njit(inline="always")
def _of_block(sums: Any, block: int, width: int) -> Any:
    return sums[block * width : (block + 1) * width]


@numba.njit(inline="always")
def _add_two(values: Any, one: Any, other: Any, sums: Any) -> Any:
    """Add two rows of weights times their values: one sum waits for the last, whether of one row or of two.

    Returns the square of the length of both, from their last entries, idf**2.
    """
    for column in range(len(sums)):
        sums[column] += values[0] * one[column] + values[1] * other[column]
    last = len(sums) - 1
    return values[0] * values[0] * one[last] + values[1] * values[1] * other[last]


@numba.njit(inline="always")
def _add(value: float, row: Any, sums: Any) -> Any:
    """Add value times a row of weights to the sums of its block; the row's last entry, idf**2."""
    for column in range(len(row)):
        sums[column] += value * row[column]
    return row[len(row) - 1]
