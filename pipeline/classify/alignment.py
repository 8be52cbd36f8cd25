"""Leads positions in a normalised text back to the text it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.ngrams import normalize

CHUNK = re.compile(r"\S+|\s+")


def align(text: str) -> NDArray[np.int64]:
    """For each code point of `normalize(text)`, the position in `text` it came from, ascending.

    Exact where normalisation keeps the length of a word; within a word whose length it changes, spread evenly.
    """
    normalized = normalize(text)
    if text.isascii() or _kept(text, normalized):
        return np.arange(len(normalized))
    origins: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    for match in CHUNK.finditer(text):
        length, n = len(match.group()), len(normalize(match.group()))
        origins.append(match.start() + np.arange(n) * length // max(1, n))
    return _fit(np.concatenate(origins), len(normalized), len(text))


def number_parts(text: str, starts: Sequence[int]) -> NDArray[np.int64]:
    """For each code point of `normalize(text)`, the number of the part of `text` it came from.

    starts: where each part begins, ascending; what stands before the first belongs to it.
    """
    n_of = [len(normalize(text[start:end])) for start, end in pairwise((0, *starts[1:], len(text)))]
    if sum(n_of) == len(normalize(text)):
        return np.repeat(np.arange(len(n_of)), n_of)
    return np.maximum(np.searchsorted(np.array(starts), align(text), side="right") - 1, 0)


def _kept(text: str, normalized: str) -> bool:
    """Whether every character became exactly one."""
    return len(text) == len(normalized) and all(len(normalize(character)) == 1 for character in set(text))


def _fit(origins: NDArray[np.int64], n: int, n_text: int) -> NDArray[np.int64]:
    """Exactly n positions: composing across words may, in rare scripts, change the sum of the words' lengths."""
    if len(origins) == n:
        return origins
    return np.minimum(np.arange(n) * n_text // max(1, n), max(0, n_text - 1))
