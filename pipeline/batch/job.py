"""What a run of tagging is asked for."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch.keys import code_version, key_of, model_key
from pipeline.batch.local import LocalWorkers
from pipeline.batch.outputs import Filters
from pipeline.batch.tables import TagFormat
from pipeline.batch.workers import Pool
from pipeline.ingest.options import ReadOptions
from pipeline.settings import TaggingSettings

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel

FOLDER, PARTS = ".themes", "parts"
"""Where an output keeps its ledger, and there its parts."""
CHARS_WORTH_PROCESSES = 1_500_000


@dataclass(frozen=True)
class Job:
    """What to tag with what, and how. `workers` 0 means one for each core; `scheduler` is an address of Dask.

    `line_counts` is a file of counts of recurring lines, kept from batch to batch.
    """

    model: ThemeModel
    model_name: str
    settings: TaggingSettings = field(default_factory=TaggingSettings)
    options: ReadOptions = field(default_factory=ReadOptions)
    format: TagFormat = "csv"
    filters: Filters = field(default_factory=Filters)
    refresh: bool = False
    workers: int = 0
    scheduler: str = ""
    line_counts: Path | None = None

    @cached_property
    def model_key(self) -> str:
        """The key of the model."""
        return model_key(self.model)

    @property
    def output_key(self) -> str:
        """A key of all but the inputs that the output depends on."""
        code = (code_version("pipeline.batch"), code_version("pipeline.ingest"))
        return key_of(self.model_key, self.settings.abstain_rate, self.options, self.format, self.filters, *code)

    def pool(self, n_chars: int, parts: Path) -> AbstractContextManager[Pool]:
        """Who does so much work; for little of it, starting processes would take longer."""
        if self.scheduler:
            from pipeline.batch.cluster import cluster_pool

            return cluster_pool(self.scheduler, parts)
        n_workers = self.workers or os.cpu_count() or 1
        return self.local.pool(n_workers if n_chars >= CHARS_WORTH_PROCESSES else 1, parts)

    @cached_property
    def local(self) -> LocalWorkers:
        """The workers of this machine."""
        return LocalWorkers()
