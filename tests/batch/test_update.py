"""Runs over a folder that changes: only the new work is done, and the output is that of a run from nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from killing import make_corpus, tables_of

from pipeline.batch import inventory, keys, ledger, parts
from pipeline.batch.inventory import Found
from pipeline.batch.job import FOLDER, PARTS, Job
from pipeline.batch.lock import only_writer
from pipeline.batch.outputs import Filters
from pipeline.batch.reading import Reading
from pipeline.batch.status import status_of
from pipeline.batch.update import update
from pipeline.classify.model import ThemeModel
from pipeline.errors import OutputError
from pipeline.ingest.options import ReadOptions
from pipeline.settings import TaggingSettings


@pytest.fixture
def job(model: ThemeModel, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    monkeypatch.setattr(inventory, "SETTLED_NS", 0)
    return Job(model, str(model_folder), workers=1)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("corpus") / "raw")


@pytest.fixture
def raw(corpus: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(corpus, tmp_path / "raw"))


def from_nothing(raw: Path, out: Path, job: Job) -> dict[str, bytes]:
    shutil.rmtree(out, ignore_errors=True)
    update([raw], out, replace(job, refresh=False))
    return tables_of(out)


def test_a_second_run_tags_nothing(raw: Path, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    first = update([raw], tmp_path / "out", job)
    assert first.n_new == first.tally.n_documents + first.tally.n_skipped == 661
    before = tables_of(tmp_path / "out")

    def never(*_: object) -> Any:
        raise AssertionError("unchanged files were read again")

    monkeypatch.setattr("pipeline.batch.received.sha256_of_file", never)
    monkeypatch.setattr("pipeline.ingest.formats.read_file", never)
    monkeypatch.setattr("pipeline.ingest.formats.read_one_text", never)
    again = update([raw], tmp_path / "out", job)
    assert (again.n_new, again.tally) == (0, first.tally)
    assert tables_of(tmp_path / "out") == before


def add(raw: Path) -> None:
    (raw / "source1" / "zzz.txt").write_text("A new release about a satellite in orbit, and nothing else at all.")


def change(raw: Path) -> None:
    (raw / "source2" / "002.txt").write_text("Another text: ransomware in hospitals was what they discussed that day.")


def remove(raw: Path) -> None:
    """What recurred stands on two documents only: they are cleaned anew."""
    for path in sorted((raw / "source0").iterdir())[2:]:
        path.unlink()


def rename(raw: Path) -> None:
    (raw / "source1").rename(raw / "renamed")


def append(raw: Path) -> None:
    with (raw / "table.csv").open("a") as stream:
        stream.write('"new","Row of today: a virus in the laboratory was on the agenda."\n')


def touch(raw: Path) -> None:
    for path in raw.rglob("*.txt"):
        os.utime(path, ns=(1, 1))


def chrome(raw: Path) -> None:
    """A line that stood on two documents now stands on three: the two are cleaned anew."""
    for number in (0, 3, 6):
        path = raw / "source0" / f"{number:03d}.txt"
        path.write_text(path.read_text() + "Subscribe to the weekly letter of the ministry for news of this kind\n")


@pytest.mark.parametrize("happening", [add, change, remove, rename, append, touch, chrome])
def test_after_any_change_the_output_is_that_of_a_run_from_nothing(
    raw: Path, tmp_path: Path, job: Job, happening: Callable[[Path], None]
) -> None:
    update([raw], tmp_path / "out", job)
    happening(raw)
    found = update([raw], tmp_path / "out", job)
    assert tables_of(tmp_path / "out") == from_nothing(raw, tmp_path / "fresh", job)
    most_new = {add: 1, change: 1, remove: 2, rename: 21, append: 100, touch: 0, chrome: 3}
    assert found.n_new <= most_new[happening]
    assert update([raw], tmp_path / "out", job).n_new == 0


def test_another_model_or_cleaner_or_a_refresh_redoes_all(
    raw: Path, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_all = update([raw], tmp_path / "out", job).n_new
    assert update([raw], tmp_path / "out", replace(job, refresh=True)).n_new == n_all
    assert update([raw], tmp_path / "out", replace(job, settings=TaggingSettings(abstain_rate=0.5))).n_new == n_all
    before = keys.code_version
    monkeypatch.setattr(keys, "code_version", lambda package: before(package) + "!")
    assert update([raw], tmp_path / "out", replace(job, workers=1)).n_new == n_all


def test_files_are_read_again_when_they_are_to_be_read_otherwise(tmp_path: Path, job: Job) -> None:
    table = tmp_path / "raw" / "table.csv"
    table.parent.mkdir()
    table.write_text("text,note\nThe satellite was lost in orbit,Ransomware struck the hospital\n")
    os.utime(table, (1_600_000_000, 1_600_000_000))
    noted = replace(job, options=ReadOptions(text_column="note"))
    update([table.parent], tmp_path / "out", job)
    assert update([table.parent], tmp_path / "out", noted).n_new == 1
    assert tables_of(tmp_path / "out") == from_nothing(table.parent, tmp_path / "fresh", noted)
    assert update([table.parent], tmp_path / "out", noted).n_new == 0


def test_another_format_or_filter_tags_nothing(raw: Path, tmp_path: Path, job: Job) -> None:
    update([raw], tmp_path / "out", job)
    assert update([raw], tmp_path / "out", replace(job, format="jsonl")).n_new == 0
    assert (tmp_path / "out" / "doc_tags.jsonl").is_file()
    assert update([raw], tmp_path / "out", replace(job, filters=Filters(themes=("space",)))).n_new == 0
    assert b'"cyber"' not in (tmp_path / "out" / "doc_tags.csv").read_bytes()


@pytest.mark.parametrize("size", [1, 3, 50])
def test_batches_change_nothing(raw: Path, tmp_path: Path, job: Job, size: int) -> None:
    cut = replace(job, settings=TaggingSettings(batch_documents=size))
    assert from_nothing(raw, tmp_path / "cut", cut) == from_nothing(raw, tmp_path / "whole", job)


def test_tables_and_parts_that_were_deleted_come_back(raw: Path, tmp_path: Path, job: Job) -> None:
    out = tmp_path / "out"
    expected = from_nothing(raw, out, job)
    for path in [out / "documents.csv", *list((out / FOLDER / PARTS).iterdir())[:2]]:
        path.unlink()
    (out / FOLDER / PARTS / ".tmp-1-abc.parquet").write_bytes(b"half a part")
    update([raw], out, job)
    assert tables_of(out) == expected
    known = {path.name for path in (out / FOLDER / PARTS).iterdir()}
    record = ledger.Ledger(out / FOLDER)
    assert known == record.parts()
    record.close()


def test_removed_files_are_marked_and_not_forgotten(raw: Path, tmp_path: Path, job: Job) -> None:
    out = tmp_path / "out"
    update([raw], out, job)
    (raw / "source0" / "000.txt").rename(tmp_path / "aside.txt")
    assert update([raw], out, job).n_new == 0
    assert status_of(out).n_files_removed == 1
    (tmp_path / "aside.txt").rename(raw / "source0" / "000.txt")
    assert update([raw], out, job).n_new == 0
    assert status_of(out).n_files_removed == 0
    assert tables_of(out) == from_nothing(raw, tmp_path / "fresh", job)


def test_status(raw: Path, tmp_path: Path, job: Job) -> None:
    update([raw], tmp_path / "out", job)
    status = status_of(tmp_path / "out")
    assert (status.n_files_done, status.n_files_pending, status.is_current) == (62, 0, True)
    assert status.n_texts_read == status.n_texts_tagged == 661
    assert list(status.skipped.values()) == [1]
    assert status.holder == ""
    add(raw)
    change(raw)
    status = status_of(tmp_path / "out")
    assert (status.n_files_done, status.n_files_pending, status.is_current) == (61, 2, False)
    with only_writer(tmp_path / "out" / FOLDER):
        assert f"process {os.getpid()}" in status_of(tmp_path / "out").holder


def test_a_second_writer_is_told_who_holds_the_output(raw: Path, tmp_path: Path, job: Job) -> None:
    with only_writer(tmp_path / "out" / FOLDER), pytest.raises(OutputError, match=f"process {os.getpid()} on"):
        update([raw], tmp_path / "out", job)
    assert update([raw], tmp_path / "out", job).n_new == 661


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_fails_at_any_step_costs_nothing_but_time(
    raw: Path, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    """Every sync fails in turn, the first of a run, then the second, and so on until a run gets through."""
    expected = from_nothing(raw, tmp_path / "fresh", job)
    fsync, out, n_runs = os.fsync, tmp_path / "out", 0
    while True:
        left = [n_runs]

        def failing(descriptor: int, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(fault, os.strerror(fault))
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", failing)
        n_runs += 1
        try:
            update([raw], out, job)
            break
        except OutputError:
            assert n_runs < 50
    assert n_runs > 4
    assert tables_of(out) == expected


def test_a_file_that_changes_within_its_time_stamp_is_met(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventory, "SETTLED_NS", 10**12)
    path = tmp_path / "a.txt"
    path.write_text("The first text, of a satellite in orbit.")
    status = path.stat()
    update([path], tmp_path / "out", job)
    path.write_text("Another text, of a harvest that was good")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_size == status.st_size
    assert update([path], tmp_path / "out", job).n_new == 1


def test_a_ledger_of_another_version(raw: Path, tmp_path: Path, job: Job) -> None:
    update([raw], tmp_path / "out", job)
    record = ledger.Ledger(tmp_path / "out" / FOLDER)
    with record.transaction():
        record.set_meta("format", "99")
    record.close()
    with pytest.raises(OutputError, match="another version"):
        update([raw], tmp_path / "out", job)
    (tmp_path / "out" / FOLDER / ledger.LEDGER).write_bytes(b"no database at all" * 100)
    with pytest.raises(OutputError, match="cannot be used"):
        update([raw], tmp_path / "out", job)


def test_small_and_large_parts_hold_the_same(raw: Path, tmp_path: Path, job: Job, monkeypatch: Any) -> None:
    expected = from_nothing(raw, tmp_path / "out", job)
    for rows in (0, 10**6):
        monkeypatch.setattr(parts, "ROWS_AS_TEXT", rows)
        assert from_nothing(raw, tmp_path / "other", job) == expected
        kinds = {path.suffix for path in (tmp_path / "other" / FOLDER / PARTS).iterdir()}
        assert kinds == {".jsonl" if rows else ".parquet"}


def test_large_files_go_piece_by_piece(raw: Path, tmp_path: Path, job: Job, monkeypatch: Any) -> None:
    expected = from_nothing(raw, tmp_path / "out", job)
    monkeypatch.setattr("pipeline.batch.reading.LARGE_BYTES", 1000)
    monkeypatch.setattr("pipeline.batch.reading.MAX_PACKED_ITEMS", 1)
    assert from_nothing(raw, tmp_path / "pieces", job) == expected
    assert update([raw], tmp_path / "pieces", job).n_new == 0
    assert json.loads(json.dumps(status_of(tmp_path / "pieces").n_texts_tagged)) == 661


def test_only_large_tables_are_read_by_the_process_that_leads(
    raw: Path, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, packed = Reading._pack, list[str]()

    def noted(self: Reading, file: Found) -> Any:
        packed.append(file.location)
        return pack(self, file)

    monkeypatch.setattr("pipeline.batch.reading.LARGE_BYTES", 1)
    monkeypatch.setattr(Reading, "_pack", noted)
    update([raw], tmp_path / "out", job)
    assert packed == ["raw/table.csv"]
