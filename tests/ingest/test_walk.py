from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.ingest.walk import InputFile, walk
from pipeline.types import Skipped


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", encoding="utf-8")


def test_files_in_stable_order_with_location_and_source(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    make(root, "b.txt", "a.txt", "mofa/2023/x.txt", "mofa/a.txt", ".hidden", ".git/config", "mofa/.DS_Store")
    found = [(item.location, item.source) for item in walk(root)]
    assert found == [
        ("raw/a.txt", "raw"),
        ("raw/b.txt", "raw"),
        ("raw/mofa/2023/x.txt", "mofa"),
        ("raw/mofa/a.txt", "mofa"),
    ]


def test_a_folder_named_by_a_date_is_no_source(tmp_path: Path) -> None:
    root = tmp_path / "mofa" / "2024-01"
    make(root, "a.txt", "05/b.txt", "05/agency/2024/c.txt", "agency/other/d.txt")
    assert [item.source for item in walk(root)] == ["agency", "mofa", "mofa", "agency"]
    assert [item.source for item in walk(root / "05" / "b.txt")] == ["mofa"]


def test_one_file(tmp_path: Path) -> None:
    make(tmp_path / "office", "a.txt")
    assert list(walk(tmp_path / "office" / "a.txt")) == [InputFile(tmp_path / "office" / "a.txt", "a.txt", "office")]


def test_missing_path() -> None:
    with pytest.raises(InputError, match="no-such-folder"):
        list(walk(Path("no-such-folder")))


def test_path_with_nul() -> None:
    with pytest.raises(InputError):
        list(walk(Path("a\0b")))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_special_files_and_broken_links_are_skipped_at_once(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    make(root, "a.txt", "sub/b.txt")
    os.mkfifo(root / "pipe")
    (root / "zero").symlink_to("/dev/zero")
    (root / "nowhere").symlink_to(root / "gone")
    (root / "self").symlink_to(root / "self")
    (root / "loop").symlink_to(root)
    (root / "sub" / "up").symlink_to(root / "sub")
    (root / "again").symlink_to(root / "sub")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(root)
        server.bind("socket")
        os.chdir(here)
        found = list(walk(root))
    read = [item.location for item in found if isinstance(item, InputFile)]
    skipped = {item.location: item.reason for item in found if isinstance(item, Skipped)}
    assert read == ["raw/a.txt", "raw/sub/b.txt"]
    assert set(skipped) == {
        f"raw/{name}" for name in ("pipe", "zero", "nowhere", "self", "loop", "again", "socket", "sub/up")
    }
    assert "pipe" in skipped["raw/pipe"]
    assert "socket" in skipped["raw/socket"]
    assert "device" in skipped["raw/zero"]
    assert "broken" in skipped["raw/nowhere"]


@pytest.mark.skipif(os.name == "nt", reason="names that Windows has not")
def test_names_are_made_safe_to_show(tmp_path: Path) -> None:
    root = tmp_path / "raw"
    make(root, "two\nlines.txt", "bell\a.txt", "..txt.txt", "..\\up.txt", "회의록.txt")
    (root / os.fsdecode(b"\xff\xfe.txt")).write_bytes(b"text")
    locations = [item.location for item in walk(root)]
    assert len(locations) == 4
    assert all(location.isprintable() for location in locations)
    assert "raw/two\\nlines.txt" in locations
    assert "raw/회의록.txt" in locations


def test_folder_outside_is_followed_through_a_link(tmp_path: Path) -> None:
    make(tmp_path / "elsewhere", "a.txt")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "linked").symlink_to(tmp_path / "elsewhere")
    assert [(item.location, item.source) for item in walk(tmp_path / "raw")] == [("raw/linked/a.txt", "linked")]


def test_unreadable_folder_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "raw", "a.txt", "closed/b.txt")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = list(walk(tmp_path / "raw"))
    assert [type(item) for item in found] == [InputFile, Skipped]
    assert "Permission denied" in found[1].reason if isinstance(found[1], Skipped) else False


def test_very_deep_folders_end(tmp_path: Path) -> None:
    path = tmp_path / "raw"
    for _ in range(70):
        path = path / "d"
    path.mkdir(parents=True)
    (path / "a.txt").write_text("text", encoding="utf-8")
    (skipped,) = walk(tmp_path / "raw")
    assert isinstance(skipped, Skipped)
