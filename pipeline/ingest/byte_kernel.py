"""UTF-8 looked through once by compiled code, for signs of damage; importing this module loads numba."""

from __future__ import annotations

import re
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.decode import CONTROL_BYTES, DOUBLED_FIRST, DOUBLED_SECOND
from pipeline.ingest.garbled import FIRST_CYRILLIC, HIGH, SECOND

U8, U32 = np.uint8, np.uint32
N_KINDS = 0x2200
"""Later characters are of none of the kinds."""
IS_CONTROL = U8(1)
_FIRSTS = (HIGH, FIRST_CYRILLIC, DOUBLED_FIRST)
_SECONDS = (HIGH, SECOND, DOUBLED_SECOND)
"""Sets of characters that are suspect one after the other: two bits each, of which the higher is the second one's."""
SECOND_BITS = U8(0b1010100)


def look_at(data: bytes) -> tuple[bool, bool]:
    """What `decode.may_hold_controls` says of UTF-8, and whether `garbled.SUSPECT` or `DOUBLY_ENCODED` is found."""
    has_controls, is_suspect = _look_at(np.frombuffer(data, np.uint8), _KINDS)
    return has_controls, is_suspect


def _kinds() -> NDArray[np.uint8]:
    """The bits of each code point, uint8 (N_KINDS,)."""
    kinds = np.zeros(N_KINDS, np.uint8)
    kinds[list(CONTROL_BYTES)] = kinds[0x80:0xA0] = IS_CONTROL
    every = "".join(map(chr, range(N_KINDS)))
    for number, sets in enumerate(zip(_FIRSTS, _SECONDS, strict=True)):
        for place, characters in enumerate(sets):
            found = [ord(character) for character in re.findall(f"[{characters}]", every)]
            kinds[found] |= U8(2 << (2 * number + place))
    return kinds


_KINDS = _kinds()


@numba.njit(cache=True, nogil=True)
def _look_at(data: Any, kinds: Any) -> Any:
    seen, suspect, before, i = U8(0), U8(0), U8(0), 0
    while i < len(data):
        byte = U32(data[i])
        if byte < U32(0x80):
            code, i = byte, i + 1
        elif byte < U32(0xE0):
            code, i = (byte & U32(31)) << U32(6) | U32(data[i + 1]) & U32(63), i + 2
        elif byte < U32(0xF0):
            code = (byte & U32(15)) << U32(12) | (U32(data[i + 1]) & U32(63)) << U32(6) | U32(data[i + 2]) & U32(63)
            i += 3
        else:
            code, i = U32(N_KINDS), i + 4
        kind = kinds[code] if code < U32(N_KINDS) else U8(0)
        seen |= kind
        suspect |= U8(before << U8(1)) & kind
        before = kind
    return seen & IS_CONTROL != 0, suspect & SECOND_BITS != 0
