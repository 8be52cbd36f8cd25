"""What the package imports before it is used: nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "pyarrow", "pandas", "chardet", "py3langid", "selectolax", "pypdfium2", "email", "numba")


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import pipeline.ingest", ()),
        ("from pipeline.ingest import ReadOptions", ()),
        ("from pipeline.ingest import read", ("numpy",)),
        ("from pipeline.ingest.formats import READERS", ()),
        ("import pipeline.ingest.worker", ()),
    ],
)
def test_nothing_heavy_is_imported(statement: str, allowed: tuple[str, ...]) -> None:
    script = f"{statement}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert set(shown.split()) <= set(allowed)


def test_unknown_name() -> None:
    import pipeline.ingest

    with pytest.raises(AttributeError, match="nothing_of_this_name"):
        _ = pipeline.ingest.nothing_of_this_name
