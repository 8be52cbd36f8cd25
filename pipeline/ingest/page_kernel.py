"""The compiled path of the cleaner, second part: features of the lines of a page, as `line_features` specifies them."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from pipeline.ingest.line_features import LONG_LINE_WIDTH, N_FEATURES, NEIGHBOURHOODS, SEGMENT_COST
from pipeline.ingest.line_kernel import (
    F32,
    FIRST_KIND,
    FIRST_WORD,
    KIND_BEFORE_LAST,
    LAST_KIND,
    LAST_WORD,
    N_EDGES,
    N_LETTERS,
    N_LOGS,
    N_SCRIPTS,
    N_SHAPE,
    U64,
    WIDTH,
)
from pipeline.ingest.line_rhythm import N_RHYTHM
from pipeline.ingest.line_words import BUCKET_BITS
from pipeline.ingest.rhythm_kernel import compare_forms

BUCKET_SHIFT = np.uint32(32 - BUCKET_BITS)
NEAR, FAR = NEIGHBOURHOODS
N_OWN = N_SHAPE + 2 * N_EDGES + 3
N_COMPARED = N_FEATURES - N_OWN
"""How many features tell what a line is by itself, and how many what it is among the lines of its page."""
ONE_LONG, ONE_SHORT = U64(1 << 32), U64(1)
"""Words of long lines are counted in the upper half of a number, those of the others in the lower one."""
COST, LONG = F32(SEGMENT_COST), F32(LONG_LINE_WIDTH)


@numba.njit(cache=True, nogil=True)
def features(lines: Any, rows: Any, known: Any) -> Any:
    """As `line_features.page_features` of the page of those `rows`: float32 (n_rows, N_FEATURES)."""
    return _with_own(lines, rows, compare_lines(lines, rows, 0, known), known)


@numba.njit(cache=True, nogil=True)
def text_features(lines: Any, rows: Any, known: Any) -> Any:
    """As `line_rhythm.text_features` of the page of those `rows`: float32 (n_rows, N_FEATURES + N_RHYTHM)."""
    return _with_own(lines, rows, compare_text_lines(lines, rows, known), known)


@numba.njit
def _with_own(lines: Any, rows: Any, compared: Any, known: Any) -> Any:
    """What each line is by itself, then what it is among others (as `compare_lines` gives it)."""
    found = np.empty((len(rows), N_OWN + len(compared)), np.float32)
    for i, row in enumerate(rows):
        found[i, :N_SHAPE] = lines.figures[row, :N_SHAPE]
        found[i, N_SHAPE : N_SHAPE + N_EDGES] = known.edges[lines.places[row, FIRST_KIND], :N_EDGES]
        found[i, N_SHAPE + N_EDGES : N_OWN - 3] = known.edges[lines.places[row, LAST_KIND], :N_EDGES]
        found[i, N_OWN - 3 : N_OWN] = known.edges[lines.places[row, KIND_BEFORE_LAST], 2:5]
        found[i, N_OWN:] = compared[:, i]
    return found


@numba.njit
def compare_text_lines(lines: Any, rows: Any, known: Any) -> Any:
    """`compare_lines`, and the columns of `compare_forms` after those."""
    found = compare_lines(lines, rows, N_RHYTHM, known)
    compare_forms(found[N_COMPARED:], lines, rows, known)
    return found


@numba.njit
def compare_lines(lines: Any, rows: Any, n_more: int, known: Any) -> Any:
    """The features that depend on other lines, float32 (N_COMPARED + n_more, n_rows), the last not filled yet."""
    out, width = np.empty((N_COMPARED + n_more, len(rows)), np.float32), np.empty(len(rows), np.float32)
    for i, row in enumerate(rows):
        width[i] = lines.figures[row, WIDTH]
    _repetitions(out, lines.hashes, rows, known.logs)
    _place(out, width, known.logs)
    _neighbourhoods(out[14:16], width)
    _best_segment(out[16:18], width, known.logs)
    _kinship(out[18:21], lines, rows, width)
    _compare_words(out[21:N_COMPARED], lines, rows, width, known.logs)
    return out


@numba.njit
def count_equal(hashes: Any, rows: Any, column: int) -> Any:
    """For each row the slot of a table and, by slot, how many rows share its hash; and whether one stood earlier."""
    n = len(rows)
    size = 16
    while size < 2 * n:
        size *= 2
    owner, times = np.full(size, -1, np.int32), np.zeros(size, np.int32)
    slots, earlier = np.empty(n, np.int32), np.zeros(n, np.bool_)
    for i in range(n):
        hash_ = hashes[rows[i], column]
        slot = np.int64(hash_ & U64(size - 1))
        while owner[slot] >= 0 and hashes[owner[slot], column] != hash_:
            slot = (slot + 1) & (size - 1)
        earlier[i] = owner[slot] >= 0
        if owner[slot] < 0:
            owner[slot] = rows[i]
        times[slot] += 1
        slots[i] = slot
    return slots, times, earlier


@numba.njit
def _repetitions(out: Any, hashes: Any, rows: Any, logs: Any) -> None:
    slots, times, earlier = count_equal(hashes, rows, 0)
    openings, times_opening, _ = count_equal(hashes, rows, 1)
    for i in range(len(rows)):
        out[0, i] = times[slots[i]] > 1
        out[1, i] = _log_of(times[slots[i]] + 1, logs)
        out[2, i] = _log_of(times_opening[openings[i]], logs)
        out[3, i] = earlier[i]


@numba.njit
def _place(out: Any, width: Any, logs: Any) -> None:
    n = len(width)
    total, in_long, n_long, first, last = F32(0), F32(0), 0, 0, n - 1
    for i in range(n):
        total += width[i]
        if width[i] >= LONG:
            in_long += width[i]
            if n_long == 0:
                first = i
            last = i
            n_long += 1
    total = max(total, F32(1))
    passed, size, text, n_of_long = (
        F32(0),
        math.log(1.0 + n) / 5,
        math.log(1.0 + total) / 10,
        math.log(1.0 + n_long) / 3,
    )
    fade, near = math.exp(-1 / 3), 1.0
    for i in range(n):
        out[4, i] = i / n
        out[5, i] = near
        out[6, n - 1 - i] = near
        near = near * fade if near > 1e-30 else 0.0
        out[7, i] = passed / total
        passed += width[i]
        out[8, i] = i < first
        out[9, i] = i > last
        out[10, i] = size
        out[11, i] = text
        out[12, i] = in_long / total
        out[13, i] = n_of_long


@numba.njit
def _neighbourhoods(out: Any, width: Any) -> None:
    n = len(width)
    sums = np.zeros(n + 1, np.float32)
    for i in range(n):
        sums[i + 1] = sums[i] + min(width[i], F32(300)) / F32(100)
    for column, reach in enumerate((NEAR, FAR)):
        most = F32(0)
        for i in range(n):
            around = sums[min(i + reach + 1, n)] - sums[max(i - reach, 0)]
            out[column, i] = around
            most = max(most, around)
        for i in range(n):
            out[column, i] /= most


@numba.njit
def _best_segment(out: Any, width: Any, logs: Any) -> None:
    n = len(width)
    total, lowest, lowest_at, best, start, end = F32(0), F32(0), 0, -np.inf, 0, 0
    for i in range(n):
        if total < lowest:
            lowest, lowest_at = total, i
        total = F32(total + F32(min(width[i], F32(300)) / F32(100) - COST))
        gain = np.float64(total) - np.float64(lowest)
        if gain > best:
            best, start, end = gain, lowest_at, i
    for i in range(n):
        outside = max(start - i, i - end, 0)
        out[0, i] = outside == 0
        out[1, i] = _log_of(outside + 1, logs) / 4


@numba.njit
def _log_of(number: int, logs: Any) -> Any:
    """The logarithm of a number of at least 1."""
    return logs[0, number - 1] if number <= N_LOGS else math.log(number)


@numba.njit
def _kinship(out: Any, lines: Any, rows: Any, width: Any) -> None:
    long, every = np.zeros(N_SCRIPTS), np.zeros(N_SCRIPTS)
    all_widths, any_long = np.zeros(N_SCRIPTS), False
    for i in range(len(rows)):
        is_long = width[i] >= LONG
        any_long = any_long or is_long
        root = math.sqrt(width[i])
        for script in range(N_SCRIPTS):
            share = lines.figures[rows[i], N_SHAPE + script]
            every[script] += root * share
            all_widths[script] += width[i] * share
            if is_long:
                long[script] += min(width[i], F32(400)) * share
    if not any_long:
        long[:] = all_widths
    _scale_to_one(long)
    _scale_to_one(every)
    for i in range(len(rows)):
        of_long, of_every = 0.0, 0.0
        for script in range(N_SCRIPTS):
            of_long += lines.figures[rows[i], N_SHAPE + script] * long[script]
            of_every += lines.figures[rows[i], N_SHAPE + script] * every[script]
        out[0, i] = of_long
        out[1, i] = of_every
        out[2, i] = lines.figures[rows[i], N_LETTERS] > 0


@numba.njit
def _scale_to_one(vector: Any) -> None:
    square = 0.0
    for value in vector:
        square += value * value
    length = max(math.sqrt(square), 1e-6)
    for i in range(len(vector)):
        vector[i] /= length


@numba.njit
def _compare_words(out: Any, lines: Any, rows: Any, width: Any, logs: Any) -> None:
    counts = np.zeros(1 << BUCKET_BITS, np.uint64)
    for i, row in enumerate(rows):
        one = ONE_LONG if width[i] >= LONG else ONE_SHORT
        for word in range(lines.places[row, FIRST_WORD], lines.places[row, LAST_WORD]):
            counts[lines.words[word] >> BUCKET_SHIFT] += one
    for i, row in enumerate(rows):
        first, last = lines.places[row, FIRST_WORD], lines.places[row, LAST_WORD]
        itself = ONE_LONG if width[i] >= LONG else ONE_SHORT
        met_long, met_rest, log_long, log_rest, log_ratio = 0, 0, 0.0, 0.0, 0.0
        for word in range(first, last):
            others = counts[lines.words[word] >> BUCKET_SHIFT] - itself
            in_long, in_rest = others >> U64(32), others & U64(0xFFFFFFFF)
            met_long += in_long > U64(0)
            met_rest += in_rest > U64(0)
            log_long += logs[0, min(in_long, U64(N_LOGS - 1))]
            log_rest += logs[0, min(in_rest, U64(N_LOGS - 1))]
            if in_long + in_rest + U64(1) < U64(N_LOGS):
                log_ratio += logs[1, in_long] - logs[2, in_long + in_rest + U64(1)]
            else:
                log_ratio += math.log((in_long + 0.5) / (in_long + in_rest + 1))
        n_words = max(last - first, 1)
        out[0, i] = met_long / n_words
        out[1, i] = met_rest / n_words
        out[2, i] = log_long / n_words
        out[3, i] = log_rest / n_words
        out[4, i] = log_ratio / n_words
