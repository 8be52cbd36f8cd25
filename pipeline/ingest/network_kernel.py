"""The compiled path of the cleaner, third part: the network, the labelling, and what is left once nothing more goes.

`line_scorer` and `pages.ReferencePage` are its specification.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.line_features import LONG_LINE_WIDTH
from pipeline.ingest.line_kernel import F32
from pipeline.ingest.line_scorer import CLIP, LOOKUP_BITS, MOST_ATTENTION
from pipeline.ingest.page_kernel import count_equal, features

if TYPE_CHECKING:
    from pipeline.ingest.line_scorer import LineScorer

LOOKUP_SHIFT = np.uint32(LOOKUP_BITS)
PAD = 16
"""How far a block may look ahead."""
TILE = 4


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
    """The figures of `scorer` in the order that compiled code reads them."""
    arrays, blocks = scorer.arrays, range(len(scorer.dilations))
    width = arrays["in"].shape[1]
    if width % TILE or max(scorer.dilations) > PAD:
        raise ValueError(f"compiled for networks of a width divisible by {TILE} that look at most {PAD} lines ahead")
    n_taps = (3, width, width)
    return Network(
        np.stack([arrays["mean"], arrays["scale"]]),
        scorer.lookup,
        arrays["vocabulary"],
        arrays["words"],
        np.vstack([arrays["in"], arrays["in_bias"]]),
        np.stack([arrays[f"near{i}"].reshape(n_taps) for i in blocks]),
        np.stack([arrays[f"attend{i}"] for i in blocks]),
        np.stack([arrays[f"page{i}"] for i in blocks]),
        np.stack([arrays[f"bias{i}"] for i in blocks]),
        arrays["out"],
        arrays["decision"],
        np.array(scorer.dilations),
    )


@numba.njit(cache=True, nogil=True)
def mean_words(lines: Any, network: Any) -> Any:
    """Mean of what stands for the known words of each line, over all its words: float32 (n, word_width)."""
    n, n_numbers = len(lines.first_word) - 1, network.words.shape[1]
    out = np.zeros((n, n_numbers), np.float32)
    for line in range(n):
        first, last = lines.first_word[line], lines.first_word[line + 1]
        for word in range(first, last):
            hash_ = lines.words[word]
            row = network.lookup[hash_ >> LOOKUP_SHIFT]
            if network.vocabulary[row] == hash_:
                for number in range(n_numbers):
                    out[line, number] += network.words[row, number]
        if last > first:
            share = F32(1) / F32(last - first)
            for number in range(n_numbers):
                out[line, number] *= share
    return out


@numba.njit(cache=True, nogil=True, fastmath=True)
def log_odds(columns: Any, words: Any, network: Any) -> Any:
    """As `LineScorer.log_odds`, of features (n_features, n) and mean words (n, word_width). Works column by column."""
    n, width = columns.shape[1], len(network.out)
    inputs = _standardise(columns, words, network.scaling)
    hidden, found = np.zeros((width, n + 2 * PAD), np.float32), np.empty((width, n), np.float32)
    share = np.empty(n, np.float32)
    for j in range(width):
        found[j] = network.enter[len(inputs), j]
    _add_product(inputs, 0, network.enter, found)
    _add_positive(found, hidden)
    for block in range(len(network.dilations)):
        _see_page(hidden, network, block, share, found)
        for tap in range(3):
            _add_product(hidden, PAD + (tap - 1) * network.dilations[block], network.near[block, tap], found)
        _add_positive(found, hidden)
    odds = np.empty(n, np.float32)
    _weigh(hidden, network.out, network.decision[0], odds)
    return odds


@numba.njit(fastmath=True)
def _standardise(columns: Any, words: Any, scaling: Any) -> Any:
    n_features, n = columns.shape
    inputs = np.empty((n_features + words.shape[1], n), np.float32)
    for column in range(n_features):
        given, known = columns[column], inputs[column]
        mean, scale = scaling[0, column], scaling[1, column]
        for i in range(n):
            known[i] = min(max((given[i] - mean) * scale, F32(-CLIP)), F32(CLIP))
    for i in range(n):
        for number in range(words.shape[1]):
            inputs[n_features + number, i] = words[i, number]
    return inputs


@numba.njit(fastmath=True)
def _see_page(hidden: Any, network: Any, block: int, share: Any, found: Any) -> None:
    """Fill each row of `found` with what the block adds for the whole page; `share` is room for n numbers."""
    n, width = len(share), len(hidden)
    _weigh(hidden, network.attend[block], F32(0), share)
    total = F32(0)
    for i in range(n):
        share[i] = math.exp(min(share[i], F32(MOST_ATTENTION)))
        total += share[i]
    added = network.bias[block].copy()
    for k in range(width):
        line, plain, attended = hidden[k, PAD : PAD + n], F32(0), F32(0)
        for i in range(n):
            plain += line[i]
            attended += line[i] * share[i]
        for j in range(width):
            added[j] += plain / F32(n) * network.page[block, k, j]
            added[j] += attended / total * network.page[block, width + k, j]
    for j in range(width):
        found[j] = added[j]


@numba.njit(fastmath=True)
def _weigh(hidden: Any, weights: Any, start: Any, out: Any) -> None:
    """out = start + weights @ hidden."""
    n = len(out)
    out[:] = start
    for j in range(len(hidden)):
        line, weight = hidden[j, PAD : PAD + n], weights[j]
        for i in range(n):
            out[i] += line[i] * weight


@numba.njit(fastmath=True)
def _add_positive(found: Any, hidden: Any) -> None:
    n = found.shape[1]
    for j in range(len(found)):
        more, sums = found[j], hidden[j, PAD : PAD + n]
        for i in range(n):
            sums[i] += max(more[i], F32(0))


@numba.njit(fastmath=True)
def _add_product(inputs: Any, first: int, weights: Any, out: Any) -> None:
    """out += weights[:n_inputs].T @ inputs[:, first:], in tiles of four inputs and four outputs."""
    n_inputs, n = len(inputs), out.shape[1]
    for j in range(0, len(out), TILE):
        one, two, three, four = out[j], out[j + 1], out[j + 2], out[j + 3]
        for k in range(0, n_inputs - 3, 4):
            a, b = inputs[k][first : first + n], inputs[k + 1][first : first + n]
            c, d = inputs[k + 2][first : first + n], inputs[k + 3][first : first + n]
            p, q, r, s = weights[k], weights[k + 1], weights[k + 2], weights[k + 3]
            p1, q1, r1, s1 = p[j], q[j], r[j], s[j]
            p2, q2, r2, s2 = p[j + 1], q[j + 1], r[j + 1], s[j + 1]
            p3, q3, r3, s3 = p[j + 2], q[j + 2], r[j + 2], s[j + 2]
            p4, q4, r4, s4 = p[j + 3], q[j + 3], r[j + 3], s[j + 3]
            for i in range(n):
                x, y, z, w = a[i], b[i], c[i], d[i]
                one[i] += p1 * x + q1 * y + r1 * z + s1 * w
                two[i] += p2 * x + q2 * y + r2 * z + s2 * w
                three[i] += p3 * x + q3 * y + r3 * z + s3 * w
                four[i] += p4 * x + q4 * y + r4 * z + s4 * w
        for k in range(n_inputs - n_inputs % 4, n_inputs):
            for i in range(n):
                for m in range(TILE):
                    out[j + m, i] += weights[k, j + m] * inputs[k, first + i]


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
def settle(lines: Any, lengths: Any, rows: Any, limits: Any, known: Any, network: Any) -> Any:
    """As `pages.ReferencePage.settle`; limits: how many lines to score at once, and how many passes to make at most."""
    words = mean_words(lines, network)
    n_at_once, n_passes = limits
    for _ in range(n_passes):
        stay, n = np.empty(len(rows), np.int64), 0
        for first in range(0, len(rows), n_at_once):
            part = rows[first : first + n_at_once]
            odds = log_odds(features(lines, part, known), words[part], network)
            for i, keep in enumerate(best_labelling(odds, network.decision[1])):
                if keep:
                    stay[n] = part[i]
                    n += 1
        _, _, earlier = count_equal(lines.hashes, stay[:n], 0)
        n_left = 0
        for i in range(n):
            if not (earlier[i] and lengths[stay[i]] >= LONG_LINE_WIDTH):
                stay[n_left] = stay[i]
                n_left += 1
        if n_left == len(rows):
            break
        rows = stay[:n_left]
    return rows
