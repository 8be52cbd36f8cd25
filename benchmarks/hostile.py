"""Hostile files beside good ones: what each costs, and whether every good one comes through.

    python benchmarks/hostile.py [--megabytes 500] [--good 200] [--only small large] [--commands tag ingest]
                                 [--workers 2] [--labelled data/labeled] [--model emerging-security]

small   a folder of about a hundred broken or malicious files of up to a few MB beside the good ones
large   a folder of files that hold, or unpack to, so many megabytes, beside the good ones

Both are made anew. For each folder and command: wall time and CPU, the good documents that came through, the rows of
the others, and the highest PSS (memory, shared pages counted once) of all processes together and of each kind.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from batch_corpus import Corpus
from datasets import cpu_seconds, print_table, setup
from hostile_files import write_large, write_small
from memory import family, megabytes

KINDS = ("leader", "worker", "parser")
SECONDS_BETWEEN_LOOKS = 0.1


class Peaks(NamedTuple):
    """Megabytes: the most of all processes at one time, and the most of any process of each kind."""

    together: float
    of_kind: dict[str, float]


def watch(process: subprocess.Popen[bytes]) -> Peaks:
    """Follow the memory of a command and of all that it starts until it ends."""
    together, of_kind = 0.0, dict.fromkeys(KINDS, 0.0)
    while process.poll() is None:
        now = {pid: megabytes(pid) for pid in family(process.pid)}
        together = max(together, sum(now.values()))
        for pid, used in now.items():
            kind = "leader" if pid == process.pid else kind_of(pid)
            of_kind[kind] = max(of_kind[kind], used)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return Peaks(together, of_kind)


def kind_of(pid: int) -> str:
    """What a process below the leader does."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return "worker"
    return "parser" if b"pipeline.ingest.worker" in command else "worker"


def measured(command: str, raw: Path, out: Path, arguments: argparse.Namespace) -> list[str]:
    """A row of the table for one command over one folder."""
    options = ["--out", str(out)]
    if command == "tag":
        options += ["--model", arguments.model, "--workers", str(arguments.workers)]
    call = [sys.executable, "-c", "from pipeline.cli import main; main()", command, str(raw), *options]
    cpu, start = cpu_seconds(), time.perf_counter()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)
    peaks = watch(process)
    wall = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"themes {command} ended with {process.returncode}")
    rows = [row["location"] for row in table(out / "documents.csv" if out.is_dir() else out)]
    n_good = sum("/good/" in location for location in rows)
    used = [f"{value:,.0f}" for value in (peaks.together, *peaks.of_kind.values())]
    counts = (n_good, len(rows) - n_good, len(table(skipped_of(out))))
    return [command, f"{wall:,.0f}", f"{cpu_seconds() - cpu:,.0f}", *map(str, counts), *used]


def skipped_of(out: Path) -> Path:
    """The table of skipped files beside what a command wrote."""
    return out / "skipped.csv" if out.is_dir() else out.with_suffix(".skipped.csv")


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as the commands write them."""
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def print_reasons(path: Path) -> None:
    """The reasons for skipped files, the commonest first."""
    for reason, times in Counter(row["reason"] for row in table(path)).most_common():
        print(f"    {times:4d}  {reason[:150]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--good", type=int, default=200)
    parser.add_argument("--only", nargs="+", choices=("small", "large"), default=["small", "large"])
    parser.add_argument("--commands", nargs="+", choices=("tag", "ingest"), default=["tag", "ingest"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--labelled", type=Path, default=Path("data/labeled"))
    parser.add_argument("--model", default="emerging-security")
    parser.add_argument("--reasons", action="store_true", help="print why files were skipped")
    arguments = parser.parse_args()
    print(f"    {setup('numpy', 'numba', 'selectolax', 'pypdfium2', 'pyarrow')}\n")
    head = ["folder", "command", "wall s", "CPU s", "good", "other documents", "skipped", "MB together", *KINDS]
    rows = []
    with tempfile.TemporaryDirectory(prefix="themes-hostile-") as scratch:
        os.environ["TMPDIR"] = scratch
        for kind in arguments.only:
            raw = Path(scratch) / kind
            Corpus(arguments.labelled).write_dumps(raw / "good", arguments.good)
            if kind == "small":
                name = f"{write_small(raw / 'hostile')} small"
            else:
                files = write_large(raw / "hostile", arguments.megabytes * 1_000_000)
                name = f"{len(files)} of {arguments.megabytes} MB"
            for command in arguments.commands:
                out = Path(scratch) / (f"{kind}-tags" if command == "tag" else f"{kind}.csv")
                rows.append([name, *measured(command, raw, out, arguments)])
                print(f"    {' '.join(rows[-1])}", file=sys.stderr)
            if arguments.reasons:
                print_reasons(skipped_of(out))
    print_table(head, rows)


if __name__ == "__main__":
    main()
