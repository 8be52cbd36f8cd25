"""Workers that die: everything else is kept, and the document that ends them all becomes a skipped row."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from killing import (
    WITH_PROCESSES,
    PoisonedTask,
    add_poison,
    command,
    make_corpus,
    run_to_end,
    tables_of,
    without_poison,
)

from pipeline.batch.job import Job
from pipeline.batch.local import LocalWorkers, _may_copy
from pipeline.batch.packing import Note
from pipeline.batch.update import update
from pipeline.batch.workers import Task, ThisProcess, undisturbed
from pipeline.classify.model import ThemeModel
from pipeline.errors import InputError

POISON = -1


@dataclass(frozen=True)
class Doubling:
    """Doubles numbers; `POISON` ends the process, and any number does so once while `trap` is there."""

    numbers: tuple[int, ...]
    trap: Path | None = None
    broken: frozenset[int] = frozenset()

    def run(self, note: Note | None = None) -> list[int | None]:
        found: list[int | None] = []
        for place, number in enumerate(self.numbers):
            if note:
                note(place)
            if place in self.broken:
                found.append(None)
                continue
            if number == POISON or (self.trap and self.trap.exists()):
                if self.trap:
                    self.trap.unlink(missing_ok=True)
                os.kill(os.getpid(), signal.SIGKILL)
            found.append(2 * number)
        return found

    def without(self, place: int) -> Doubling:
        return replace(self, broken=self.broken | {place})


@dataclass(frozen=True)
class Naming:
    """Tells the process that runs it."""

    def run(self, note: Note | None = None) -> int:
        time.sleep(0.01)
        return os.getpid()

    def without(self, place: int) -> Naming:
        return self


class Failing(Doubling):
    def run(self, note: Note | None = None) -> list[int | None]:
        time.sleep(0.01)
        raise InputError("cannot be read", where="here")


def results(tasks: list[Doubling], folder: Path) -> list[list[int | None]]:
    workers = LocalWorkers()
    try:
        with workers.pool(2, folder) as pool:
            return sorted(pool.results(tasks), key=str)
    finally:
        workers.close()


TASKS = [Doubling((n, n + 1, n + 2)) for n in range(10, 40)]


def test_all_results_come(tmp_path: Path) -> None:
    expected = sorted(ThisProcess().results(TASKS), key=str)
    assert results(TASKS, tmp_path) == expected


def test_a_worker_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.touch()
    tasks = [replace(task, trap=trap) for task in TASKS]
    assert results(tasks, tmp_path) == sorted(ThisProcess().results(TASKS), key=str)
    assert not trap.exists()


COPIES = """
import sys
from dataclasses import replace
from pathlib import Path
from pipeline.batch import local
from test_workers import TASKS, results
made = local._copies
def copies(n_workers):
    executor = made(n_workers)
    assert executor is not None
    return executor
local._copies = copies
trap = Path(sys.argv[1]) / "trap"
trap.touch()
print(results([replace(task, trap=trap) for task in TASKS], trap.parent))
"""


RENEWED = """
import sys
from pathlib import Path
from pipeline.batch import local
from test_workers import Naming
workers = local.LocalWorkers()
def names():
    with workers.pool(2, Path(sys.argv[1])) as pool:
        return set(pool.results([Naming()] * 20))
first, same = names(), names()
workers.renew()
others = names()
n_threads, local._n_threads = local._n_threads, lambda: 9
workers.renew()
kept = names()
workers.close()
local._n_threads = n_threads
print(bool(first & same), first & others, bool(others & kept))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies of a process are made on Linux only")
def test_copies_are_made_anew_unless_there_are_threads(tmp_path: Path) -> None:
    assert ran_alone(RENEWED, tmp_path) == "True set() True"


