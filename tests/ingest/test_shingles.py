"""Words as hashes against words as strings, and the 5-grams made of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.shingles import read_words, shingles_of, words_of

PIECES = (
    "word",
    "Word",
    "ẞ",
    "straße",
    "a_b",
    "3.5",
    "…",
    " - ",
    "\n",
    "사이버",
    "安全",
    "カナ・",
    "ｶﾅ",
    "أمن",
    "e\u0301",
)
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join))


@given(texts, texts)
def test_words_are_those_of_the_pattern(first: str, second: str) -> None:
    words = [words_of(text) for text in (first, second)]
    found = [read_words(text) for text in (first, second)]
    hash_of: dict[str, int] = {}
    for own, read in zip(words, found, strict=True):
        assert len(read.hashes) == len(own)
        for word, value in zip(own, read.hashes.tolist(), strict=True):
            assert hash_of.setdefault(word.casefold(), value) == value
    assert len(set(hash_of.values())) == len(hash_of)
    folded = [[word.casefold() for word in own] for own in words]
    assert (found[0].spelling == found[1].spelling) == (folded[0] == folded[1])


def test_the_place_of_a_character_counts() -> None:
    words = ["abba", "baab", "ab", "ba", "a" * 1500, "a" * 1499, "ab" * 700, "ba" * 700]
    assert len({int(read_words(word).hashes[0]) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("text", "n"),
    [("", 1), ("one two", 1), ("a b c d e", 1), ("a b c d e f", 2), ("a a a a a a a a a", 1), ("五个汉字符号", 2)],
)
def test_runs_of_five_words(text: str, n: int) -> None:
    shingles = shingles_of(read_words(text).hashes)
    assert len(shingles) == n
    assert np.all(shingles[1:] > shingles[:-1])


def test_the_order_of_words_counts() -> None:
    first, second = (set(shingles_of(read_words(text).hashes).tolist()) for text in ("a b c d e f", "f a b c d e"))
    assert len(first & second) == 1
