"""Room to work on one text: arrays that every text of a batch uses anew."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.adding import AT_ONCE
from pipeline.classify.fetching import aligned_rows
from pipeline.classify.hashing import room_for_chars, room_for_words
from pipeline.classify.matching import MOST_WAITING
from pipeline.classify.runs import Runs, room_for_terms


class Desk(NamedTuple):
    """Room to work on one text.

    words, chars: hashes of n-grams, then their numbers from one; word_spans, char_spans: int32 (n, 3), where those that
    belong to no run stand, empty if that is not wanted; no_spans: empty; places: int64 (n, 2), where each run of the
    text begins and ends; hashes: of these runs, but for ideographs; run_at: their numbers, or `runs.IDEOGRAPHIC`;
    present: the distinct ones; new: which of `places` are runs never met before, whose n-grams follow in chars; ends:
    where the words and the characters of each of these end; touched: numbers of the distinct terms found outside runs.

    shared: the distinct terms that several runs hold; merged: float64 (n, 3), of each of these, how often it occurs,
    and the sums over its runs of the values it would have in them alone and of their squares; parts, part_of: which of
    the shared terms is in which run, once those of all runs have been sifted there. sums: float64 (blocks * width,);
    squares: float64 (2,), of the length of each block. columns, waiting, found: for the lexicon; values, shares: for
    the parts of a text.
    """

    words: NDArray[np.uint64]
    chars: NDArray[np.uint64]
    word_spans: NDArray[np.int32]
    char_spans: NDArray[np.int32]
    no_spans: NDArray[np.int64]
    places: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    run_at: NDArray[np.int32]
    present: NDArray[np.int32]
    new: NDArray[np.int32]
    ends: NDArray[np.int64]
    touched: NDArray[np.uint32]
    parts: NDArray[np.uint32]
    part_of: NDArray[np.int32]
    shared: NDArray[np.uint32]
    merged: NDArray[np.float64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]
    columns: NDArray[np.int64]
    values: NDArray[np.float32]
    shares: NDArray[np.float64]
    waiting: NDArray[np.int64]
    found: NDArray[np.int64]


def clear_desk(longest: int, ranges: Any, runs: Runs, *, n_columns: int, with_parts: bool) -> Desk:
    """Room for a text of `longest` code points."""
    n_words, n_chars = room_for_words.py_func(longest), room_for_chars.py_func(longest, ranges)
    n_of_runs = room_for_terms.py_func(longest, ranges)
    n_distinct = min(len(runs.term_counts), n_words + n_chars) + 1
    return Desk(
        words=np.empty(n_words, np.uint64),
        chars=np.empty(n_of_runs, np.uint64),
        word_spans=np.empty((n_words if with_parts else 0, 3), np.int32),
        char_spans=np.empty((n_chars if with_parts else 0, 3), np.int32),
        no_spans=np.empty((0, 3), np.int64),
        places=np.empty((longest + 1, 2), np.int64),
        hashes=np.empty(longest + 1, np.uint64),
        run_at=np.empty(longest + 1, np.int32),
        present=np.empty(longest + 2, np.int32),
        new=np.empty(longest + 1, np.int32),
        ends=np.empty((longest + 1, 2), np.int64),
        touched=np.empty(n_distinct + AT_ONCE, np.uint32),
        parts=np.empty(n_of_runs + 1, np.uint32),
        part_of=np.empty(n_of_runs + 1, np.int32),
        shared=np.empty(n_distinct, np.uint32),
        merged=np.empty((n_distinct, 3)),
        sums=np.zeros(runs.vectors.shape[1]),
        squares=np.zeros(2),
        columns=np.zeros(n_columns, np.int64),
        values=aligned_rows(longest + 2 if with_parts else 0, runs.vectors.shape[1], np.float32),
        shares=np.empty(longest + 2 if with_parts else 0),
        waiting=np.empty((MOST_WAITING, 2), np.int64),
        found=np.empty((longest + 1, 3), np.int64),
    )
