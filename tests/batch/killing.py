"""Runs of the command that are killed, and what they must leave: the output of a run that nobody disturbed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.batch import tagged
from pipeline.batch.ledger import Tagged
from pipeline.batch.packing import BROKE_DOWN, Note
from pipeline.batch.tagged import TagTask

TABLES = ("doc_tags.csv", "documents.csv", "probabilities.csv", "skipped.csv")
MAIN = "from pipeline.cli import main; main()"
BROKEN = """
from pipeline.batch import parts, tagged
def commit_first(folder, name, rows):
    "The name is handed to the ledger, and the file appears a moment later or never."
    import threading, time
    threading.Thread(target=lambda: (time.sleep(0.3), write(folder, name, rows))).start()
    return f"{name}.jsonl" if len(rows) < parts.ROWS_AS_TEXT else f"{name}.parquet"
write = parts.write_part
tagged.write_part = commit_first
"""
WITH_PROCESSES = """
from pipeline.batch import job
job.CHARS_WORTH_PROCESSES = 0
"""
SLOWLY = """
import time
from pipeline.batch import tagged
run = tagged.TagTask.run
def slowly(task, note=None):
    time.sleep(0.1)
    return run(task, note)
tagged.TagTask.run = slowly
"""
POISON = "this document ends whoever works on it"
SUBJECTS = ("a satellite in orbit", "ransomware in hospitals", "the harvest festival", "a virus in the laboratory")
CHROME = "Home\nNews\nContact\n\n{}\n\nAll rights reserved, {}\nPrivacy policy\n"


def make_corpus(folder: Path, n: int = 60) -> Path:
    """Files of several sources with chrome and copies, a table of several items, and files that cannot be read."""
    chance = random.Random(7)
    for number in range(n):
        source = folder / f"source{number % 3}"
        source.mkdir(parents=True, exist_ok=True)
        text = (
            f"Officials discussed {chance.choice(SUBJECTS)} on day {number // 2}, and {chance.choice(SUBJECTS)} next. "
        )
        text += " ".join(f"Delegate {chance.randrange(50)} of region {chance.randrange(9)} agreed." for _ in range(12))
        (source / f"{number:03d}.txt").write_text(CHROME.format(text, source.name), encoding="utf-8")
    (folder / "source0" / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    rows = (
        f'"{number % 300}","Row {number % 290}: {chance.choice(SUBJECTS)} was on the agenda."' for number in range(600)
    )
    (folder / "table.csv").write_text("id,text\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


def add_poison(raw: Path) -> None:
    """A document among the others that ends the process of a `PoisonedTask`."""
    (raw / "source1" / "030-poison.txt").write_text(f"In the assembly {POISON}, which nobody had foreseen at all.")


class PoisonedTask(TagTask):
    """A task whose process ends, as by a fault of a library, when it meets the poison; for workers only."""

    def run(self, note: Note | None = None) -> list[Tagged]:
        plain = getattr(tagged.finished, "plain", tagged.finished)

        def deadly(rows: Sequence[Any], *rest: Any) -> Any:
            if any(POISON in row.received.content for row in rows):
                os.kill(os.getpid(), signal.SIGKILL)
            return plain(rows, *rest)

        deadly.plain = plain  # type: ignore[attr-defined]
        tagged.finished = deadly
        return super().run(note)


def without_poison(tables: dict[str, bytes]) -> dict[str, bytes]:
    """The tables of a serial run as they would be had the poison been skipped."""
    name = b"030-poison.txt"
    documents = tables["documents.csv"].splitlines(keepends=True)
    poisoned = next(line for line in documents if name in line)
    ids = poisoned.split(b",")[0]
    kept = {table: [line for line in content.splitlines(keepends=True) if not line.startswith(ids)]
            for table, content in tables.items()}  # fmt: skip
    kept["skipped.csv"].append(b'"source1","%s","raw/source1/%s"\n' % (BROKE_DOWN.encode(), name))
    return {table: b"".join(lines) for table, lines in kept.items()}


def command(raw: Path, out: Path, model: Path, *options: str, before: str = "") -> list[str]:
    arguments = ["tag", str(raw), "--out", str(out), "--model", str(model), *options]
    return [sys.executable, "-c", f"{before}\n{MAIN}", *arguments]


def run_to_end(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, timeout=300)


def killed_after(arguments: list[str], seconds: float) -> bool:
    """Start a command in a group of its own and kill all of it; whether it was still running."""
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )  # fmt: skip
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def tables_of(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in TABLES if (out / name).exists()}


def timed(arguments: list[str]) -> float:
    """Seconds that an undisturbed run takes."""
    start = time.perf_counter()
    ran = run_to_end(arguments)
    assert ran.returncode == 0, ran.stderr
    return time.perf_counter() - start
