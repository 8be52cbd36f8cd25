"""Words and lines of texts as hashes, by compiled code; importing this module loads numba.

What each function is to give is said by plain code: `shingles` and `recurring`. Texts are read many at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np

from pipeline.ingest.code_points import (
    ALONE,
    BLANK,
    BREAK,
    CHARACTERS,
    DECIMAL,
    EXPANSIONS,
    FOLDED,
    KNOWN,
    NORMAL,
    in_batches,
    joined_code_points,
    learn,
)
from pipeline.ingest.shingles import HALF, KINDS, MIX, N_PLACES, PLACES, STEP, Joined, joined
from pipeline.ingest.unit_kernel import fold

U32, U64 = np.uint32, np.uint64
SPACE, LINE_FEED, ZERO = 32, 10, 48
MOST_EXPANDED = EXPANSIONS.shape[1]


def read_words(texts: Sequence[str]) -> Joined:
    """What `shingles.read_words` gives for each text."""
    return _read(texts, of_lines=False)


def line_keys(texts: Sequence[str]) -> Joined:
    """What `recurring.line_keys_by_reference` gives for each text."""
    return _read(texts, of_lines=True)


def are_normal(texts: Sequence[str]) -> list[bool]:
    """Whether each text holds `NORMAL` characters alone, so that `normal_text.normalized` gives it as it is."""
    found: list[bool] = []
    for batch in in_batches(texts):
        codes, ends = joined_code_points(batch)
        is_normal, unknown = _are_normal(codes, ends, CHARACTERS)
        while unknown >= 0:
            learn(unknown)
            is_normal, unknown = _are_normal(codes, ends, CHARACTERS)
        found += is_normal.tolist()
    return found


def _read(texts: Sequence[str], *, of_lines: bool) -> Joined:
    """The words of texts, or the keys of their lines, once all code points are known."""
    found = []
    for batch in in_batches(texts):
        codes, ends = joined_code_points(batch)
        while True:
            values, starts, unknown = _units(codes, ends, (CHARACTERS, EXPANSIONS), PLACES, of_lines)
            if unknown < 0:
                break
            learn(unknown)
        found += [values[start:end] for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)]
    return joined(found)


@numba.njit(cache=True, nogil=True)
def _are_normal(codes: Any, ends: Any, characters: Any) -> Any:
    """Of each text whether it is, and -1, or a code point that is not known yet."""
    is_normal = np.empty(len(ends) - 1, np.bool_)
    for text in range(len(is_normal)):
        every = U32(KNOWN | NORMAL)
        for code in codes[ends[text] : ends[text + 1]]:
            every &= characters[code]
        if not every & U32(KNOWN):
            for code in codes[ends[text] : ends[text + 1]]:
                if not characters[code]:
                    return is_normal, np.int64(code)
        is_normal[text] = every & U32(NORMAL) != 0
    return is_normal, np.int64(-1)


@numba.njit(cache=True, nogil=True)
def _units(codes: Any, ends: Any, known: Any, places: Any, of_lines: bool) -> Any:
    """Words, or keys of lines, where those of each text begin and the end, and -1, or a code point not known yet."""
    units, starts = np.empty(MOST_EXPANDED * len(codes) + len(ends), np.uint64), np.zeros(len(ends), np.int64)
    folded, n_units = np.empty(0, np.uint32), 0
    for text in range(len(ends) - 1):
        n_codes = ends[text + 1] - ends[text]
        if len(folded) < MOST_EXPANDED * n_codes:
            folded = np.empty(MOST_EXPANDED * n_codes, np.uint32)
        n = fold(codes[ends[text] : ends[text + 1]], known, folded, 0)
        if n < 0:
            return units[:0], starts, np.int64(-n)
        if of_lines:
            n_units = _keys_of(folded[:n], places, units, n_units)
        else:
            n_units = _words_of(folded[:n], places, units, n_units)
        starts[text + 1] = n_units
    return units[:n_units], starts, np.int64(-1)


@numba.njit
def _words_of(characters: Any, places: Any, words: Any, n_words: Any) -> Any:
    """Write the words of one text, of which there is one at least; how many there are then."""
    first, place, before, value = n_words, 0, U32(0), U64(0)
    for said in characters:
        kind = said & U32(KINDS)
        if kind != before or kind == U32(ALONE):
            if before:
                words[n_words] = _mixed(value)
                n_words += 1
            before, place, value = kind, 0, U64(0)
        value += _placed(said, places, place)
        place += 1
    if before or n_words == first:
        words[n_words] = _mixed(value)
        n_words += 1
    return n_words


@numba.njit
def _keys_of(characters: Any, places: Any, keys: Any, n_keys: Any) -> Any:
    """Write the keys of the lines of one text; how many there are then."""
    place, value, between, in_number = 0, U64(0), 0, False
    for said in characters:
        if said & U32(BLANK):
            in_number = False
            if said & U32(BREAK):
                between = LINE_FEED
            elif not between:
                between = SPACE
            continue
        if between:
            if place and between == LINE_FEED:
                keys[n_keys] = _mixed(value)
                n_keys += 1
                place, value = 0, U64(0)
            elif place:
                value += _placed(U32(SPACE), places, place)
                place += 1
            between = 0
        if said & U32(DECIMAL):
            if in_number:
                continue
            said, in_number = U32(ZERO), True
        else:
            in_number = False
        value += _placed(said, places, place)
        place += 1
    if place:
        keys[n_keys] = _mixed(value)
        n_keys += 1
    return n_keys


@numba.njit(inline="always")
def _placed(said: Any, places: Any, place: Any) -> Any:
    mixed = U64(said & U32(FOLDED)) * STEP + MIX
    mixed ^= mixed >> HALF
    return mixed * places[place & (N_PLACES - 1)]


@numba.njit(inline="always")
def _mixed(value: Any) -> Any:
    value ^= value >> HALF
    value *= MIX
    return value ^ (value >> HALF)
