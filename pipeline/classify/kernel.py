"""The compiled path: scores of whole batches of texts. `scorer.score_by_reference` is its specification.

Read from top to bottom: what a model is; a batch; one block of a text's n-grams; the split of a score over a text's
parts. `hashing` makes and finds n-grams, `runs` keeps what the words of the texts come to, `matching` finds the
lexicon's terms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify.hashing import (
    U64,
    build_table,
    find,
    hash_ngrams,
    hash_terms,
    join_terms,
    kind_table,
    look_up,
    open_table,
    pack,
    room_for_chars,
    room_for_words,
)
from pipeline.classify.matching import Trie, count_columns, find_terms
from pipeline.classify.runs import CHARS, WORDS, Runs, forget_if_full, has_room, no_runs, read_runs

__all__ = [
    "U64",
    "CompiledModel",
    "build_table",
    "find",
    "hash_ngrams",
    "hash_terms",
    "join_terms",
    "kind_table",
    "pack",
    "room_for_chars",
    "room_for_words",
    "score_batch",
    "score_parts",
]

MOST_RUNS, MOST_TERMS = 1 << 16, 1 << 20
"""Runs kept, and known n-grams in them; where a further text might not fit, all are forgotten."""
ONE_PLUS_LOG = 1.0 + np.log(np.maximum(1, np.arange(256)))


class Arrays(NamedTuple):
    """The arrays of a `CompiledModel`."""

    keys: NDArray[np.uint64]
    terms: NDArray[np.int32]
    weights: NDArray[np.float32]
    block_weights: tuple[float, float]
    unknown_square: float
    lexicon_weights: NDArray[np.float32]
    trie: Trie


@dataclass(frozen=True)
class CompiledModel:
    """What scoring reads.

    keys, terms: hash table of the vocabulary; weights: float32 (n_terms, k + 1), idf * coefficient per theme, then
    idf**2; block_weights: of words and of characters; unknown_square: what each occurrence of an unknown n-gram adds
    to the square of its block's length; lexicon_weights: float32 (n_columns, k); trie: of the lexicon; idle: `Runs`
    that no thread is using.
    """

    keys: NDArray[np.uint64]
    terms: NDArray[np.int32]
    weights: NDArray[np.float32]
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


def score_batch(codes: Any, offsets: Any, kinds: Any, ranges: Any, model: CompiledModel, out: Any, known: Any) -> None:
    """Add to `out` (n_texts, k) float64 the scores of a batch without intercept; threads may share the model.

    ranges: as for `hash_ngrams`, the same for all batches of a model; known: int64 (n_texts, 2) receives the number of
    word n-grams and of distinct known ones.
    """
    longest = int(np.diff(offsets).max(initial=0))
    try:
        runs = model.idle.pop()
    except IndexError:
        runs = no_runs(0, ranges, out.shape[1], most=(MOST_RUNS, MOST_TERMS))
    own = runs if has_room(runs, longest, ranges) else no_runs(longest, ranges, out.shape[1], most=(0, 0))
    _score_batch(codes, offsets, kinds, ranges, model.arrays, own, longest, out, known)
    model.idle.append(runs)


@numba.njit(cache=True, nogil=True)
def _score_batch(
    codes: Any, offsets: Any, kinds: Any, ranges: Any, model: Any, runs: Any, longest: int, out: Any, known: Any
) -> None:
    words, chars = np.empty(room_for_words(longest), np.uint64), np.empty(room_for_chars(longest, ranges), np.uint64)
    present, matches = np.empty(longest + 1, np.int32), np.empty((longest + 1, 3), np.int64)
    columns, counts = np.zeros(len(model.lexicon_weights), np.int64), np.zeros(len(model.weights), np.int32)
    touched = np.empty(min(len(counts), len(words) + len(chars)) + 1, np.int32)
    sums, table = np.zeros(out.shape[1]), open_table(model.keys, model.terms)
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        forget_if_full(runs, end - start, ranges)
        n_words, n_chars, n_runs = read_runs(
            codes, start, end, kinds, ranges, model, table, runs, words, chars, present
        )
        known[text, 0] = n_words
        for run in present[:n_runs]:
            known[text, 0] += runs.counts[run] * runs.n_grams[run, 0]
        found = runs, present[:n_runs], counts, touched
        known[text, 1] = _add_block(WORDS, words[:n_words], found, model, table, sums, out[text])
        _add_block(CHARS, chars[:n_chars], found, model, table, sums, out[text])
        for run in present[:n_runs]:
            runs.counts[run] = 0
        count_columns(find_terms(codes, start, end, kinds, model.trie, matches), matches, model.trie, columns)
        for column in range(len(columns)):
            if columns[column]:
                out[text] += math.log1p(columns[column]) * model.lexicon_weights[column]
                columns[column] = 0


@numba.njit(cache=True, nogil=True)
def _add_block(block: int, hashes: Any, found: Any, model: Any, table: Any, sums: Any, out: Any) -> int:
    """Add to `out` (k,) the share of the score of one block's n-grams; how many distinct known ones there are.

    hashes: of its n-grams that belong to no run; found: runs, those present, counts (n_terms,) and room for terms;
    sums: (k,). Counts and sums are zero before and after.
    """
    runs, present, counts, touched = found
    keys, terms, mask, shift = table
    weights, n_touched = model.weights, 0
    n_known, squares = _add_runs(block, runs, present, counts, model, sums)
    for i in range(len(hashes)):
        term = find(hashes[i], keys, terms, mask, shift)
        if term < 0:
            squares += model.unknown_square
            continue
        if counts[term] == 0:
            touched[n_touched] = term
            n_touched += 1
        counts[term] += 1
    for i in range(n_touched):
        term = touched[i]
        value = _one_plus_log(counts[term])
        squares += value * value * _add(value, weights, term, sums)
        counts[term] = 0
    scale = model.block_weights[block] / math.sqrt(squares) if squares > 0 else 0.0
    for theme in range(len(sums)):
        out[theme] += scale * sums[theme]
        sums[theme] = 0.0
    return n_known + n_touched


@numba.njit(inline="always")
def _add_runs(block: int, runs: Any, present: Any, counts: Any, model: Any, sums: Any) -> tuple[int, float]:
    """Add the n-grams of the runs to `sums`; how many distinct ones, and the sum of the squares of their values.

    A run adds its vector as if it alone held its n-grams. Where other runs held one before, the two values added for it
    are corrected to the value of both together.
    """
    n_known, squares = 0, 0.0
    run_counts, starts, terms, vectors, weights = runs.counts, runs.starts, runs.terms, runs.vectors, model.weights
    for run in present:
        n, alone = run_counts[run], _one_plus_log(run_counts[run])
        squares += alone * alone * _add(alone, vectors, 2 * run + block, sums)
        squares += n * runs.n_grams[run, 1 + block] * model.unknown_square
        for at in range(starts[run, block], starts[run, block + 1]):
            term = terms[at]
            if counts[term] == 0:
                n_known += 1
            else:
                before, together = _one_plus_log(counts[term]), _one_plus_log(counts[term] + n)
                idf_square = _add(together - before - alone, weights, term, sums)
                squares += (together * together - before * before - alone * alone) * idf_square
            counts[term] += n
    for run in present:
        for at in range(starts[run, block], starts[run, block + 1]):
            counts[terms[at]] = 0
    return n_known, squares


@numba.njit(inline="always")
def _add(value: float, weights: Any, row: int, sums: Any) -> Any:
    """Add value times a row of weights to `sums`; the row's last entry, of idf**2."""
    for theme in range(len(sums)):
        sums[theme] += value * weights[row, theme]
    return weights[row, len(sums)]


