"""How alike in form the lines near each other are: menus repeat one form, lists of teasers a pattern of a few.

Only the scorer of text dumps is told; that of HTML knows the elements that such patterns come from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.line_features import EDGES, FIRST_EDGE, PageFeatures, page_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Rows = NDArray[np.float32]

N_LAGS = 4
N_RHYTHM = N_LAGS + 1
SHAPE_WEIGHTS = {0: 1.0, 4: 1.5, 6: 2.0, 8: 0.7, 9: 0.7, 10: 0.7}
"""Columns of a line's shape that are its form: width, upper case, letters, full stops, commas and digits."""
EDGE_WEIGHT = 0.5
"""Of each kind of first and last sign."""
NEARBY = (1.0, 2.0, 3.0, 2.0, 1.0)
"""Weights of the lines around, of which the mean is taken."""


def text_features(lines: Sequence[str]) -> PageFeatures:
    """As `page_features`, and beside its columns those of `compare_forms`."""
    found = page_features(lines)
    return replace(found, rows=np.concatenate([found.rows, compare_forms(found.rows)], axis=1))


def compare_forms(rows: Rows) -> Rows:
    """How alike in form are lines 1 to `N_LAGS` apart around each line of `rows` (features): (n_lines, `N_RHYTHM`).

    Two lines are compared by the city-block distance d of their forms, as 1 / (1 + d * d). The last column says by how
    much a pattern of several lines (date, headline, teaser) is plainer than that of line after line.
    """
    columns, weights = list(SHAPE_WEIGHTS), np.array(list(SHAPE_WEIGHTS.values()), np.float32)
    edges = rows[:, FIRST_EDGE : FIRST_EDGE + 2 * len(EDGES)]
    form = np.concatenate([rows[:, columns] * weights, edges * np.float32(EDGE_WEIGHT)], axis=1)
    n, reach = len(form), len(NEARBY) // 2
    nearby = np.convolve(np.ones(n), NEARBY)[reach : reach + n]
    out = np.empty((n, N_RHYTHM), np.float32)
    for lag in range(1, N_LAGS + 1):
        distance = np.abs(form[lag:] - form[:-lag]).sum(axis=1)
        alike = 0.5 / (1 + distance * distance)
        around = np.zeros(n)
        around[lag:] += alike
        around[:-lag] += alike
        out[:, lag - 1] = np.convolve(around, NEARBY)[reach : reach + n] / nearby
    out[:, N_LAGS] = out[:, 1:N_LAGS].max(axis=1) - out[:, 0]
    return out
