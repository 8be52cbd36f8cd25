from __future__ import annotations

import numpy as np
import pytest

from pipeline.ingest import band_index
from pipeline.ingest.band_index import BandIndex, number_groups


def test_values_of_one_text_are_no_group_and_columns_do_not_mix() -> None:
    bands = np.array([[7, 7], [7, 8], [9, 8]], np.uint32)
    number_groups(bands, np.ones(3, bool))
    assert bands.tolist() == [[1, 0], [1, 2], [0, 2]]
    number_groups(np.zeros((0, 4), np.uint32), np.ones(0, bool))


def test_texts_that_do_not_count_are_in_no_group() -> None:
    bands = np.array([[7, 1], [7, 2], [7, 2]], np.uint32)
    number_groups(bands, np.array([True, True, False]))
    assert bands.tolist() == [[1, 0], [1, 0], [0, 0]]


@pytest.mark.parametrize(("least_shared", "candidates"), [(1, [0, 3, 1, 2]), (2, [0, 3, 1]), (3, [0, 3])])
def test_what_shares_the_most_comes_first_and_what_shares_too_little_not_at_all(
    least_shared: int, candidates: list[int]
) -> None:
    groups = np.array([[1, 2, 3], [1, 0, 3], [0, 0, 3], [1, 2, 3]], np.uint32)
    index = BandIndex(least_shared)
    for position in range(4):
        index.add(position, groups[position])
    assert index.candidates(groups[0]) == candidates
    assert index.candidates(np.zeros(3, np.uint32)) == []


def test_candidates_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(band_index, "MAX_IN_BAND", 5)
    monkeypatch.setattr(band_index, "MAX_CANDIDATES", 3)
    index = BandIndex()
    for position in range(20):
        index.add(position, np.array([1, 2], np.uint32))
    assert index.candidates(np.array([1, 2], np.uint32)) == [0, 1, 2]
    assert sum(map(len, index._positions.values())) == 10
