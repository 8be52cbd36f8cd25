"""The compiled twin of `Lexicon.matches`: finds a lexicon's terms in arrays of code points."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from pipeline.classify.compiling import compiled
from pipeline.classify.lexicon import (
    ANYWHERE,
    ARABIC,
    END_STEM,
    END_WHOLE,
    GAP_STEM,
    GAP_WHOLE,
    LONGEST_CLITIC,
    LONGEST_ENDING,
    LONGEST_GAP,
    ROOTS,
)
from pipeline.classify.ngrams import HANGUL, IDEOGRAPHS, LETTERS, SEPARATOR
from pipeline.classify.trie_table import Trie, child_of, ends_run, may_open

ARABIC_FIRST, ARABIC_LAST = ARABIC.start, ARABIC.stop - 1
MOST_WAITING = 256


@numba.njit(cache=True, nogil=True)
def find_terms(codes: Any, start: int, end: int, kinds: Any, trie: Trie, found: Any) -> int:
    """Write (start, end, node) of each term in codes[start:end] to `found`, int64 (end - start, 3); return how many."""
    n_found, position, waiting = 0, start, np.empty((MOST_WAITING, 2), np.int64)
    while position < end:
        run_start, kind = position, kinds[codes[position]]
        while position < end and kinds[codes[position]] == kind:
            position += 1
        if may_begin_in(codes, run_start, position, kinds, trie):
            n_found = find_in_run(codes, (run_start, position, end), kinds, trie, waiting, found, n_found)
    return n_found


@compiled
def find_in_run(codes: Any, within: Any, kinds: Any, trie: Any, waiting: Any, found: Any, n_found: int) -> int:
    """Add to the n_found terms of a text those that begin in one of its runs, and after the last found.

    within: where the run begins and ends, and where the text ends; waiting: int64 (`MOST_WAITING`, 2), room to work.
    """
    start, stop, end = within
    position = max(start, found[n_found - 1, 1]) if n_found else start
    last = _last_beginning(codes, start, stop, kinds)
    while position < last:
        best_end, best_node = position, -1
        for root in ROOTS:
            if _may_begin_at(codes, position, start, kinds, root) and may_open(codes, position, stop, root, trie):
                root_end, node = _longest(codes, position, end, kinds, trie, root, waiting)
                if root_end > best_end:
                    best_end, best_node = root_end, node
        if best_node >= 0:
            found[n_found, 0], found[n_found, 1], found[n_found, 2] = position, best_end, best_node
            n_found += 1
        position = max(position + 1, best_end)
    return n_found


@numba.njit(inline="always")
def may_begin_in(codes: Any, start: int, stop: int, kinds: Any, trie: Any) -> bool:
    """Whether a term may begin in the run codes[start:stop], whatever stands around it; False is sure."""
    if len(trie.columns) == 0 or kinds[codes[start]] == SEPARATOR:
        return False
    for position in range(start, _last_beginning(codes, start, stop, kinds)):
        for root in ROOTS:
            if (
                _may_begin_at(codes, position, start, kinds, root)
                and may_open(codes, position, stop, root, trie)
                and _holds_piece(codes, position, stop, kinds, trie, root)
            ):
                return True
    return False


@compiled
def _holds_piece(codes: Any, position: int, stop: int, kinds: Any, trie: Any, root: int) -> bool:
    """Whether a run that ends at `stop` holds, from a place on, the whole first piece of a term."""
    node = root
    while position < stop:
        node, position = child_of(node, codes[position], trie), position + 1
        if node < 0:
            return False
        for may_go_on in (False, True):
            if ends_run(node, may_go_on, trie) and _run_end(codes, position, stop, kinds, may_go_on) >= 0:
                return True
    return False


@numba.njit(cache=True, nogil=True)
def count_terms(codes: Any, offsets: Any, kinds: Any, trie: Trie, counts: Any) -> None:
    """Add to `counts` (n_texts, n_columns) int64 how often the terms of each column occur in each text of a batch."""
    longest = 0
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    found = np.empty((longest + 1, 3), np.int64)
    for text in range(len(offsets) - 1):
        n_found = find_terms(codes, offsets[text], offsets[text + 1], kinds, trie, found)
        count_columns(n_found, found, trie, counts[text])


@numba.njit(inline="always")
def count_columns(n_found: int, found: Any, trie: Any, counts: Any) -> None:
    """Add to `counts` (n_columns,) how often the terms of each column were found."""
    for i in range(n_found):
        node = found[i, 2]
        for at in range(trie.column_starts[node], trie.column_starts[node + 1]):
            counts[trie.columns[at]] += 1


@numba.njit(inline="always")
def _last_beginning(codes: Any, start: int, stop: int, kinds: Any) -> int:
    """One past the last place in a run where a term may begin."""
    kind = kinds[codes[start]]
    if kind in (HANGUL, IDEOGRAPHS):
        return stop
    return min(stop, start + 1 + (LONGEST_CLITIC if kind == LETTERS else 0))


@numba.njit(inline="always")
def _may_begin_at(codes: Any, position: int, start: int, kinds: Any, root: int) -> bool:
    """Whether a term below this root may begin at a place in the run that begins at `start`."""
    kind, code = kinds[codes[start]], codes[position]
    if position == start:
        return True
    return root == ANYWHERE and (kind in (HANGUL, IDEOGRAPHS) or ARABIC_FIRST <= code <= ARABIC_LAST)


@compiled
def _longest(codes: Any, start: int, end: int, kinds: Any, trie: Any, root: int, waiting: Any) -> tuple[int, int]:
    """End and node of the longest term that begins at `start`, (start, -1) for none."""
    best_end, best_node = start, -1
    waiting[0, 0], waiting[0, 1], n_waiting = root, start, 1
    while n_waiting:
        n_waiting -= 1
        node, position = waiting[n_waiting]
        if position < end:
            child = child_of(node, codes[position], trie)
            if child >= 0:
                waiting[n_waiting, 0], waiting[n_waiting, 1], n_waiting = child, position + 1, n_waiting + 1
        for may_go_on in (False, True):
            if not ends_run(node, may_go_on, trie):
                continue
            term = child_of(node, END_STEM if may_go_on else END_WHOLE, trie)
            onward = child_of(node, GAP_STEM if may_go_on else GAP_WHOLE, trie)
            stop = _run_end(codes, position, end, kinds, may_go_on)
            if stop < 0:
                continue
            if term >= 0 and stop > best_end:
                best_end, best_node = stop, term
            if onward >= 0:
                after, n_after = _after_gap(codes, stop, end, kinds)
                for skipped in range(n_after):
                    if n_waiting < MOST_WAITING:
                        waiting[n_waiting, 0], waiting[n_waiting, 1] = onward, after + skipped
                        n_waiting += 1
    return best_end, best_node


@numba.njit(inline="always")
def _run_end(codes: Any, position: int, end: int, kinds: Any, may_go_on: bool) -> int:
    kind = kinds[codes[position - 1]]
    if kind == IDEOGRAPHS or position == end or kinds[codes[position]] != kind:
        return position
    if not may_go_on:
        return -1
    if kind == HANGUL:
        return position
    stop = position
    while stop < end and kinds[codes[stop]] == kind:
        stop += 1
        if stop - position > LONGEST_ENDING:
            return -1
    return stop


@numba.njit(inline="always")
def _after_gap(codes: Any, position: int, end: int, kinds: Any) -> tuple[int, int]:
    """Where the next run of a term begins, and at how many places from there on it may."""
    start = position
    while start < end and start - position <= LONGEST_GAP and kinds[codes[start]] == SEPARATOR:
        start += 1
    if start == end or start - position > LONGEST_GAP:
        return start, 0
    if ARABIC_FIRST <= codes[start] <= ARABIC_LAST and kinds[codes[start]] == LETTERS:
        return start, min(LONGEST_CLITIC + 1, end - start)
    return start, 1
