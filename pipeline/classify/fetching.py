"""Asks the processor for memory ahead of its use: rows at random places of a large matrix cost little else."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import DTypeLike, NDArray

CACHE_LINE_BYTES = 64


def aligned_rows(n_rows: int, n_columns: int, dtype: DTypeLike) -> NDArray[Any]:
    """Uninitialised matrix whose first element begins a cache line."""
    n_bytes = n_rows * n_columns * np.dtype(dtype).itemsize
    raw = np.empty(n_bytes + CACHE_LINE_BYTES, np.uint8)
    skipped = -raw.ctypes.data % CACHE_LINE_BYTES
    return raw[skipped : skipped + n_bytes].view(dtype).reshape(n_rows, n_columns)


def _fetch(_context: Any, array: Any, position: Any) -> Any:
    """Typing and code of `fetch(array, position)`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        address, integer = ir.IntType(8).as_pointer(), ir.IntType(32)
        hint = ir.FunctionType(ir.VoidType(), [address, integer, integer, integer])
        call = builder.module.declare_intrinsic("llvm.prefetch", [address], hint)
        element = builder.bitcast(builder.gep(data, [arguments[1]]), address)
        builder.call(call, [element, integer(0), integer(2), integer(1)])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


fetch: Any = intrinsic(_fetch)
"""Begin to load the cache line of an element, counted in C order; changes nothing that can be seen."""


@numba.njit(inline="always")
def fetch_row(matrix: Any, row: Any) -> None:
    """Begin to load a row."""
    width = matrix.shape[1]
    for column in range(0, width, CACHE_LINE_BYTES // matrix.itemsize):
        fetch(matrix, row * width + column)
