"""How the kernel is compiled: without counting references to arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function that makes no arrays, kept on disk, run without Python's lock.

    numba counts a reference to an array, twice and with a lock, wherever a function that takes one is called, inlined
    or not, and so for every n-gram. A function that makes no array can do without.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
    return cast(Function, numba.njit(**options)(function))
