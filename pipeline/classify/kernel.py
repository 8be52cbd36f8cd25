"""The compiled path: scores of whole batches of texts. `LinearScorer.score_by_reference` is its specification.

Read from top to bottom: what a model is; a batch; a text. `packing` normalises texts, `runs` cuts them and keeps what
their words come to, `hashing` makes and finds n-grams, `adding` sums up, `matching` finds the lexicon's terms,
`splitting` says what stands where; `desk` is room to work, `fetching` asks for memory ahead of its use.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.adding import add_loose, add_vectors, mend_shared
from pipeline.classify.compiling import compiled
from pipeline.classify.desk import Desk, clear_desk
from pipeline.classify.fetching import aligned_rows, fetch, fetch_row
from pipeline.classify.hashing import build_table, hash_terms
from pipeline.classify.matching import count_columns, find_in_run
from pipeline.classify.packing import join_terms, kind_table, pack
from pipeline.classify.runs import (
    IDEOGRAPHIC,
    MAY_BEGIN,
    N_ABOUT,
    Runs,
    cut,
    find_runs,
    forget_if_full,
    has_room,
    learn_runs,
    no_runs,
)
from pipeline.classify.splitting import NO_SPLIT, Split, split_text
from pipeline.classify.term_table import TermTable, build_terms
from pipeline.classify.trie_table import Trie

__all__ = [
    "CompiledModel",
    "build_table",
    "build_terms",
    "hash_terms",
    "join_terms",
    "kind_table",
    "pack",
    "padded",
    "score_batch",
]

MOST_RUNS, MOST_TERMS = 1 << 16, 1 << 20
"""Runs kept, and known n-grams in them; where a further text might not fit, all are forgotten."""
LONGEST_USUAL = 1 << 14
"""Code points of a text for which a desk is kept; a longer one gets a desk for its batch."""


class Workplace(NamedTuple):
    """Where one thread works: what it has met before, and room for the longest usual text so far."""

    runs: Runs
    desk: Desk


class Arrays(NamedTuple):
    """The arrays of a `CompiledModel`."""

    table: TermTable
    weights: NDArray[np.float32]
    n_words: int
    block_weights: tuple[float, float]
    unknown_square: float
    lexicon_weights: NDArray[np.float32]
    trie: Trie


@dataclass(frozen=True)
class CompiledModel:
    """What scoring reads; k is the number of outputs.

    table: the numbers of its terms; weights: float32 (n_terms + 1, width), by number from one: idf * coefficient per
    output, zeros, then idf**2 (see `padded`); n_words: how many terms are words, the rest are characters;
    block_weights: of words and of characters; unknown_square: what each occurrence of an unknown n-gram adds to the
    square of its block's length; lexicon_weights: float32 (n_columns, k); trie: of the lexicon; idle: workplaces of no
    thread.
    """

    table: TermTable
    weights: NDArray[np.float32]
    n_words: int
    block_weights: tuple[float, float]
    unknown_square: float
    lexicon_weights: NDArray[np.float32]
    trie: Trie
    idle: list[Workplace] = field(default_factory=list, compare=False, repr=False)

    @cached_property
    def arrays(self) -> Arrays:
        """All but the runs."""
        return Arrays(*(getattr(self, name) for name in Arrays._fields))

    def __reduce__(self) -> tuple[type[CompiledModel], Arrays]:
        return CompiledModel, self.arrays


def padded(weights: NDArray[np.floating], idf: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows of weights (n, k), then zeros, then idf**2, in whole vector registers that begin cache lines.

    Before the first comes a row of zeros, for all that is unknown: a term's number from one is its row.
    """
    n, k = weights.shape
    rows = aligned_rows(n + 1, -(-(k + 1) // 8) * 8, np.float32)
    rows[0] = 0.0
    rows[1:, :k], rows[1:, k:-1], rows[1:, -1] = weights, 0.0, idf * idf
    return rows


def score_batch(
    codes: Any,
    offsets: Any,
    kinds: Any,
    ranges: Any,
    model: CompiledModel,
    out: Any,
    known: Any,
    split: Split = NO_SPLIT,
) -> None:
    """Add to `out` (n_texts, k) float64 the scores of a batch without intercept; threads may share the model.

    ranges: as for `hash_ngrams`, the same for all batches of a model; known: int64 (n_texts, 2) receives the number of
    word n-grams and of distinct known ones; split: receives how much of the scores stands in each part of the texts.
    """
    longest, with_parts = int(np.diff(offsets).max(initial=0)), len(split.part_of) > 0
    kept, kept_desk = idle_workplace(model, ranges)
    runs = kept if has_room(kept, longest, ranges) else no_runs(longest, ranges, model.weights, most=(0, 0))
    desk = kept_desk
    if longest >= len(desk.places) or with_parts:
        desk = clear_desk(longest, ranges, runs, n_columns=len(model.lexicon_weights), with_parts=with_parts)
    _score_batch(codes, offsets, kinds, ranges, model.arrays, runs, desk, out, known, split)
    is_usual = longest <= LONGEST_USUAL and not with_parts
    model.idle.append(Workplace(kept, desk if is_usual else kept_desk))


def idle_workplace(model: CompiledModel, ranges: Any) -> Workplace:
    """A workplace for this thread alone, until it appends it to `model.idle` again."""
    try:
        return model.idle.pop()
    except IndexError:
        runs = no_runs(0, ranges, model.weights, most=(MOST_RUNS, MOST_TERMS))
        return Workplace(runs, clear_desk(0, ranges, runs, n_columns=len(model.lexicon_weights), with_parts=False))


@compiled
def _score_batch(
    codes: Any,
    offsets: Any,
    kinds: Any,
    ranges: Any,
    model: Any,
    runs: Any,
    desk: Any,
    out: Any,
    known: Any,
    split: Any,
) -> None:
    columns = desk.columns
    for text in range(len(offsets) - 1):
        start, end = offsets[text], offsets[text + 1]
        forget_if_full(runs, end - start, ranges)
        n_words, n_chars, n_places = cut(codes, start, end, kinds, ranges, desk)
        n_present, n_new = find_runs(n_places, runs, desk)
        if n_new:
            learn_runs(n_new, codes, kinds, ranges, model, runs, desk, n_chars)
        n_shared, n_parts = _score_text(n_words, n_chars, n_present, model, runs, desk, out[text], known[text])
        n_found = _find_lexicon(codes, end, kinds, n_places, model.trie, runs.about, desk)
        count_columns(n_found, desk.found, model.trie, columns)
        if len(split.part_of):
            sizes = n_words, n_chars, n_places, n_present, n_shared, n_parts, n_found
            split_text(codes, kinds, ranges, sizes, columns, model, runs, desk, split)
        for run in desk.present[:n_present]:
            runs.counts[run] = 0
        for column in range(len(columns)):
            if columns[column]:
                value = math.log1p(columns[column])
                for output in range(out.shape[1]):
                    out[text, output] += value * model.lexicon_weights[column, output]
                columns[column] = 0


@compiled
def _find_lexicon(codes: Any, end: int, kinds: Any, n_places: int, trie: Any, about: Any, desk: Any) -> int:
    """As `find_terms`: what may begin in a run is remembered."""
    n_found = 0
    if len(trie.columns) == 0:
        return n_found
    for place in range(n_places):
        run = desk.run_at[place]
        if run == IDEOGRAPHIC or about[run, MAY_BEGIN]:
            within = desk.places[place, 0], desk.places[place, 1], end
            n_found = find_in_run(codes, within, kinds, trie, desk.waiting, desk.found, n_found)
    return n_found


@compiled
def _score_text(
    n_words: int, n_chars: int, n_present: int, model: Any, runs: Any, desk: Any, out: Any, known: Any
) -> tuple[int, int]:
    """Add to `out` (k,) the share of the score of a text's words and characters.

    n_words, n_chars: how many n-grams belong to no run; n_present: how many distinct runs there are. Returns how many
    terms several runs hold, and how many times.
    """
    present, sums, squares, width = desk.present[:n_present], desk.sums, desk.squares, model.weights.shape[1]
    sums[:], squares[:] = 0.0, 0.0
    for run in present:
        fetch(runs.about, run * N_ABOUT)
        fetch_row(runs.vectors, run)
    known[0], known[1] = n_words, add_loose(desk.words[:n_words], 0, model, runs.term_counts, desk)
    add_loose(desk.chars[:n_chars], 1, model, runs.term_counts, desk)
    add_vectors(present, model, runs, desk, known)
    n_words_again, n_shared, n_parts = mend_shared(present, model, runs, desk)
    known[1] -= n_words_again
    for block in range(len(sums) // width):
        scale = model.block_weights[block] / math.sqrt(squares[block]) if squares[block] > 0 else 0.0
        for output in range(len(out)):
            out[output] += scale * sums[block * width + output]
    return n_shared, n_parts
