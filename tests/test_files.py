"""Files and folders appear whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import OutputError
from pipeline.files import (
    atomic_write,
    canonical_json,
    replace_folder,
    replacing_files,
    sha256_of_file,
    write_atomically,
    write_errors,
)


def refuse(code: int) -> object:
    def refused(*_: object, **__: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return refused


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.txt"
    with atomic_write(path) as stream:
        stream.write("끝\n")
        assert not path.exists()
    assert path.read_bytes() == "끝\n".encode()
    assert names(path.parent) == ["a.txt"]


def test_bytes(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a.bin", text=False) as stream:
        stream.write(b"\x00\r\n")
    assert (tmp_path / "a.bin").read_bytes() == b"\x00\r\n"


def test_a_block_that_fails_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("older")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as stream:
        stream.write("half")
        raise ZeroDivisionError
    assert path.read_text() == "older"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize(
    ("code", "message"),
    [(errno.ENOSPC, "the disk is full"), (errno.EDQUOT, "the disk is full"), (errno.EACCES, "cannot write")],
)
@pytest.mark.parametrize("what", ["os.fsync", "pathlib.Path.open", "pathlib.Path.replace"])
def test_a_refusal_of_the_system_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, code: int, message: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("older")
    monkeypatch.setattr(what, refuse(code))
    with pytest.raises(OutputError, match=message) as raised, atomic_write(path) as stream:
        stream.write("half")
    monkeypatch.undo()
    assert raised.value.where == str(path)
    assert raised.value.mend
    assert path.read_text() == "older"
    assert names(tmp_path) == ["a.txt"]


def test_a_file_where_a_folder_must_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with pytest.raises(OutputError), atomic_write(tmp_path / "a" / "b.txt") as stream:
        stream.write("x")
    with pytest.raises(OutputError), atomic_write(tmp_path) as stream:
        stream.write("x")


def fill(folder: Path) -> None:
    (folder / "new.txt").write_text("new")


def older(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    return folder


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    folder = older(tmp_path)
    replace_folder(folder, fill)
    assert names(folder) == ["new.txt"]
    assert names(tmp_path) == ["folder"]
    replace_folder(tmp_path / "deep" / "new", fill)
    assert names(tmp_path / "deep") == ["new"]


def test_what_a_killed_run_left_does_not_disturb(tmp_path: Path) -> None:
    folder = older(tmp_path)
    for left in (".tmp-folder", ".old-folder"):
        (tmp_path / left).mkdir()
        (tmp_path / left / "junk").write_text("junk")
    replace_folder(folder, fill)
    assert names(folder) == ["new.txt"]
    assert names(tmp_path) == ["folder"]


def test_a_failing_fill_leaves_the_older_folder(tmp_path: Path) -> None:
    folder = older(tmp_path)

    def fail(new: Path) -> None:
        fill(new)
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OutputError, match="disk is full"):
        replace_folder(folder, fail)
    assert names(folder) == ["old.txt"]
    assert names(tmp_path) == ["folder"]


def test_a_failing_exchange_puts_the_older_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, rename = older(tmp_path), Path.rename

    def rename_unless_new(self: Path, target: Path) -> Path:
        if self.name.startswith(".tmp-"):
            raise OSError(errno.EIO, "bad disk")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", rename_unless_new)
    with pytest.raises(OutputError):
        replace_folder(folder, fill)
    assert names(folder) == ["old.txt"]


def test_files_move_in_together_and_leave_others_alone(tmp_path: Path) -> None:
    folder = older(tmp_path)
    with replacing_files(folder) as scratch:
        (scratch / "new.txt").write_text("new")
        (scratch / "deep").mkdir()
        (scratch / "deep" / "old.txt").write_text("deeper")
        assert [path.name for path in folder.glob("*.txt")] == ["old.txt"]
    assert names(folder) == ["deep", "new.txt", "old.txt"]
    assert (folder / "deep" / "old.txt").read_text() == "deeper"
    mask = os.umask(0)
    os.umask(mask)
    assert (folder / "new.txt").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.parametrize("what", ["os.fsync", "tempfile.mkdtemp", "the block"])
def test_a_full_disk_moves_no_file_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    folder = older(tmp_path)
    if what != "the block":
        monkeypatch.setattr(what, refuse(errno.ENOSPC))
    with pytest.raises(OutputError, match="disk is full"), replacing_files(folder) as scratch:
        (scratch / "old.txt").write_text("new")
        (scratch / "new.txt").write_text("new")
        if what == "the block":
            raise OSError(errno.ENOSPC, "full")
    monkeypatch.undo()
    assert names(folder) == ["old.txt"]
    assert (folder / "old.txt").read_text() == "old"


def test_write_atomically(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.png"
    write_atomically(path, lambda place: place.write_bytes(b"one") and None)
    write_atomically(path, lambda place: place.write_bytes(b"two") and None)
    assert path.read_bytes() == b"two"

    def fail(place: Path) -> None:
        place.write_bytes(b"half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_atomically(path, fail)
    assert path.read_bytes() == b"two"
    assert names(path.parent) == ["a.png"]


def test_errors_that_are_not_the_systems_pass(tmp_path: Path) -> None:
    with pytest.raises(KeyError), write_errors(tmp_path):
        raise KeyError("x")


@given(st.binary())
def test_sha256(content: bytes) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile() as stream:
        stream.write(content)
        stream.flush()
        assert sha256_of_file(stream.name) == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"b": 1, "a": [None, True]}, b'{"a":[null,true],"b":1}'), ("한", '"한"'.encode()), (1.0, b"1.0"), ([], b"[]")],
)
def test_canonical_json(value: object, expected: bytes) -> None:
    assert canonical_json(value) == expected


def test_canonical_json_takes_any_text() -> None:
    assert canonical_json("half \ud800") != canonical_json("half \ud801")
