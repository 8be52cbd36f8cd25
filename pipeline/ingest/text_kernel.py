"""Facts about a text by compiled code; importing this module loads numba.

What each function is to give is said by plain code: `shingles`, `recurring`, `language_model` and `language`.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def line_keys(text: str) -> Hashes:
    """As `recurring.line_keys_by_reference`."""
    (keys,) = _read(text, _line_keys, PLACES)
    found: Hashes = keys
    return found


def evidence(texts: Sequence[bytes], model: LanguageModel) -> NDArray[np.float32]:
    """As `language_model.evidence`."""
    automaton = model.moves, model.rows, model.outputs
    ends = np.cumsum([0, *map(len, texts)])
    found: NDArray[np.float32] = _evidence(
        np.frombuffer(b"".join(texts), np.uint8), ends, automaton, model.weights, LOGS
    )
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
def _line_keys(codes: Any, characters: Any, places: Any) -> Any:
    """Keys and -1, or what `_read_words` would return."""
    keys = np.empty(len(codes) // 2 + 1, np.uint64)
    n_keys, place, value = 0, 0, U64(0)
    between, in_number = 0, False
    for code in codes:
        said = characters[code]
        if said & UNREADABLE != READABLE:
            return keys[:0], np.int64(code)
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
            said = U32(ZERO)
            if in_number:
                continue
            in_number = True
        else:
            in_number = False
        value += _placed(said, places, place)
        place += 1
    if place:
        keys[n_keys] = _mixed(value)
        n_keys += 1
    return keys[:n_keys], np.int64(-1)


@numba.njit(cache=True, nogil=True)
def _evidence(data: Any, ends: Any, automaton: Any, weights: Any, logs: Any) -> Any:
    scores = np.zeros((len(ends) - 1, weights.shape[1]), np.float32)
    for text in range(len(scores)):
        _weigh(_features(data[ends[text] : ends[text + 1]], automaton), weights, logs, scores[text])
    return scores


@numba.njit
def _features(data: Any, automaton: Any) -> Any:
    """The features that the automaton finds, sorted."""
    moves, rows, outputs = automaton
    found = np.empty(len(data), np.int32)
    n, state = 0, U32(0)
    for byte in data:
        state = moves[(np.int64(rows[state]) << 8) + byte]
        feature = outputs[state]
        if feature >= 0:
            found[n] = feature
            n += 1
    return np.sort(found[:n])


@numba.njit
def _weigh(found: Any, weights: Any, logs: Any, scores: Any) -> None:
    first, n = 0, len(found)
    for i in range(1, n + 1):
        if i == n or found[i] != found[first]:
            share, row = logs[min(i - first, len(logs) - 1)], weights[found[first]]
            for j in range(len(scores)):
                scores[j] += share * row[j]
            first = i


@numba.njit(cache=True, nogil=True)
def _count_scripts(codes: Any, script_of_block: Any) -> Any:
    counts = np.zeros(256, np.int64)
    last = U32(len(script_of_block) - 1)
    for code in codes:
        counts[script_of_block[min(code >> U32(6), last)]] += 1
    return counts


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
