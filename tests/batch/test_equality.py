"""However the work is cut, ordered, shared out, stopped or spread over days, the tables are the same, byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from killing import CHROME, make_corpus, tables_of

from pipeline.batch.job import Job
from pipeline.batch.update import update
from pipeline.classify.model import ThemeModel
from pipeline.settings import TaggingSettings


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies and chrome that reach across batches: what recurs and what repeats is known only when all is read."""
    folder = make_corpus(tmp_path_factory.mktemp("equality") / "raw", n=45)
    for number in (2, 17, 33, 44):
        text = (folder / f"source{number % 3}" / f"{number:03d}.txt").read_text(encoding="utf-8")
        (folder / "source0" / f"copy{number}.txt").write_text(text.replace("Home", "Start"), encoding="utf-8")
    late = CHROME.format("A line of one page only until the last day: orbital debris was discussed.", "late")
    for number in range(3):
        (folder / "source2" / f"zz{number}.txt").write_text(f"{late}\nDay {number} of the session on cyber norms.")
    return folder


@pytest.fixture(scope="module")
def job(model: ThemeModel, model_folder: Path) -> Job:
    return Job(model, str(model_folder), workers=1)


@pytest.fixture(scope="module")
def at_once(raw: Path, job: Job, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("at-once") / "out"
    update([raw], out, job)
    tables = tables_of(out)
    assert tables["documents.csv"].count(b'-2"') > 0, "ids repeat"
    return tables


def by_workers(raw: Path, out: Path, job: Job) -> None:
    update([raw], out, replace(job, workers=2, settings=TaggingSettings(batch_documents=30)))


def by_batches_of_one(raw: Path, out: Path, job: Job) -> None:
    update([raw], out, replace(job, settings=TaggingSettings(batch_documents=1)))


def day_by_day(raw: Path, out: Path, job: Job) -> None:
    """Files arrive one source at a time, the last first, then all others within a source from the end."""
    files = sorted(path for path in raw.rglob("*") if path.is_file())
    growing = out.parent / "growing" / raw.name
    for day in (files[::-7], files[1::2], files):
        for path in day:
            target = growing / path.relative_to(raw)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                shutil.copy2(path, target)
        update([growing], out, job)


def stopped_again_and_again(raw: Path, out: Path, job: Job) -> None:
    """Every run is stopped as Ctrl-C would after so many parts, until one gets through."""
    from pipeline.batch import packing, tagged

    def stopping(write: Callable[..., str], left: list[int]) -> Callable[..., str]:
        def stop(*arguments: object) -> str:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return write(*arguments)

        return stop

    small = replace(job, settings=TaggingSettings(batch_documents=100))
    for _ in range(40):
        left = [2]
        with pytest.MonkeyPatch.context() as patched:
            for module in (packing, tagged):
                patched.setattr(module, "write_part", stopping(module.write_part, left))
            try:
                update([raw], out, small)
                return
            except KeyboardInterrupt:
                continue
    pytest.fail("no run got on")


WAYS = [by_workers, by_batches_of_one, day_by_day, stopped_again_and_again]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_gives_the_tables_of_one_run(
    raw: Path, job: Job, at_once: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Path, Path, Job], None],
) -> None:  # fmt: skip
    monkeypatch.setattr("pipeline.batch.job.CHARS_WORTH_PROCESSES", 0)
    way(raw, tmp_path / "out", job)
    assert tables_of(tmp_path / "out") == at_once
