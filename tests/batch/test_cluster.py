"""A Dask cluster on this machine: the output of the serial run, also when workers are killed again and again."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from killing import PoisonedTask, add_poison, make_corpus, tables_of, without_poison

from pipeline.batch.cluster import ClusterExecutor
from pipeline.batch.job import Job
from pipeline.batch.update import update
from pipeline.classify.model import ThemeModel
from pipeline.errors import PipelineError
from pipeline.settings import TaggingSettings

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")
N_KILLS = int(os.environ.get("THEMES_KILLS", "20"))
N_WORKERS = 2
SEED = int(os.environ.get("THEMES_SEED", "1"))


@contextmanager
def started() -> Iterator[Any]:
    """Workers on the loopback address; the first death of a worker is told, as is the fourth without this setting."""
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        cluster = distributed.LocalCluster(
            n_workers=N_WORKERS, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        )
        try:
            yield cluster
        finally:
            with suppress(TimeoutError):  # Dask's, for a worker that was killed while it started
                cluster.close()


@pytest.fixture
def job(model: ThemeModel, model_folder: Path) -> Job:
    return Job(model, str(model_folder), TaggingSettings(batch_documents=20), workers=1)


def test_kills_of_workers_cost_no_row(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs follow one another, each from nothing; on a new cluster once a worker is lost for good.

    Kills come faster than documents can be told apart by them: none is to be taken for poison.
    """
    monkeypatch.setattr("pipeline.batch.workers.MAX_DEATHS", N_KILLS + 1)
    monkeypatch.setattr("pipeline.batch.workers.MAX_UNEXPLAINED", N_KILLS + 1)
    raw, out = make_corpus(tmp_path / "raw", n=30), tmp_path / "out"
    update([raw], tmp_path / "serial", job)
    expected = tables_of(tmp_path / "serial")
    n_killed = 0
    while n_killed < N_KILLS:
        with started() as cluster, Killer(cluster, N_KILLS - n_killed) as killer:
            while not killer.ended.is_set():
                shutil.rmtree(out, ignore_errors=True)
                update([raw], out, replace(job, scheduler=cluster.scheduler_address))
                assert tables_of(out) == expected
        n_killed += killer.n_killed


def test_poison_ends_in_a_skipped_row(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    raw = make_corpus(tmp_path / "raw", n=30)
    add_poison(raw)
    update([raw], tmp_path / "serial", job)
    monkeypatch.setattr("pipeline.batch.tagging.TagTask", PoisonedTask)
    with started() as cluster:
        update([raw], tmp_path / "out", replace(job, scheduler=cluster.scheduler_address))
    assert tables_of(tmp_path / "out") == without_poison(tables_of(tmp_path / "serial"))


def test_a_result_that_is_lost_before_it_is_fetched_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the worker that has it dies, and the next one too."""

    async def lost(*_: object, **__: object) -> None:
        raise BrokenExecutor("lost")

    with distributed.Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
        executor = ClusterExecutor(client)
        assert executor.submit(abs, -1).result(timeout=20) == 1
        monkeypatch.setattr(client, "_gather", lost)
        with pytest.raises(BrokenExecutor, match="lost"):
            executor.submit(abs, -2).result(timeout=20)


def test_a_scheduler_that_is_not_there(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.batch.cluster.WAIT_SECONDS", 2)
    raw = make_corpus(tmp_path / "raw", n=3)
    with pytest.raises(PipelineError, match="the scheduler does not answer"):
        update([raw], tmp_path / "out", replace(job, scheduler="tcp://127.0.0.1:9"))


class Killer:
    """Kills a worker process of a cluster now and then, from a thread of its own."""

    def __init__(self, cluster: Any, n_kills: int) -> None:
        self._cluster, self._n_kills, self._chance = cluster, n_kills, random.Random(SEED)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._kill)
        self.ended = threading.Event()
        self.n_killed = 0

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _kill(self) -> None:
        whole = time.monotonic()
        while self.n_killed < self._n_kills and not self._stopped.wait(self._chance.uniform(0.05, 0.5)):
            workers = self._cluster.scheduler.workers
            if len(workers) < N_WORKERS:  # Dask gives up a worker that is killed again while it starts
                if time.monotonic() - whole > 20:
                    break
                continue
            whole = time.monotonic()
            nannies = {nanny.worker_address: nanny for nanny in self._cluster.workers.values()}
            if (nanny := nannies.get(self._chance.choice(list(workers)))) and nanny.pid:
                os.kill(nanny.pid, signal.SIGKILL)
                self.n_killed += 1
        self.ended.set()
