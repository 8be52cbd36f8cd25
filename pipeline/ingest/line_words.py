"""Words of a page as hashes, and how the words of each line recur on the page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.characters import case_free, groups

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

BUCKET_BITS = 13
_ODD = np.uint32(2654435761)
_PAIR = np.uint32(40503)
MAX_LETTERS = 64
_OF_WORD, _OF_PAIR = 1, 2


@cache
def weights_by_position() -> NDArray[np.uint32]:
    """Odd factors of the letters of a word, so that their order counts."""
    return (np.arange(MAX_LETTERS, dtype=np.uint32) * _ODD ^ np.uint32(0x9E3779B9)) | np.uint32(1)


@cache
def letter_kinds() -> NDArray[np.uint8]:
    """Of each kind of character: 0 no letter, 1 letter or digit of a word, 2 letter of a script without spaces."""
    group = groups()
    return (group["letter"] + group["dense"] + group["digit"]).astype(np.uint8)


def hash_words(
    points: NDArray[np.uint32], kinds: NDArray[np.uint8], owner: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Hashes of all words, without case and each digit as 0, and the line (`owner` of a code point) of each.

    In scripts without spaces each pair of neighbouring characters is a word.
    """
    letter = letter_kinds()[kinds]
    starts_word = letter != _OF_WORD
    starts_word[1:] |= starts_word[:-1].copy()
    starts_word[0] = True
    first = np.flatnonzero(starts_word)
    low = case_free(points)
    place = np.arange(len(points)) - np.repeat(first, np.diff(first, append=len(points)))
    weighted = low * weights_by_position().take(place, mode="clip")
    hashed = np.add.reduceat(weighted, first, dtype=np.uint32)
    kind = letter[first]
    pairs = np.flatnonzero(kind == _OF_PAIR)
    if len(pairs):
        hashed[pairs] += low[np.minimum(first[pairs] + 1, len(points) - 1)] * _PAIR
    keep = np.flatnonzero(kind)
    return hashed[keep] * _ODD, owner[first[keep]]


def compare_words(out: Rows, words: NDArray[np.uint32], of_line: NDArray[np.int64], is_long: NDArray[np.bool]) -> None:
    """Fill `out` (n_lines, 5): of a line's words, the share met elsewhere in long and in short lines, and how often."""
    bucket = words >> np.uint32(32 - BUCKET_BITS)
    in_long = is_long[of_line]
    n_buckets = 1 << BUCKET_BITS
    body = np.bincount(bucket[in_long], minlength=n_buckets)
    every = np.bincount(bucket, minlength=n_buckets)
    in_body = body[bucket] - in_long
    in_rest = every[bucket] - 1 - in_body
    n = len(is_long)
    n_words = np.maximum(np.bincount(of_line, minlength=n), 1)
    measures = (
        in_body > 0,
        in_rest > 0,
        _LOG[np.minimum(in_body, len(_LOG) - 1)],
        _LOG[np.minimum(in_rest, len(_LOG) - 1)],
        np.log((in_body + 0.5) / (in_body + in_rest + 1)),
    )
    for column, measure in enumerate(measures):
        out[:, column] = np.bincount(of_line, measure, minlength=n) / n_words


_LOG = np.log1p(np.arange(1024, dtype=np.float64))
