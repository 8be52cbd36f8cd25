"""Processes that work on tasks: this one, or others that may die."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from pathlib import Path
from typing import Protocol, Self, TypeVar

from pipeline.batch.packing import Note
from pipeline.errors import PipelineError

MAX_DEATHS = 2
"""A document is given up when, worked on alone, it has ended so many workers: with the first time, three in all."""
MAX_UNEXPLAINED = 20
MOMENT = 0.2
"""Seconds that Ctrl-C may be held back."""
HELD_BACK = (signal.SIGINT, signal.SIGTERM)
R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


class Task(Protocol[R_co]):
    """Work that another process can do. It writes nothing but its part."""

    def run(self, note: Note | None = None) -> R_co:
        """Do it; with `note`, one document after the other, each announced by its place."""

    def without(self, place: int) -> Self:
        """The same task, what stands at `place` given up."""


class Pool(Protocol):
    """Runs tasks in any order, `n_workers` at a time."""

    n_workers: int

    def results(self, tasks: Iterable[Task[R]]) -> Iterator[R]:
        """The result of each task, as they come; tasks are taken one by one as there is room."""


class ThisProcess:
    """Runs tasks here, in order."""

    n_workers = 1

    def results(self, tasks: Iterable[Task[R]]) -> Iterator[R]:
        return (task.run() for task in tasks)


class Processes:
    """Runs tasks in other processes, and survives their deaths.

    executor: gives a working executor, a new one where the last has broken; deaths: what its futures raise when a
    worker died. The tasks that were under way are then done one at a time, document by document: the one that ends
    workers again and again is given up as a skipped row, and everything else is kept.
    """

    def __init__(
        self, executor: Callable[[], Executor], n_workers: int, notes: Path, *, deaths: tuple[type[BaseException], ...]
    ) -> None:
        self.n_workers = n_workers
        self._executor, self._notes, self._deaths = executor, notes, deaths

    def results(self, tasks: Iterable[Task[R]]) -> Iterator[R]:
        tasks = iter(tasks)
        waiting: dict[Future[R], Task[R]] = {}
        suspects: list[Task[R]] = []
        while True:
            while not suspects and len(waiting) < 2 * self.n_workers and (task := next(tasks, None)) is not None:
                self._submit(task, waiting, suspects)
            if not waiting and not suspects:
                return
            for future in _first_done(waiting):
                task = waiting.pop(future)
                try:
                    yield future.result()
                except self._deaths:
                    suspects.append(task)
            while suspects and not waiting:
                yield self._alone(suspects.pop(0))

    def _submit(self, task: Task[R], waiting: dict[Future[R], Task[R]], suspects: list[Task[R]]) -> None:
        try:
            waiting[undisturbed(lambda: self._executor().submit(task.run))] = task
        except self._deaths:
            suspects.append(task)

    def _alone(self, task: Task[R]) -> R:
        deaths: Counter[int] = Counter()
        note = self._notes / ".tmp-note"
        for _ in range(MAX_UNEXPLAINED):
            note.unlink(missing_ok=True)
            try:
                future = undisturbed(lambda: self._executor().submit(_run_noted, task, note))
                _first_done([future])
                return future.result()
            except self._deaths:
                place = _noted(note)
            if place is not None:
                deaths[place] += 1
                if deaths[place] >= MAX_DEATHS:
                    return self._alone(task.without(place))
        raise PipelineError(
            "worker processes end again and again", mend="see whether memory runs short; try fewer with --workers"
        )


def undisturbed(call: Callable[[], R]) -> R:
    """What a call returns; Ctrl-C and SIGTERM are held back until then.

    In the midst of an executor they could leave a lock held, for which its threads would wait forever.
    """
    if threading.current_thread() is not threading.main_thread():
        return call()
    came: list[int] = []
    before = {number: signal.signal(number, lambda got, _: came.append(got)) for number in HELD_BACK}
    try:
        return call()
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if came:
            signal.raise_signal(came[0])


def _first_done(futures: Collection[Future[R]]) -> set[Future[R]]:
    """Those that are done, as soon as one is; none of none."""
    done: set[Future[R]] = set()
    while futures and not done:
        done = undisturbed(lambda: wait(futures, MOMENT, FIRST_COMPLETED).done)
    return done


def _run_noted(task: Task[R], note: Path) -> R:
    """Run a task, the place of what is worked on kept in a file."""
    note.parent.mkdir(parents=True, exist_ok=True)
    with note.open("wb", buffering=0) as stream:

        def write(place: int) -> None:
            stream.seek(0)
            stream.write(f"{place:12d}".encode())

        return task.run(write)


def _noted(note: Path) -> int | None:
    try:
        return int(note.read_bytes())
    except (OSError, ValueError):
        return None
