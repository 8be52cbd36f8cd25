"""The compiled path of the cleaner, first part: lines found in a text and described one by one.

`lines`, `line_features` and `line_words` are its specification. Code points come as one uint32 array, of which line i
is codes[places[i, START] : places[i, END]].
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
LOW, OF_WORD, ALONE, BLANK, KIND_SHIFT = U32((1 << 18) - 1), U32(1 << 18), U32(1 << 19), U32(1 << 20), U32(26)
WORD_SHIFT = U32(18)
CARRIAGE_RETURN, LINE_FEED = U32(13), U32(10)
ODD, PAIR = U32(2654435761), U32(40503 * 2654435761 & 0xFFFFFFFF)
STEP, FIRST_TWO, LAST_TWO = U64(0x9E3779B97F4A7C15), U64(0xD6E8FEB86659FD93), U64(0xA0761D6478BD642F)
N_SCRIPTS, N_MARKS, N_EDGES = len(SCRIPTS), len(MARKS), len(EDGES)
FIRST_MARK = 3 * N_SCRIPTS
SPACE, FULL_STOP, COMMA, DIGIT = (MARK[name] for name in ("space", "full_stop", "comma", "digit"))
N_SHAPE = 11 + N_MARKS
N_LOGS = 1024
N_COUNTERS = 4


class Tables(NamedTuple):
    """What is known of characters.

    points: uint32 (N_POINTS,), of each code point its lower case, whether it is a letter of a word, a word by itself or
    blank, and its kind; edges: float32 (N_KINDS, N_EDGES + 1), the features of a line's first or last character, and
    a number for them, 0 for none; scripts: float32 (2, N_SCRIPTS), the width of a letter, less 1, and whether words
    stand without spaces; weights: uint32 (MAX_SCORED_CHARACTERS,), of the letters of a word by
    their place; logs: float64 (3, N_LOGS), of i + 1, i + 0.5 and i (0 for 0).
    """

    points: NDArray[np.uint32]
    edges: NDArray[np.float32]
    scripts: NDArray[np.float32]
    weights: NDArray[np.uint32]
    logs: NDArray[np.float64]


class Described(NamedTuple):
    """Described lines: few arrays, since each costs half a microsecond on the way to Python.

    places: int64 (n, 8), where the line starts and ends, whether a blank line stands before it, which of `words`
    (uint32 hashes) are its own, from FIRST_WORD to LAST_WORD, and the kinds of its first, last and last but one
    character; figures: float32 (n, N_SHAPE + N_SCRIPTS + 2), the features of its shape, the scripts' shares of its
    letters, its width and number of letters; hashes: uint64 (n, 2), of the line and its opening.
    """

    places: NDArray[np.int64]
    figures: NDArray[np.float32]
    hashes: NDArray[np.uint64]
    words: NDArray[np.uint32]


START, END, GAP, FIRST_WORD, LAST_WORD, FIRST_KIND, LAST_KIND, KIND_BEFORE_LAST = range(8)
WIDTH, N_LETTERS = N_SHAPE + N_SCRIPTS, N_SHAPE + N_SCRIPTS + 1


@cache
def tables() -> Tables:
    """The tables, made once from those of the specification."""
    every = np.arange(N_POINTS, dtype=np.uint32)
    kinds = kinds_of(every)
    points = case_free(every) | kinds.astype(np.uint32) << KIND_SHIFT
    points |= letter_kinds()[kinds].astype(np.uint32) << WORD_SHIFT
    points[[point for point in range(0x3001) if chr(point).isspace()]] |= BLANK
    group = groups()
    widths = [WIDTHS.get(name, 1.0) - 1 for name in SCRIPTS]
    dense = [bool(group[name] @ group["dense"]) for name in SCRIPTS]
    edges = np.stack([group[name] for name in EDGES], axis=1)
    place = np.minimum(np.arange(MAX_SCORED_CHARACTERS), MAX_LETTERS - 1)
    number = np.arange(N_LOGS)
    return Tables(
        points,
        np.column_stack([edges, edges @ np.arange(1, N_EDGES + 1, dtype=np.float32)]),
        np.array([widths, dense], np.float32),
        weights_by_position()[place] * ODD,
        np.log(np.stack([number + 1, number + 0.5, np.maximum(number, 1)])),
    )


@numba.njit(cache=True, nogil=True)
def read_lines(codes: Any, known: Any) -> Any:
    """`Described` of the non-blank lines of a text, stripped; `known`: `tables()`."""
    return _describe(codes, _find_lines(codes, known.points), known)


@numba.njit(cache=True, nogil=True)
def describe_lines(codes: Any, lengths: Any, known: Any) -> Any:
    """`Described` of lines of some lengths that stand in `codes`, one code point between them."""
    places, start = np.zeros((len(lengths), 8), np.int64), 0
    for line, length in enumerate(lengths):
        places[line, START], places[line, END] = start, start + length
        start += length + 1
    return _describe(codes, places, known)


@numba.njit
def _find_lines(codes: Any, points: Any) -> Any:
    """The `places` of non-blank lines, but for their words."""
    stops = _line_ends(codes)
    places = np.empty((len(stops), 8), np.int64)
    n, begin, gap = 0, 0, True
    for stop in stops:
        start, end = begin, stop
        begin = stop + 1
        while start < end and points[min(codes[start], LAST_POINT)] & BLANK:
            start += 1
        while start < end and points[min(codes[end - 1], LAST_POINT)] & BLANK:
            end -= 1
        if start < end:
            places[n, START], places[n, END], places[n, GAP] = start, end, gap
            n += 1
            gap = False
        elif not (0 < stop < len(codes) and codes[stop] == LINE_FEED and codes[stop - 1] == CARRIAGE_RETURN):
            gap = True
    return places[:n]


@numba.njit
def _line_ends(codes: Any) -> Any:
    """The positions of all line ends, and of the end of the text."""
    n = len(codes)
    flags = np.zeros((n + 7) // 8 * 8, np.uint8)
    for i in range(n):
        flags[i] = _ends_line(codes[i])
    n_ends = 0
    for i in range(n):
        n_ends += flags[i]
    stops, found, eights = np.empty(n_ends + 1, np.int64), 0, flags.view(np.uint64)
    for eight in range(len(eights)):
        if eights[eight]:
            for i in range(8 * eight, 8 * eight + 8):
                stops[found] = i
                found += flags[i]
    stops[n_ends] = n
    return stops


@numba.njit(inline="always")
def _ends_line(code: Any) -> Any:
    """1 for every line end Unicode knows (see `str.splitlines`), else 0. Without branches, so as to be vectorised."""
    ascii_end = np.uint8(U32(code - U32(0x0A)) < U32(4)) | np.uint8(U32(code - U32(0x1C)) < U32(3))
    return ascii_end | np.uint8(code == U32(0x85)) | np.uint8((code & U32(0xFFFFFFFE)) == U32(0x2028))


@numba.njit
def _describe(codes: Any, places: Any, known: Any) -> Any:
    n, room = len(places), 0
    for line in range(n):
        room += min(places[line, END] - places[line, START], MAX_SCORED_CHARACTERS)
    figures, hashes = np.empty((n, N_SHAPE + N_SCRIPTS + 2), np.float32), np.empty((n, 2), np.uint64)
    words, n_words = np.empty(room, np.uint32), U64(0)
    counters, counts = np.zeros(N_COUNTERS * N_KINDS, np.int32), np.empty(N_KINDS, np.int32)
    for line in range(n):
        start, end = places[line, START], places[line, END]
        _hash_line(codes, start, end, hashes[line])
        read = codes[start : min(end, start + MAX_SCORED_CHARACTERS)]
        places[line, FIRST_WORD] = n_words
        n_words = _read_line(read, known, counters, words, n_words)
        places[line, LAST_WORD] = n_words
        _add_up(counters, counts)
        _describe_line(counts, end - start, known, figures[line])
        _describe_edges(read, known.points, places[line])
    return Described(places, figures, hashes, words[: np.int64(n_words)])


@numba.njit
def _hash_line(codes: Any, start: int, end: int, out: Any) -> None:
    opening = min(end, start + PREFIX)
    out[1] = _hash_on(STEP, codes[start:opening])
    out[0] = _hash_on(out[1], codes[opening:end])


@numba.njit
def _hash_on(hash_: Any, codes: Any) -> Any:
    """Four code points a step."""
    n_whole = len(codes) & -4
    for i in range(0, n_whole, 4):
        one, two = U64(codes[i]) | U64(codes[i + 1]) << U64(32), U64(codes[i + 2]) | U64(codes[i + 3]) << U64(32)
        hash_ = (hash_ ^ (one * FIRST_TWO + two * LAST_TWO)) * STEP
        hash_ ^= hash_ >> U64(32)
    for i in range(n_whole, len(codes)):
        hash_ = (hash_ ^ U64(codes[i])) * STEP
        hash_ ^= hash_ >> U64(32)
    return hash_


@numba.njit
def _read_line(codes: Any, known: Any, counts: Any, words: Any, n_words: Any) -> Any:
    """Count the kinds of characters of a line and hash its words; the number of words so far.

    Where words end no branch is taken, since it would often be foreseen wrongly. Neighbours are counted apart, since
    each count has to wait for the one before it. Positions are unsigned, so as not to be looked at for being negative.
    """
    n, place, hash_ = len(codes), U64(0), U32(0)
    after = known.points[min(codes[0], LAST_POINT)]
    for i in range(n):
        said = after
        after = known.points[min(codes[i + 1], LAST_POINT)] if i + 1 < n else LINE_FEED
        counts[U64(i & (N_COUNTERS - 1)) * U64(N_KINDS) + (said >> KIND_SHIFT)] += 1
        hash_ = U32(hash_ + U32((said & LOW) * known.weights[place]))
        goes_on = said & after & OF_WORD
        if said & ALONE:
            words[n_words] = U32(hash_ + U32((after & LOW) * PAIR))
            n_words += U64(1)
        else:
            words[n_words] = hash_
            n_words += U64(((said & OF_WORD) ^ goes_on) >> WORD_SHIFT)
        place = place + U64(1) if goes_on else U64(0)
        hash_ = hash_ if goes_on else U32(0)
    return n_words


@numba.njit
def _add_up(counts: Any, out: Any) -> None:
    """Move what all counters say into `out`."""
    for kind in range(N_KINDS):
        total = np.int32(0)
        for counter in range(N_COUNTERS):
            total += counts[counter * N_KINDS + kind]
            counts[counter * N_KINDS + kind] = 0
        out[kind] = total


@numba.njit(fastmath=True)
def _describe_line(counts: Any, length: int, known: Any, out: Any) -> None:
    letters, upper, dense = F32(0), F32(0), F32(0)
    for script in range(N_SCRIPTS):
        found = F32(counts[script] + counts[N_SCRIPTS + script] + counts[2 * N_SCRIPTS + script])
        out[N_SHAPE + script] = found
        letters += found
        upper += F32(counts[script])
        dense += found * known.scripts[1, script]
    width, n_words = _width(out[N_SHAPE : N_SHAPE + N_SCRIPTS], length, known), counts[SPACE] + 1
    of_letters, of_read = F32(1) / max(letters, F32(1)), F32(1) / F32(min(length, MAX_SCORED_CHARACTERS))
    for script in range(N_SCRIPTS):
        out[N_SHAPE + script] *= of_letters
    out[WIDTH], out[N_LETTERS] = width, letters
    out[0] = known.logs[0, length] if width == length and length < N_LOGS else math.log(1 + width)
    out[1] = min(width, F32(300)) / F32(100)
    out[2] = known.logs[0, n_words]
    out[3] = letters / F32(n_words) / F32(5)
    out[4] = upper * of_letters
    out[5] = min(upper / F32(n_words), F32(2))
    out[6] = letters * of_read
    out[7] = dense * of_letters
    out[8] = known.logs[0, counts[FULL_STOP]]
    out[9] = known.logs[0, counts[COMMA]]
    out[10] = known.logs[0, counts[DIGIT]]
    for mark in range(N_MARKS):
        out[11 + mark] = F32(counts[FIRST_MARK + mark]) * of_read


@numba.njit(fastmath=False)
def _width(letters: Any, length: int, known: Any) -> Any:
    """Without the caller's fast arithmetic: among lines as wide, the last bit would decide which begins the body."""
    extra = F32(0)
    for script in range(N_SCRIPTS):
        extra += letters[script] * known.scripts[0, script]
    return F32(length) * (F32(1) + extra / F32(min(length, MAX_SCORED_CHARACTERS)))


@numba.njit
def _describe_edges(codes: Any, points: Any, place: Any) -> None:
    n = len(codes)
    place[FIRST_KIND] = points[min(codes[0], LAST_POINT)] >> KIND_SHIFT
    place[LAST_KIND] = points[min(codes[n - 1], LAST_POINT)] >> KIND_SHIFT
    place[KIND_BEFORE_LAST] = points[min(codes[max(n - 2, 0)], LAST_POINT)] >> KIND_SHIFT
