"""The model for languages is the same unpacked, from the cache, and where there can be no cache."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import language_kernel, language_model
from pipeline.ingest.language_model import LanguageModel, evidence, load_model

TEXTS = ("Der Minister sprach am Montag in Wien", "O ministro falou em Lisboa", "Министр выступил в Киеве", "x")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cache" / "model"
    monkeypatch.setattr(language_model, "_kept_at", lambda: path)
    return path


def named() -> list[tuple[str, float]]:
    model = load_model()
    return model.classify(TEXTS)


def test_the_second_load_reads_what_the_first_unpacked(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = named()
    assert kept.is_dir()
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]
    monkeypatch.delattr(language_model, "_unpacked")
    assert named() == first


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY\x01\x00 half"])
def test_a_broken_file_is_replaced(kept: Path, content: bytes) -> None:
    kept.mkdir(parents=True)
    for name in language_model.ARRAYS:
        (kept / f"{name}.npy").write_bytes(content)
    assert [code for code, _ in named()][:2] == ["de", "pt"]
    assert np.load(kept / "weights.npy", allow_pickle=False).dtype == np.int16


def test_without_a_place_to_keep_it(kept: Path) -> None:
    kept.parent.write_text("a file where the folder should be")
    assert [code for code, _ in named()][:2] == ["de", "pt"]


@cache
def model() -> LanguageModel:
    return load_model()


@cache
def theirs() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def test_nothing_of_a_weight_is_lost() -> None:
    kept = model().weights / np.float32(language_model.ONE)
    assert np.array_equal(kept, theirs().nb_ptc.astype(np.float32))


SOME = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(TEXTS), max_size=4).map(" ".join))


@given(SOME)
def test_languages_are_those_of_py3langid(text: str) -> None:
    [(code, probability)] = model().classify([text])
    ranked = dict(theirs().rank(text))
    assert probability == pytest.approx(ranked[code], abs=0.02)
    assert ranked[code] == pytest.approx(max(ranked.values()), abs=0.02)


@given(st.lists(SOME, min_size=1, max_size=4))
def test_texts_together_are_named_as_each_alone(texts: list[str]) -> None:
    assert model().classify(texts) == [model().classify([text])[0] for text in texts]


@given(st.lists(SOME, min_size=1, max_size=4))
def test_compiled_code_weighs_alike(texts: list[str]) -> None:
    data = [text.encode("utf-8", "surrogatepass") for text in texts]
    assert language_kernel.evidence(data, model()).tolist() == evidence(data, model()).tolist()
