"""Which language a text is in, by py3langid's model; kept unpacked in the user's cache folder, for that takes longest.

The kept arrays are mapped, not read, so that all processes of a machine share one copy in memory.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.text_work import LANGUAGE_KERNEL, kernel_for
from pipeline.versions import installed_versions

ARRAYS = ("weights", "priors", "classes", "moves", "outputs", "rows")
ONE = 512
"""py3langid's weights are whole multiples of 1/512 and below 64, so that nothing is lost in 16 bits."""
UNUSABLE = (OSError, ValueError, TypeError, EOFError)


@dataclass(frozen=True)
class LanguageModel:
    """Naive Bayes over byte n-grams that an automaton finds (Lui and Baldwin 2012, "langid.py"); figures of py3langid.

    weights: int16 (n_features, n_classes), `ONE` for 1; priors: float32 (n_classes,), classes: codes of languages
    (n_classes,), some twice; moves: uint32, the state after the byte b in state s stands at 256 * rows[s] + b;
    outputs: int32 (n_states,), the feature that is found on reaching a state, or -1.
    """

    weights: NDArray[np.int16]
    priors: NDArray[np.float32]
    classes: NDArray[np.str_]
    moves: NDArray[np.uint32]
    outputs: NDArray[np.int32]
    rows: NDArray[np.uint16]

    def classify(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The likeliest language of each text and its probability."""
        probabilities = self.probabilities(texts)
        best = probabilities.argmax(axis=1)
        likely = probabilities[np.arange(len(best)), best].tolist()
        return list(zip(map(self.languages.__getitem__, best.tolist()), likely, strict=True))

    @cached_property
    def languages(self) -> list[str]:
        """The languages that `probabilities` are of, each once."""
        return list(dict.fromkeys(self.classes.tolist()))

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 (n_texts, n_languages): of each of `languages`, how likely it is that of the text."""
        data = [normalize("NFC", text.lower() if text.isupper() else text) for text in texts]
        read = [text.encode("utf-8", "surrogatepass") for text in data]
        kernel = kernel_for(sum(map(len, read)), LANGUAGE_KERNEL)
        scores = (kernel.evidence if kernel else evidence)(read, self)
        lengths = np.array([[max(1, len(text))] for text in read], np.float32)
        scores = np.where(scores.any(axis=1, keepdims=True), (scores + self.priors) / np.sqrt(lengths), scores)
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        summed = np.zeros((len(texts), len(self.languages)))
        for place, of_class in zip(self._language_of_class.tolist(), likely.T, strict=True):
            summed[:, place] += of_class
        found = summed.astype(np.float32)
        found /= found.sum(axis=1, keepdims=True)
        return found

    @cached_property
    def _language_of_class(self) -> NDArray[np.intp]:
        place = {language: number for number, language in enumerate(self.languages)}
        return np.array([place[name] for name in self.classes.tolist()])


LOGS = np.log1p(np.arange(256, dtype=np.float32)) / np.float32(ONE)
"""What a weight counts for so many occurrences of a feature; more count as many as the last."""


def evidence(texts: Sequence[bytes], model: LanguageModel) -> NDArray[np.float32]:
    """The specification of `language_kernel.evidence`: (n_texts, n_classes), how the features in their bytes weigh."""
    return np.stack([_evidence(data, model) for data in texts])


def _evidence(data: bytes, model: LanguageModel) -> NDArray[np.float32]:
    features, times = np.unique(np.array(_features(data, model), np.int64), return_counts=True)
    weighed = LOGS[np.minimum(times, len(LOGS) - 1), None] * model.weights[features]
    total: NDArray[np.float32] = weighed.sum(axis=0)
    return total


def _features(data: bytes, model: LanguageModel) -> list[int]:
    """The features that the automaton finds, in order."""
    # Plain buffers are read at several times an array's pace.
    next_state, row_of, feature_of = model.moves.data, model.rows.data, model.outputs.data
    state, found = 0, []
    for byte in data:
        state = next_state[(row_of[state] << 8) + byte]
        feature = feature_of[state]
        if feature >= 0:
            found.append(feature)
    return found


def load_model() -> LanguageModel:
    """The model from the cache, or unpacked and then cached if possible."""
    kept = _kept_at()
    try:
        return _model(*(np.load(kept / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS))
    except UNUSABLE:
        arrays = _unpacked()
        with suppress(OSError):
            _keep(arrays, kept)
        return _model(*arrays)


def _kept_at() -> Path:
    from platformdirs import user_cache_path

    version = installed_versions(["py3langid"])["py3langid"]
    return user_cache_path("themes") / f"py3langid-{version}-int16"


def _unpacked() -> tuple[NDArray[Any], ...]:
    """The arrays of the model in the order of `ARRAYS`."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    return (
        np.rint(model.nb_ptc.astype(np.float32) * ONE).astype(np.int16),
        model.nb_pc,
        np.array(model.nb_classes),
        np.asarray(model.tk_nextmove),
        np.array(model.tk_output, np.int32),
        np.array(model.tk_row, np.uint16),
    )


def _model(*arrays: NDArray[Any]) -> LanguageModel:
    plain = [np.asarray(array) for array in arrays]
    for array in plain:
        array.setflags(write=False)  # as mapped ones are, so that code is compiled for one kind
    return LanguageModel(*plain)


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
