"""Functions of the kernel count no references, and do what they say."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core.caching import NullCache

from pipeline.classify.compiling import compiled


@compiled
def add_parts(values: Any, sums: Any) -> int:
    for first in range(len(sums)):
        for value in values[first : first + 2]:
            sums[first] += value
    return len(sums)


def test_a_compiled_function_counts_no_references() -> None:
    add_parts._cache = NullCache()  # type: ignore[attr-defined]  # what is read from disk cannot be looked at
    sums = np.zeros(2)
    assert add_parts(np.arange(3.0), sums) == 2
    assert sums.tolist() == [1.0, 3.0]
    (code,) = add_parts.inspect_asm().values()  # type: ignore[attr-defined]
    assert "NRT_incref" not in code.split("cpython")[0]
