"""Inputs at addresses: the output of the same files here, nothing read twice, and stores that refuse told of."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from killing import make_corpus, tables_of

from pipeline.batch.job import Job
from pipeline.batch.status import status_of
from pipeline.batch.update import update
from pipeline.classify.model import ThemeModel
from pipeline.errors import InputError, PipelineError
from pipeline.ingest.remote import upload
from pipeline.run import TagOptions, tag

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def job(model: ThemeModel, model_folder: Path) -> Job:
    return Job(model, str(model_folder), workers=1)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return make_corpus(tmp_path / "raw", n=12)


@pytest.fixture
def store(raw: Path) -> Iterator[Any]:
    """A store in memory that holds what is in `raw`."""
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.put(str(raw), "/bucket/raw", recursive=True)
    yield memory
    memory.store.clear()


def test_a_store_gives_the_output_of_a_folder(store: Any, raw: Path, tmp_path: Path, job: Job) -> None:
    update([raw], tmp_path / "here", job)
    first = update(["memory://bucket/raw"], tmp_path / "out", job)
    assert tables_of(tmp_path / "out") == tables_of(tmp_path / "here")
    assert first.n_new > 600
    assert status_of(tmp_path / "out").n_files_pending == 0


@pytest.mark.parametrize("large_bytes", [1, 10**9])
def test_only_what_has_changed_is_fetched(
    store: Any, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch, large_bytes: int
) -> None:
    monkeypatch.setattr("pipeline.batch.reading.LARGE_BYTES", large_bytes)
    update(["memory://bucket/raw"], tmp_path / "out", job)
    fetched: list[str] = []
    get_file = type(store).get_file
    monkeypatch.setattr(
        type(store), "get_file", lambda self, path, *rest: [fetched.append(path), get_file(self, path, *rest)]
    )
    assert update(["memory://bucket/raw"], tmp_path / "out", job).n_new == 0
    assert fetched == []
    store.pipe("/bucket/raw/source1/new.txt", b"A new release about ransomware in hospitals, and a satellite too.")
    assert update(["memory://bucket/raw"], tmp_path / "out", job).n_new == 1
    assert fetched == ["/bucket/raw/source1/new.txt"]


def test_workers_fetch_for_themselves(raw: Path, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    update([raw], tmp_path / "here", job)
    monkeypatch.setattr("pipeline.batch.job.CHARS_WORTH_PROCESSES", 0)
    update([f"file://{raw}"], tmp_path / "out", replace(job, workers=2))
    assert tables_of(tmp_path / "out") == tables_of(tmp_path / "here")


@pytest.mark.parametrize("large_bytes", [1, 10**9])
def test_a_file_that_cannot_be_fetched_is_skipped(
    store: Any, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch, large_bytes: int
) -> None:
    monkeypatch.setattr("pipeline.batch.reading.LARGE_BYTES", large_bytes)
    get_file = type(store).get_file

    def refusing(self: Any, path: str, *rest: Any) -> None:
        if path.endswith("000.txt"):
            raise RuntimeError("access denied")
        get_file(self, path, *rest)

    with monkeypatch.context() as refused:
        refused.setattr(type(store), "get_file", refusing)
        update(["memory://bucket/raw"], tmp_path / "out", job)
    assert b"cannot be read: access denied" in (tmp_path / "out" / "skipped.csv").read_bytes()
    assert update(["memory://bucket/raw"], tmp_path / "out", job).n_new >= 1
    assert b"access denied" not in (tmp_path / "out" / "skipped.csv").read_bytes()


def test_tables_are_copied(store: Any, raw: Path, tmp_path: Path, model_folder: Path) -> None:
    out = tmp_path / "out"
    tag([raw], out, TagOptions(str(model_folder), format="parquet", copy_to="memory://bucket/tags"))
    for name in ("doc_tags.parquet", "documents.csv", "probabilities.csv", "skipped.csv", "run.json"):
        assert store.cat(f"/bucket/tags/{name}") == (out / name).read_bytes()
    tag(["memory://bucket/tags/documents.csv"], tmp_path / "again", TagOptions(str(model_folder), text_column="title"))
    shutil.rmtree(out)


def test_no_bucket_is_made(store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a store of buckets a folder is made with its first file; asked for one, it would make a bucket."""
    monkeypatch.setattr(type(store), "protocol", ("s3", "s3a"))
    monkeypatch.setattr(type(store), "put_file", lambda self, here, there: self.pipe(there, Path(here).read_bytes()))
    monkeypatch.setattr(type(store), "makedirs", lambda *given, **named: pytest.fail("a folder was asked for"))
    (tmp_path / "run.json").write_text("{}")
    upload(tmp_path / "run.json", "memory://bucket/raw")
    assert store.cat("/bucket/raw/run.json") == b"{}"


def test_a_store_whose_library_is_not_installed(tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)  # type: ignore[attr-defined]
    with pytest.raises(PipelineError, match="pip install s3fs"):
        update(["s3://bucket/a"], tmp_path / "out", job)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("memory://bucket/nothing", "no files are there"),
        ("nonsense://bucket/a", "cannot be opened"),
    ],
)
def test_addresses_that_lead_nowhere(store: Any, tmp_path: Path, job: Job, address: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        update([address], tmp_path / "out", job)


def test_without_the_library(tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(PipelineError, match=r"pip install .themes\[cloud\]"):
        update(["s3://bucket/a"], tmp_path / "out", job)
