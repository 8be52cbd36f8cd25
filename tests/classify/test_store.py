"""Model folders: a round trip, and a refusal by name of whatever is damaged."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.classify import store
from pipeline.classify.model import ThemeModel
from pipeline.classify.store import (
    FILES,
    MANIFEST,
    check_place,
    installed_models,
    load_folder,
    load_model,
    read_manifest,
    save_model,
)
from pipeline.errors import ModelError, OutputError
from pipeline.types import LabeledDocument

NAMES = (MANIFEST, *FILES)


@pytest.fixture
def copy(model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder, tmp_path / "copy"))


def test_a_round_trip_gives_identical_predictions(
    model: ThemeModel, model_folder: Path, labeled: list[LabeledDocument]
) -> None:
    loaded = load_folder(model_folder)
    documents = [item.document for item in labeled]
    before, after = model.predict(documents), loaded.predict(documents)
    for name in ("scores", "probabilities", "decisions", "thresholds"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    assert before.remarks == after.remarks
    assert loaded.taxonomy == model.taxonomy
    assert loaded.provenance == model.provenance
    assert loaded.quality == model.quality
    assert loaded.probability_sums == model.probability_sums
    assert len(loaded.probability_sums) == len(loaded.quality)
    assert loaded.version == model.version
    assert loaded.decider.fewest == model.decider.fewest


def test_the_folder_holds_four_readable_files(model_folder: Path) -> None:
    assert sorted(path.name for path in model_folder.iterdir()) == sorted(NAMES)
    assert json.loads((model_folder / MANIFEST).read_text())["format_version"] == store.FORMAT_VERSION
    assert all(os.access(path, os.R_OK) and path.stat().st_mode & 0o044 == 0o044 for path in model_folder.iterdir())


def test_saving_what_was_loaded_gives_the_same_bytes(model_folder: Path, tmp_path: Path) -> None:
    save_model(load_folder(model_folder), tmp_path / "again", (model_folder / "README.md").read_text(encoding="utf-8"))
    for name in NAMES:
        assert (tmp_path / "again" / name).read_bytes() == (model_folder / name).read_bytes(), name


@pytest.mark.parametrize("name", NAMES)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_byte_changed_is_refused_by_name(copy: Path, name: str, place: float, flip: int) -> None:
    path = copy / name
    sound = path.read_bytes()
    at = int(place * len(sound))
    path.write_bytes(sound[:at] + bytes([sound[at] ^ flip]) + sound[at + 1 :])
    try:
        with pytest.raises(ModelError) as raised:
            load_folder(copy)
    finally:
        path.write_bytes(sound)
    assert raised.value.where == str(path)
    assert raised.value.mend


def test_a_changed_space_in_the_manifest_is_refused(copy: Path) -> None:
    """As the module says: a folder with one byte changed is refused."""
    path = copy / MANIFEST
    path.write_bytes(path.read_bytes().replace(b"\n ", b"\n\t", 1))
    with pytest.raises(ModelError):
        load_folder(copy)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_file_is_refused_by_name(copy: Path, name: str, share: float) -> None:
    path = copy / name
    sound = path.read_bytes()
    path.write_bytes(sound[: int(share * len(sound))])
    with pytest.raises(ModelError) as raised:
        load_folder(copy)
    assert raised.value.where == str(path)


@pytest.mark.parametrize("name", NAMES)
def test_an_absent_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelError) as raised:
        load_folder(copy)
    assert raised.value.where == str(copy if name == MANIFEST else copy / name)


def rewrite(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    """A manifest changed by somebody who also mended its hash."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest.pop("sha256")
    change(manifest)
    manifest["sha256"] = store._digest(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(format_version=99),
        lambda m: m.pop("files"),
        lambda m: m.update(files=[]),
        lambda m: m.update(files={**m["files"], "../../outside": "0"}),
        lambda m: m.pop("taxonomy"),
        lambda m: m["taxonomy"]["themes"].pop(),
        lambda m: m.update(taxonomy=7),
        lambda m: m["features"].update(surprise=1),
        lambda m: m["features"].update(word_ngrams=3),
        lambda m: m.update(n_words="many"),
        lambda m: m.update(n_words=10**9),
        lambda m: m["rule"].update(surprise=1),
        lambda m: m["provenance"].pop("data_sha256"),
        lambda m: m.update(quality=[{"theme": "cyber"}]),
        lambda m: m.update(quality=5),
    ],
)  # fmt: skip
def test_a_manifest_that_does_not_fit_is_refused(copy: Path, change: Callable[[dict[str, object]], object]) -> None:
    rewrite(copy, change)
    with pytest.raises(ModelError):
        load_folder(copy).predict(["A satellite."])


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"null", b"{}", b"\xff", b'{"sha256": "x"}', b"[" * 100_000])
def test_what_is_no_manifest_is_refused(copy: Path, content: bytes) -> None:
    (copy / MANIFEST).write_bytes(content)
    with pytest.raises(ModelError):
        read_manifest(copy)


