"""Reading files into parts: what breaks the reader is not opened again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.batch.inventory import Found, list_inputs
from pipeline.batch.packing import BROKE_DOWN, ReceivedRow
from pipeline.batch.parts import read_part
from pipeline.batch.received import ReadTask
from pipeline.ingest.options import ReadOptions


@pytest.fixture
def task(tmp_path: Path) -> ReadTask:
    for name in ("a", "b"):
        (tmp_path / "raw").mkdir(exist_ok=True)
        (tmp_path / "raw" / f"{name}.txt").write_text(f"The text of {name}, which is about a satellite in orbit.")
    files = tuple(file for file in list_inputs([tmp_path / "raw"]) if isinstance(file, Found))
    return ReadTask(files, ("", ""), ReadOptions(), tmp_path / "parts")


def rows_of(task: ReadTask) -> list[ReceivedRow]:
    parts = {item.part for read in task.run().files for item in read.items or ()}
    return [row for part in sorted(parts) for row in read_part(task.parts / part, ReceivedRow)]


def test_a_file_that_breaks_the_reader_is_not_opened_again(task: ReadTask, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.ingest import formats

    read_one_text = formats.read_one_text

    def breaking(file: Any, options: ReadOptions) -> Any:
        assert file.name != "a.txt"
        return read_one_text(file, options)

    monkeypatch.setattr(formats, "read_one_text", breaking)
    broken, kept = rows_of(task.without(0))
    assert (broken.reason, broken.location) == (BROKE_DOWN, "raw/a.txt")
    assert kept.content.startswith("The text of b")
    assert task.without(0).run().files[0].record.read_key == "", "the next run tries again"


def test_what_is_known_is_left(task: ReadTask) -> None:
    keys = tuple(read.record.read_key for read in task.run().files)
    again = ReadTask(task.files, (keys[0], ""), task.options, task.parts).run().files
    assert [read.items is None for read in again] == [True, False]
    assert all(keys)
