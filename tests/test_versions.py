"""Versions by the names of folders against those of the metadata."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from pipeline.versions import installed_versions

NAMES = ("numpy", "numba", "scikit-learn", "vl-convert-python", "themes")


def test_they_are_those_of_the_metadata() -> None:
    assert installed_versions(NAMES) == {name: version(name) for name in NAMES}


def test_the_first_place_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, number in (("a", "2.0rc1"), ("b", "1.0")):
        (tmp_path / place / f"Some_Thing-{number}.dist-info").mkdir(parents=True)
        monkeypatch.syspath_prepend(tmp_path / "b")
    monkeypatch.syspath_prepend(tmp_path / "a")
    assert installed_versions(["some.thing"]) == {"some.thing": "2.0rc1"}


def test_what_is_not_installed_is_not_made_up() -> None:
    with pytest.raises(PackageNotFoundError):
        installed_versions(["nothing-of-this-name"])
