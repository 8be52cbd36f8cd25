"""Functions of the kernel count no references, and do what they say."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba.core.caching import NullCache

from pipeline.classify.compiling import compiled


def add_parts(values: Any, sums: Any) -> int:
    for first in range(len(sums)):
        for value in values[first : first + 2]:
            sums[first] += value
    return len(sums)


def counts_references(function: Any) -> bool:
    sums = np.zeros(2)
    assert function(np.arange(3.0), sums) == 2
    assert sums.tolist() == [1.0, 3.0]
    (code,) = function.inspect_asm().values()
    return "NRT_decref" in code


def test_a_compiled_function_counts_no_references() -> None:
    function: Any = compiled(add_parts)
    function._cache = NullCache()  # what is read from disk cannot be looked at
    assert not counts_references(function)
    assert counts_references(numba.njit(add_parts))
