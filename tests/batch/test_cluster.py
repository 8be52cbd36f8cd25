"""A Dask cluster on this machine: the output of the serial run, also when workers are killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from killing import make_corpus, tables_of

from pipeline.batch.job import Job
from pipeline.batch.update import update
from pipeline.classify.model import ThemeModel
from pipeline.settings import TaggingSettings

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")


@pytest.mark.parametrize("n_kills", [0, 2])
def test_a_cluster_gives_the_output_of_one_process(
    model: ThemeModel, model_folder: Path, tmp_path: Path, n_kills: int
) -> None:
    raw = make_corpus(tmp_path / "raw")
    job = Job(model, str(model_folder), TaggingSettings(batch_documents=20), workers=1)
    update([raw], tmp_path / "serial", job)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        killer = threading.Thread(target=kill_workers, args=(cluster, n_kills))
        killer.start()
        update([raw], tmp_path / "out", replace(job, scheduler=cluster.scheduler_address))
        killer.join()
    assert tables_of(tmp_path / "out") == tables_of(tmp_path / "serial")


def kill_workers(cluster: Any, n: int) -> None:
    for number in range(n):
        time.sleep(1.0)
        processes = [nanny.pid for nanny in cluster.workers.values() if nanny.pid]
        if processes:
            os.kill(processes[number % len(processes)], signal.SIGKILL)
