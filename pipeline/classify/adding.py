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
AT_ONCE = 4
"""So many rows are added together: a sum in memory waits for the last, whether of one row or of four."""
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
    touched[n_touched : n_touched + AT_ONCE] = 0
    for i in range(0, n_touched, AT_ONCE):
        if i + AHEAD + AT_ONCE <= n_touched:
            for number in _four(touched, i + AHEAD):
                fetch_row(weights, number)
        square += _add_four(_four(touched, i), counts, weights, sums)
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
    shared term, in which run.
    """
    counts, weights, width = runs.term_counts, model.weights, model.weights.shape[1]
    shared, merged = desk.shared, desk.merged
    n_parts = _list_shared(_mark_terms(present, runs, desk), runs, desk)
    for i in range(n_parts):
        fetch(counts, desk.parts[U64(i)])
        fetch_row(weights, np.int64(desk.parts[U64(i)]))
    n_words_again, n_shared = _merge(n_parts, model, runs, desk)
    for place in range(n_shared):
        number, together = shared[place], one_plus_log(int(merged[place, 0]))
        counts[number], runs.twice[number >> WORD_SHIFT] = 0, 0
        block = 0 if number <= model.n_words else 1
        idf_square = _add(together - merged[place, 1], weights[number], _of_block(desk.sums, block, width))
        desk.squares[block] += (together * together - merged[place, 2]) * idf_square
    return n_words_again, n_shared, n_parts


@numba.njit(inline="always")
def _mark_terms(present: Any, runs: Any, desk: Any) -> int:
    """List the terms of all runs in `desk.parts`, and set a bit for each seen, and for each seen twice; how many.

    Nearly all terms of a text are met once: nothing branches on whether one is met again.
    """
    abouts, terms, seen, twice, n = runs.about, runs.terms, runs.seen, runs.twice, 0
    for run in present:
        for at in range(abouts[run, MAY_SHARE], abouts[run, END]):
            number = terms[U64(at)]
            desk.parts[U64(n)], desk.part_of[U64(n)] = number, run
            n += 1
            word, bit = number >> WORD_SHIFT, U64(1) << (U64(number) & LAST_BIT)
            before = seen[word]
            twice[word], seen[word] = twice[word] | (before & bit), before | bit
    return n


@numba.njit(inline="always")
def _list_shared(n_terms: int, runs: Any, desk: Any) -> Any:
    """Keep in `desk.parts` those that were seen twice, and forget which were seen at all; how many."""
    parts, part_of = desk.parts, desk.part_of
    n: Any = 0
    for i in range(n_terms):
        number = parts[U64(i)]
        parts[U64(n)], part_of[U64(n)] = number, part_of[U64(i)]
        word = number >> WORD_SHIFT
        n += np.int64((runs.twice[word] >> (U64(number) & LAST_BIT)) & U64(1))
        runs.seen[word] = 0
    return n


@numba.njit(inline="always")
def _merge(n_parts: int, model: Any, runs: Any, desk: Any) -> tuple[int, int]:
    """Add up in `desk.merged` what the runs in `desk.parts` hold of each term, whose place there the parts become.

    Returns how often a word was met again, and how many terms there are. `counts` holds the place of a term, from one.
    """
    counts, shared, merged, parts = runs.term_counts, desk.shared, desk.merged, desk.parts
    n_words_again, n_shared = 0, 0
    for i in range(n_parts):
        number, n = parts[U64(i)], runs.counts[desk.part_of[U64(i)]]
        is_new = counts[number] == 0
        shared[n_shared] = number
        merged[n_shared, 0], merged[n_shared, 1], merged[n_shared, 2] = 0.0, 0.0, 0.0
        n_shared += is_new
        from_one = n_shared if is_new else np.int64(counts[number])
        counts[number] = from_one
        n_words_again += (number <= model.n_words) & (not is_new)
        place, alone = from_one - 1, one_plus_log(n)
        parts[U64(i)] = place
        merged[place, 0] += n
        merged[place, 1] += alone
        merged[place, 2] += alone * alone
    return n_words_again, n_shared


@numba.njit(inline="always")
def _of_block(sums: Any, block: int, width: int) -> Any:
    return sums[block * width : (block + 1) * width]


@numba.njit(inline="always")
def _four(numbers: Any, first: int) -> Any:
    return numbers[first], numbers[first + 1], numbers[first + 2], numbers[first + 3]


@numba.njit(inline="always")
def _add_four(numbers: Any, counts: Any, weights: Any, sums: Any) -> Any:
    """Add the rows of four terms, or of number 0 for none, times what their counts are worth, and forget the counts.

    Returns the square of the length of what was added, from the last entries of the rows, idf**2.
    """
    a, b, c, d = numbers
    one, two = one_plus_log(counts[a]), one_plus_log(counts[b])
    three, four = one_plus_log(counts[c]), one_plus_log(counts[d])
    counts[a], counts[b], counts[c], counts[d] = 0, 0, 0, 0
    for column in range(len(sums)):
        left = one * weights[a, column] + two * weights[b, column]
        sums[column] += left + (three * weights[c, column] + four * weights[d, column])
    last = len(sums) - 1
    left = one * one * weights[a, last] + two * two * weights[b, last]
    return left + (three * three * weights[c, last] + four * four * weights[d, last])


@numba.njit(inline="always")
def _add(value: float, row: Any, sums: Any) -> Any:
    """Add value times a row of weights to the sums of its block; the row's last entry, idf**2."""
    for column in range(len(row)):
        sums[column] += value * row[column]
    return row[len(row) - 1]