@pytest.mark.parametrize("header", [b"", b"\xff" * 8, (2**40).to_bytes(8, "little") + b"{}", b"\x80\x04cos\nsystem\n"])
def test_weights_of_another_kind_are_refused_even_with_their_hash(copy: Path, header: bytes) -> None:
    from pipeline.files import sha256_of_file

    (copy / "weights.safetensors").write_bytes(header)
    digest = sha256_of_file(copy / "weights.safetensors")
    rewrite(copy, lambda manifest: manifest["files"].update({"weights.safetensors": digest}))  # type: ignore[attr-defined]
    with pytest.raises(ModelError):
        load_folder(copy)


def test_saving_takes_the_place_of_an_older_model(model: ThemeModel, copy: Path) -> None:
    save_model(model, copy, "# another card\n")
    assert (copy / "README.md").read_text() == "# another card\n"
    load_folder(copy)
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_saving_never_takes_the_place_of_other_files(model: ThemeModel, tmp_path: Path) -> None:
    """A folder that is no model, such as one of documents given by mistake, is not thrown away."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "thesis.txt").write_text("ten years of work")
    with pytest.raises(OutputError):
        save_model(model, folder, "# card\n")
    assert (folder / "thesis.txt").read_text() == "ten years of work"


def test_a_full_disk_leaves_the_older_model_whole(
    model: ThemeModel, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match="disk is full"):
        save_model(model, copy, "# card\n")
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_models_are_found_by_folder_and_by_name(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(model_folder, tmp_path / "models" / "mine")
    assert load_model("mine").version == load_model(model_folder).version == load_model(str(model_folder)).version
    assert "mine" in [summary.name for summary in installed_models()]
    with pytest.raises(ModelError, match="no model 'absent'") as raised:
        load_model("absent")
    assert "mine" in raised.value.expected


def test_damaged_models_are_not_listed(model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(model_folder, tmp_path / "models" / "bad")
    (tmp_path / "models" / "bad" / MANIFEST).write_text("{}")
    assert "bad" not in [summary.name for summary in installed_models()]


def test_a_summary_states_what_the_manifest_does(
    model: ThemeModel, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(model_folder, tmp_path / "models" / "mine")
    (summary,) = [item for item in installed_models() if item.name == "mine"]
    assert summary.data_sha256 == model.provenance.data_sha256
    assert summary.n_documents == 45
    assert summary.macro_f1 == model.provenance.metrics["macro_f1"]


@pytest.mark.parametrize("place", ["file", "file/model", "full"])
def test_a_place_for_a_model_is_looked_at_before_training(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("kept")
    with pytest.raises(OutputError, match="choose a"):
        check_place(tmp_path / place)
    check_place(tmp_path / "new" / "model")
    assert not (tmp_path / "new").exists()
