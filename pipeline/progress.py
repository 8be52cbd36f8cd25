"""Progress on stderr for people; silent when stderr is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, Task

T = TypeVar("T")


def counted(items: Iterable[T], verb: str) -> Iterator[T]:
    """The same items, with how many have passed and how fast."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(verb, total=None)
        for item in items:
            yield item
            progress.advance(task)


@contextmanager
def step(doing: str) -> Iterator[None]:
    """Say what is being done while it is."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{doing} ..."):
        yield


class Meter:
    """Counts what is done of what is to be done, and shows it as a bar with rate and time left on a terminal."""

    def __init__(self, progress: Progress | None, verb: str) -> None:
        self._progress = progress
        self._task = progress.add_task(verb, total=None) if progress else None

    def expect(self, n: int) -> None:
        """So many are to be done."""
        if self._progress and self._task is not None:
            self._progress.update(self._task, total=n)

    def advance(self, n: int) -> None:
        """So many more are done."""
        if self._progress and self._task is not None:
            self._progress.advance(self._task, n)


@contextmanager
def metered(verb: str, unit: str) -> Iterator[Meter]:
    """A `Meter` while the block lasts."""
    if not sys.stderr.isatty():
        yield Meter(None, verb)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed or 0:,.0f} {unit}/s")

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Meter(progress, verb)
