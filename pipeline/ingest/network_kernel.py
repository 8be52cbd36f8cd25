"""The compiled path of the cleaner, third part: the network, the labelling, and what is left once nothing more goes.

`line_scorer` and `pages.ReferencePage` are its specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.line_features import LONG_LINE_WIDTH
from pipeline.ingest.line_kernel import F32
from pipeline.ingest.line_scorer import CLIP, LOOKUP_BITS
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
def log_odds(rows: Any, words: Any, network: Any) -> Any:
    """As `LineScorer.log_odds`, of features (n, n_features) and mean words (n, word_width). Works column by column."""
    n, n_features = rows.shape
    n_inputs, width = n_features + words.shape[1], len(network.out)
    inputs = np.empty((n_inputs, n), np.float32)
    for i in range(n):
        for column in range(n_features):
            value = (rows[i, column] - network.scaling[0, column]) * network.scaling[1, column]
            inputs[column, i] = min(max(value, F32(-CLIP)), F32(CLIP))
        for number in range(n_features, n_inputs):
            inputs[number, i] = words[i, number - n_features]
    hidden, found, mean = np.zeros((width, n + 2 * PAD), np.float32), np.empty((width, n), np.float32), np.empty(width)
    for j in range(width):
        found[j] = network.enter[n_inputs, j]
    _add_product(inputs, 0, network.enter, found)
    for j in range(width):
        for i in range(n):
            hidden[j, i + PAD] = max(found[j, i], F32(0))
    for block in range(len(network.dilations)):
        for j in range(width):
            mean[j] = hidden[j].sum() / n
        for j in range(width):
            shared = network.bias[block, j]
            for k in range(width):
                shared += F32(mean[k]) * network.page[block, k, j]
            found[j] = shared
        for tap in range(3):
            _add_product(hidden, PAD + (tap - 1) * network.dilations[block], network.near[block, tap], found)
        for j in range(width):
            for i in range(n):
                hidden[j, i + PAD] += max(found[j, i], F32(0))
    odds = np.full(n, network.decision[0])
    for j in range(width):
        for i in range(n):
            odds[i] += hidden[j, i + PAD] * network.out[j]
    return odds


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
