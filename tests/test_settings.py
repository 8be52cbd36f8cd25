"""Settings: defaults, a round trip, and one clear message for each surprise."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Settings, TaggingSettings, TrainingSettings, from_mapping, load_settings


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "settings.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_none_gives_the_defaults() -> None:
    assert load_settings(None) == Settings()


def test_what_is_not_given_keeps_its_default(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, "[tagging]\nabstain_rate = 0\n[training]\nfolds = 3\n"))
    assert settings == Settings(TaggingSettings(abstain_rate=0.0), TrainingSettings(folds=3))
    assert isinstance(settings.tagging.abstain_rate, float)
    assert load_settings(written(tmp_path, "")) == Settings()


def test_a_round_trip() -> None:
    settings = Settings(TaggingSettings(0.1, 7), TrainingSettings(2, 9, 4))
    assert from_mapping(Settings, asdict(settings)) == settings


@dataclass(frozen=True)
class Sample:
    pair: tuple[int, int] = (1, 2)
    on: bool = False
    name: str = ""


def test_lists_become_tuples() -> None:
    assert from_mapping(Sample, {"pair": [3, 4], "on": True, "name": "x"}) == Sample((3, 4), True, "x")


@pytest.mark.parametrize("values", [{"pair": 5}, {"pair": "35"}, {"on": 1}, {"on": "yes"}, {"name": 3}, {"other": 1}])
def test_any_surprise_is_a_settings_error(values: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        from_mapping(Sample, values)


BAD = [
    ("colour = 1", "unknown settings: colour", "", "tagging, training"),
    ("[tagging]\nabstain = 0.1", "unknown settings: abstain", ": tagging", "abstain_rate, batch_documents"),
    ("tagging = 3", "3 is no table", ": tagging", ""),
    ("[tagging]\nabstain_rate = 'many'", "'many' is of the wrong kind", "tagging: abstain_rate", "float"),
    ("[tagging]\nabstain_rate = true", "True is of the wrong kind", "tagging: abstain_rate", "float"),
    ("[training]\nfolds = 2.5", "2.5 is of the wrong kind", "training: folds", "int"),
    ("[training]\nfolds = true", "True is of the wrong kind", "training: folds", "int"),
    ("[training\n", "cannot be read", "", "TOML"),
    (b"\xff\xfe", "cannot be read", "", "TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "where", "expected"), BAD)
def test_an_error_names_the_key(tmp_path: Path, text: str | bytes, message: str, where: str, expected: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError, match=message) as raised:
        load_settings(path)
    assert raised.value.where.startswith(str(path))
    assert where in raised.value.where
    assert expected in raised.value.expected


@pytest.mark.parametrize("setting", ["tagging]\nbatch_documents = 0", "tagging]\nbatch_documents = -5"])
def test_a_value_that_cannot_mean_anything_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(SettingsError, match="batch_documents"):
        load_settings(written(tmp_path, f"[{setting}"))


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path / "absent.toml")
