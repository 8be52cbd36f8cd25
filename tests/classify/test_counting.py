"""Compiled counting for training against plain counters."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify import hashing, packing
from pipeline.classify.counting import count_block, locate_terms, number_hashes
from pipeline.classify.features import table_bits
from pipeline.classify.ngrams import char_ngrams, normalize, word_ngrams

from .strategies import wild_text

NONE = (0, 0)
WORD_RANGES = ((1, 2), NONE, NONE, NONE, (5, 2))
CHAR_RANGES = (NONE, (3, 5), (1, 3), (2, 3), NONE)


def plain_terms(text: str, block: int) -> list[str]:
    grams = (
        word_ngrams(normalize(text), (1, 2), (5, 2)) if block == 0 else char_ngrams(normalize(text), CHAR_RANGES[1:4])
    )  # type: ignore[arg-type]
    return [gram.term for gram in grams]


@given(st.lists(wild_text, max_size=6), st.sampled_from([0, 1]))
@settings(max_examples=80, deadline=None)
def test_counts_equal_plain_counters(texts: list[str], block: int) -> None:
    ranges = (WORD_RANGES, CHAR_RANGES)[block]
    hashes, counts, starts = count_block(*packing.pack(texts), packing.kind_table(), ranges, block)
    assert starts[-1] == len(hashes) == len(counts)
    for row, text in enumerate(texts):
        own = slice(starts[row], starts[row + 1])
        assert np.all(np.diff(hashes[own].astype(object)) > 0)
        assert sorted(counts[own].tolist()) == sorted(Counter(plain_terms(text, block)).values())


@given(st.lists(st.integers(1, 2**64 - 1).map(lambda n: n * 0x9E3779B97F4A7C15 % 2**64), max_size=300))
@settings(max_examples=60, deadline=None)
def test_numbers_follow_first_occurrence(values: list[int]) -> None:
    numbers, distinct = number_hashes(np.array(values, np.uint64))
    assert distinct.tolist() == list(dict.fromkeys(values))
    assert [int(distinct[number]) for number in numbers] == values


def test_numbering_outgrows_its_first_table() -> None:
    values = np.random.default_rng(0).integers(1, 2**63, 200_000).astype(np.uint64)
    values = np.concatenate([values, values[::-1]])
    numbers, distinct = number_hashes(values)
    assert len(distinct) == len(np.unique(values))
    assert np.array_equal(distinct[numbers], values)


@given(st.lists(wild_text, min_size=1, max_size=4), st.sampled_from([0, 1]))
@settings(max_examples=60, deadline=None)
def test_located_terms_stand_where_they_are_said_to(texts: list[str], block: int) -> None:
    ranges = (WORD_RANGES, CHAR_RANGES)[block]
    codes, offsets = packing.pack(texts)
    hashes = np.unique(count_block(codes, offsets, packing.kind_table(), ranges, block)[0])
    table = hashing.build_table(hashes, table_bits(len(hashes)))
    spans = np.full((len(hashes), 3), -1, np.int64)
    locate_terms(codes, offsets, packing.kind_table(), ranges, table, spans)
    assert (spans[:, 0] >= 0).all()
    joined = "".join(map(chr, codes))
    stretches = {joined[start:end] for start, end, _ in spans.tolist()}
    known = {
        term.strip(" ").removesuffix("*")
        for text in texts
        for term in plain_terms(text, block)
        if " " not in term.strip()
    }
    assert known <= stretches | {""}
