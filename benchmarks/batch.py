"""Speed of the whole way from raw files to tables, and where the time goes.

    python benchmarks/batch.py [--dumps 16000] [--unchanged 20000] [--short 100000] [--only PART ...]
                               [--labelled data/labeled] [--model emerging-security]

speed      text dumps of 300 words through `themes tag` with one worker and with two: documents a second of wall time
stages     one worker in this process: CPU seconds of each stage, and milliseconds a document
unchanged  a second run over files that have not changed: CPU seconds
memory     a JSON lines and a Parquet file of short texts: time, and the peak of the memory of all processes together

The corpus is made anew from the sentences of the labelled documents. Compiled code is warmed by a run before.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from batch_corpus import Corpus
from datasets import print_table, setup
from memory import family, megabytes

N_IDLE = 100_000
T = TypeVar("T")
PARTS = ("speed", "stages", "unchanged", "memory")
STAGES = {
    "load the model": ["pipeline.run.load_model"],
    "list the inputs": ["pipeline.batch.update.list_inputs"],
    "read, decode": [f"pipeline.{name}" for name in ("ingest.formats.read_file", "ingest.formats.read_one_text")],
    "keys of lines": ["pipeline.batch.packing.pack_rows"],
    "parts": [f"pipeline.batch.{name}_part" for name in ("packing.write", "tagged.write", "tagged.read")],
    "lines that recur": ["pipeline.batch.counting.Counting.recurring"],
    "clean": ["pipeline.ingest.documents.clean_normalized"],
    "language": ["pipeline.ingest.documents.languages_of"],
    "date": ["pipeline.ingest.documents.publication_dates"],
    "title, id": ["pipeline.ingest.documents.documents"],
    "scores, of sentences too": ["pipeline.classify.model.ThemeModel.predict_with_evidence"],
    "sentences": ["pipeline.classify.sentence_kernel.find_sentences"],
    "tags": ["pipeline.classify.tags.tags_of"],
    "signatures": ["pipeline.ingest.signatures.signatures_of"],
    "links": ["pipeline.batch.outputs.link_documents"],
    "tables": ["pipeline.batch.update.write_outputs", "pipeline.batch.table_lines.LineMaker.of"],
}  # fmt: skip


class Used(NamedTuple):
    """What a command took: seconds of wall time and of CPU, and the peak of the PSS of all its processes, in MB.

    The peak is 0 where nobody watched: looking takes up to a tenth of a core from two busy workers.
    """

    wall: float
    cpu: float
    megabytes: float


class Stopwatch:
    """CPU seconds of stages, each without the stages that it calls, and of the watching itself."""

    def __init__(self, stages: Iterable[str]) -> None:
        self.seconds = dict.fromkeys(stages, 0.0)
        self._inner = [0.0]
        self._n_calls = 0

    def time(self, stage: str, call: Callable[[], T]) -> T:
        """What a call returns; its time is added to the stage."""
        self._n_calls += 1
        self._inner.append(0.0)
        start = time.process_time()
        try:
            return call()
        finally:
            taken = time.process_time() - start
            self.seconds[stage] += taken - self._inner.pop()
            self._inner[-1] += taken

    def watching(self) -> float:
        """Seconds that watching took, outside of what it measured."""
        idle = Stopwatch(["none"])
        start = time.process_time()
        for _ in range(N_IDLE):
            idle.time("none", lambda: None)
        taken = time.process_time() - start - idle.seconds["none"]
        return taken / N_IDLE * self._n_calls

    def watch(self, stage: str, path: str) -> None:
        """Time all calls of a function, also the steps of a generator."""
        owner, name = _owner(path)
        plain = getattr(owner, name)

        def timed(*args: Any, **options: Any) -> Any:
            found = self.time(stage, lambda: plain(*args, **options))
            return self._steps(stage, found) if isinstance(found, Iterator) else found

        setattr(owner, name, timed)

    def _steps(self, stage: str, items: Iterator[Any]) -> Iterator[Any]:
        none = object()
        while (item := self.time(stage, lambda: next(items, none))) is not none:
            yield item


def _owner(path: str) -> tuple[Any, str]:
    module, name = path.rsplit(".", 1)
    try:
        return import_module(module), name
    except ModuleNotFoundError:
        module, kind = module.rsplit(".", 1)
        return getattr(import_module(module), kind), name


def tag(raw: Path, out: Path, arguments: argparse.Namespace, *options: str, watched: bool = False) -> Used:
    """Run the command in processes of its own."""
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "tag", str(raw), "--out", str(out)]
    before, start = _children_cpu(), time.perf_counter()
    process = subprocess.Popen([*command, "--model", arguments.model, *options], stdout=subprocess.DEVNULL)
    peak = 0.0
    while watched and process.poll() is None:
        peak = max(peak, sum(map(megabytes, family(process.pid))))
        time.sleep(0.2)
    if process.wait():
        sys.exit(f"themes tag ended with {process.returncode}")
    return Used(time.perf_counter() - start, _children_cpu() - before, peak)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def speed(folder: Path, arguments: argparse.Namespace) -> None:
    raw = Corpus(arguments.labelled).write_dumps(folder / "dumps", arguments.dumps)
    rows, rates = [], list[float]()
    tag(raw, folder / "warm", arguments, "--workers", "2")
    for workers in ("1", "2"):
        used = min(tag(raw, folder / f"out{workers}-{turn}", arguments, "--workers", workers) for turn in range(3))
        peak = tag(raw, folder / f"watched{workers}", arguments, "--workers", workers, watched=True).megabytes
        rates.append(arguments.dumps / used.wall)
        of_cpu, ratio = arguments.dumps / used.cpu, rates[-1] / rates[0]
        rows.append([workers, f"{rates[-1]:,.0f}", f"{of_cpu:,.0f}", f"{peak:,.0f}", f"{ratio:.2f}"])
    print_table(["workers", "docs/s", "docs/s of CPU", "MB", "times one"], rows)


def stages(folder: Path, arguments: argparse.Namespace) -> None:
    from pipeline.cli import OBJECTS_BETWEEN_COLLECTIONS
    from pipeline.run import TagOptions
    from pipeline.run import tag as tag_here

    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)  # as the command does
    raw = Corpus(arguments.labelled).write_dumps(folder / "dumps", arguments.dumps)
    options = TagOptions(arguments.model, workers=1)
    tag_here([raw], folder / "warm", options)
    watch = Stopwatch(STAGES)
    for stage, paths in STAGES.items():
        for path in paths:
            watch.watch(stage, path)
    start = time.process_time()
    tag_here([raw], folder / "out", options)
    total = time.process_time() - start
    watched = watch.seconds | {"watching": watch.watching()}
    seconds = watched | {"ledger and all else": total - sum(watched.values()), "in all": total}
    rows = [
        [stage, f"{taken:.2f}", f"{1000 * taken / arguments.dumps:.3f}", f"{taken / total:.0%}"]
        for stage, taken in seconds.items()
    ]
    print_table(["stage", "CPU s", "ms a document", "share"], rows)


def unchanged(folder: Path, arguments: argparse.Namespace) -> None:
    raw = Corpus(arguments.labelled).write_dumps(folder / "dumps", arguments.unchanged)
    first = tag(raw, folder / "out", arguments)
    again = min(tag(raw, folder / "out", arguments) for _ in range(3))
    rows = [[name, f"{used.cpu:.2f}", f"{used.wall:.2f}"] for name, used in (("first", first), ("second", again))]
    print_table([f"run over {arguments.unchanged:,} files", "CPU s", "wall s"], rows)


def memory(folder: Path, arguments: argparse.Namespace) -> None:
    rows = []
    for suffix in ("jsonl", "parquet"):
        raw = Corpus(arguments.labelled).write_short(folder / f"short.{suffix}", arguments.short)
        used = tag(raw, folder / suffix, arguments, watched=True)
        rows.append([suffix, *(f"{value:,.0f}" for value in used)])
    print_table([f"{arguments.short:,} short texts", "wall s", "CPU s", "MB, all processes"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dumps", type=int, default=16_000)
    parser.add_argument("--unchanged", type=int, default=20_000)
    parser.add_argument("--short", type=int, default=100_000)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--labelled", type=Path, default=Path("data/labeled"))
    parser.add_argument("--model", default="emerging-security")
    arguments = parser.parse_args()
    for library in ("OMP", "OPENBLAS", "NUMBA"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    print(setup("numpy", "numba", "pyarrow", "joblib"))
    parts: dict[str, Callable[[Path, argparse.Namespace], None]] = {
        "speed": speed, "stages": stages, "unchanged": unchanged, "memory": memory,
    }  # fmt: skip
    for part in arguments.only:
        print(f"\n{part}\n")
        folder = Path(tempfile.mkdtemp(prefix="themes-batch-"))
        try:
            parts[part](folder, arguments)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
