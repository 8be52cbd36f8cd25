"""Workers of this machine: copies of this process where the system can make them safely, else new ones (loky)."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.batch.packing import load_for_reading
from pipeline.batch.workers import Pool, Processes, ThisProcess

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

MAX_GROWTH_BYTES = 4_000_000_000
"""A worker that has grown by so much since its first task is replaced (loky's own limit is less than a model takes)."""
MAX_WAITS = 100
_END_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux."""


class LocalWorkers:
    """Workers that several pools share one after the other. They start with the first, and end with `close`."""

    def __init__(self) -> None:
        self._copies: ProcessPoolExecutor | None = None
        self._others: Any = None

    @contextmanager
    def pool(self, n_workers: int, notes: Path) -> Iterator[Pool]:
        """A pool of so many; this process itself for one. When the block fails, the workers are killed."""
        if n_workers <= 1:
            yield ThisProcess()
            return
        if self._copies is None and self._others is None and _may_copy():
            self._copies = _copies(n_workers)
        try:
            yield Processes(lambda: self._executor(n_workers), n_workers, notes, deaths=(BrokenExecutor,))
        except BaseException:
            self._kill()
            raise

    def may_renew(self) -> bool:
        """Whether copies work here that others could take the place of."""
        return self._copies is not None and not _is_broken(self._copies) and _n_threads() == threading.active_count()

    def renew(self) -> None:
        """Let the copies end where others may follow, which share all that this process has loaded since."""
        _wait_for_threads()
        if self._copies is not None and self.may_renew():
            self._copies.shutdown(wait=True)
            self._copies = None
            _wait_for_threads()

    def close(self) -> None:
        """Let the workers end."""
        for executor in (self._copies, self._others):
            if executor is not None:
                executor.shutdown(wait=True)
        self._copies = self._others = None

    def _executor(self, n_workers: int) -> Executor:
        """The copies until one of them dies: by then this process has threads, and is not copied again."""
        if self._copies is not None and not _is_broken(self._copies):
            return self._copies
        from joblib.externals.loky import get_reusable_executor, process_executor

        thresholds = gc.get_threshold()
        self._others = get_reusable_executor(
            max_workers=n_workers, timeout=300, initializer=_start_other, initargs=(thresholds,)
        )
        process_executor.kill_process_tree = _kill_process
        executor: Executor = self._others
        return executor

    def _kill(self) -> None:
        if self._copies is not None:
            for process in list((self._copies._processes or {}).values()):
                process.kill()
        if self._others is not None:
            self._others.shutdown(wait=True, kill_workers=True)
            self._others = None


def _may_copy() -> bool:
    """Whether this process is the only thread here: another may hold a lock that nobody would release in a copy."""
    return sys.platform == "linux" and _n_threads() == 1


def _n_threads() -> int:
    """Threads of this process, also those that Python knows nothing of; 0 where the system does not tell."""
    try:
        return len(list(Path("/proc/self/task").iterdir()))
    except OSError:
        return 0


def _wait_for_threads() -> None:
    """Threads that were joined are still there for a moment."""
    for _ in range(MAX_WAITS):
        if _n_threads() <= threading.active_count():
            return
        time.sleep(0.001)


def _copies(n_workers: int) -> ProcessPoolExecutor | None:
    """Copies that share what they need for reading; none where loading it has started a thread."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    load_for_reading()
    if not _may_copy():
        return None
    executor = ProcessPoolExecutor(n_workers, get_context("fork"), _start_copy, (os.getpid(),))
    executor.submit(os.getpid)  # now, while there is no other thread
    return executor


def _is_broken(executor: ProcessPoolExecutor) -> bool:
    return bool(executor._broken)


def _start_copy(leader: int) -> None:
    """Leave Ctrl-C to the process that leads, and end at once when it does, so that nothing it had open stays so."""
    import ctypes

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != leader:
        os._exit(1)
    gc.freeze()  # what is shared with the leader is not looked through, which would copy it


def _start_other(collection_thresholds: tuple[int, int, int]) -> None:
    """Leave Ctrl-C to the process that leads, and end with it; take a model that is loaded late for no leak.

    Looks for cyclic garbage as seldom as the leader.
    """
    from joblib.externals.loky import process_executor

    gc.set_threshold(*collection_thresholds)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    process_executor._MAX_MEMORY_LEAK_SIZE = MAX_GROWTH_BYTES


def _kill_process(process: Any) -> None:
    """Kill a worker, and nothing else: loky would look for what it started by `pgrep`, which is not on every system."""
    with suppress(OSError):
        os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.join()


def _end_with(leader: int) -> None:
    while os.getppid() == leader:
        time.sleep(1)
    os._exit(1)
