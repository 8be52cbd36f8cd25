"""Words as hashes against words as strings, and the 5-grams made of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import text_kernel
from pipeline.ingest.shingles import joined, joined_runs, read_words, shingles_of, words_of

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
        assert len(read) == len(own)
        for word, value in zip(own, read.tolist(), strict=True):
            assert hash_of.setdefault(word.casefold(), value) == value
    assert len(set(hash_of.values())) == len(hash_of)


def test_the_place_of_a_character_counts() -> None:
    words = ["abba", "baab", "ab", "ba", "a" * 1500, "a" * 1499, "ab" * 700, "ba" * 700]
    assert len({int(read_words(word)[0]) for word in words}) == len(words)


@pytest.mark.parametrize(
    ("text", "n"),
    [("", 1), ("one two", 1), ("a b c d e", 1), ("a b c d e f", 2), ("a a a a a a a a a", 1), ("五个汉字符号", 2)],
)
def test_runs_of_five_words(text: str, n: int) -> None:
    shingles = shingles_of(read_words(text))
    assert len(shingles) == n
    assert np.all(shingles[1:] > shingles[:-1])


def test_the_order_of_words_counts() -> None:
    first, second = (set(shingles_of(read_words(text)).tolist()) for text in ("a b c d e f", "f a b c d e"))
    assert len(first & second) == 1


def compiled(some: list[str]) -> list[list[int]]:
    words, starts = text_kernel.read_words(some)
    return [words[start:end].tolist() for start, end in pairwise(starts.tolist())]


@given(st.lists(texts, max_size=4))
def test_compiled_code_gives_the_same_words(some: list[str]) -> None:
    assert compiled(some) == [read_words(text).tolist() for text in some]


def test_every_character_is_folded_and_told_apart_alike() -> None:
    """Blocks of all planes, a hundred characters between letters of a word at a time."""
    for first in (*range(0, 0x3100, 100), 0xA640, 0xAC00, 0xFB00, 0xFF10, 0x10400, 0x1E900, 0x1F600, 0x2F800):
        text = " ".join(f"x{chr(code)}x" for code in range(first, first + 100))
        assert compiled([text]) == [read_words(text).tolist()]


@given(st.lists(texts, max_size=5))
def test_joined_runs_are_those_of_each_text(some: list[str]) -> None:
    words = [read_words(text) for text in some]
    runs, starts = joined_runs(joined(words))
    found = [sorted(set(runs[start:end].tolist())) for start, end in pairwise(starts.tolist())]
    assert found == [shingles_of(own).tolist() for own in words]
