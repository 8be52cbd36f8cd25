"""Compiled code finds a place where the package may only be read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import code_cache
from pipeline.code_cache import VARIABLE, choose_code_cache

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights are kept otherwise")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package and a home, neither there yet, and a folder for temporary files."""
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(code_cache, "_COMPILED", str(tmp_path / "package"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return tmp_path


def allow(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Let only these be written to (the tests may run as one who may write anywhere)."""
    monkeypatch.setattr(code_cache, "_is_writable", lambda folder: Path(folder) in folders)


@pytest.mark.parametrize("writable", ["package", "home"])
def test_numba_is_left_alone_where_it_finds_a_place(
    places: Path, monkeypatch: pytest.MonkeyPatch, writable: str
) -> None:
    allow(monkeypatch, places / writable)
    choose_code_cache()
    assert VARIABLE not in os.environ


def test_a_place_that_was_named_stays(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch)
    monkeypatch.setenv(VARIABLE, "named")
    choose_code_cache()
    assert os.environ[VARIABLE] == "named"


def test_else_it_is_a_private_folder_the_same_for_every_run(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch)
    found = []
    for _ in range(2):
        monkeypatch.delenv(VARIABLE, raising=False)
        choose_code_cache()
        found.append(os.environ[VARIABLE])
    assert found[0] == found[1]
    assert Path(found[0]).parent == places / "tmp"
    assert Path(found[0]).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("trap", ["open to all", "a link"])
def test_a_folder_that_others_may_write_to_is_not_trusted(
    places: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    allow(monkeypatch)
    folder = places / "tmp" / f"themes-{os.getuid()}"
    if trap == "a link":
        (places / "elsewhere").mkdir()
        folder.symlink_to(places / "elsewhere")
    else:
        folder.mkdir()
        folder.chmod(0o777)
    choose_code_cache()
    assert Path(os.environ[VARIABLE]).is_dir()
    assert Path(os.environ[VARIABLE]) != folder


def test_a_folder_not_there_is_judged_by_the_one_above(tmp_path: Path) -> None:
    assert code_cache._is_writable(str(tmp_path / "a" / "b"))
    (tmp_path / "file").write_text("")
    assert not code_cache._is_writable(str(tmp_path / "file" / "b"))


def test_numba_obeys(tmp_path: Path) -> None:
    script = (
        "from pipeline.code_cache import VARIABLE\nimport os\n"
        f"os.environ[VARIABLE] = {str(tmp_path)!r}\n"
        "from pipeline.classify import hashing\n"
        "from numba.core import config\nprint(config.CACHE_DIR)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == str(tmp_path)
