"""How much of a text's score stands in each part of it: `LinearScorer.score_parts_by_reference` is the specification.

The kernel has just scored the text: its runs, their terms and what belongs to no run still lie on the desk. What one
occurrence of a run adds is worked out once, and put into the part of each.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.compiling import compiled
from pipeline.classify.hashing import put_chars, put_prefix, put_words
from pipeline.classify.ngrams import SEPARATOR
from pipeline.classify.runs import IDEOGRAPHIC, one_plus_log
from pipeline.classify.term_table import number_of

F32 = np.float32


class Split(NamedTuple):
    """The parts of a batch of texts, and what they add to the scores.

    part_of: int32 (n_codes,), the part each code point belongs to, numbered over the batch, empty if no parts are
    wanted; a part is one stretch. sums: float64 (n_parts, k), receives the scores less the intercepts. A term that
    occurs n times gives each occurrence a n-th of its contribution, spread evenly over its characters but separators.
    """

    part_of: NDArray[np.int32]
    sums: NDArray[np.float64]


NO_SPLIT = Split(np.empty(0, np.int32), np.empty((0, 0)))


@compiled
def split_text(
    codes: Any, kinds: Any, ranges: Any, sizes: Any, columns: Any, model: Any, runs: Any, desk: Any, split: Any
) -> None:
    """Add the shares of the text on the desk to `split.sums`. `runs.counts`, of its runs, are spoilt.

    sizes: how many words and chars that belong to no run, places of runs, distinct runs, terms that several runs hold,
    entries of `desk.parts`, and terms of the lexicon there are; columns: how often those of each column were found.
    """
    n_words, n_chars, n_places, n_present, n_shared, n_parts, n_found = sizes
    scales = _scale(0, model, desk), _scale(1, model, desk)
    place = Place(codes, kinds, split.part_of)
    for block, numbers, spans in (
        (0, desk.words[:n_words], desk.word_spans),
        (1, desk.chars[:n_chars], desk.char_spans),
    ):
        _split_loose(numbers, spans, scales[block], model.weights, runs.term_counts, place, split.sums)
    for at in range(n_shared):
        desk.merged[at, 1] = one_plus_log(int(desk.merged[at, 0])) / desk.merged[at, 0]
    _value_runs(n_present, n_parts, scales, model, runs, desk)
    values = desk.values
    cut = False
    for i in range(n_present):
        runs.counts[desk.present[i]] = i
    for at in range(n_places):
        run, part = desk.run_at[at], split.part_of[desk.places[at, 0]]
        if run == IDEOGRAPHIC:
            continue
        if part != split.part_of[desk.places[at, 1] - 1]:
            cut = True
            continue
        for column in range(split.sums.shape[1]):
            split.sums[part, column] += values[runs.counts[run], column]
    if cut:
        _split_cut_runs(sizes, ranges, scales, model, runs, desk, place, split.sums)
    for i in range(n_found):
        for at in range(model.trie.column_starts[desk.found[i, 2]], model.trie.column_starts[desk.found[i, 2] + 1]):
            column = model.trie.columns[at]
            share = math.log1p(columns[column]) / columns[column]
            _spread(share, model.lexicon_weights, column, desk.found[i, 0], desk.found[i, 1], place, split.sums)


class Place(NamedTuple):
    """What tells the part of a code point."""

    codes: Any
    kinds: Any
    part_of: Any


@numba.njit(inline="always")
def _scale(block: int, model: Any, desk: Any) -> float:
    """What each value of a block is multiplied by, so that its length is the block's weight."""
    square = desk.squares[block]
    return float(model.block_weights[block] / math.sqrt(square)) if square > 0 else 0.0


@numba.njit(inline="always")
def _split_loose(numbers: Any, spans: Any, scale: float, weights: Any, counts: Any, place: Any, out: Any) -> None:
    """Split what belongs to no run, by its numbers from one; 0 is unknown."""
    for number in numbers:
        counts[number] += 1
    for i in range(len(numbers)):
        number = numbers[i]
        if number:
            share = scale * one_plus_log(counts[number]) / counts[number]
            _spread(share, weights, number, spans[i, 0], spans[i, 1], place, out)
    for number in numbers:
        counts[number] = 0


