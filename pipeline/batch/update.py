"""One run of tagging: what is new is read and tagged, everything else is left, and the output is made from the parts.

Stages: list the inputs; read changed files into parts; count the lines that recur; tag the items whose key is new;
write the output. Each is kept in the ledger step by step, so that a run that was stopped goes on where it stood.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.batch.inventory import Found, Input, absolute, list_inputs
from pipeline.batch.job import FOLDER, PARTS, Job
from pipeline.batch.keys import key_of
from pipeline.batch.ledger import FINISHED, Ledger
from pipeline.batch.lock import only_writer
from pipeline.batch.outputs import Tally, write_outputs
from pipeline.batch.part_columns import Entry
from pipeline.batch.parts import remove_orphans, sync_folder
from pipeline.batch.reading import Reading, items_in_order
from pipeline.batch.received import version_of
from pipeline.batch.tables import FORMATS
from pipeline.batch.tagged import remember
from pipeline.batch.tagging import Tagging
from pipeline.errors import InputError
from pipeline.files import sha256_of_file, write_errors
from pipeline.ingest.source_counts import SourceCounts, load_counts
from pipeline.progress import step
from pipeline.types import Skipped


@dataclass(frozen=True)
class Updated:
    """The counts of the output, and how many texts were tagged for it now."""

    tally: Tally
    n_new: int


def update(inputs: Sequence[Input], out: Path, job: Job) -> Updated:
    """Bring the output folder up to date with what stands at the inputs. Raises `InputError`, `OutputError`."""
    listed = list_inputs(inputs)
    if not listed:
        raise InputError("no documents were found", where=", ".join(map(str, inputs)), mend="check the path")
    with only_writer(out / FOLDER):
        ledger = Ledger(out / FOLDER)
        try:
            run = _Run(ledger, out, job)
            run.repair(list(map(absolute, inputs)))
            return run.update(listed)
        finally:
            job.local.close()
            ledger.close()


class _Run:
    def __init__(self, ledger: Ledger, out: Path, job: Job) -> None:
        self._ledger, self._out, self._job = ledger, out, job
        self._parts = out / FOLDER / PARTS
        self._counts = load_counts(job.line_counts) if job.line_counts else SourceCounts()
        remember(job.model, job.model_key)  # before any worker is made a copy of this process

    def repair(self, inputs: list[str]) -> None:
        """Remove what a stopped run left behind, and forget what is no longer there or would be read otherwise."""
        with self._ledger.transaction():
            if self._job.refresh:
                self._ledger.forget_all()
            self._ledger.set_meta("inputs", inputs)
            self._ledger.read_with(version_of(self._job.options))
        self._sweep()

    def update(self, listed: Sequence[Found | Skipped]) -> Updated:
        """Do what is to be done."""
        files = [file for file in listed if isinstance(file, Found)]
        reading = Reading(self._ledger, self._job, self._parts)
        reading.update(files)
        names = key_of(*map(_name, listed))
        if (tally := self._finished(self._output_key(names))) is not None:
            return Updated(tally, 0)
        order = list(items_in_order(self._ledger, listed))
        items = [item for item in order if not isinstance(item, Skipped)]
        tagging = Tagging(self._ledger, self._job, self._parts, self._counts, reading.lines)
        tagged, keys, n_new = tagging.update(items)
        self._job.local.close()
        of_item = iter(keys)
        entries: list[Entry] = [item if isinstance(item, Skipped) else tagged[next(of_item)] for item in order]
        tally = self._write(entries)
        if self._job.line_counts:
            tagging.add_to_counts(items)
            self._counts.save(self._job.line_counts)
        self._finish(self._output_key(names), tally)
        return Updated(tally, n_new)

    def _output_key(self, names: str) -> str:
        """A key of all that the output depends on; it stays the same when these documents join the counts."""
        counts = self._job.line_counts
        counted = sha256_of_file(counts) if counts and counts.exists() else ""
        return key_of(self._job.output_key, counted, names)

    def _write(self, entries: Sequence[Entry]) -> Tally:
        with self._ledger.transaction():
            self._ledger.set_meta(FINISHED, None)
        job = self._job
        with step("writing the tables"):
            return write_outputs(
                entries, job.model, self._out, parts=self._parts, format_=job.format, filters=job.filters
            )  # fmt: skip

    def _finish(self, output_key: str, tally: Tally) -> None:
        with write_errors(self._out):
            sync_folder(self._out)
        record = {"key": output_key, "tally": asdict(tally), "tables": _facts(self._out)}
        with self._ledger.transaction():
            self._ledger.drop_unused_tags()
            self._ledger.set_meta(FINISHED, record)
        self._sweep()

    def _finished(self, output_key: str) -> Tally | None:
        """The counts of the output, if it stands there as the last run left it and would come out the same."""
        record = json.loads(self._ledger.meta(FINISHED) or "{}")
        if record.get("key") != output_key or record.get("tables") != _facts(self._out):
            return None
        return Tally(**record["tally"])

    def _sweep(self) -> None:
        with write_errors(self._parts):
            missing = remove_orphans(self._parts, self._ledger.parts())
        if missing:
            with self._ledger.transaction():
                self._ledger.forget_parts(missing)
                self._ledger.set_meta(FINISHED, None)


def tables_of(out: Path) -> list[Path]:
    """The tables of an output that are there."""
    names = [*(f"doc_tags.{format_}" for format_ in FORMATS), "documents.csv", "probabilities.csv", "skipped.csv"]
    return [out / name for name in names if (out / name).exists()]


def _facts(out: Path) -> dict[str, list[int]]:
    """Size and time of change of each table of the output that is there."""
    found = {path.name: path.stat() for path in tables_of(out)}
    return {name: [status.st_size, status.st_mtime_ns] for name, status in found.items()}


def _name(file: Found | Skipped) -> str:
    return f"{file.path}\0{file.location}" if isinstance(file, Found) else f"\0{file}"
