"""The vocabulary's table finds what it holds and nothing else, however full it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.term_table import LARGEST_SHARE, TermTable, _fill, build_terms, number_of

any_hash = st.integers(1, 2**64 - 1).map(lambda n: n * 0x9E3779B97F4A7C15 % 2**64)
"""As hashes are, spread over all 64 bits."""
look_up = number_of.py_func


@given(st.lists(any_hash, max_size=200), any_hash)
@settings(max_examples=100, deadline=None)
def test_it_finds_what_it_holds_and_nothing_else(hashes: list[int], stranger: int) -> None:
    table = build_terms(np.array(hashes, np.uint64))
    assert [look_up(np.uint64(hash_), table) for hash_ in hashes] == [hashes.index(hash_) + 1 for hash_ in hashes]
    if stranger not in hashes:
        assert look_up(np.uint64(stranger), table) == 0


@pytest.mark.parametrize("n_terms", [0, 1, 14, 15, 57_344, 57_345])
def test_tables_are_filled_to_the_largest_share(n_terms: int) -> None:
    hashes = np.random.default_rng(0).integers(1, 2**64 - 1, n_terms, dtype=np.uint64)
    table = build_terms(hashes)
    assert np.count_nonzero(table.slots) == n_terms
    assert max(14, LARGEST_SHARE * len(table.slots) / 2) <= max(14, n_terms) <= LARGEST_SHARE * len(table.slots)
    assert [look_up(hash_, table) for hash_ in hashes[::997]] == list(range(1, n_terms + 1, 997))


def test_neighbours_of_a_known_hash_are_unknown() -> None:
    """They share its bucket and its step, and differ in nothing but the bits that are not kept."""
    hashes = np.random.default_rng(1).integers(1, 2**64 - 1, 1000, dtype=np.uint64)
    table = build_terms(hashes)
    for bit in range(64):
        changed = hashes ^ np.uint64(1 << bit)
        assert not any(look_up(hash_, table) for hash_ in changed)


def test_hashes_that_no_shift_parts_are_given_more_room() -> None:
    """Two that are alike but for bits above the slot and below the step stay side by side, whatever the shift."""
    hashes = np.array([1 << 63 | 1, 1 << 63 | 17], np.uint64)
    narrow = TermTable(np.zeros(16, np.uint64), np.zeros(4, np.uint16))
    assert not _fill(hashes, narrow)
    table = build_terms(hashes)
    assert len(table.slots) > 16
    assert [look_up(hash_, table) for hash_ in hashes] == [1, 2]
