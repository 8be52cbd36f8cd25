"""What tagging takes, loaded by the first process while its workers read: those that tag are copied with it."""

from __future__ import annotations

import threading
from contextlib import suppress

from pipeline.batch.job import CHARS_WORTH_PROCESSES, Job
from pipeline.batch.tagged import load
from pipeline.classify.scorer import KERNEL_FROM_CODES

FROM_CHARS = max(CHARS_WORTH_PROCESSES, KERNEL_FROM_CODES)
"""So much text is tagged by workers, and by compiled code whether it is loaded already or not."""
PATIENCE = 2.0
"""Seconds that a run which fails waits for the loading to end."""


class Loading:
    """Starts when so much text was read that workers will tag it, and where copies of this process can be made anew."""

    def __init__(self, job: Job) -> None:
        self._job, self._n_chars = job, 0
        self._thread: threading.Thread | None = None

    def met(self, n_chars: int) -> None:
        """Be told of texts that were read."""
        self._n_chars += n_chars
        if self._thread is None and self._n_chars >= FROM_CHARS and self._job.local.may_renew():
            self._thread = threading.Thread(target=self._load, daemon=True)
            self._thread.start()

    def _load(self) -> None:
        with suppress(Exception):  # whoever tags meets the same, and tells
            load(self._job.model, self._job.options)

    def finish(self) -> None:
        """Let workers that start from now on be copied with what was loaded."""
        if self._thread is not None:
            self._thread.join()
            self._job.local.renew()

    def give_up(self) -> None:
        """Do not end in the midst of it."""
        if self._thread is not None:
            self._thread.join(PATIENCE)
