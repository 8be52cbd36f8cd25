"""py3langid's model, kept unpacked in the user's cache folder: unpacking it takes most of a short command's time.

The kept arrays are mapped, not read, so that all processes of a machine share one copy in memory.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.versions import installed_versions

ARRAYS = ("weights", "priors", "classes", "moves", "outputs", "rows")
UNUSABLE = (OSError, ValueError, TypeError, EOFError)


def load_identifier() -> Any:
    """A `LanguageIdentifier` with normalised probabilities: from the cache, or unpacked and then cached if possible."""
    kept = _kept_at()
    try:
        return _identifier(*(np.load(kept / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS))
    except UNUSABLE:
        arrays = _unpacked()
        with suppress(OSError):
            _keep(arrays, kept)
        return _identifier(*arrays)


def _kept_at() -> Path:
    from platformdirs import user_cache_path

    version = installed_versions(["py3langid"])["py3langid"]
    return user_cache_path("themes") / f"py3langid-{version}"


def _unpacked() -> tuple[NDArray[Any], ...]:
    """The arrays of the model in the order of `ARRAYS`."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    return (
        model.nb_ptc.astype(np.float32),  # takes half the time of float16
        model.nb_pc,
        np.array(model.nb_classes),
        np.asarray(model.tk_nextmove),
        np.array(model.tk_output, np.int32),
        np.asarray(model.tk_row),
    )


def _identifier(
    weights: NDArray[Any],
    priors: NDArray[Any],
    classes: NDArray[Any],
    moves: NDArray[Any],
    outputs: NDArray[Any],
    rows: NDArray[Any],
) -> Any:
    from py3langid.langid import LanguageIdentifier

    return LanguageIdentifier(
        np.asarray(weights),
        np.asarray(priors),
        classes.tolist(),
        np.asarray(moves).data,  # hands out plain numbers, several times faster than an array of numpy
        outputs.tolist(),
        norm_probs=True,
        tk_row=rows.tolist(),
    )


def _keep(arrays: tuple[NDArray[Any], ...], folder: Path) -> None:
    """Written beside and then renamed, so that another process never reads half a file."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        for name, values in zip(ARRAYS, arrays, strict=True):
            np.save(half / f"{name}.npy", values, allow_pickle=False)
        shutil.rmtree(folder, ignore_errors=True)
        half.rename(folder)
    finally:
        shutil.rmtree(half, ignore_errors=True)
