from __future__ import annotations

import numpy as np
import pytest

from pipeline.ingest import band_index
from pipeline.ingest.band_index import BandIndex, band_groups


def test_values_of_one_text_are_no_group_and_columns_do_not_mix() -> None:
    bands = np.array([[7, 7], [7, 8], [9, 8]], np.uint64)
    assert band_groups(bands).tolist() == [[1, 0], [1, 2], [0, 2]]
    assert band_groups(np.zeros((0, 4), np.uint64)).shape == (0, 4)


def test_what_shares_the_most_comes_first() -> None:
    groups = np.array([[1, 2, 3], [1, 0, 0], [1, 2, 0]])
    index = BandIndex()
    for position in range(3):
        index.add(position, groups[position])
    assert index.candidates(groups[0]) == [0, 2, 1]
    assert index.candidates(np.zeros(3, np.int64)) == []


def test_candidates_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(band_index, "MAX_IN_BAND", 5)
    monkeypatch.setattr(band_index, "MAX_CANDIDATES", 3)
    index = BandIndex()
    for position in range(20):
        index.add(position, np.array([1]))
    assert index.candidates(np.array([1])) == [0, 1, 2]
    assert sum(map(len, index._positions.values())) == 5
