"""The model for languages is the same unpacked, from the cache, and where there can be no cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.ingest import language_model
from pipeline.ingest.language_model import load_identifier

TEXTS = ("Der Minister sprach am Montag in Wien", "O ministro falou em Lisboa", "Министр выступил в Киеве", "x")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cache" / "model"
    monkeypatch.setattr(language_model, "_kept_at", lambda: path)
    return path


def named() -> list[tuple[str, float]]:
    identifier = load_identifier()
    return [identifier.classify(text) for text in TEXTS]


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
    assert np.load(kept / "weights.npy", allow_pickle=False).dtype == np.float32


def test_without_a_place_to_keep_it(kept: Path) -> None:
    kept.parent.write_text("a file where the folder should be")
    assert [code for code, _ in named()][:2] == ["de", "pt"]
