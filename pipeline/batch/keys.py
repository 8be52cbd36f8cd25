"""Keys: hashes that are the same exactly when the work they stand for would come out the same."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel

LENGTH = 32
"""Hexadecimal digits of a key: 128 bits."""
_BINARY = (bytes, memoryview)


def key_of(*values: object) -> str:
    """32 hexadecimal digits of the SHA-256 of values, each by its length and text; of bytes, as they are."""
    hashed = sha256()
    for value in values:
        data = value if isinstance(value, _BINARY) else str(value).encode("utf-8", "surrogatepass")
        hashed.update(b"%d:" % (data.nbytes if isinstance(data, memoryview) else len(data)))
        hashed.update(data)
    return hashed.hexdigest()[:LENGTH]


@cache
def code_version(package: str) -> str:
    """A hash of a package's modules and trained files: work done by other code is done anew."""
    folder = Path(str(import_module(package).__file__)).parent
    files = sorted(path for path in folder.iterdir() if path.suffix in {".py", ".safetensors"})
    return key_of(*(value for path in files for value in (path.name, path.read_bytes())))


def cleaner_version() -> str:
    """The version of everything between a file's bytes and a Document."""
    return code_version("pipeline.ingest")


def model_key(model: ThemeModel) -> str:
    """A hash of all that a model adds to the tags, and of the code that applies it."""
    from numpy import ascontiguousarray

    scorer, decider = model.scorer, model.decider
    arrays = (scorer.coefficients, scorer.intercepts, decider.slopes, decider.offsets, decider.thresholds)
    return key_of(
        model.version,
        repr(model.taxonomy),
        repr(scorer.settings),
        *(ascontiguousarray(array).data for array in arrays),
        decider.near_misses.tobytes(),
        code_version("pipeline.classify"),
    )
