"""The second stage led: recurring lines are counted, and the items whose keys are new are tagged."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.counting import Counting
from pipeline.batch.job import Job
from pipeline.batch.keys import cleaner_version, code_version, key_of
from pipeline.batch.ledger import Item, Ledger, Tagged
from pipeline.batch.outputs import load_for_outputs
from pipeline.batch.tagged import TagTask, ToTag
from pipeline.classify.scorer import KERNEL, KERNEL_FROM_CODES
from pipeline.ingest.source_counts import SourceCounts
from pipeline.progress import metered

if TYPE_CHECKING:
    from pipeline.batch.recurring import PartLines

MAX_BATCH_CHARS = 2_000_000
LEAST_SHARED = 128
"""Batches for several workers do not shrink below so many documents."""


class Tagging:
    """Brings the tags of the ledger up to date with its items.

    met: the lines of parts that need not be read again for counting; they are let go of once they are counted.
    """

    def __init__(self, ledger: Ledger, job: Job, parts: Path, counts: SourceCounts, met: dict[str, PartLines]) -> None:
        self._ledger, self._job, self._parts, self._counts, self._met = ledger, job, parts, counts, met

    def update(self, items: Sequence[Item]) -> tuple[dict[str, Tagged], list[str], int]:
        """Tag what is not tagged yet: all tags by key, the key of each item, and how many texts were tagged now."""
        recurring = self._counting(items).recurring() if self._removes_recurring() else {}
        self._met.clear()
        use_kernel = _use_kernel(items)
        version = self._version(use_kernel=use_kernel)
        keys = [key_of(item.content, recurring.get(item[:3], b""), version) for item in items]
        tagged = self._ledger.tags()
        wanted = self._wanted(items, keys, tagged)
        to_tag = [ToTag(item, key, recurring.get(item[:3], b"")) for key, item in wanted.items()]
        n_texts = sum(item.n_rows for item in wanted.values())
        n_chars = sum(item.n_chars for item in wanted.values())
        with self._job.pool(n_chars, self._parts) as pool, metered("tagging", "documents") as meter:
            meter.expect(n_texts)
            for done in pool.results(self._batches(to_tag, pool.n_workers, use_kernel=use_kernel)):
                with self._ledger.transaction():
                    self._ledger.add_tags(done)
                    self._ledger.assign([(wanted[entry.key], entry.key) for entry in done])
                tagged |= {entry.key: entry for entry in done}
                meter.advance(sum(wanted[entry.key].n_rows for entry in done))
                if pool.n_workers > 1:
                    load_for_outputs()  # while the others are busy
        return tagged, keys, n_texts

    def _wanted(self, items: Sequence[Item], keys: Sequence[str], tagged: Collection[str]) -> dict[str, Item]:
        """Items to tag by their keys, each of which is assigned with its tags; of other items it is assigned now."""
        wanted: dict[str, Item] = {}
        others = []
        for item, key in zip(items, keys, strict=True):
            if key in tagged or key in wanted:
                others.append((item, key))
            else:
                wanted[key] = item
        with self._ledger.transaction():
            self._ledger.assign(others)
        return wanted

    def add_to_counts(self, items: Sequence[Item]) -> None:
        """Let the counts that are kept from batch to batch hold these items."""
        if self._removes_recurring():
            self._counting(items).add_to_counts()

    def _counting(self, items: Sequence[Item]) -> Counting:
        return Counting(items, self._parts, self._counts, self._met)

    def _removes_recurring(self) -> bool:
        return self._job.options.clean and self._job.options.recurring

    def _version(self, *, use_kernel: bool) -> str:
        """A key of all but a text, and its lines that recur, that its tags depend on."""
        job = self._job
        code = (cleaner_version(), code_version("pipeline.batch"))
        return key_of(job.model_key, *code, job.options, job.settings.abstain_rate, use_kernel)

    def _batches(self, items: Sequence[ToTag], n_workers: int, *, use_kernel: bool) -> Iterator[TagTask]:
        """Smaller ones towards the end, so that no worker is left with a large one when the others have none."""
        batch: list[ToTag] = []
        n_left = sum(to_tag.item.n_rows for to_tag in items)
        most = self._most(n_left, n_workers)
        n_rows = n_chars = 0
        for to_tag in items:
            n_rows, n_chars = n_rows + to_tag.item.n_rows, n_chars + to_tag.item.n_chars
            if batch and (n_rows > most or n_chars > MAX_BATCH_CHARS):
                yield self._task(batch, use_kernel)
                n_left -= n_rows - to_tag.item.n_rows
                most = self._most(n_left, n_workers)
                batch, n_rows, n_chars = [], to_tag.item.n_rows, to_tag.item.n_chars
            batch.append(to_tag)
        if batch:
            yield self._task(batch, use_kernel)

    def _most(self, n_left: int, n_workers: int) -> int:
        most = self._job.settings.batch_documents
        return most if n_workers == 1 else min(most, max(LEAST_SHARED, n_left // (2 * n_workers)))

    def _task(self, batch: Sequence[ToTag], use_kernel: bool) -> TagTask:
        job = self._job
        return TagTask(
            tuple(batch), job.model_name, job.model_key, job.settings, job.options, use_kernel, self._parts
        )  # fmt: skip


def _use_kernel(items: Sequence[Item]) -> bool:
    """Whether all texts are scored by the compiled kernel: as the scorer decides for a batch, but for all together.

    The two paths agree to seven digits only, so which it is must not depend on batches, and is part of the keys.
    """
    return KERNEL in sys.modules or sum(item.n_chars for item in items) >= KERNEL_FROM_CODES
