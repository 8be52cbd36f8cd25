"""numba is loaded without scipy's linear algebra, and finds it where somebody uses it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from pipeline.ingest.compiler import load_compiler
load_compiler()
load_compiler()
assert "numba.np.arraymath" in sys.modules
assert not [name for name in sys.modules if name.startswith("scipy.linalg")]
from numba.np import arraymath
assert arraymath._HAVE_BLAS
arraymath.ensure_blas()
import scipy.linalg
assert scipy.linalg.inv([[2.0]]).tolist() == [[0.5]]
assert sys.modules["scipy.linalg.cython_blas"].__pyx_capi__
load_compiler()
"""


def test_linear_algebra_is_loaded_when_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
