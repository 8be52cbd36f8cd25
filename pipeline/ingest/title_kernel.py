"""The lines around the beginning of the main text, as a title is looked for among them, by compiled code.

`title_search.look_around` is its specification. A unit is looked for by a hash of 64 bits of its code points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from pipeline.ingest import title_search
from pipeline.ingest.code_points import CHARACTERS, EXPANSIONS, learn
from pipeline.ingest.line_kernel import END, START
from pipeline.ingest.title_search import Around, Heading
from pipeline.ingest.title_subjects import COMMAS, N_LINES_AFTER
from pipeline.ingest.unit_kernel import N_OPENINGS, SPACE, find_units, fold, list_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.ingest.line_kernel import Described

U32 = np.uint32
FINAL_COMMAS, ITEM_STARTS, SENTENCE_ENDS = (
    tuple(U32(ord(sign)) for sign in signs) for signs in (COMMAS, title_search.ITEM_STARTS, title_search.SENTENCE_ENDS)
)
FIRST_WIDE, N_WIDE = U32(title_search.WIDE_RANGE[0]), U32(title_search.WIDE_RANGE[1] - title_search.WIDE_RANGE[0])
REACH, N_BELOW = title_search.REACH, title_search.N_LINES_BELOW
MAX_WIDTH, LEAST_BYTES = title_search.MAX_TITLE_WIDTH, title_search.LEAST_BYTES
N_CHARS_BELOW, LEAST_FOUND, LEAST_SHARE = title_search.N_CHARS_BELOW, title_search.LEAST_FOUND, title_search.LEAST_SHARE
MOST_EXPANDED = EXPANSIONS.shape[1]


def look_around(codes: Any, lines: Described, kept: Sequence[int], n_head: int) -> Around:
    """As `title_search.look_around`, of lines of a text given by its code points."""
    rows = np.asarray(kept[: n_head + N_BELOW], np.int64)
    while True:
        found, heads, commas, unknown = _look(codes, lines, rows, n_head, (CHARACTERS, EXPANSIONS))
        if unknown < 0:
            return Around([Heading(*heading) for heading in found.tolist()], heads.tolist(), commas.tolist())
        learn(unknown)


@numba.njit(cache=True, nogil=True)
def _look(codes: Any, lines: Any, kept: Any, n_head: int, known: Any) -> Any:
    """The fields of headings, int64 (n, 4), heads and commas as in `Around`, and a code point not known yet or -1."""
    first, stop = max(kept[0] - REACH, 0), min(kept[0] + REACH, len(lines.places))
    rows, n_rows, commas, n_commas = np.empty(REACH + n_head, np.int64), 0, np.empty(2 * REACH, np.int64), 0
    for row in range(first, stop):
        line = codes[lines.places[row, START] : lines.places[row, END]]
        if row < kept[0] + N_LINES_AFTER and line[len(line) - 1] in FINAL_COMMAS:
            commas[n_commas] = row
            n_commas += 1
        if row < kept[0] and _has_shape_of_title(line):
            rows[n_rows] = row
            n_rows += 1
    n_above = n_rows
    for row in kept[:n_head]:
        if _has_shape_of_title(codes[lines.places[row, START] : lines.places[row, END]]):
            rows[n_rows] = row
            n_rows += 1
    found = np.empty((n_rows, 4), np.int64)
    n_found: Any = 0
    unknown: Any = np.int64(-1)
    if n_rows:
        n_found, unknown = _count(codes, lines.places, rows[:n_rows], kept[n_head:], known, found)
    for heading in found[:n_found]:
        heading[3] = 0
        for row in range(first, stop):
            heading[3] += lines.hashes[row, 0] == lines.hashes[heading[0], 0]
    return found[:n_found], rows[n_above:n_rows], commas[:n_commas], unknown


@numba.njit
def _has_shape_of_title(line: Any) -> Any:
    n = len(line)
    if n > MAX_WIDTH or line[0] in ITEM_STARTS or line[n - 1] in SENTENCE_ENDS:
        return False
    width: Any = n
    n_bytes: Any = n
    for code in line:
        width += U32(code - FIRST_WIDE) <= N_WIDE
        n_bytes += (code >= U32(0x80)) + (code >= U32(0x800)) + (code >= U32(0x10000))
    return width <= MAX_WIDTH and n_bytes >= LEAST_BYTES


@numba.njit
def _count(codes: Any, places: Any, rows: Any, below: Any, known: Any, found: Any) -> Any:
    """Write those of `rows` that have enough units below, and how many; a code point not known yet, or -1."""
    n_chars = N_CHARS_BELOW + 1
    for row in rows:
        n_chars += places[row, END] - places[row, START]
    n_chars *= MOST_EXPANDED
    folded, units, ends = np.empty(n_chars, np.uint32), np.empty(n_chars, np.uint64), np.zeros(len(rows) + 1, np.int64)
    openings = np.zeros(N_OPENINGS, np.bool_)
    for i, row in enumerate(rows):
        n = fold(codes[places[row, START] : places[row, END]], known, folded, 0)
        if n < 0:
            return 0, np.int64(-n)
        ends[i + 1] = list_units(folded[:n], units, openings, ends[i])
    n = _fold_below(codes, places, below, known, folded)
    if n < 0:
        return 0, np.int64(-n)
    is_found, n_found = find_units(units[: ends[-1]], openings, folded[:n]), 0
    for i, row in enumerate(rows):
        n_met = 0
        for unit in range(ends[i], ends[i + 1]):
            n_met += is_found[unit]
        if n_met >= LEAST_FOUND and n_met >= LEAST_SHARE * (ends[i + 1] - ends[i]):
            found[n_found, 0], found[n_found, 1], found[n_found, 2] = row, ends[i + 1] - ends[i], n_met
            n_found += 1
    return n_found, np.int64(-1)


@numba.njit
def _fold_below(codes: Any, places: Any, below: Any, known: Any, out: Any) -> Any:
    """Write a space and the lines below with a space between them, cut to `N_CHARS_BELOW`; as `fold`."""
    out[0], n, n_left = SPACE, 1, N_CHARS_BELOW
    for i, row in enumerate(below):
        if n_left > 0 and i:
            out[n] = SPACE
            n, n_left = n + 1, n_left - 1
        start = places[row, START]
        end = min(places[row, END], start + n_left)
        n = fold(codes[start:end], known, out, n)
        if n < 0:
            return n
        n_left -= end - start
    return n
