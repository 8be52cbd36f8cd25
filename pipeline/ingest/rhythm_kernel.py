"""The compiled path of the cleaner: how alike in form lines near each other are, as `line_rhythm` specifies it."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from pipeline.ingest.line_kernel import F32, FIRST_KIND, LAST_KIND, N_EDGES
from pipeline.ingest.line_rhythm import EDGE_WEIGHT, N_LAGS, NEARBY, SHAPE_WEIGHTS

FORM_COLUMNS, FORM_WEIGHTS = tuple(SHAPE_WEIGHTS), tuple(F32(weight) for weight in SHAPE_WEIGHTS.values())
ONE_EDGE = F32(EDGE_WEIGHT)
REACH = len(NEARBY) // 2


@numba.njit
def compare_forms(out: Any, lines: Any, rows: Any, known: Any) -> None:
    """Fill `out` (N_RHYTHM, n_rows) as `line_rhythm.compare_forms`, transposed."""
    n = len(rows)
    form, share = _forms(lines, rows, known), _shares_nearby(n)
    around, distance = np.empty(n + 2 * REACH, np.float32), np.empty(n, np.float32)
    for lag in range(1, N_LAGS + 1):
        around[:] = 0
        _add_alike(around[REACH:], form, lag, distance)
        mean = out[lag - 1]
        for i in range(n):
            total = F32(0)
            for near in range(len(NEARBY)):
                total += F32(NEARBY[near]) * around[i + near]
            mean[i] = total * share[i]
    for i in range(n):
        longest = out[1, i]
        for lag in range(2, N_LAGS):
            longest = max(longest, out[lag, i])
        out[N_LAGS, i] = longest - out[0, i]


@numba.njit
def _forms(lines: Any, rows: Any, known: Any) -> Any:
    """What lines are compared by, float32 (n_columns + 2, n_rows): shape, and the kinds of the first and last sign."""
    n_columns = len(FORM_COLUMNS)
    form = np.empty((n_columns + 2, len(rows)), np.float32)
    for i, row in enumerate(rows):
        for column in range(n_columns):
            form[column, i] = lines.figures[row, FORM_COLUMNS[column]] * FORM_WEIGHTS[column]
        form[n_columns, i] = known.edges[lines.places[row, FIRST_KIND], N_EDGES]
        form[n_columns + 1, i] = known.edges[lines.places[row, LAST_KIND], N_EDGES]
    return form


@numba.njit(fastmath=True)
def _add_alike(out: Any, form: Any, lag: int, distance: Any) -> None:
    """Add to each line half of how alike it is to the line so many before it, and to that the same.

    `distance` is room for a number for each line.
    """
    n_columns, n = len(FORM_COLUMNS), form.shape[1] - lag
    if n <= 0:
        return
    distance[:n] = 0
    for column in range(n_columns):
        here = form[column]
        for i in range(n):
            distance[i] += abs(here[i + lag] - here[i])
    for column in range(n_columns, n_columns + 2):
        here = form[column]
        for i in range(n):
            some = F32(here[i] > F32(0)) + F32(here[i + lag] > F32(0))
            distance[i] += ONE_EDGE * (some if here[i] != here[i + lag] else F32(0))
    for i in range(n):
        distance[i] = F32(0.5) / (F32(1) + distance[i] * distance[i])
    for i in range(n):
        out[i] += distance[i]
    for i in range(n):
        out[i + lag] += distance[i]


@numba.njit
def _shares_nearby(n: int) -> Any:
    """By what the sum over the lines nearby is multiplied to give a mean, fewer being near the ends of a page."""
    share = np.empty(n, np.float32)
    for i in range(n):
        total = F32(0)
        for near in range(max(REACH - i, 0), min(len(NEARBY), REACH + n - i)):
            total += F32(NEARBY[near])
        share[i] = F32(1) / total
    return share
