"""The compiled path of the cleaner, third part: the network, the labelling, and what is left once nothing more goes.

`line_scorer` and `pages.ReferencePage` are its specification.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.characters import N_KINDS
from pipeline.ingest.lanes import LANES, add_positive, add_scaled, dot, load, store
from pipeline.ingest.line_features import LONG_LINE_WIDTH
from pipeline.ingest.line_kernel import (
    END,
    F32,
    FIRST_KIND,
    FIRST_WORD,
    LAST_WORD,
    N_EDGES,
    N_SHAPE,
    START,
    read_lines,
    tables,
)
from pipeline.ingest.line_scorer import CLIP, LOOKUP_BITS, MOST_ATTENTION
from pipeline.ingest.page_kernel import N_COMPARED, N_OWN, compare_lines, compare_text_lines, count_equal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.ingest.line_scorer import LineScorer

LOOKUP_SHIFT = np.uint32(LOOKUP_BITS)
PAD = 16
"""How far a block may look ahead."""


class Network(NamedTuple):
    """A `LineScorer` as compiled code takes it: see there; the blocks are stacked.

    edges: float32 (3, N_KINDS, LANES), what kinds of the first, the last and the last but one character add to the
    first layer: products with features that are 0 but for one.
    """

    scaling: NDArray[np.float32]
    lookup: NDArray[np.int16]
    vocabulary: NDArray[np.uint32]
    words: NDArray[np.float32]
    enter: NDArray[np.float32]
    edges: NDArray[np.float32]
    near: NDArray[np.float32]
    attend: NDArray[np.float32]
    page: NDArray[np.float32]
    bias: NDArray[np.float32]
    out: NDArray[np.float32]
    decision: NDArray[np.float32]
    dilations: NDArray[np.int64]


def compile_network(scorer: LineScorer) -> Network:
    """The figures of `scorer` as compiled code reads them; `bias` begins with that of the first layer."""
    arrays, blocks = scorer.arrays, range(len(scorer.dilations))
    if arrays["in"].shape[1] != LANES or max(scorer.dilations) > PAD:
        raise ValueError(f"compiled for networks {LANES} wide that look at most {PAD} lines ahead")
    return Network(
        np.stack([arrays["mean"], arrays["scale"]]),
        scorer.lookup,
        arrays["vocabulary"],
        arrays["words"],
        np.ascontiguousarray(arrays["in"]),
        _what_edges_add(arrays),
        np.stack([arrays[f"near{i}"] for i in blocks]),
        np.stack([arrays[f"attend{i}"] for i in blocks]),
        np.stack([arrays[f"page{i}"] for i in blocks]),
        np.stack([arrays["in_bias"], *(arrays[f"bias{i}"] for i in blocks)]),
        np.ascontiguousarray(arrays["out"]),
        arrays["decision"],
        np.array(scorer.dilations),
    )


def _what_edges_add(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
    edges, first = tables().edges[:, :N_EDGES], N_SHAPE
    added = []
    for columns in (edges, edges, edges[:, 2:5]):
        here = slice(first, first := first + columns.shape[1])
        scaled = np.clip((columns - arrays["mean"][here]) * arrays["scale"][here], -CLIP, CLIP)
        added.append(scaled @ arrays["in"][here])
    return np.stack(added).astype(np.float32)


@numba.njit(cache=True, nogil=True, fastmath=True)
def read_alone(lines: Any, network: Any) -> Any:
    """What each line adds to the first layer by itself, the same on any page: float32 (n, LANES)."""
    n, n_features, n_numbers = len(lines.places), network.scaling.shape[1], network.words.shape[1]
    out, words = np.empty((n, LANES), np.float32), np.empty(n_numbers, np.float32)
    for line in range(n):
        total = load(network.bias, 0)
        for column in range(N_SHAPE):
            scaled = _standardised(lines.figures[line, column], network.scaling, column)
            total = add_scaled(total, load(network.enter, column * LANES), scaled)
        for edge in range(3):
            kind = lines.places[line, FIRST_KIND + edge]
            total = add_scaled(total, load(network.edges, (edge * N_KINDS + kind) * LANES), F32(1))
        _add_words(lines, line, network, words)
        for number in range(n_numbers):
            total = add_scaled(total, load(network.enter, (n_features + number) * LANES), words[number])
        store(out, line * LANES, total)
    return out


@numba.njit(fastmath=True)
def _add_words(lines: Any, line: int, network: Any, out: Any) -> None:
    """Mean of what stands for the known words of a line, over all its words."""
    first, last = lines.places[line, FIRST_WORD], lines.places[line, LAST_WORD]
    out[:] = 0
    for word in range(first, last):
        hash_ = lines.words[word]
        row = network.lookup[hash_ >> LOOKUP_SHIFT]
        known = F32(network.vocabulary[row] == hash_)
        for number in range(len(out)):
            out[number] += network.words[row, number] * known
    out *= F32(1) / F32(max(last - first, 1))


@numba.njit(inline="always")
def _standardised(value: Any, scaling: Any, column: int) -> Any:
    return min(max((value - scaling[0, column]) * scaling[1, column], F32(-CLIP)), F32(CLIP))


@numba.njit(cache=True, nogil=True, fastmath=True)
def log_odds(compared: Any, alone: Any, rows: Any, network: Any) -> Any:
    """As `LineScorer.log_odds`, of what some rows are among each other (`compare_lines`) and of `read_alone` of all."""
    n = len(rows)
    hidden = np.empty((2, (PAD + n + 1 + PAD) * LANES), np.float32)
    hidden[:, : PAD * LANES] = 0
    hidden[:, (PAD + n) * LANES :] = 0
    before, after = hidden[0], hidden[1]
    _enter(compared, alone, rows, network, after)
    share, pooled = np.empty(n, np.float32), np.empty((2, LANES), np.float32)
    for block, reach in enumerate(network.dilations):
        before, after = after, before
        _pool(before, network.attend[block], n, pooled)
        start = load(network.bias, (block + 1) * LANES)
        for k in range(2 * LANES):
            start = add_scaled(start, load(network.page[block], k * LANES), pooled[k // LANES, k % LANES])
        _look_around(before, reach, network.near[block], start, after, n)
    weights = load(network.out, 0)
    for i in range(n):
        share[i] = dot(load(after, (PAD + i) * LANES), weights) + network.decision[0]
    return share


@numba.njit(fastmath=True)
def _enter(compared: Any, alone: Any, rows: Any, network: Any, out: Any) -> None:
    """The first layer, two lines at a time."""
    n_columns, n = compared.shape
    scaled, zeros = np.zeros((n_columns, n + 1), np.float32), load(out, 0)
    for column in range(n_columns):
        for i in range(n):
            scaled[column, i] = _standardised(compared[column, i], network.scaling, N_OWN + column)
    for i in range(0, n, 2):
        one, two = load(alone, rows[i] * LANES), load(alone, rows[min(i + 1, n - 1)] * LANES)
        for column in range(n_columns):
            weight = load(network.enter, (N_OWN + column) * LANES)
            one = add_scaled(one, weight, scaled[column, i])
            two = add_scaled(two, weight, scaled[column, i + 1])
        store(out, (PAD + i) * LANES, add_positive(zeros, one))
        if i + 1 < n:
            store(out, (PAD + i + 1) * LANES, add_positive(zeros, two))


@numba.njit(fastmath=True)
def _pool(hidden: Any, attend: Any, n: int, out: Any) -> None:
    """The mean of all lines, and the mean weighted by the attention that each draws."""
    total, weights = F32(0), load(attend, 0)
    plain = attended = nothing = load(hidden, 0)
    for i in range(n):
        line = load(hidden, (PAD + i) * LANES)
        share = F32(math.exp(min(dot(line, weights), F32(MOST_ATTENTION))))
        total += share
        plain = add_scaled(plain, line, F32(1))
        attended = add_scaled(attended, line, share)
    store(out, 0, add_scaled(nothing, plain, F32(1) / F32(n)))
    store(out, LANES, add_scaled(nothing, attended, F32(1) / total))


@numba.njit(fastmath=True)
def _look_around(before: Any, reach: int, weights: Any, start: Any, after: Any, n: int) -> None:
    """after = before + max(start + weights.T @ (the line so many before, the line, the line so many after), 0).

    Two lines at a time, so that weights are loaded half as often.
    """
    for i in range(0, n, 2):
        one = two = start
        row = 0
        for place in range(PAD + i - reach, PAD + i + reach + 1, reach):
            for k in range(place * LANES, (place + 1) * LANES):
                weight = load(weights, row)
                one = add_scaled(one, weight, before[k])
                two = add_scaled(two, weight, before[k + LANES])
                row += LANES
        at = (PAD + i) * LANES
        store(after, at, add_positive(load(before, at), one))
        if i + 1 < n:
            store(after, at + LANES, add_positive(load(before, at + LANES), two))


@numba.njit(cache=True, nogil=True)
def best_labelling(odds: Any, price: float) -> Any:
    """As `line_scorer.best_labelling`: bool (n,)."""
    n = len(odds)
    kept = dropped = 0.0
    switched = np.empty((n, 2), np.bool_)
    for i in range(n):
        enter, leave = dropped - price, kept - price
        switched[i, 0], switched[i, 1] = leave > dropped, enter > kept
        kept, dropped = (enter if enter > kept else kept) + odds[i], (leave if leave > dropped else dropped)
    keep = kept > dropped
    labels = np.empty(n, np.bool_)
    for i in range(n - 1, -1, -1):
        labels[i] = keep
        if switched[i, 1 if keep else 0]:
            keep = not keep
    return labels


@numba.njit(cache=True, nogil=True)
def keep_once(lines: Any, beside: Any, known: Any, network: Any) -> Any:
    """Which of some lines to keep, scored once with further features float32 (n, n_beside): bool (n,)."""
    rows = np.arange(len(lines.places))
    compared = compare_lines(lines, rows, beside.shape[1], known)
    compared[N_COMPARED:] = beside.T
    return best_labelling(log_odds(compared, read_alone(lines, network), rows, network), network.decision[1])


@numba.njit(cache=True, nogil=True)
def read_page(codes: Any, limits: Any, known: Any, network: Any) -> Any:
    """The lines of a text (`read_lines`), `read_alone` of them, and the rows that `settle` keeps of all of them."""
    lines = read_lines(codes, known)
    alone = read_alone(lines, network)
    return lines, alone, settle(lines, alone, np.arange(len(lines.places)), limits, known, network)


@numba.njit(cache=True, nogil=True)
def settle(lines: Any, alone: Any, rows: Any, limits: Any, known: Any, network: Any) -> Any:
    """As `pages.ReferencePage.settle`; limits: how many lines to score at once, and how many passes to make at most."""
    n_at_once, n_passes = limits
    for _ in range(n_passes):
        stay, n = np.empty(len(rows), np.int64), 0
        for first in range(0, len(rows), n_at_once):
            part = rows[first : first + n_at_once]
            odds = log_odds(compare_text_lines(lines, part, known), alone, part, network)
            for i, keep in enumerate(best_labelling(odds, network.decision[1])):
                if keep:
                    stay[n] = part[i]
                    n += 1
        _, _, earlier = count_equal(lines.hashes, stay[:n], 0)
        n_left = 0
        for i in range(n):
            length = lines.places[stay[i], END] - lines.places[stay[i], START]
            if not (earlier[i] and length >= LONG_LINE_WIDTH):
                stay[n_left] = stay[i]
                n_left += 1
        if n_left == len(rows):
            break
        rows = stay[:n_left]
    return rows
