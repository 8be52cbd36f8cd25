"""Trains the network of `pipeline.ingest.line_scorer` with plain NumPy: forward, backward, Adam, averaged weights."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.ingest.line_scorer import MOST_ATTENTION

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Example:
    """One page: features (n_lines, n_features), words as a sparse (n_lines, n_vocabulary) mean, targets and weights."""

    rows: np.ndarray
    bag: sp.csr_matrix
    target: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; `word_width` numbers stand for each known word."""

    n_features: int
    n_vocabulary: int
    width: int = 32
    word_width: int = 8
    dilations: tuple[int, ...] = (1, 2, 4, 8)


@dataclass(frozen=True)
class Schedule:
    """How to train.

    `forget_words` is the chance that a page's words are hidden, `forget_word` that one word is, `forget_feature` that
    a feature is hidden on a whole page; `noise` is in deviations of a feature.
    """

    n_epochs: int = 12
    pages_at_once: int = 12
    rate: float = 3e-3
    decay: float = 1e-4
    drop: float = 0.1
    forget_words: float = 0.25
    forget_word: float = 0.3
    forget_feature: float = 0.0
    noise: float = 0.0
    average: float = 0.995
    seed: int = 0


@dataclass(frozen=True)
class Layout:
    """Where the lines of several pages stand when laid end to end with gaps of empty rows that no dilation bridges."""

    place: np.ndarray
    first: np.ndarray
    sizes: np.ndarray
    lengths: np.ndarray
    gap: int
    size: int

    @classmethod
    def of(cls, lengths: list[int], gap: int) -> Layout:
        sizes = np.array(lengths) + gap
        first = np.cumsum(sizes) - sizes + gap
        page = np.repeat(np.arange(len(lengths)), lengths)
        place = np.arange(len(page)) + gap * (page + 1)
        return cls(place, first, sizes, np.array(lengths, np.float32)[:, None], gap, int(sizes.sum()) + gap)

    def padded(self, values: np.ndarray) -> np.ndarray:
        out = np.zeros((self.size, *values.shape[1:]), np.float32)
        out[self.place] = values
        return out

    def sum(self, values: np.ndarray) -> np.ndarray:
        """By page; empty rows hold zeros."""
        return np.add.reduceat(values, self.first, axis=0)

    def spread(self, by_page: np.ndarray) -> np.ndarray:
        """The row of its page for each row."""
        out = np.zeros((self.size, *by_page.shape[1:]), np.float32)
        out[self.gap :] = np.repeat(by_page, self.sizes, axis=0)
        return out

    def shifted(self, values: np.ndarray, by: int) -> np.ndarray:
        return values[self.gap + by : self.size - self.gap + by]


