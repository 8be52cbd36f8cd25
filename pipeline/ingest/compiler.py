"""Loading numba without what it would load for nothing."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType

_BLAS = ("scipy.linalg", "scipy.linalg.cython_blas")


def load_compiler() -> None:
    """Load numba; scipy's linear algebra, which it would load to see whether it is there, is loaded when it is used.

    No compiled code here uses it, and loading it takes long.
    """
    if "numba.np.arraymath" in sys.modules or "scipy.linalg" in sys.modules:
        return
    import_module("numba")
    sys.modules.update({name: ModuleType(name) for name in _BLAS})
    try:
        with suppress(ImportError, RuntimeError):  # numba then loads it in its own way
            import_module("numba.np.arraymath")
    finally:
        for name in _BLAS:
            del sys.modules[name]
