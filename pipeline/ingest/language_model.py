"""py3langid's model, kept unpacked in the user's cache folder: unpacking it takes most of a short command's time."""

from __future__ import annotations

import os
import tempfile
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from pipeline.versions import installed_versions

UNUSABLE = (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile)


def load_identifier() -> Any:
    """A `LanguageIdentifier` with normalised probabilities: from the cache, or unpacked and then cached if possible."""
    kept = _kept_at()
    try:
        return _read(kept)
    except UNUSABLE:
        identifier = _unpacked()
        with suppress(OSError):
            _write(identifier, kept)
        return identifier


def _kept_at() -> Path:
    from platformdirs import user_cache_path

    version = installed_versions(["py3langid"])["py3langid"]
    return user_cache_path("themes") / f"py3langid-{version}.npz"


def _unpacked() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return _quickened(LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))


def _read(path: Path) -> Any:
    from py3langid.langid import LanguageIdentifier

    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
        return _quickened(
            LanguageIdentifier(
                kept["weights"],
                kept["priors"],
                kept["classes"].tolist(),
                _as_array(kept["moves"]),
                kept["outputs"].tolist(),
                norm_probs=True,
                tk_row=_as_array(kept["rows"]),
            )
        )


def _write(identifier: Any, path: Path) -> None:
    """Written beside and then renamed, so that another process never reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, half = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(
                stream,
                weights=identifier.nb_ptc.astype(np.float16),
                priors=identifier.nb_pc,
                classes=np.array(identifier.nb_classes),
                moves=np.asarray(identifier.tk_nextmove),
                outputs=np.array(identifier.tk_output, np.int32),
                rows=np.asarray(identifier.tk_row),
            )
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def _quickened(identifier: Any) -> Any:
    identifier.nb_ptc = identifier.nb_ptc.astype(np.float32)  # half the time of float16, for 28 MB more
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)  # lets go of the first
    return identifier


def _as_array(numbers: np.ndarray[Any, Any]) -> array[int]:
    unpacked = array(numbers.dtype.char)
    unpacked.frombytes(numbers.tobytes())
    return unpacked