class Network:
    """Weights by name; `forward` and `backward` work on several pages at once, `lengths` lines each."""

    def __init__(self, shape: Shape, weights: Arrays) -> None:
        self.shape, self.weights = shape, weights

    def forward(self, rows: np.ndarray, lengths: list[int], rng: np.random.Generator | None = None, drop: float = 0.0):
        weights = self.weights
        layout = Layout.of(lengths, max(self.shape.dilations))
        real = layout.padded(np.ones((len(rows), 1), np.float32))
        rows = layout.padded(rows)
        hidden = rows @ weights["in"]
        hidden += weights["in_bias"]
        entered = (hidden > 0) * real
        hidden *= entered
        tape: list = []
        for i, reach in enumerate(self.shape.dilations):
            found = np.zeros_like(hidden)
            inner = layout.shifted(found, 0)
            for tap in range(3):
                inner += layout.shifted(hidden, (tap - 1) * reach) @ self._tap(i, tap)
            pooled, attended = self._pool(hidden, real, layout, i)
            found += layout.spread(pooled @ weights[f"page{i}"] + weights[f"bias{i}"])
            gate = (found > 0) * real
            if rng is not None and drop:
                kept = rng.integers(0, 256, gate.shape, np.uint8) >= int(256 * drop)
                gate *= kept * np.float32(256 / (256 - int(256 * drop)))
            tape.append((hidden, pooled, attended, gate))
            found *= gate
            hidden = hidden + found
        odds = (hidden @ weights["out"] + weights["out_bias"])[layout.place]
        return odds, (rows, entered, hidden, tape, layout)

    def _tap(self, block: int, tap: int) -> np.ndarray:
        width = self.shape.width
        return self.weights[f"near{block}"][tap * width : (tap + 1) * width]

    def _pool(self, hidden: np.ndarray, real: np.ndarray, layout: Layout, i: int) -> tuple[np.ndarray, np.ndarray]:
        """By page the mean and the attended mean (n_pages, 2 * width), and what share of it each row has."""
        mean = layout.sum(hidden) / layout.lengths
        share = np.exp(np.minimum(hidden @ self.weights[f"attend{i}"], MOST_ATTENTION))[:, None] * real
        share /= np.maximum(layout.spread(layout.sum(share)), 1e-9)
        share *= real
        return np.concatenate([mean, layout.sum(share * hidden)], axis=1), share

    def backward(self, slope: np.ndarray, state) -> Arrays:
        rows, entered, hidden, tape, layout = state
        weights, width = self.weights, self.shape.width
        slope = layout.padded(slope)
        grads = {"out": hidden.T @ slope, "out_bias": slope.sum(keepdims=True)}
        back = np.outer(slope, weights["out"])
        for i in reversed(range(len(self.shape.dilations))):
            hidden, pooled, share, gate = tape[i]
            reach = self.shape.dilations[i]
            inner = back * gate
            middle = layout.shifted(inner, 0)
            near = [layout.shifted(hidden, (tap - 1) * reach).T @ middle for tap in range(3)]
            grads[f"near{i}"], grads[f"bias{i}"] = np.concatenate(near), middle.sum(axis=0)
            by_page = layout.sum(inner)
            grads[f"page{i}"] = pooled.T @ by_page
            pulled = by_page @ weights[f"page{i}"].T
            for tap in range(3):
                layout.shifted(back, (tap - 1) * reach)[:] += middle @ self._tap(i, tap).T
            back += layout.spread(pulled[:, :width] / layout.lengths)
            wide = layout.spread(pulled[:, width:])
            pull = (hidden * wide).sum(axis=1, keepdims=True) * share
            pull -= share * layout.spread(layout.sum(pull))
            grads[f"attend{i}"] = hidden.T @ pull[:, 0]
            back += share * wide + pull * weights[f"attend{i}"]
        back *= entered
        grads["in"], grads["in_bias"] = rows.T @ back, back.sum(axis=0)
        grads["rows"] = back[layout.place] @ weights["in"][self.shape.n_features :].T
        return grads


def start_weights(shape: Shape, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)

    def normal(n_in: int, n_out: int, scale: float) -> np.ndarray:
        return (rng.standard_normal((n_in, n_out)) * scale * math.sqrt(2 / n_in)).astype(np.float32)

    width, n_in = shape.width, shape.n_features + shape.word_width
    weights = {"in": normal(n_in, width, 1.0), "in_bias": np.zeros(width, np.float32)}
    for i in range(len(shape.dilations)):
        weights[f"near{i}"] = normal(3 * width, width, 0.7)
        weights[f"page{i}"] = normal(2 * width, width, 0.3)
        weights[f"bias{i}"] = np.zeros(width, np.float32)
        weights[f"attend{i}"] = normal(width, 1, 0.3)[:, 0]
    weights |= {"out": normal(width, 1, 0.5)[:, 0], "out_bias": np.zeros(1, np.float32)}
    weights["words"] = (rng.standard_normal((shape.n_vocabulary, shape.word_width)) * 0.1).astype(np.float32)
    return weights


