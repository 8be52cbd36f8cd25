"""The compiled path of the cleaner, third part: the network, the labelling, and what is left once nothing more goes.

`line_scorer` and `pages.ReferencePage` are its specification.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.lanes import LANES, add_positive, add_scaled, dot, load, store
from pipeline.ingest.line_features import LONG_LINE_WIDTH
from pipeline.ingest.line_kernel import END, F32, FIRST_WORD, LAST_WORD, START, read_lines
from pipeline.ingest.line_scorer import CLIP, LOOKUP_BITS, MOST_ATTENTION
from pipeline.ingest.page_kernel import count_equal, features, text_features

if TYPE_CHECKING:
    from pipeline.ingest.line_scorer import LineScorer

LOOKUP_SHIFT = np.uint32(LOOKUP_BITS)
PAD = 16
"""How far a block may look ahead."""


class Network(NamedTuple):
    """A `LineScorer` as compiled code takes it: see there; the blocks are stacked."""

    scaling: NDArray[np.float32]
    lookup: NDArray[np.int16]
    vocabulary: NDArray[np.uint32]
    words: NDArray[np.float32]
    enter: NDArray[np.float32]
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
        np.stack([arrays[f"near{i}"] for i in blocks]),
        np.stack([arrays[f"attend{i}"] for i in blocks]),
        np.stack([arrays[f"page{i}"] for i in blocks]),
        np.stack([arrays["in_bias"], *(arrays[f"bias{i}"] for i in blocks)]),
        np.ascontiguousarray(arrays["out"]),
        arrays["decision"],
        np.array(scorer.dilations),
    )


@numba.njit(cache=True, nogil=True)
def mean_words(lines: Any, network: Any) -> Any:
    """Mean of what stands for the known words of each line, over all its words: float32 (n, word_width)."""
    n, n_numbers = len(lines.places), network.words.shape[1]
    out = np.zeros((n, n_numbers), np.float32)
    for line in range(n):
        first, last = lines.places[line, FIRST_WORD], lines.places[line, LAST_WORD]
        for word in range(first, last):
            hash_ = lines.words[word]
            row = network.lookup[hash_ >> LOOKUP_SHIFT]
            known = F32(network.vocabulary[row] == hash_)
            for number in range(n_numbers):
                out[line, number] += network.words[row, number] * known
        if last > first:
            share = F32(1) / F32(last - first)
            for number in range(n_numbers):
                out[line, number] *= share
    return out


@numba.njit(cache=True, nogil=True, fastmath=True)
def log_odds(rows: Any, words: Any, network: Any) -> Any:
    """As `LineScorer.log_odds`, of features (n, n_features) and mean words (n, word_width)."""
    n, n_inputs = len(rows), rows.shape[1] + words.shape[1]
    inputs = _standardise(rows, words, network.scaling)
    hidden = np.zeros((2, (PAD + n + 1 + PAD) * LANES), np.float32)
    before, after = hidden[0], hidden[1]
    _add_seen(inputs, (0, 1, 0, n_inputs), network.enter, load(network.bias, 0), before, after, n)
    share, pooled = np.empty(n, np.float32), np.empty((2, LANES), np.float32)
    for block, reach in enumerate(network.dilations):
        before, after = after, before
        _pool(before, network.attend[block], share, pooled)
        start = load(network.bias, (block + 1) * LANES)
        for k in range(2 * LANES):
            start = add_scaled(start, load(network.page[block], k * LANES), pooled[k // LANES, k % LANES])
        seen = ((PAD - reach) * LANES, 3, reach * LANES, LANES)
        _add_seen(before, seen, network.near[block], start, before, after, n)
    weights = load(network.out, 0)
    for i in range(n):
        share[i] = dot(load(after, (PAD + i) * LANES), weights) + network.decision[0]
    return share


@numba.njit(fastmath=True)
def _standardise(rows: Any, words: Any, scaling: Any) -> Any:
    """The inputs of all lines, and of one line more, one after the other."""
    n, n_features = rows.shape
    inputs = np.zeros((n + 1, n_features + words.shape[1]), np.float32)
    for i in range(n):
        for column in range(n_features):
            scaled = (rows[i, column] - scaling[0, column]) * scaling[1, column]
            inputs[i, column] = min(max(scaled, F32(-CLIP)), F32(CLIP))
        for number in range(words.shape[1]):
            inputs[i, n_features + number] = words[i, number]
    return inputs.ravel()


@numba.njit(fastmath=True)
def _pool(hidden: Any, attend: Any, share: Any, out: Any) -> None:
    """The mean of all lines, and the mean weighted by attention; `share` is room for a number for each line."""
    n, total = len(share), F32(0)
    weights = load(attend, 0)
    for i in range(n):
        share[i] = math.exp(min(dot(load(hidden, (PAD + i) * LANES), weights), F32(MOST_ATTENTION)))
        total += share[i]
    plain = attended = load(hidden, 0)
    for i in range(n):
        line = load(hidden, (PAD + i) * LANES)
        plain = add_scaled(plain, line, F32(1) / F32(n))
        attended = add_scaled(attended, line, share[i] / total)
    store(out, 0, plain)
    store(out, LANES, attended)


@numba.njit(fastmath=True)
def _add_seen(inputs: Any, seen: Any, weights: Any, start: Any, before: Any, after: Any, n: int) -> None:
    """after = before + max(start + weights.T @ what each line sees, 0), two lines at a time.

    seen: where the inputs begin, how many stretches of them a line sees, how far these are apart, and their length.
    """
    first, n_stretches, apart, length = seen
    for i in range(0, n, 2):
        one = two = start
        row = 0
        for stretch in range(n_stretches):
            begin = first + stretch * apart
            for k in range(begin, begin + length):
                weight = load(weights, row)
                one = add_scaled(one, weight, inputs[k])
                two = add_scaled(two, weight, inputs[k + length])
                row += LANES
        first += 2 * length
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
    n = len(lines.places)
    rows = np.concatenate((features(lines, np.arange(n), known), beside), axis=1)
    return best_labelling(log_odds(rows, mean_words(lines, network), network), network.decision[1])


@numba.njit(cache=True, nogil=True)
def read_page(codes: Any, limits: Any, known: Any, network: Any) -> Any:
    """The lines of a text (`read_lines`), the `mean_words` of each, and the rows that `settle` keeps of all of them."""
    lines = read_lines(codes, known)
    words = mean_words(lines, network)
    return lines, words, settle(lines, words, np.arange(len(lines.places)), limits, known, network)


@numba.njit(cache=True, nogil=True)
def settle(lines: Any, words: Any, rows: Any, limits: Any, known: Any, network: Any) -> Any:
    """As `pages.ReferencePage.settle`; limits: how many lines to score at once, and how many passes to make at most."""
    n_at_once, n_passes = limits
    for _ in range(n_passes):
        stay, n = np.empty(len(rows), np.int64), 0
        for first in range(0, len(rows), n_at_once):
            part = rows[first : first + n_at_once]
            odds = log_odds(text_features(lines, part, known), words[part], network)
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
