"""Rows begin cache lines, and asking for them changes nothing."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from pipeline.classify.fetching import CACHE_LINE_BYTES, aligned_rows, fetch_row


@numba.njit
def fetch_all(matrix: Any) -> int:
    for row in range(len(matrix)):
        fetch_row(matrix, row)
    return len(matrix)


@pytest.mark.parametrize(("n_rows", "n_columns"), [(0, 8), (1, 1), (3, 8), (1000, 96)])
def test_rows_begin_a_cache_line_and_stay_as_they_are(n_rows: int, n_columns: int) -> None:
    rows = aligned_rows(n_rows, n_columns, np.float32)
    rows[:] = np.arange(n_rows * n_columns).reshape(n_rows, n_columns)
    before = rows.copy()
    assert rows.ctypes.data % CACHE_LINE_BYTES == 0 or n_rows == 0
    assert rows.shape == (n_rows, n_columns)
    assert fetch_all(rows) == n_rows
    assert np.array_equal(rows, before)