@compiled
def _value_runs(n_present: int, n_parts: int, scales: Any, model: Any, runs: Any, desk: Any) -> None:
    """Put what one occurrence of each run adds into `desk.values`, and into `desk.shares` the share of its own terms.

    The n-grams of a run are all taken as its own at first; then those that several runs hold are put right.
    """
    vectors, weights, values, shares = runs.vectors, model.weights, desk.values, desk.shares
    merged, parts, part_of, present = desk.merged, desk.parts, desk.part_of, desk.present
    width, n_words = weights.shape[1], model.n_words
    has_chars = vectors.shape[1] > width
    for i in range(n_present):
        run = present[i]
        shares[i] = one_plus_log(runs.counts[run]) / runs.counts[run]
        of_words, of_chars = F32(scales[0] * shares[i]), F32(scales[1] * shares[i])
        for column in range(width):
            values[i, column] = of_words * vectors[run, column]
        if has_chars:
            for column in range(width):
                values[i, column] += of_chars * vectors[run, width + column]
    i = 0
    for at in range(n_parts):
        while present[i] != part_of[at]:
            i += 1
        number = desk.shared[parts[at]]
        amiss = F32(scales[0 if number <= n_words else 1] * (merged[parts[at], 1] - shares[i]))
        for column in range(width):
            values[i, column] += amiss * weights[number, column]


@compiled
def _split_cut_runs(
    sizes: Any, ranges: Any, scales: Any, model: Any, runs: Any, desk: Any, place: Any, out: Any
) -> None:
    """Split the runs that a boundary of parts goes through, n-gram by n-gram."""
    n_words, n_chars, n_places, _, n_shared, _, _ = sizes
    shared_at, words, chars = runs.term_counts, desk.words, desk.chars
    for at in range(n_shared):
        shared_at[desk.shared[at]] = at + 1
    for at in range(n_places):
        (start, end), run = desk.places[at], desk.run_at[at]
        if run == IDEOGRAPHIC or place.part_of[start] == place.part_of[end - 1]:
            continue
        kind, hashes = place.kinds[place.codes[start]], (np.uint64(0), np.uint64(0), desk.hashes[at])
        last = put_words(words, desk.word_spans, n_words, ranges[0], hashes, (0, 0, start), 1, end)
        last = put_prefix(words, desk.word_spans, last, place.codes, start, end, kind, ranges)
        last_char = put_chars(chars, desk.char_spans, n_chars, place.codes, start, end, kind, ranges)
        for block, hashed, spans, first, stop in (
            (0, words, desk.word_spans, n_words, last),
            (1, chars, desk.char_spans, n_chars, last_char),
        ):
            for i in range(first, stop):
                number = number_of(hashed[i], model.table)
                if number:
                    shared = shared_at[number]
                    share = desk.merged[shared - 1, 1] if shared else desk.shares[runs.counts[run]]
                    _spread(scales[block] * share, model.weights, number, spans[i, 0], spans[i, 1], place, out)
    for at in range(n_shared):
        shared_at[desk.shared[at]] = 0


@numba.njit(inline="always")
def _spread(share: float, weights: Any, row: int, start: int, end: int, place: Any, out: Any) -> None:
    """Add share times a row of the weights to `out`, in the parts of the characters from `start` to `end`."""
    codes, kinds, part_of = place
    part = part_of[start]
    if part == part_of[end - 1]:
        for column in range(out.shape[1]):
            out[part, column] += share * weights[row, column]
        return
    n_covered = 0
    for position in range(start, end):
        n_covered += kinds[codes[position]] != SEPARATOR
    for position in range(start, end):
        if kinds[codes[position]] != SEPARATOR:
            for column in range(out.shape[1]):
                out[part_of[position], column] += share / n_covered * weights[row, column]
