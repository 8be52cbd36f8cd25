"""Facts about a text by compiled code; importing this module loads numba.

What each function is to give is said by plain code: `shingles`, `recurring`, `language_model` and `language`.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.code_points import (
    ALONE,
    BLANK,
    BREAK,
    CHARACTERS,
    DECIMAL,
    FOLDED,
    IRREGULAR,
    KNOWN,
    code_points_of,
    learn,
)
from pipeline.ingest.language_model import LOGS, LanguageModel
from pipeline.ingest.shingles import (
    HALF,
    KINDS,
    MIX,
    N_PLACES,
    PLACES,
    STEP,
    Hashes,
)

U32, U64 = np.uint32, np.uint64
READABLE, UNREADABLE = U32(KNOWN), U32(KNOWN | IRREGULAR)
SPACE, LINE_FEED, ZERO = 32, 10, 48


def read_words(text: str) -> Hashes:
    """As `shingles.read_words`."""
    (words,) = _read(text, _read_words, PLACES)
    found: Hashes = words
    return found


def plain_lines(text: str) -> list[bytes]:
    """As `recurring.plain_lines`."""
    (found,) = _read(text, _plain_lines)
    return found.tobytes().split(b"\n") if len(found) else []


def evidence(data: bytes, model: LanguageModel) -> NDArray[np.float32]:
    """As `language_model.evidence`."""
    automaton = model.moves, model.rows, model.outputs
    found: NDArray[np.float32] = _evidence(np.frombuffer(data, np.uint8), automaton, model.weights, LOGS)
    return found


def count_scripts(text: str, script_of_block: NDArray[np.uint8]) -> NDArray[np.int64]:
    """As `language.count_scripts`."""
    counts: NDArray[np.int64] = _count_scripts(code_points_of(text), script_of_block)
    return counts


def _read(text: str, function: Any, *tables: Any) -> Any:
    """What a function makes of the code points of a text, once all are known and each is folded to one."""
    codes = code_points_of(text)
    while True:
        *found, met = function(codes, CHARACTERS, *tables)
        if met < 0:
            return found
        if CHARACTERS[met] & IRREGULAR:
            codes = code_points_of(text.casefold())
        else:
            learn(met)


@numba.njit(cache=True, nogil=True)
def _read_words(codes: Any, characters: Any, places: Any) -> Any:
    """Words and -1, or the first code point met that is not known or not folded to one."""
    words = np.empty(max(1, len(codes)), np.uint64)
    n_words, place, before, value = 0, 0, U32(0), U64(0)
    for code in codes:
        said = characters[code]
        if said & UNREADABLE != READABLE:
            return words[:0], np.int64(code)
        kind = said & U32(KINDS)
        if kind != before or kind == U32(ALONE):
            if before:
                words[n_words] = _mixed(value)
                n_words += 1
            before, place, value = kind, 0, U64(0)
        value += _placed(said, places, place)
        place += 1
    if before:
        words[n_words] = _mixed(value)
        n_words += 1
    if not n_words:
        n_words = 1
        words[0] = _mixed(value)
    return words[:n_words], np.int64(-1)


@numba.njit(cache=True, nogil=True)
def _plain_lines(codes: Any, characters: Any) -> Any:
    """The lines as bytes, uint8, with a line feed between them, and -1 or what `_read_words` would return."""
    out = np.empty(4 * len(codes), np.uint8)
    n, between, in_number = 0, 0, False
    for code in codes:
        said = characters[code]
        if said & UNREADABLE != READABLE:
            return out[:0], np.int64(code)
        if said & U32(BLANK):
            in_number = False
            if said & U32(BREAK):
                between = LINE_FEED
            elif not between:
                between = SPACE
            continue
        if between:
            if n:
                out[n] = between
                n += 1
            between = 0
        if said & U32(DECIMAL):
            if not in_number:
                out[n] = ZERO
                n += 1
            in_number = True
        else:
            in_number = False
            n = _write(out, n, said & U32(FOLDED))
    return out[:n], np.int64(-1)


@numba.njit(cache=True, nogil=True)
def _evidence(data: Any, automaton: Any, weights: Any, logs: Any) -> Any:
    moves, rows, outputs = automaton
    found = np.empty(len(data), np.int32)
    n, state = 0, U32(0)
    for byte in data:
        state = moves[(np.int64(rows[state]) << 8) + byte]
        feature = outputs[state]
        if feature >= 0:
            found[n] = feature
            n += 1
    found = np.sort(found[:n])
    scores = np.zeros(weights.shape[1], np.float32)
    first = 0
    for i in range(1, n + 1):
        if i == n or found[i] != found[first]:
            share, row = logs[min(i - first, len(logs) - 1)], weights[found[first]]
            for j in range(len(scores)):
                scores[j] += share * row[j]
            first = i
    return scores


@numba.njit(cache=True, nogil=True)
def _count_scripts(codes: Any, script_of_block: Any) -> Any:
    counts = np.zeros(256, np.int64)
    last = U32(len(script_of_block) - 1)
    for code in codes:
        counts[script_of_block[min(code >> U32(6), last)]] += 1
    return counts


@numba.njit(inline="always")
def _write(out: Any, n: Any, code: Any) -> Any:
    """Put a code point at n as UTF-8; where the next one begins."""
    if code < 0x80:
        out[n] = code
        return n + 1
    if code < 0x800:
        out[n], out[n + 1] = 0xC0 | code >> 6, 0x80 | code & 63
        return n + 2
    if code < 0x10000:
        out[n], out[n + 1], out[n + 2] = 0xE0 | code >> 12, 0x80 | code >> 6 & 63, 0x80 | code & 63
        return n + 3
    out[n], out[n + 1] = 0xF0 | code >> 18, 0x80 | code >> 12 & 63
    out[n + 2], out[n + 3] = 0x80 | code >> 6 & 63, 0x80 | code & 63
    return n + 4


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
