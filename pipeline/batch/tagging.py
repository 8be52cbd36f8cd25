"""The second stage led: recurring lines are counted, and the items whose keys are new are tagged."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.batch.counting import Counting
from pipeline.batch.job import Job
from pipeline.batch.keys import cleaner_version, key_of
from pipeline.batch.ledger import Item, Ledger, Tagged
from pipeline.batch.tagged import TagTask, ToTag, remember
from pipeline.classify.scorer import KERNEL, KERNEL_FROM_CODES
from pipeline.ingest.source_counts import SourceCounts
from pipeline.progress import Meter

MAX_BATCH_CHARS = 2_000_000


class Tagging:
    """Brings the tags of the ledger up to date with its items."""

    def __init__(self, ledger: Ledger, job: Job, parts: Path, counts: SourceCounts) -> None:
        self._ledger, self._job, self._parts, self._counts = ledger, job, parts, counts

    def update(self, items: Sequence[Item], meter: Meter) -> tuple[dict[str, Tagged], list[str], int]:
        """Tag what is not tagged yet: all tags by key, the key of each item, and how many texts were tagged now."""
        recurring = self._counting(items).recurring() if self._removes_recurring() else {}
        use_kernel = _use_kernel(items)
        remember(self._job.model, self._job.model_key)
        keys = [self._key(item, recurring.get(item[:3], b""), use_kernel) for item in items]
        with self._ledger.transaction():
            self._ledger.assign(list(zip(items, keys, strict=True)))
        tagged = self._ledger.tags()
        wanted = {key: item for item, key in zip(items, keys, strict=True) if key not in tagged}
        to_tag = [ToTag(item, key, recurring.get(item[:3], b"")) for key, item in wanted.items()]
        meter.expect(sum(item.n_rows for item in wanted.values()))
        with self._job.pool(sum(item.n_chars for item in wanted.values()), self._parts) as pool:
            for done in pool.results(self._batches(to_tag, use_kernel)):
                with self._ledger.transaction():
                    self._ledger.add_tags(done)
                tagged |= {entry.key: entry for entry in done}
                meter.advance(sum(wanted[entry.key].n_rows for entry in done))
        return tagged, keys, sum(item.n_rows for item in wanted.values())

    def add_to_counts(self, items: Sequence[Item]) -> None:
        """Let the counts that are kept from batch to batch hold these items."""
        if self._removes_recurring():
            self._counting(items).add_to_counts()

    def _counting(self, items: Sequence[Item]) -> Counting:
        return Counting(items, self._parts, self._counts)

    def _removes_recurring(self) -> bool:
        return self._job.options.clean and self._job.options.recurring

    def _key(self, item: Item, recurring: bytes, use_kernel: bool) -> str:
        job = self._job
        rate = job.settings.abstain_rate
        return key_of(item.content, recurring, job.model_key, cleaner_version(), job.options, rate, use_kernel)

    def _batches(self, items: Iterable[ToTag], use_kernel: bool) -> Iterator[TagTask]:
        batch: list[ToTag] = []
        n_rows = n_chars = 0
        for to_tag in items:
            n_rows, n_chars = n_rows + to_tag.item.n_rows, n_chars + to_tag.item.n_chars
            if batch and (n_rows > self._job.settings.batch_documents or n_chars > MAX_BATCH_CHARS):
                yield self._task(batch, use_kernel)
                batch, n_rows, n_chars = [], to_tag.item.n_rows, to_tag.item.n_chars
            batch.append(to_tag)
        if batch:
            yield self._task(batch, use_kernel)

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
