"""Trains the network of `pipeline.ingest.line_scorer` with plain NumPy: forward, backward, Adam, averaged weights."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

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
    width: int = 24
    word_width: int = 8
    dilations: tuple[int, ...] = (1, 2, 4, 8)


@dataclass(frozen=True)
class Schedule:
    """How to train: `forget_words` is the chance that a page's words are hidden, `forget_word` that one word is."""

    n_epochs: int = 12
    pages_at_once: int = 12
    rate: float = 3e-3
    decay: float = 1e-4
    drop: float = 0.1
    forget_words: float = 0.25
    forget_word: float = 0.3
    average: float = 0.995
    seed: int = 0


@dataclass
class Network:
    """Weights by name; `forward` and `backward` work on several pages at once, `lengths` lines each."""

    shape: Shape
    weights: Arrays
    dilations: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.dilations = self.shape.dilations

    def forward(self, rows: np.ndarray, lengths: list[int], rng: np.random.Generator | None = None, drop: float = 0.0):
        weights, width = self.weights, self.shape.width
        layout = _Layout.of(lengths, max(self.dilations))
        before = rows @ weights["in"] + weights["in_bias"]
        hidden = np.maximum(before, 0)
        tape: list = []
        for i, reach in enumerate(self.dilations):
            padded = np.zeros((layout.size, width), np.float32)
            padded[layout.place] = hidden
            near = np.concatenate([padded[layout.place - reach], hidden, padded[layout.place + reach]], axis=1)
            mean = layout.mean(hidden)
            found = near @ weights[f"near{i}"] + weights[f"bias{i}"] + (mean @ weights[f"page{i}"])[layout.page]
            gate = (found > 0).astype(np.float32)
            if rng is not None and drop:
                gate *= (rng.random(gate.shape) > drop) / np.float32(1 - drop)
            tape.append((near, mean, gate))
            hidden = hidden + found * gate
        odds = hidden @ weights["out"] + weights["out_bias"]
        return odds, (rows, before, hidden, tape, layout)

    def backward(self, slope: np.ndarray, state) -> Arrays:
        rows, before, hidden, tape, layout = state
        weights, width = self.weights, self.shape.width
        grads = {"out": hidden.T @ slope, "out_bias": slope.sum(keepdims=True)}
        back = np.outer(slope, weights["out"])
        for i in reversed(range(len(self.dilations))):
            near, mean, gate = tape[i]
            inner = back * gate
            grads[f"near{i}"], grads[f"bias{i}"] = near.T @ inner, inner.sum(axis=0)
            by_page = layout.sum(inner)
            grads[f"page{i}"] = mean.T @ by_page
            spread = (by_page @ weights[f"page{i}"].T) / layout.lengths[:, None]
            wide = inner @ weights[f"near{i}"].T
            gathered = np.zeros((layout.size, width), np.float32)
            reach = self.dilations[i]
            gathered[layout.place - reach] += wide[:, :width]
            gathered[layout.place] += wide[:, width : 2 * width]
            gathered[layout.place + reach] += wide[:, 2 * width :]
            back = back + gathered[layout.place] + spread[layout.page]
        back = back * (before > 0)
        grads["in"], grads["in_bias"] = rows.T @ back, back.sum(axis=0)
        grads["rows"] = back @ weights["in"][self.shape.n_features :].T
        return grads


@dataclass(frozen=True)
class _Layout:
    """Where the lines of several pages stand when laid end to end with gaps that no dilation can bridge."""

    place: np.ndarray
    page: np.ndarray
    first: np.ndarray
    lengths: np.ndarray
    size: int

    @classmethod
    def of(cls, lengths: list[int], gap: int) -> _Layout:
        sizes = np.array(lengths, np.float32)
        first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        page = np.repeat(np.arange(len(lengths)), lengths)
        place = np.arange(sum(lengths)) + gap * (page + 1)
        return cls(place, page, first, sizes, sum(lengths) + gap * (len(lengths) + 1))

    def sum(self, values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, self.first, axis=0)

    def mean(self, values: np.ndarray) -> np.ndarray:
        return self.sum(values) / self.lengths[:, None]


def start_weights(shape: Shape, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)

    def normal(n_in: int, n_out: int, scale: float) -> np.ndarray:
        return (rng.standard_normal((n_in, n_out)) * scale * math.sqrt(2 / n_in)).astype(np.float32)

    width, n_in = shape.width, shape.n_features + shape.word_width
    weights = {"in": normal(n_in, width, 1.0), "in_bias": np.zeros(width, np.float32)}
    for i in range(len(shape.dilations)):
        weights[f"near{i}"] = normal(3 * width, width, 0.7)
        weights[f"page{i}"] = normal(width, width, 0.3)
        weights[f"bias{i}"] = np.zeros(width, np.float32)
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
    """Weights (averaged) after `schedule`; `examples_of_epoch(epoch, rng)` gives the list of examples of an epoch."""
    rng = np.random.default_rng(schedule.seed)
    network = Network(shape, start_weights(shape, schedule.seed))
    adam = Adam(network.weights, schedule)
    for epoch in range(schedule.n_epochs):
        examples = examples_of_epoch(epoch, rng)
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


def _learn(network: Network, adam: Adam, batch: list[Example], rng: np.random.Generator, rate: float) -> float:
    schedule = adam.schedule
    bag = sp.vstack([example.bag for example in batch], format="csr")
    lengths = [len(example.target) for example in batch]
    hidden_pages = np.repeat(rng.random(len(batch)) < schedule.forget_words, lengths)
    hidden_words = rng.random(bag.shape[1]) < schedule.forget_word
    bag.data = bag.data * ~(hidden_words[bag.indices] | np.repeat(hidden_pages, np.diff(bag.indptr)))
    rows = np.concatenate([np.concatenate([example.rows for example in batch]), bag @ network.weights["words"]], axis=1)
    target = np.concatenate([example.target for example in batch])
    weight = np.concatenate([example.weight for example in batch]) / len(batch)
    odds, state = network.forward(rows.astype(np.float32), lengths, rng, schedule.drop)
    odds = np.clip(odds, -30, 30)
    slope = weight * (1 / (1 + np.exp(-odds)) - target)
    grads = network.backward(slope.astype(np.float32), state)
    grads["words"] = (bag.T @ grads.pop("rows")).astype(np.float32)
    adam.step(grads, rate)
    return float((weight * (np.logaddexp(0, odds) - target * odds)).sum())
