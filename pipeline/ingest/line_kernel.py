"""The compiled path of the cleaner, first part: lines found in a text and described one by one.

`lines`, `line_features` and `line_words` are its specification. Code points come as one uint32 array; line i is
codes[starts[i]:ends[i]].
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.characters import MARK, MARKS, N_KINDS, SCRIPTS, case_free, groups, kinds_of
from pipeline.ingest.line_features import EDGES, PREFIX, WIDTHS
from pipeline.ingest.line_words import MAX_LETTERS, letter_kinds, weights_by_position
from pipeline.ingest.lines import MAX_SCORED_CHARACTERS

U32, U64, F32 = np.uint32, np.uint64, np.float32
N_POINTS = 0x20001
LAST_POINT = U32(N_POINTS - 1)
LOW, KIND_SHIFT, LETTER_SHIFT = U32((1 << 18) - 1), U32(18), U32(24)
BLANK, BREAK = U32(1 << 26), U32(1 << 27)
SIX_BITS, TWO_BITS = U32(63), U32(3)
CARRIAGE_RETURN, LINE_FEED = U32(13), U32(10)
ODD, PAIR = U32(2654435761), U32(40503)
STEP = U64(0x9E3779B97F4A7C15)
N_SCRIPTS, N_MARKS, N_EDGES = len(SCRIPTS), len(MARKS), len(EDGES)
FIRST_MARK = 3 * N_SCRIPTS
SPACE, FULL_STOP, COMMA, DIGIT = (MARK[name] for name in ("space", "full_stop", "comma", "digit"))
N_STATIC = 11 + N_MARKS + 2 * N_EDGES + 3
N_LOGS = 1024


class Tables(NamedTuple):
    """What is known of characters.

    points: uint32 (N_POINTS,), of each code point its lower case, kind, sort of letter, whether it is blank and ends a
    line; edges: float32 (N_KINDS, N_EDGES); extra: float32 (N_SCRIPTS,), the width of a letter of a script, less 1;
    dense: int64, columns of the kinds of scripts without spaces; weights: uint32, of the letters of a word by their
    place; logs: float64 (3, N_LOGS), of i + 1, i + 0.5 and i (0 for 0).
    """

    points: NDArray[np.uint32]
    edges: NDArray[np.float32]
    extra: NDArray[np.float32]
    dense: NDArray[np.int64]
    weights: NDArray[np.uint32]
    logs: NDArray[np.float64]


class Described(NamedTuple):
    """Described lines.

    static: float32 (N_STATIC, n), the features that do not depend on other lines; scripts: float32 (n, N_SCRIPTS),
    shares of the letters; sizes: float32 (n, 2), width and number of letters; hashes: uint64 (n, 2), of the line and
    its opening; words: uint32 hashes, those of line i from first_word[i] to first_word[i + 1].
    """

    static: NDArray[np.float32]
    scripts: NDArray[np.float32]
    sizes: NDArray[np.float32]
    hashes: NDArray[np.uint64]
    words: NDArray[np.uint32]
    first_word: NDArray[np.int64]


@cache
def tables() -> Tables:
    """The tables, made once from those of the specification."""
    every = np.arange(N_POINTS, dtype=np.uint32)
    kinds = kinds_of(every)
    points = case_free(every) | kinds.astype(np.uint32) << KIND_SHIFT
    points |= letter_kinds()[kinds].astype(np.uint32) << LETTER_SHIFT
    blank = [point for point in range(0x3001) if chr(point).isspace()]
    points[blank] |= BLANK
    points[[point for point in blank if len(f"a{chr(point)}a".splitlines()) > 1]] |= BREAK
    group = groups()
    number = np.arange(N_LOGS)
    return Tables(
        points,
        np.stack([group[name] for name in EDGES], axis=1),
        np.array([WIDTHS.get(name, 1.0) - 1 for name in SCRIPTS], np.float32),
        np.flatnonzero(group["dense"]),
        weights_by_position(),
        np.log(np.stack([number + 1, number + 0.5, np.maximum(number, 1)])),
    )


@numba.njit(cache=True, nogil=True)
def find_lines(codes: Any, points: Any) -> Any:
    """Where the non-blank lines start and end, stripped, and whether a blank line stands before: int64, int64, bool."""
    n_codes = len(codes)
    n_lines = 1
    for i in range(n_codes):
        n_lines += (points[min(codes[i], LAST_POINT)] & BREAK) != 0
    starts, ends, gaps = np.empty(n_lines, np.int64), np.empty(n_lines, np.int64), np.empty(n_lines, np.bool_)
    n, i, gap = 0, 0, True
    while i < n_codes:
        start = end = i
        found = False
        while i < n_codes:
            said = points[min(codes[i], LAST_POINT)]
            if said & BREAK:
                break
            if not said & BLANK:
                if not found:
                    start, found = i, True
                end = i + 1
            i += 1
        i += 2 if i + 1 < n_codes and codes[i] == CARRIAGE_RETURN and codes[i + 1] == LINE_FEED else 1
        if found:
            starts[n], ends[n], gaps[n] = start, end, gap
            n += 1
        gap = not found
    return starts[:n], ends[:n], gaps[:n]


@numba.njit(cache=True, nogil=True)
def describe(codes: Any, starts: Any, ends: Any, known: Any) -> Any:
    """`Described`: all that can be said of each line by itself; `known`: `tables()`."""
    n = len(starts)
    static, scripts = np.empty((N_STATIC, n), np.float32), np.empty((n, N_SCRIPTS), np.float32)
    sizes, hashes = np.empty((n, 2), np.float32), np.empty((n, 2), np.uint64)
    room = 0
    for line in range(n):
        room += min(ends[line] - starts[line], MAX_SCORED_CHARACTERS)
    words, first_word = np.empty(room, np.uint32), np.zeros(n + 1, np.int64)
    counts = np.zeros(N_KINDS, np.int64)
    for line in range(n):
        start, end = starts[line], ends[line]
        _hash_line(codes, start, end, hashes[line])
        cut = min(end, start + MAX_SCORED_CHARACTERS)
        first_word[line + 1] = _read_line(codes, start, cut, known, counts, words, first_word[line])
        _describe_line(counts, cut - start, end - start, known, static[:, line], scripts[line], sizes[line])
        _describe_edges(codes, start, cut, known, static[:, line])
        counts[:] = 0
    return Described(static, scripts, sizes, hashes, words, first_word)


@numba.njit
def _hash_line(codes: Any, start: int, end: int, out: Any) -> None:
    opening = min(end, start + PREFIX)
    out[1] = _hash_on(STEP, codes, start, opening)
    out[0] = _hash_on(out[1], codes, opening, end)


@numba.njit
def _hash_on(hash_: Any, codes: Any, start: int, end: int) -> Any:
    """Two code points a step."""
    for i in range(start, end - 1, 2):
        hash_ = (hash_ ^ (U64(codes[i]) | U64(codes[i + 1]) << U64(32))) * STEP
        hash_ ^= hash_ >> U64(32)
    if (end - start) % 2:
        hash_ = (hash_ ^ U64(codes[end - 1])) * STEP
        hash_ ^= hash_ >> U64(32)
    return hash_


@numba.njit
def _read_line(codes: Any, start: int, end: int, known: Any, counts: Any, words: Any, n_words: int) -> int:
    """Count the kinds of characters of a line and hash its words; the number of words so far."""
    i = start
    while i < end:
        said = known.points[min(codes[i], LAST_POINT)]
        counts[(said >> KIND_SHIFT) & SIX_BITS] += 1
        letter = (said >> LETTER_SHIFT) & TWO_BITS
        i += 1
        if letter == 0:
            continue
        hash_ = U32((said & LOW) * known.weights[0])
        if letter == 2:
            after = known.points[min(codes[i], LAST_POINT)] & LOW if i < end else LINE_FEED
            hash_ = U32(hash_ + U32(after * PAIR))
        place = 1
        while letter == 1 and i < end:
            said = known.points[min(codes[i], LAST_POINT)]
            if ((said >> LETTER_SHIFT) & TWO_BITS) != 1:
                break
            counts[(said >> KIND_SHIFT) & SIX_BITS] += 1
            hash_ = U32(hash_ + U32((said & LOW) * known.weights[min(place, MAX_LETTERS - 1)]))
            place += 1
            i += 1
        words[n_words] = U32(hash_ * ODD)
        n_words += 1
    return n_words


@numba.njit
def _describe_line(counts: Any, n_read: int, length: int, known: Any, out: Any, scripts: Any, sizes: Any) -> None:
    letters, upper, dense, extra = F32(0), F32(0), F32(0), F32(0)
    for script in range(N_SCRIPTS):
        found = counts[script] + counts[N_SCRIPTS + script] + counts[2 * N_SCRIPTS + script]
        scripts[script] = found
        letters += F32(found)
        upper += F32(counts[script])
        extra += F32(found) * known.extra[script]
    for kind in known.dense:
        dense += F32(counts[kind])
    some_letters, n_words, n_characters = max(letters, F32(1)), F32(counts[SPACE] + 1), F32(max(n_read, 1))
    for script in range(N_SCRIPTS):
        scripts[script] /= some_letters
    width = F32(length) * (F32(1) + extra / n_characters)
    sizes[0], sizes[1] = width, letters
    out[0] = math.log(1 + width)
    out[1] = min(width, F32(300)) / F32(100)
    out[2] = math.log(1 + n_words)
    out[3] = letters / n_words / F32(5)
    out[4] = upper / some_letters
    out[5] = min(upper / n_words, F32(2))
    out[6] = letters / n_characters
    out[7] = dense / some_letters
    out[8] = _log(counts[FULL_STOP], known.logs)
    out[9] = _log(counts[COMMA], known.logs)
    out[10] = _log(counts[DIGIT], known.logs)
    for mark in range(N_MARKS):
        out[11 + mark] = F32(counts[FIRST_MARK + mark]) / n_characters


@numba.njit(inline="always")
def _log(number: int, logs: Any) -> Any:
    return logs[0, min(number, N_LOGS - 1)]


@numba.njit
def _describe_edges(codes: Any, start: int, end: int, known: Any, out: Any) -> None:
    first = (known.points[min(codes[start], LAST_POINT)] >> KIND_SHIFT) & SIX_BITS
    last = (known.points[min(codes[end - 1], LAST_POINT)] >> KIND_SHIFT) & SIX_BITS
    before = (known.points[min(codes[max(end - 2, start)], LAST_POINT)] >> KIND_SHIFT) & SIX_BITS
    at = 11 + N_MARKS
    for edge in range(N_EDGES):
        out[at + edge] = known.edges[first, edge]
        out[at + N_EDGES + edge] = known.edges[last, edge]
    for edge in range(2, 5):
        out[at + 2 * N_EDGES + edge - 2] = known.edges[before, edge]
