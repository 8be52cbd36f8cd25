"""The compiled path: scores of whole batches of texts. `LinearScorer.score_by_reference` is its specification.

Read from top to bottom: what a model is; a batch; a text: its n-grams that belong to no run, its runs, their sum.
`packing` normalises texts, `hashing` makes and finds n-grams, `runs` keeps what the words of the texts come to,
`matching` finds the lexicon's terms, `fetching` asks for memory ahead of its use.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.fetching import aligned_rows, fetch, fetch_row
from pipeline.classify.hashing import U64, build_table, find, hash_terms
from pipeline.classify.matching import Trie, count_columns, find_terms
from pipeline.classify.packing import join_terms, kind_table, pack
from pipeline.classify.runs import (
    END,
    FIRST_CHAR,
    FIRST_WORD,
    N_WORDS,
    UNKNOWN_WORDS,
    Runs,
    clear_desk,
    forget_if_full,
    has_room,
    learn_runs,
    no_runs,
    read_runs,
)

__all__ = ["CompiledModel", "build_table", "hash_terms", "join_terms", "kind_table", "pack", "padded", "score_batch"]

MOST_RUNS, MOST_TERMS = 1 << 16, 1 << 20
"""Runs kept, and known n-grams in them; where a further text might not fit, all are forgotten."""
ONE_PLUS_LOG = 1.0 + np.log(np.maximum(1, np.arange(256)))
AHEAD = 16
"""So many n-grams before one is looked up, its slot of the table is asked for."""


class Arrays(NamedTuple):
    """The arrays of a `CompiledModel`."""

    table: NDArray[np.uint64]
    weights: NDArray[np.float32]
    n_words: int
    block_weights: tuple[float, float]
    unknown_square: float
    lexicon_weights: NDArray[np.float32]
    trie: Trie


@dataclass(frozen=True)
class CompiledModel:
    """What scoring reads; k is the number of outputs.

    table: the vocabulary's hash table; weights: float32 (n_terms, width), idf * coefficient per output, zeros, then
    idf**2 (see `padded`); n_words: how many terms are words, the rest are characters; block_weights: of words and of
    characters; unknown_square: what each occurrence of an unknown n-gram adds to the square of its block's length;
    lexicon_weights: float32 (n_columns, k); trie: of the lexicon; idle: `Runs` that no thread is using.
    """

    table: NDArray[np.uint64]
    weights: NDArray[np.float32]
    n_words: int
    block_weights: tuple[float, float]
    unknown_square: float
    lexicon_weights: NDArray[np.float32]
    trie: Trie
    idle: list[Runs] = field(default_factory=list, compare=False, repr=False)

    @property
    def arrays(self) -> Arrays:
        """All but the runs."""
        return Arrays(*(getattr(self, name) for name in Arrays._fields))

    def __reduce__(self) -> tuple[type[CompiledModel], Arrays]:
        return CompiledModel, self.arrays


def padded(weights: NDArray[np.floating], idf: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows of weights (n, k), then zeros, then idf**2, in whole vector registers that begin cache lines."""
    n, k = weights.shape
    rows = aligned_rows(n, -(-(k + 1) // 8) * 8, np.float32)
    rows[:, :k], rows[:, k:-1], rows[:, -1] = weights, 0.0, idf * idf
    return rows


def score_batch(codes: Any, offsets: Any, kinds: Any, ranges: Any, model: CompiledModel, out: Any, known: Any) -> None:
    """Add to `out` (n_texts, k) float64 the scores of a batch without intercept; threads may share the model.

    ranges: as for `hash_ngrams`, the same for all batches of a model; known: int64 (n_texts, 2) receives the number of
    word n-grams and of distinct known ones.
    """
    longest = int(np.diff(offsets).max(initial=0))
    runs = idle_runs(model, ranges)
    own = runs if has_room(runs, longest, ranges) else no_runs(longest, ranges, model.weights, most=(0, 0))
    _score_batch(codes, offsets, kinds, ranges, model.arrays, own, clear_desk(longest, ranges, own), out, known)
    model.idle.append(runs)


def idle_runs(model: CompiledModel, ranges: Any) -> Runs:
    """Runs for this thread alone, until it appends them to `model.idle` again."""
    try:
        return model.idle.pop()
    except IndexError:
        return no_runs(0, ranges, model.weights, most=(MOST_RUNS, MOST_TERMS))


@numba.njit(cache=True, nogil=True)
def _score_batch(
    codes: Any, offsets: Any, kinds: Any, ranges: Any, model: Any, runs: Any, desk: Any, out: Any, known: Any
) -> None:
    matches, columns = np.empty((len(desk.present), 3), np.int64), np.zeros(len(model.lexicon_weights), np.int64)
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        forget_if_full(runs, end - start, ranges)
        n_words, n_chars, n_runs, n_new = read_runs(codes, start, end, kinds, ranges, runs, desk)
        if n_new:
            learn_runs(n_new, codes, kinds, ranges, model, runs, desk, (n_words, n_chars))
        _score_text(
            desk.words[:n_words], desk.chars[:n_chars], desk.present[:n_runs], model, runs, desk, out[text], known[text]
        )
        count_columns(find_terms(codes, start, end, kinds, model.trie, matches), matches, model.trie, columns)
        for column in range(len(columns)):
            if columns[column]:
                out[text] += math.log1p(columns[column]) * model.lexicon_weights[column]
                columns[column] = 0


@numba.njit(cache=True, nogil=True)
def _score_text(words: Any, chars: Any, present: Any, model: Any, runs: Any, desk: Any, out: Any, known: Any) -> None:
    """Add to `out` (k,) the share of the score of a text's words and characters.

    words, chars: hashes of n-grams that belong to no run; present: the runs, which are counted.
    """
    weights, counts, touched, sums, squares = model.weights, runs.term_counts, desk.touched, desk.sums, desk.squares
    width, n_blocks = weights.shape[1], len(sums) // weights.shape[1]
    sums[:], squares[:] = 0.0, 0.0
    n_touched = _count_loose(words, 0, model, counts, touched, 0, squares)
    known[0], known[1] = len(words), n_touched
    n_touched = _count_loose(chars, 1, model, counts, touched, n_touched, squares)
    _add_runs(present, model, runs, desk, known)
    for i in range(n_touched):
        term = touched[i]
        value = one_plus_log(counts[term])
        counts[term] = 0
        block = 0 if term < model.n_words else 1
        squares[block] += value * value * _add(value, weights, term, sums, block)
    for block in range(n_blocks):
        scale = model.block_weights[block] / math.sqrt(squares[block]) if squares[block] > 0 else 0.0
        for output in range(len(out)):
            out[output] += scale * sums[block * width + output]


@numba.njit(inline="always")
def _count_loose(hashes: Any, block: int, model: Any, counts: Any, touched: Any, n_touched: int, squares: Any) -> int:
    """Count the known n-grams and list each once in `touched`; how many are listed."""
    table, weights, n_unknown = model.table, model.weights, 0
    for i in range(len(hashes)):
        if i + AHEAD < len(hashes):
            fetch(table, hashes[i + AHEAD] & U64(len(table) - 1))
        term = find(hashes[i], table)
        if term < 0:
            n_unknown += 1
            continue
        if counts[term] == 0:
            touched[n_touched] = term
            n_touched += 1
            fetch_row(weights, term)
        counts[term] += 1
    squares[block] += n_unknown * model.unknown_square
    return n_touched


@numba.njit(inline="always")
def _add_runs(present: Any, model: Any, runs: Any, desk: Any, known: Any) -> None:
    """Add the n-grams of the runs, each run's vector as if it alone held its n-grams; then mend those that are shared.

    The count of a term that several runs hold becomes minus its place among the shared, less one.
    """
    run_counts, abouts, vectors, terms, counts = runs.counts, runs.about, runs.vectors, runs.terms, runs.term_counts
    shared, merged, sums, squares, weights = desk.shared, desk.merged, desk.sums, desk.squares, model.weights
    width, n_shared = weights.shape[1], 0
    for run in present:
        n = run_counts[run]
        alone = one_plus_log(n)
        for column in range(len(sums)):
            sums[column] += alone * vectors[run, column]
        for block in range(len(sums) // width):
            squares[block] += alone * alone * vectors[run, (block + 1) * width - 1]
            squares[block] += n * abouts[run, UNKNOWN_WORDS + block] * model.unknown_square
        known[0] += n * abouts[run, N_WORDS]
        for at in range(abouts[run, FIRST_WORD], abouts[run, END]):
            term = terms[at]
            if counts[term] == 0:
                counts[term] = n
                known[1] += at < abouts[run, FIRST_CHAR]
                continue
            if counts[term] > 0:
                shared[n_shared] = term
                merged[n_shared] = 0.0
                _merge(counts[term], one_plus_log(counts[term]), merged, n_shared)
                n_shared += 1
                counts[term] = -n_shared
                fetch_row(weights, term)
            _merge(n, alone, merged, -counts[term] - 1)
    _mend(shared[:n_shared], merged, model, sums, squares)
    for run in present:
        run_counts[run] = 0
        for at in range(abouts[run, FIRST_WORD], abouts[run, END]):
            counts[terms[at]] = 0


@numba.njit(inline="always")
def _merge(n: int, alone: float, merged: Any, place: int) -> None:
    """Note that a shared term has n more occurrences, which alone would give it the value `alone`."""
    merged[place, 0] += n
    merged[place, 1] += alone
    merged[place, 2] += alone * alone


@numba.njit(inline="always")
def _mend(shared: Any, merged: Any, model: Any, sums: Any, squares: Any) -> None:
    """Correct what was added for each shared term, run by run, to the value of all its occurrences."""
    for place in range(len(shared)):
        term, together = shared[place], one_plus_log(int(merged[place, 0]))
        block = 0 if term < model.n_words else 1
        idf_square = _add(together - merged[place, 1], model.weights, term, sums, block)
        squares[block] += (together * together - merged[place, 2]) * idf_square


@numba.njit(inline="always")
def _add(value: float, weights: Any, term: int, sums: Any, block: int) -> Any:
    """Add value times a row of weights to the sums of its block; the row's last entry, idf**2."""
    width = weights.shape[1]
    for column in range(width):
        sums[block * width + column] += value * weights[term, column]
    return weights[term, width - 1]


@numba.njit(inline="always")
def one_plus_log(count: int) -> float:
    """1 + ln(count), from a table where it is small."""
    return float(ONE_PLUS_LOG[count]) if count < len(ONE_PLUS_LOG) else 1.0 + math.log(count)
