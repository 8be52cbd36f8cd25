"""Beginnings of words (`title_search.units_of`) found in another text by compiled code, which looks for their hashes.

A hash has 64 bits and is of two, four or five code points without case.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from pipeline.ingest.code_points import FOLDED, IRREGULAR, LETTER_OR_DIGIT
from pipeline.ingest.title_search import DENSE_RANGES, LEAST_LETTERS, N_LETTERS_COMPARED

U32, U64 = np.uint32, np.uint64
LETTER, SPACE = U32(LETTER_OR_DIGIT), U32(32)
JOINERS = tuple(U32(ord(sign)) for sign in "'’-")
DENSE = tuple((U32(first), U32(last - first)) for first, last in DENSE_RANGES)
FACTORS = tuple(
    U64(factor) for factor in (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F, 0xE7037ED1A0B428DB,
                               0x8EBC6AF09C88C6E3)
)  # fmt: skip
OF_TWO, OF_FOUR = U64(0x589965CC75374CC3), U64(0x1D8E4E27C47D124F)
SLOTS_PER_UNIT, N_OPENINGS = 8, 1024


@numba.njit
def fold(codes: Any, known: Any, out: Any, n: int) -> Any:
    """Write the code points without case, and what is said of them, from n on; where they end, or -code if unknown."""
    characters, expansions = known
    for code in codes:
        said = characters[code]
        if said & U32(IRREGULAR):
            for point in expansions[said & U32(FOLDED)]:
                if point:
                    if not characters[point]:
                        return -np.int64(point)
                    out[n] = characters[point]
                    n += 1
        elif said:
            out[n] = said
            n += 1
        else:
            return -np.int64(code)
    return n


@numba.njit(inline="always")
def _is_dense(said: Any) -> Any:
    found: Any = False
    code = said & U32(FOLDED)
    for first, n in DENSE:
        found |= U32(code - first) <= n
    return found


@numba.njit
def list_units(line: Any, units: Any, openings: Any, n_units: int) -> int:
    """Write the hashes of the units of a folded line, and mark how they begin; how many there are then."""
    n, n_before, was_dense = len(line), n_units, False
    for i in range(n):
        is_dense = _is_dense(line[i])
        if is_dense and was_dense:
            units[n_units] = _hash_two(line, i - 1)
            openings[_opening(line[i - 1], line[i])] = True
            n_units += 1
        was_dense = is_dense
    if n_units > n_before:
        for i in range(n):
            if _is_dense(line[i]):
                line[i] = SPACE
    end = 0
    while end < n:
        if not line[end] & LETTER:
            end += 1
            continue
        start = end
        end = _end_of_word(line, start)
        n_letters = end - start
        if n_letters < LEAST_LETTERS:
            continue
        if n_letters >= N_LETTERS_COMPARED:
            units[n_units] = _hash_five(line[start], line, start + 1)
            openings[_opening(line[start], line[start + 1])] = True
        else:
            units[n_units] = _hash_five(SPACE, line, start) if n_letters > LEAST_LETTERS else _hash_four(line, start)
            openings[_opening(SPACE, line[start])] = True
        n_units += 1
    return n_units


@numba.njit
def _end_of_word(line: Any, start: int) -> int:
    end, n = start + 1, len(line)
    while end < n:
        if line[end] & LETTER:
            end += 1
        elif line[end] & U32(FOLDED) in JOINERS and end + 1 < n and line[end + 1] & LETTER:
            end += 2
        else:
            break
    return end


@numba.njit(inline="always")
def _hash_two(line: Any, i: int) -> Any:
    return _weigh(line[i], 0) + _weigh(line[i + 1], 1) + OF_TWO


@numba.njit(inline="always")
def _hash_four(line: Any, i: int) -> Any:
    """Of a space and the three letters from i on."""
    return _weigh(line[i], 0) + _weigh(line[i + 1], 1) + _weigh(line[i + 2], 2) + OF_FOUR


@numba.njit(inline="always")
def _hash_five(first: Any, line: Any, i: int) -> Any:
    """Of `first` and the four code points from i on."""
    two = _weigh(first, 0) + _weigh(line[i], 1)
    return two + _weigh(line[i + 1], 2) + _weigh(line[i + 2], 3) + _weigh(line[i + 3], 4)


@numba.njit(inline="always")
def _weigh(said: Any, place: int) -> Any:
    return U64(said & U32(FOLDED)) * FACTORS[place]


@numba.njit
def find_units(units: Any, openings: Any, text: Any) -> Any:
    """Of each unit, whether it stands in a folded text: bool (n_units,); `openings`: how units begin."""
    n_bits = 6
    while 1 << n_bits < SLOTS_PER_UNIT * len(units):
        n_bits += 1
    shift, n = U64(64 - n_bits), len(text)
    owner, slots = np.full(1 << n_bits, -1, np.int32), np.empty(len(units), np.int64)
    for unit in range(len(units)):
        slot = _slot_of(units[unit], units, owner, shift)
        owner[slot] = unit if owner[slot] < 0 else owner[slot]
        slots[unit] = slot
    met = np.zeros(len(owner), np.bool_)
    for i in range(n - 1):
        if not openings[_opening(text[i], text[i + 1])]:
            continue
        if _is_dense(text[i]):
            met[_slot_of(_hash_two(text, i), units, owner, shift)] = True
        elif text[i] & U32(FOLDED) == SPACE and i + 3 < n:
            met[_slot_of(_hash_four(text, i + 1), units, owner, shift)] = True
        if i + 4 < n:
            met[_slot_of(_hash_five(text[i], text, i + 1), units, owner, shift)] = True
    return met[slots]


@numba.njit(inline="always")
def _opening(first: Any, second: Any) -> Any:
    """A place below `N_OPENINGS` for the first two code points of a unit."""
    return np.int64((first + second * U32(37)) & U32(N_OPENINGS - 1))


@numba.njit(inline="always")
def _slot_of(hash_: Any, units: Any, owner: Any, shift: Any) -> Any:
    """Where a unit stands, or the empty place where it would."""
    slot = np.int64(hash_ >> shift)
    while owner[slot] >= 0 and units[owner[slot]] != hash_:
        slot = (slot + 1) & (len(owner) - 1)
    return slot