PARTS = """
import sys
from pathlib import Path
from pipeline.batch import local
from pipeline.batch.packing import ReceivedRow, load_for_reading
from pipeline.batch.parts import read_part, write_part
load_for_reading()
rows = [ReceivedRow(n, "text", "", "", False, *[""] * 7, b"") for n in range(100)]
part = Path(sys.argv[1]) / write_part(Path(sys.argv[1]), "part", rows)
print(part.suffix, list(read_part(part, ReceivedRow)) == rows, local._may_copy())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies of a process are made on Linux only")
def test_parts_are_read_and_written_without_threads(tmp_path: Path) -> None:
    assert ran_alone(PARTS, tmp_path) == ".parquet True True"


@pytest.mark.skipif(sys.platform != "linux", reason="copies of a process are made on Linux only")
def test_where_loading_starts_a_thread_new_processes_do_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JE_ARROW_MALLOC_CONF", "background_thread:true")
    others = COPIES.replace("assert executor is not None", "assert executor is None")
    assert ran_alone(others, tmp_path) == str(sorted(ThisProcess().results(TASKS), key=str))


@pytest.mark.skipif(sys.platform != "linux", reason="copies of a process are made on Linux only")
def test_a_copy_of_the_process_that_is_killed_costs_nothing(tmp_path: Path) -> None:
    assert ran_alone(COPIES, tmp_path) == str(sorted(ThisProcess().results(TASKS), key=str))


def ran_alone(program: str, folder: Path) -> str:
    """What a program prints that is given a folder and runs in a process without other threads."""
    alone = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS")}
    arguments = [sys.executable, "-c", program, str(folder)]
    ran = subprocess.run(arguments, capture_output=True, text=True, cwd=Path(__file__).parent, env=os.environ | alone)
    assert not ran.returncode, ran.stderr
    return ran.stdout.strip()


def test_a_process_with_threads_is_not_copied() -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    assert not _may_copy()
    ended.set()
    thread.join()


def test_poison_is_given_up_and_its_neighbours_are_kept(tmp_path: Path) -> None:
    tasks = [*TASKS[:5], Doubling((1, POISON, 3)), *TASKS[5:8]]
    found = results(tasks, tmp_path)
    assert [2, None, 6] in found
    assert len(found) == len(tasks)
    assert sum(None in result for result in found) == 1


def test_errors_pass(tmp_path: Path) -> None:
    tasks: list[Task[list[int | None]]] = [*TASKS[:3], Failing((1,))]
    with pytest.raises(InputError, match="here: cannot be read"), LocalWorkers().pool(2, tmp_path) as pool:
        list(pool.results(tasks))


def test_workers_are_killed_where_nothing_lists_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.batch.local._may_copy", lambda: False)
    monkeypatch.setattr("joblib.externals.loky.backend.utils.psutil", None)
    monkeypatch.setenv("PATH", "")
    test_errors_pass(tmp_path)


def test_a_poisoned_document_ends_in_a_skipped_row(
    model: ThemeModel, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, job = make_corpus(tmp_path / "raw", n=30), Job(model, str(model_folder), workers=1)
    add_poison(raw)
    update([raw], tmp_path / "serial", job)
    monkeypatch.setattr("pipeline.batch.tagging.TagTask", PoisonedTask)
    monkeypatch.setattr("pipeline.batch.job.CHARS_WORTH_PROCESSES", 0)
    update([raw], tmp_path / "out", replace(job, workers=2))
    assert tables_of(tmp_path / "out") == without_poison(tables_of(tmp_path / "serial"))


LOADING = f"""
import os, sys
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")  # as the command does, before numpy
{WITH_PROCESSES}
from pipeline.batch import loading
def load(*given, plain=loading.load_for_scoring):
    plain(*given)
    print("loaded", file=sys.stderr)
loading.load_for_scoring = load
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies of a process are made on Linux only")
def test_what_tagging_takes_is_loaded_while_files_are_read(model_folder: Path, tmp_path: Path) -> None:
    raw = make_corpus(tmp_path / "raw", n=30)
    (raw / "source1" / "long.txt").write_text("The council discussed ransomware in hospitals.\n" * 2000)
    alone = run_to_end(command(raw, tmp_path / "alone", model_folder, "--workers", "1", before=LOADING))
    ran = run_to_end(command(raw, tmp_path / "out", model_folder, "--workers", "2", before=LOADING))
    assert "loaded" not in alone.stderr
    assert "loaded" in ran.stderr
    assert tables_of(tmp_path / "out") == tables_of(tmp_path / "alone") != {}


OWN = f"""
import os, sys
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
{WITH_PROCESSES}
from pipeline.batch import received, tagged
from pipeline.ingest.compiler import load_compiler
load_compiler()
from numba.core.caching import Cache
leader, functions = os.getpid(), []
def load_overload(cache, *given, plain=Cache.load_overload):
    functions.append(str(given[0])[:80])
    return plain(cache, *given)
Cache.load_overload = load_overload
def watched(plain):
    def run(task, note=None):
        modules, n_functions = set(sys.modules), len(functions)
        done = plain(task, note)
        own = sorted(set(sys.modules) - modules), functions[n_functions:]
        print("own:", type(task).__name__, os.getpid() != leader, *own, file=sys.stderr)
        return done
    return run
for task in (received.ReadTask, tagged.TagTask):
    task.run = watched(task.run)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="copies of a process are made on Linux only")
def test_copies_load_nothing_of_their_own(model_folder: Path, tmp_path: Path) -> None:
    raw = make_corpus(tmp_path / "raw", n=30)
    (raw / "table.csv").unlink()
    (raw / "source0" / "broken.pdf").unlink()
    (raw / "source1" / "long.txt").write_text("The council discussed ransomware in hospitals.\n" * 40_000)
    (raw / "source1" / "other.txt").write_text("Le conseil a discuté des rançongiciels dans les hôpitaux. " * 20)
    ran = run_to_end(command(raw, tmp_path / "out", model_folder, "--workers", "2", before=OWN))
    told = {line for line in ran.stderr.splitlines() if line.startswith("own:")}
    assert told == {"own: ReadTask True [] []", "own: TagTask True [] []"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_waits_until_a_call_is_done(number: signal.Signals) -> None:
    done, before = [], signal.signal(number, signal.default_int_handler)

    def call() -> None:
        signal.raise_signal(number)
        done.append(True)

    try:
        with pytest.raises(KeyboardInterrupt):
            undisturbed(call)
        assert done
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, before)