@numba.njit(inline="always")
def _one_plus_log(count: int) -> float:
    return float(ONE_PLUS_LOG[count]) if count < len(ONE_PLUS_LOG) else 1.0 + math.log(count)


def score_parts(codes: Any, part_of: Any, kinds: Any, ranges: Any, model: CompiledModel, out: Any) -> None:
    """Split one text's score over its parts: out (n_parts, k) float64 sums up to the score less the intercept.

    part_of: int64 (n_codes,), the part each code point belongs to. A term that occurs n times gives each occurrence a
    n-th of its contribution, to the part where the occurrence begins.
    """
    _score_parts(codes, part_of, kinds, ranges, model.arrays, out)


@numba.njit(cache=True, nogil=True)
def _score_parts(codes: Any, part_of: Any, kinds: Any, ranges: Any, model: Any, out: Any) -> None:
    n_codes, n_themes = len(codes), out.shape[1]
    words, chars = np.empty(room_for_words(n_codes), np.uint64), np.empty(room_for_chars(n_codes, ranges), np.uint64)
    word_spans, char_spans = np.empty((len(words), 3), np.int64), np.empty((len(chars), 3), np.int64)
    n_words, n_chars = hash_ngrams(codes, 0, n_codes, kinds, ranges, words, chars, word_spans, char_spans)
    counts = np.zeros(len(model.weights), np.int32)
    table = open_table(model.keys, model.terms)
    blocks = (
        (words, word_spans, n_words, model.block_weights[0]),
        (chars, char_spans, n_chars, model.block_weights[1]),
    )
    for hashes, spans, n, block_weight in blocks:
        terms, squares = np.empty(n, np.int32), 0.0
        for i in range(n):
            terms[i] = look_up(hashes[i], table)
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
