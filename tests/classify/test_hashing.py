"""Compiled n-grams against the plain specification, term for term."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify import hashing, packing
from pipeline.classify.features import table_bits
from pipeline.classify.ngrams import char_ngrams, normalize, word_ngrams

from .strategies import SNIPPETS, wild_text

small = st.integers(0, 5)
n_range = st.tuples(small, small).map(lambda pair: (min(pair), max(pair)))
word_range = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda pair: (min(pair), max(pair)))
all_ranges = st.tuples(word_range, n_range, n_range, n_range, st.tuples(small, small))
any_hash = st.integers(1, 2**64 - 1).map(lambda n: n * 0x9E3779B97F4A7C15 % 2**64)
"""As hashes are, spread over all 64 bits."""
DEFAULT = ((1, 2), (3, 5), (1, 3), (2, 3), (5, 2))


def hashes_of_terms(terms: list[str], *, are_words: bool) -> list[int]:
    codes, offsets = packing.join_terms(terms)
    out = np.empty(len(terms), np.uint64)
    hashing.hash_terms(codes, offsets, np.full(len(terms), are_words), out)
    return list(map(int, out))


def compiled_ngrams(text: str, ranges: Any) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """(hash, start, end) of every word n-gram and character n-gram."""
    codes, offsets = packing.pack([text])
    words = np.empty(4 * len(codes) + 8, np.uint64)
    chars = np.empty((2 * len(codes) + 8) * 6, np.uint64)
    spans = np.empty((len(words), 3), np.int64), np.empty((len(chars), 3), np.int64)
    n_words, n_chars = hashing.hash_ngrams(
        codes, offsets[0], offsets[1], packing.kind_table(), ranges, words, chars, *spans
    )
    return tuple(
        [(int(found[i]), int(places[i, 0]), int(places[i, 1])) for i in range(n)]
        for found, places, n in ((words, spans[0], n_words), (chars, spans[1], n_chars))
    )  # type: ignore[return-value]


@given(wild_text, all_ranges)
@example("".join(SNIPPETS), DEFAULT)
@example(" ".join(SNIPPETS), DEFAULT)
@example("", DEFAULT)
@settings(max_examples=300, deadline=None)
def test_ngrams_equal_the_specification(text: str, ranges: Any) -> None:
    normalized = normalize(text)
    words, chars = compiled_ngrams(text, ranges)
    plain_words = list(word_ngrams(normalized, ranges[0], ranges[4]))
    plain_chars = list(char_ngrams(normalized, ranges[1:4]))
    named = hashes_of_terms([gram.term for gram in plain_words], are_words=True)
    assert words == [(hash_, gram.start, gram.end) for hash_, gram in zip(named, plain_words, strict=True)]
    named = hashes_of_terms([gram.term for gram in plain_chars], are_words=False)
    assert sorted(chars) == sorted(
        (hash_, gram.start, gram.end) for hash_, gram in zip(named, plain_chars, strict=True)
    )


@pytest.mark.parametrize("first", range(0, 0x32000, 0x2000))
def test_a_page_of_code_points_equals_the_specification(first: int) -> None:
    text = "".join(map(chr, range(first, first + 0x2000)))
    ranges = ((1, 2), (2, 3), (1, 2), (1, 2), (3, 2))
    words, chars = compiled_ngrams(text, ranges)
    normalized = normalize(text)
    plain_words = [gram.term for gram in word_ngrams(normalized, ranges[0], ranges[4])]
    assert [hash_ for hash_, _, _ in words] == hashes_of_terms(plain_words, are_words=True)
    plain_chars = [gram.term for gram in char_ngrams(normalized, ranges[1:4])]  # type: ignore[arg-type]
    assert sorted(hash_ for hash_, _, _ in chars) == sorted(hashes_of_terms(plain_chars, are_words=False))


@given(st.lists(wild_text, min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_ngrams_never_run_from_text_to_text(texts: list[str]) -> None:
    codes, offsets = packing.pack(texts)
    words, chars = np.empty(4 * len(codes) + 8, np.uint64), np.empty((2 * len(codes) + 8) * 6, np.uint64)
    none = np.empty((0, 3), np.int64)
    for text, start, end in zip(texts, offsets, offsets[1:], strict=False):
        n_words, n_chars = hashing.hash_ngrams(
            codes, start, end, packing.kind_table(), DEFAULT, words, chars, none, none
        )
        alone = compiled_ngrams(text, DEFAULT)
        assert words[:n_words].tolist() == [hash_ for hash_, _, _ in alone[0]]
        assert chars[:n_chars].tolist() == [hash_ for hash_, _, _ in alone[1]]


@given(st.sets(any_hash, max_size=200), any_hash)
@settings(max_examples=50, deadline=None)
def test_table_finds_what_it_holds_and_nothing_else(hashes: set[int], stranger: int) -> None:
    held = np.array(sorted(hashes), np.uint64)
    table = hashing.build_table(held, table_bits(len(held)))
    find = hashing.find.py_func
    assert [find(hash_, table) for hash_ in held] == list(range(len(held)))
    if stranger not in hashes:
        assert find(np.uint64(stranger), table) == -1


def test_words_and_prefixes_and_characters_have_hashes_of_their_own() -> None:
    terms = ["cyber", "cyb*", "cyb", "cyber attack", "attack cyber", "cyberattack"]
    hashes = hashes_of_terms(terms, are_words=True) + hashes_of_terms(["cyb", "cyber", " cy"], are_words=False)
    assert len(set(hashes)) == len(hashes)
