"""How much each line of a page belongs to its main text, and the labelling of the whole page with the highest score.

Features of the lines pass through a small network of dilated convolutions over neighbouring lines (van den Oord et al.
2016, "WaveNet"; here both ways). In each block comes what it sees of the whole page: the mean of its lines, and a mean
weighted by learnt attention (Bahdanau et al. 2015), so that a line far from the body is still held against it. The
log-odds that come out are decoded with a price on each switch between main text and chrome (Viterbi 1967; two states,
hence one pass).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float32]


CLIP = 6.0
"""Standardised features beyond this many deviations count as this many."""
LOOKUP_BITS = 16
MOST_ATTENTION = 20.0
"""The exponent of a line's attention is cut here, far above what was ever seen, so that nothing overflows."""


@dataclass(frozen=True, slots=True)
class LineScorer:
    """Trained figures: float32 but for `vocabulary`.

    `arrays`: "mean", "scale" (n_features,) standardise features; "vocabulary" uint32 (n_words,) sorted hashes of the
    words it knows, "words" (n_words, word_width) what stands for each; "in" (n_features + word_width, width), "in_bias"
    (width,); for block i "near{i}" (3 * width, width), "attend{i}" (width,), "page{i}" (2 * width, width) and "bias{i}"
    (width,); "out" (width,), "decision" (2,): what is added to the log-odds, and the price of a switch. `dilations[i]`:
    how many lines block i looks back and ahead. `lookup` int16 (65536,): row in the vocabulary by the upper half of a
    hash.
    """

    dilations: tuple[int, ...]
    arrays: Mapping[str, NDArray[Any]]
    lookup: NDArray[np.int16]

    def log_odds(self, rows: Array, words: NDArray[np.uint32], n_words: NDArray[np.int64]) -> Array:
        """Log-odds float32 (n_lines,) that each line of one page is main text; see `PageFeatures` for the arguments."""
        arrays = self.arrays
        known = np.clip((rows - arrays["mean"]) * arrays["scale"], -CLIP, CLIP)
        n_features = known.shape[1]
        hidden: Array = known @ arrays["in"][:n_features]
        hidden += self._mean_words(words, n_words) @ arrays["in"][n_features:] + arrays["in_bias"]
        np.maximum(hidden, 0, out=hidden)
        n, width = hidden.shape
        near = np.empty((n, 3 * width), np.float32)
        for i, reach in enumerate(self.dilations):
            _look_around(near, hidden, reach)
            found = near @ arrays[f"near{i}"]
            found += _pooled(hidden, arrays[f"attend{i}"]) @ arrays[f"page{i}"] + arrays[f"bias{i}"]
            hidden += np.maximum(found, 0, out=found)
        odds: Array = hidden @ arrays["out"] + arrays["decision"][0]
        return odds

    def _mean_words(self, words: NDArray[np.uint32], n_words: NDArray[np.int64]) -> Array:
        vocabulary, vectors = self.arrays["vocabulary"], self.arrays["words"]
        row = self.lookup[words >> np.uint32(LOOKUP_BITS)]
        known = np.flatnonzero(vocabulary[row] == words)
        line = np.repeat(np.arange(len(n_words)), n_words)[known]
        sums = np.zeros((len(n_words), vectors.shape[1]), np.float32)
        if len(known):
            first = np.flatnonzero(np.diff(line, prepend=-1))
            sums[line[first]] = np.add.reduceat(vectors[row[known]], first, axis=0)
        sums /= np.maximum(n_words, 1)[:, None]
        return sums

    def keep(self, log_odds: Array) -> list[bool]:
        """The labelling of a page's lines with the highest sum of log-odds minus the price of its switches."""
        return best_labelling(log_odds.tolist(), float(self.arrays["decision"][1]))


def _pooled(hidden: Array, attend: Array) -> Array:
    """The mean of a page's lines, and the mean weighted by the attention each of them draws: (2 * width,)."""
    share = np.exp(np.minimum(hidden @ attend, MOST_ATTENTION))
    return np.concatenate([hidden.mean(axis=0), share @ hidden / share.sum()])


def _look_around(near: Array, hidden: Array, reach: int) -> None:
    n, width = hidden.shape
    reach = min(reach, n)
    near[:reach, :width] = 0
    near[reach:, :width] = hidden[: n - reach]
    near[:, width : 2 * width] = hidden
    near[: n - reach, 2 * width :] = hidden[reach:]
    near[n - reach :, 2 * width :] = 0


def best_labelling(log_odds: list[float], price: float) -> list[bool]:
    """Which lines to keep for the highest sum of their log-odds, less `price` for each switch."""
    kept = dropped = 0.0
    from_dropped, from_kept = [], []
    for odds in log_odds:
        enter, leave = dropped - price, kept - price
        from_dropped.append(enter > kept)
        from_kept.append(leave > dropped)
        kept, dropped = (enter if enter > kept else kept) + odds, (leave if leave > dropped else dropped)
    keep = kept > dropped
    labels = [False] * len(log_odds)
    for row in range(len(log_odds) - 1, -1, -1):
        labels[row] = keep
        if from_dropped[row] if keep else from_kept[row]:
            keep = not keep
    return labels


@cache
def load_line_scorer(name: str) -> LineScorer:
    """The scorer shipped as `<name>.safetensors` beside this module; ModelError when it is absent or damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    resource = files("pipeline.ingest") / f"{name}.safetensors"
    try:
        arrays = load(resource.read_bytes())
        dilations = tuple(int(reach) for reach in arrays.pop("dilations"))
        lookup = np.zeros(1 << (32 - LOOKUP_BITS), np.int16)
        lookup[arrays["vocabulary"] >> np.uint32(LOOKUP_BITS)] = np.arange(len(arrays["vocabulary"]))
        arrays["words"] = arrays["words"].astype(np.float32)
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelError(
            f"the line scorer cannot be read ({error})", where=str(resource), mend="install the package again"
        ) from error
    return LineScorer(dilations, arrays, lookup)
