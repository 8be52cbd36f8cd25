"""What an output folder holds, what is to be done, and what was skipped and why."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pipeline.batch.inventory import Found, list_inputs
from pipeline.batch.job import FOLDER
from pipeline.batch.ledger import LEDGER, Ledger
from pipeline.batch.lock import holder_of, is_held
from pipeline.csvtext import BYTE_ORDER_MARK
from pipeline.errors import InputError
from pipeline.files import is_address


@dataclass(frozen=True)
class Status:
    """Files: read and unchanged, pending (new, changed, or only partly read), removed; texts read and texts tagged.

    `is_current` says whether the tables are those of the ledger; `skipped` counts reasons in skipped.csv; `holder` is
    who writes now, "" for nobody; `missing` are inputs that are gone.
    """

    inputs: tuple[str, ...]
    n_files_done: int
    n_files_pending: int
    n_files_removed: int
    n_texts_read: int
    n_texts_tagged: int
    is_current: bool
    skipped: dict[str, int]
    holder: str
    missing: tuple[str, ...]


def status_of(out: Path) -> Status:
    """Look at an output folder without changing it. Raises `InputError` for a folder that tagging did not make."""
    folder = out / FOLDER
    if not (folder / LEDGER).is_file():
        raise InputError("holds no ledger", where=str(out), mend="name the folder given to `themes tag --out`")
    ledger = Ledger(folder, read_only=True)
    try:
        return _status(out, ledger)
    finally:
        ledger.close()


def _status(out: Path, ledger: Ledger) -> Status:
    inputs: list[str] = json.loads(ledger.meta("inputs") or "[]")
    there = [path for path in inputs if is_address(path) or Path(path).exists()]
    files, tags = ledger.files(), ledger.tags()
    found = [file for file in list_inputs(there) if isinstance(file, Found)]
    names = {file.name for file in found}
    n_done = sum(file.is_same_as(files.get(file.name)) for file in found)
    items = [item for name, of in ledger.items().items() if name in names for item in of]
    holder = (holder_of(out / FOLDER) or "another process") if is_held(out / FOLDER) else ""
    return Status(
        tuple(inputs),
        n_done,
        len(found) - n_done,
        sum(name not in names for name in files),
        sum(item.n_rows for item in items),
        sum(item.n_rows for item in items if item.tag_key in tags),
        ledger.meta("finished") is not None and n_done == len(found),
        reasons_of(out),
        holder,
        tuple(path for path in inputs if path not in there),
    )


def reasons_of(out: Path) -> dict[str, int]:
    """Why documents were skipped, by the table of an output folder: how many for each reason, the commonest first."""
    path = out / "skipped.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        stream.read(len(BYTE_ORDER_MARK))
        reasons = Counter(row.get("reason") or "" for row in csv.DictReader(stream))
    return dict(reasons.most_common())