class Adam:
    """Adam (Kingma and Ba 2015) with decoupled decay; `average` holds the running mean of the weights."""

    def __init__(self, weights: Arrays, schedule: Schedule) -> None:
        self.weights, self.schedule = weights, schedule
        self.slow = {name: np.zeros_like(array) for name, array in weights.items()}
        self.square = {name: np.zeros_like(array) for name, array in weights.items()}
        self.average = {name: array.copy() for name, array in weights.items()}
        self.n_steps = 0

    def step(self, grads: Arrays, rate: float) -> None:
        self.n_steps += 1
        norm = math.sqrt(sum(float((grads[name] ** 2).sum()) for name in self.weights))
        shrink = np.float32(min(1.0, 5 / (norm + 1e-9)))
        for name, weight in self.weights.items():
            grad = grads[name] * shrink
            slow, square = self.slow[name], self.square[name]
            slow += 0.1 * (grad - slow)
            square += 0.02 * (grad * grad - square)
            step = slow / (1 - 0.9**self.n_steps) / (np.sqrt(square / (1 - 0.98**self.n_steps)) + 1e-8)
            weight -= np.float32(rate) * (step + (self.schedule.decay if weight.ndim > 1 else 0) * weight)
            self.average[name] += (1 - self.schedule.average) * (weight - self.average[name])


def train(examples_of_epoch, shape: Shape, schedule: Schedule, say=lambda text: None) -> Arrays:
    """Weights (averaged) after `schedule`; `examples_of_epoch(epoch)` gives the list of examples of an epoch."""
    rng = np.random.default_rng(schedule.seed)
    network = Network(shape, start_weights(shape, schedule.seed))
    adam = Adam(network.weights, schedule)
    for epoch in range(schedule.n_epochs):
        examples = examples_of_epoch(epoch)
        order = rng.permutation(len(examples))
        n_batches = len(order) // schedule.pages_at_once
        loss = 0.0
        for number in range(n_batches):
            done = (epoch + number / n_batches) / schedule.n_epochs
            rate = schedule.rate * min(1, done * 20) * 0.5 * (1 + math.cos(math.pi * done)) + 1e-6
            picked = order[number * schedule.pages_at_once : (number + 1) * schedule.pages_at_once]
            loss += _learn(network, adam, [examples[i] for i in picked], rng, rate)
        say(f"epoch {epoch + 1}: loss {loss / n_batches:.4f}")
    return adam.average


def _disturbed(rows: np.ndarray, lengths: list[int], rng: np.random.Generator, schedule: Schedule) -> np.ndarray:
    """Features with some hidden on whole pages, and noise, so that none is relied on alone."""
    if schedule.noise:
        rows = rows + np.float32(schedule.noise) * rng.standard_normal(rows.shape, dtype=np.float32)
    if schedule.forget_feature:
        kept = rng.random((len(lengths), rows.shape[1])) >= schedule.forget_feature
        rows = rows * np.repeat(kept, lengths, axis=0)
    return rows


def _learn(network: Network, adam: Adam, batch: list[Example], rng: np.random.Generator, rate: float) -> float:
    schedule = adam.schedule
    bag = sp.vstack([example.bag for example in batch], format="csr")
    lengths = [len(example.target) for example in batch]
    hidden_pages = np.repeat(rng.random(len(batch)) < schedule.forget_words, lengths)
    hidden_words = rng.random(bag.shape[1]) < schedule.forget_word
    bag.data = bag.data * ~(hidden_words[bag.indices] | np.repeat(hidden_pages, np.diff(bag.indptr)))
    features = _disturbed(np.concatenate([example.rows for example in batch]), lengths, rng, schedule)
    rows = np.concatenate([features, bag @ network.weights["words"]], axis=1)
    target = np.concatenate([example.target for example in batch])
    weight = np.concatenate([example.weight for example in batch]) / len(batch)
    odds, state = network.forward(rows.astype(np.float32), lengths, rng, schedule.drop)
    odds = np.clip(odds, -30, 30)
    slope = weight * (1 / (1 + np.exp(-odds)) - target)
    grads = network.backward(slope.astype(np.float32), state)
    grads["words"] = (bag.T @ grads.pop("rows")).astype(np.float32)
    adam.step(grads, rate)
    return float((weight * (np.logaddexp(0, odds) - target * odds)).sum())
