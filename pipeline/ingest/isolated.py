"""Parsers that run in a process of their own, which is killed when it hangs and replaced when it dies."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

if TYPE_CHECKING:
    from pipeline.ingest.formats import Reader
    from pipeline.ingest.options import ReadOptions

Item = Received | Skipped | InputFile

N_ITEMS_WAITING = 64


def isolated(parser: str) -> Reader:
    """A reader that hands its file to `parser` (a key of `worker.PARSERS`) in the worker process of this process."""

    def read_isolated(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
        for item in parse_isolated(parser, file, options):
            assert not isinstance(item, InputFile)
            yield item

    return read_isolated


def parse_isolated(parser: str, file: InputFile, options: ReadOptions) -> Iterator[Item]:
    """What `parser` makes of a file, in the worker process of this process.

    Files that it unpacks are given as they come; they are there, also when it dies, until this process ends.
    """
    yield from _worker().parse(parser, file, options)


class Worker:
    """One worker process; started with the first file, and anew after a file that killed it or left it large."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue(N_ITEMS_WAITING)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None

    def parse(self, parser: str, file: InputFile, options: ReadOptions) -> Iterator[Item]:
        """Items of one file; a Skipped ends them when the parser hangs or dies. Other files are not affected."""
        request = {
            "parser": parser,
            "path": str(file.path.absolute()),
            "location": file.location,
            "source": file.source,
            "options": asdict(options),
        }
        finished = False
        try:
            self._send(json.dumps(request))
            while True:
                try:
                    answer = json.loads(self._answers.get(timeout=options.max_seconds))
                except queue.Empty:
                    reason = f"the {parser} parser took longer than {options.max_seconds:g} seconds"
                    yield Skipped(file.source, reason, file.location)
                    return
                except ValueError:
                    yield Skipped(file.source, f"the {parser} parser broke down on this file", file.location)
                    return
                if "Finished" in answer:
                    finished = not answer["Finished"]["is_large"]
                    return
                yield _item(answer)
        finally:
            if not finished:
                self._kill()

    def stop(self) -> None:
        """Kill the process, if there is one, and remove what it has unpacked."""
        self._kill()
        if self._scratch:
            self._scratch.cleanup()
            self._scratch = None

    def _kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    _close(pipe)
            self._process = None

    def _send(self, request: str) -> None:
        if self._process is None or self._process.poll() is not None:
            self._kill()
            self._start()
        assert self._process
        assert self._process.stdin
        try:
            self._process.stdin.write(request + "\n")
            self._process.stdin.flush()
        except OSError:
            self._answers.put("")

    def _start(self) -> None:
        self._scratch = self._scratch or tempfile.TemporaryDirectory(prefix="themes-", ignore_cleanup_errors=True)
        modules = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": modules, "TMPDIR": self._scratch.name},
        )
        self._answers = queue.Queue(N_ITEMS_WAITING)
        threading.Thread(target=_pump, args=(self._process, self._answers), daemon=True).start()


def _pump(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    """Lines of the process's output into the queue; an empty one when it ends."""
    assert process.stdout
    try:
        for line in process.stdout:
            answers.put(line)
    except (OSError, ValueError):
        pass
    answers.put("")


def _item(answer: dict[str, Any]) -> Item:
    if "InputFile" in answer:
        return InputFile(**answer["InputFile"] | {"path": Path(answer["InputFile"]["path"])})
    if "Skipped" in answer:
        return Skipped(**answer["Skipped"])
    return Received(**answer["Received"])


def _close(pipe: Any) -> None:
    with contextlib.suppress(OSError):
        pipe.close()


_WORKERS: dict[int, Worker] = {}


def _worker() -> Worker:
    """The worker of this process (a fork must not share its parent's)."""
    if os.getpid() not in _WORKERS:
        _WORKERS[os.getpid()] = Worker()
        atexit.register(_stop_worker)
    return _WORKERS[os.getpid()]


def _stop_worker() -> None:
    if os.getpid() in _WORKERS:
        _WORKERS[os.getpid()].stop()
