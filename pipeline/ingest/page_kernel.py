"""The compiled path of the cleaner, second part: features of the lines of a page, as `line_features` specifies them."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from pipeline.ingest.line_features import LONG_LINE_WIDTH, N_FEATURES, NEIGHBOURHOODS, SEGMENT_COST
from pipeline.ingest.line_kernel import F32, FIRST_WORD, LAST_WORD, N_LETTERS, N_LOGS, N_SCRIPTS, N_STATIC, U64, WIDTH
from pipeline.ingest.line_rhythm import N_RHYTHM
from pipeline.ingest.line_words import BUCKET_BITS
from pipeline.ingest.rhythm_kernel import compare_forms

BUCKET_SHIFT = np.uint32(32 - BUCKET_BITS)
NEAR, FAR = NEIGHBOURHOODS
COST, LONG = F32(SEGMENT_COST), F32(LONG_LINE_WIDTH)


@numba.njit(cache=True, nogil=True)
def features(lines: Any, rows: Any, known: Any) -> Any:
    """As `line_features.page_features` of the page of those `rows`: float32 (n_rows, N_FEATURES)."""
    found = np.empty((len(rows), N_FEATURES), np.float32)
    _fill(found, lines, rows, known)
    return found


@numba.njit(cache=True, nogil=True)
def text_features(lines: Any, rows: Any, known: Any) -> Any:
    """As `line_rhythm.text_features` of the page of those `rows`: float32 (n_rows, N_FEATURES + N_RHYTHM)."""
    found = np.empty((len(rows), N_FEATURES + N_RHYTHM), np.float32)
    _fill(found, lines, rows, known)
    compare_forms(found)
    return found


@numba.njit
def _fill(found: Any, lines: Any, rows: Any, known: Any) -> None:
    n, out = len(rows), found.T
    width = np.empty(n, np.float32)
    for i in range(n):
        width[i] = lines.figures[rows[i], WIDTH]
        for column in range(N_STATIC):
            found[i, column] = lines.figures[rows[i], column]
    place = out[N_STATIC : N_STATIC + 18]
    _repetitions(place, lines.hashes, rows, known.logs)
    _place(place, width, known.logs)
    _neighbourhoods(place[14:16], width)
    _best_segment(place[16:18], width, known.logs)
    _kinship(out[N_STATIC + 18 : N_STATIC + 21], lines, rows, width)
    _compare_words(out[N_STATIC + 21 :], lines, rows, width, known.logs)


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
            share = lines.figures[rows[i], N_STATIC + script]
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
            of_long += lines.figures[rows[i], N_STATIC + script] * long[script]
            of_every += lines.figures[rows[i], N_STATIC + script] * every[script]
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
    counts = np.zeros((1 << BUCKET_BITS, 2), np.int32)
    for i in range(len(rows)):
        is_short = 0 if width[i] >= LONG else 1
        for word in range(lines.places[rows[i], FIRST_WORD], lines.places[rows[i], LAST_WORD]):
            counts[lines.words[word] >> BUCKET_SHIFT, is_short] += 1
    for i in range(len(rows)):
        first, last = lines.places[rows[i], FIRST_WORD], lines.places[rows[i], LAST_WORD]
        is_long = width[i] >= LONG
        met_long, met_rest, log_long, log_rest, log_ratio = 0, 0, 0.0, 0.0, 0.0
        for word in range(first, last):
            bucket = lines.words[word] >> BUCKET_SHIFT
            in_long = counts[bucket, 0] - (1 if is_long else 0)
            in_rest = counts[bucket, 1] - (0 if is_long else 1)
            met_long += in_long > 0
            met_rest += in_rest > 0
            log_long += logs[0, min(in_long, N_LOGS - 1)]
            log_rest += logs[0, min(in_rest, N_LOGS - 1)]
            if in_long + in_rest + 1 < N_LOGS:
                log_ratio += logs[1, in_long] - logs[2, in_long + in_rest + 1]
            else:
                log_ratio += math.log((in_long + 0.5) / (in_long + in_rest + 1))
        n_words = max(last - first, 1)
        out[0, i] = met_long / n_words
        out[1, i] = met_rest / n_words
        out[2, i] = log_long / n_words
        out[3, i] = log_rest / n_words
        out[4, i] = log_ratio / n_words
