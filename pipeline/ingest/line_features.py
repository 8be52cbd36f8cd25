"""What can be said of each line of a page without knowing its language, as float32 columns, one row a line.

The shape of the line (length, case, marks, first and last character), its place and repetitions on the page, and how
its letters and words compare with those of the page's long lines, which are mostly the body. Beside the columns go
hashes of the words, for a scorer that knows some.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.characters import MARK, MARKS, N_KINDS, SCRIPTS, groups, kinds_of
from pipeline.ingest.line_words import compare_words, hash_words
from pipeline.ingest.lines import code_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Rows = NDArray[np.float32]
    Counts = NDArray[np.int64]

LONG_LINE_WIDTH = 100
WIDTHS = {"han": 3.0, "kana": 1.5, "hangul": 2.0, "hebrew": 1.3, "arabic": 1.2, "southeast_asian": 1.1}
"""Latin letters that carry about as much as one of the script, so that lengths compare across languages."""
EDGES = ("upper", "lower", "digit", "full_stop", "question", "comma", "colon", "quote", "bracket", "dash", "bullet",
          "separator", "other", "copyright")  # fmt: skip
SEGMENT_COST = 0.6
NEIGHBOURHOODS = (6, 25)
PREFIX = 24
_N_SHAPE, _N_PLACE, _N_WORDS = 11 + len(MARKS), 18, 5
FIRST_EDGE = _N_SHAPE
_N_EDGES = 2 * len(EDGES) + 3
N_FEATURES = _N_SHAPE + _N_EDGES + _N_PLACE + 3 + _N_WORDS


@dataclass(frozen=True, slots=True)
class PageFeatures:
    """`rows` float32 (n_lines, `N_FEATURES`); `words` uint32 hashes in page order, of which line i has `n_words[i]`."""

    rows: Rows
    words: NDArray[np.uint32]
    n_words: Counts


def page_features(lines: Sequence[str]) -> PageFeatures:
    """Features of the non-blank `lines` of one page (at least one), in page order."""
    n = len(lines)
    points, starts = code_points(lines)
    kinds = kinds_of(points)
    lengths = np.diff(starts, append=len(points)) - 1
    owner = np.repeat(np.arange(n), lengths + 1)
    counts = np.bincount(owner * N_KINDS + kinds, minlength=n * N_KINDS).reshape(n, N_KINDS).astype(np.float32)
    counts[:, MARK["space"]] -= 1
    sums = counts @ _sums_of_kinds()
    n_characters = np.maximum(lengths, 1).astype(np.float32)
    width = np.fromiter(map(len, lines), np.float32, n) * (1 + sums[:, _EXTRA] / n_characters)
    words, of_line = hash_words(points, kinds, owner)
    rows = np.empty((n, N_FEATURES), np.float32)
    shape, edges, place, kinship, vocabulary = np.split(rows, _BORDERS, axis=1)
    _shape(shape, sums, n_characters, width)
    _edges(edges, kinds, starts, lengths)
    _place(place, lines, width)
    _kinship(kinship, sums, width)
    compare_words(vocabulary, words, of_line, width >= LONG_LINE_WIDTH)
    return PageFeatures(rows, words, np.bincount(of_line, minlength=n))


_BORDERS = np.cumsum([_N_SHAPE, _N_EDGES, _N_PLACE, 3]).tolist()
_SCRIPT_SUMS = slice(len(MARKS), len(MARKS) + len(SCRIPTS))
_LETTER, _UPPER, _DENSE, _EXTRA = range(len(MARKS) + len(SCRIPTS), len(MARKS) + len(SCRIPTS) + 4)


@cache
def _sums_of_kinds() -> Rows:
    """(N_KINDS, n) matrix that turns counts of kinds into counts of marks, scripts, letters and extra width."""
    group = groups()
    extra = np.sum([(width - 1) * group[script] for script, width in WIDTHS.items()], axis=0)
    names = (*MARKS, *SCRIPTS, "letter", "upper", "dense")
    return np.stack([*(group[name] for name in names), extra], axis=1).astype(np.float32)


def _shape(out: Rows, sums: Rows, n_characters: Rows, width: Rows) -> None:
    letters, upper = sums[:, _LETTER], sums[:, _UPPER]
    words = sums[:, MARKS.index("space")] + 1
    some_letters = np.maximum(letters, 1)
    out[:, 0] = np.log1p(width)
    out[:, 1] = np.minimum(width, 300) / 100
    out[:, 2] = np.log1p(words)
    out[:, 3] = letters / words / 5
    out[:, 4] = upper / some_letters
    out[:, 5] = np.minimum(upper / words, 2)
    out[:, 6] = letters / n_characters
    out[:, 7] = sums[:, _DENSE] / some_letters
    out[:, 8:11] = np.log1p(sums[:, [MARKS.index("full_stop"), MARKS.index("comma"), MARKS.index("digit")]])
    out[:, 11:] = sums[:, : len(MARKS)] / n_characters[:, None]


def _edges(out: Rows, kinds: NDArray[np.uint8], starts: Counts, lengths: Counts) -> None:
    table = _edge_table()
    last = starts + np.maximum(lengths - 1, 0)
    n = len(EDGES)
    out[:, :n] = table[kinds[starts]]
    out[:, n : 2 * n] = table[kinds[last]]
    out[:, 2 * n :] = table[kinds[np.maximum(last - 1, starts)], 2:5]


@cache
def _edge_table() -> Rows:
    return np.stack([groups()[name] for name in EDGES], axis=1)


def _place(out: Rows, lines: Sequence[str], width: Rows) -> None:
    n = len(width)
    row = np.arange(n, dtype=np.float32)
    _repetitions(out, lines)
    total = max(float(width.sum()), 1.0)
    long = np.flatnonzero(width >= LONG_LINE_WIDTH)
    first, last = (long[0], long[-1]) if len(long) else (0, n - 1)
    out[:, 4] = row / n
    out[:, 5] = np.exp(-row / 3)
    out[:, 6] = out[::-1, 5]
    out[:, 7] = (np.cumsum(width) - width) / total
    out[:, 8] = row < first
    out[:, 9] = row > last
    out[:, 10] = np.log1p(n) / 5
    out[:, 11] = np.log1p(total) / 10
    out[:, 12] = width[long].sum() / total
    out[:, 13] = np.log1p(len(long)) / 3
    weight = np.minimum(width, 300) / 100
    out[:, 14:16] = _neighbourhoods(weight)
    out[:, 16:18] = _best_segment(weight - SEGMENT_COST, row)


def _repetitions(out: Rows, lines: Sequence[str]) -> None:
    times = Counter(lines)
    prefixes = [line[:PREFIX] for line in lines]
    prefix_times = Counter(prefixes)
    out[:, 0] = [times[line] for line in lines]
    out[:, 1] = np.log1p(out[:, 0])
    out[:, 0] = out[:, 0] > 1
    out[:, 2] = [prefix_times[prefix] for prefix in prefixes]
    out[:, 2] = np.log(out[:, 2])
    first_row = {line: row for row, line in enumerate(reversed(lines))}
    last = len(lines) - 1
    out[:, 3] = [first_row[line] != last - row for row, line in enumerate(lines)]


def _neighbourhoods(weight: NDArray[np.floating]) -> Rows:
    """Text around each line within some lines, as a share of the densest place of the page."""
    n = len(weight)
    sums = np.concatenate([[0.0], np.cumsum(weight)])
    row = np.arange(n)
    found = np.empty((n, len(NEIGHBOURHOODS)), np.float32)
    for i, reach in enumerate(NEIGHBOURHOODS):
        around = sums[np.minimum(row + reach + 1, n)] - sums[np.maximum(row - reach, 0)]
        found[:, i] = around / around.max()
    return found


def _best_segment(gain: NDArray[np.floating], row: Rows) -> Rows:
    """Whether each line lies in the page's maximal-scoring segment (Pasternack and Roth 2009), and how far from it."""
    sums = np.cumsum(gain)
    lowest = np.minimum.accumulate(np.concatenate([[0.0], sums[:-1]]))
    end = int(np.argmax(sums - lowest))
    before = np.concatenate([[0.0], sums[:end]])
    start = int(np.argmin(before))
    outside = np.maximum(np.maximum(start - row, row - end), 0)
    return np.stack([outside == 0, np.log1p(outside) / 4], axis=1).astype(np.float32)


def _kinship(out: Rows, sums: Rows, width: Rows) -> None:
    """How far a line's scripts are those of the page's long lines, and of the page."""
    letters = sums[:, _LETTER]
    scripts = sums[:, _SCRIPT_SUMS] / np.maximum(letters, 1)[:, None]
    weight = np.minimum(width, 400) * (width >= LONG_LINE_WIDTH)
    out[:, 0] = scripts @ _mean_direction(scripts, weight if weight.any() else width)
    out[:, 1] = scripts @ _mean_direction(scripts, np.sqrt(width))
    out[:, 2] = letters > 0


def _mean_direction(scripts: NDArray[np.floating], weight: NDArray[np.floating]) -> Rows:
    mean: Rows = weight @ scripts
    return mean / max(float(np.linalg.norm(mean)), 1e-6)
