"""The words of a text as hashes, and its 5-grams: what duplicates are found by.

Plain NumPy. `read_words` is the specification of `text_kernel.read_words`, which reads many texts at a time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.code_points import ALONE, OF_WORD, Codes, code_points_of, known

Hashes = NDArray[np.uint64]
Starts = NDArray[np.int64]


class Joined(NamedTuple):
    """Hashes of several texts, one after the other, and where those of each begin, the end last."""

    values: Hashes
    starts: Starts


SHINGLE = 5
KINDS = OF_WORD | ALONE
N_PLACES = 1024
STEP, MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
HALF = np.uint64(32)
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def _mix(values: Hashes) -> Hashes:
    """Spread each value's bits over all of it, in place."""
    values ^= values >> HALF
    values *= MIX
    values ^= values >> HALF
    return values


PLACES = _mix(_mix(np.arange(1, N_PLACES + 1, dtype=np.uint64) * STEP)) | np.uint64(1)
"""A random odd number for each place in a word; from the first one again in a longer word."""


def read_words(text: str) -> Hashes:
    """Hashes (n_words,) of the words in order, without case and marks, one for each kana or Han character.

    They are those of `words_of`; of a text without any, the text itself is the one word. A word's hash is the sum of
    its mixed characters, each times a random odd number for its place, mixed again.
    """
    codes = code_points_of(text.casefold())
    kinds = known(codes) & KINDS
    places = np.flatnonzero(kinds)
    if not len(places):
        return hashes_of(codes, np.zeros(1, np.int64))
    kinds = kinds[places]
    begins = np.ones(len(places), np.bool_)
    begins[1:] = (places[1:] - places[:-1] > 1) | (kinds[1:] == ALONE) | (kinds[:-1] == ALONE)
    return hashes_of(codes[places], np.flatnonzero(begins))


def words_of(text: str) -> list[str]:
    """The specification of `read_words`: its words as a pattern finds them, the text itself where it has none."""
    return _WORDS.findall(text.casefold()) or [text]


def shingles_of(words: Hashes) -> Hashes:
    """Distinct hashes of all runs of five words, sorted; one for the whole text where it is shorter."""
    runs = np.sort(_runs_of(_long_enough(words)))
    is_new = np.ones(len(runs), np.bool_)
    is_new[1:] = runs[1:] != runs[:-1]
    return runs[is_new]


def joined(texts: Sequence[Hashes]) -> Joined:
    """The hashes of each text, joined."""
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
    return Joined(np.concatenate([np.zeros(0, np.uint64), *texts]), starts)


def joined_runs(words: Joined) -> Joined:
    """Hashes of all runs of five words of texts: what `shingles_of` makes of each, but unsorted and with repeats."""
    values, starts = _all_long_enough(words)
    within = np.ones(starts[-1], np.bool_)
    for back in range(1, SHINGLE):
        within[starts[1:] - back] = False  # a run does not go on in the next text
    runs = _runs_of(values)[within[: max(0, starts[-1] - SHINGLE + 1)]]
    return Joined(runs, starts - (SHINGLE - 1) * np.arange(len(starts)))


def _all_long_enough(words: Joined) -> Joined:
    """What `_long_enough` makes of each text."""
    missing = np.maximum(0, SHINGLE - np.diff(words.starts))
    if not missing.any():
        return words
    values = np.insert(words.values, np.repeat(words.starts[:-1], missing), 0)
    return Joined(values, words.starts + np.concatenate([[0], np.cumsum(missing)]))


def _long_enough(words: Hashes) -> Hashes:
    """The words, behind zeros where they are fewer than a run: its hash is that of the words alone."""
    n_missing = SHINGLE - len(words)
    return words if n_missing <= 0 else np.concatenate([np.zeros(n_missing, np.uint64), words])


def _runs_of(words: Hashes) -> Hashes:
    """The hash of each run of five words in order."""
    n_runs = max(0, len(words) - SHINGLE + 1)
    runs = np.zeros(n_runs, np.uint64)
    for offset in range(SHINGLE):
        runs *= STEP
        runs += words[offset : offset + n_runs]
    return runs


def hashes_of(codes: Codes, first: NDArray[np.int64]) -> Hashes:
    """The hash of each stretch of code points; `first` is where each begins in `codes`."""
    if not len(codes):
        return np.zeros(len(first), np.uint64)
    begin_of = np.zeros(len(codes), np.int32)
    begin_of[first] = first
    place = np.arange(len(codes), dtype=np.int32) - np.maximum.accumulate(begin_of)
    mixed = codes * STEP + MIX
    mixed ^= mixed >> HALF
    mixed *= PLACES[place & (N_PLACES - 1)]
    return _mix(np.add.reduceat(mixed, first))
