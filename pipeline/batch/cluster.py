"""Workers of a Dask cluster (extra `cluster`): they write their parts where this process reads them, and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.batch.workers import Pool, Processes
from pipeline.errors import PipelineError

WAIT_SECONDS = 30


@contextmanager
def cluster_pool(address: str, notes: Path) -> Iterator[Pool]:
    """Workers of the cluster whose scheduler listens at `address`. Raises `PipelineError` when it does not
    answer or has none.
    """
    try:
        import distributed
    except ImportError as error:
        raise PipelineError(
            "Dask is not installed", where="--scheduler", mend='install it with: pip install "themes[cluster]"'
        ) from error
    try:
        dask: Any = distributed
        client = dask.Client(address, timeout=WAIT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise PipelineError(
            f"the scheduler does not answer: {error}", where=address, mend="check the address and that it runs"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WAIT_SECONDS)
        except TimeoutError as error:
            raise PipelineError(
                f"no worker has joined within {WAIT_SECONDS} seconds",
                where=address,
                mend=f"start some: dask worker {address}",
            ) from error
        n_workers = len(client.scheduler_info(n_workers=-1)["workers"])
        executor = ClusterExecutor(client)
        yield Processes(lambda: executor, n_workers, notes, deaths=(dask.KilledWorker, BrokenExecutor))


class ClusterExecutor(Executor):
    """Runs calls on a cluster.

    The executor that a client of Dask offers leaves a call unanswered when the worker that has its result dies before
    the result is fetched, and the next worker too: its future is never told.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As of any executor; raises what Dask raises for a worker that died."""
        submitted = self._client.submit(fn, *args, pure=False, **kwargs)
        return asyncio.run_coroutine_threadsafe(_result_of(submitted), self._client.loop.asyncio_loop)


async def _result_of(submitted: Any) -> Any:
    return await submitted
