"""What tagging takes, loaded by the first process while its workers read: those that tag are copied with it."""

from __future__ import annotations

import threading
from contextlib import suppress

from pipeline.batch.job import CHARS_WORTH_PROCESSES, Job
from pipeline.batch.tagged import load_for_cleaning, load_for_scoring
from pipeline.classify.scorer import KERNEL_FROM_CODES

FROM_CHARS = max(CHARS_WORTH_PROCESSES, KERNEL_FROM_CODES)
"""So much text is tagged by workers, and by compiled code whether it is loaded already or not."""
PATIENCE = 2.0
"""Seconds that a run which fails waits for the loading to end."""


class Loading:
    """Starts when workers read, where copies of this process can be made anew; of little text, it loads no scoring."""

    def __init__(self, job: Job) -> None:
        self._job, self._n_chars = job, 0
        self._is_known = threading.Event()
        """Whether there is enough to score."""
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, where there are workers."""
        if self._job.local.may_renew():
            self._thread = threading.Thread(target=self._load, daemon=True)
            self._thread.start()

    def met(self, n_chars: int) -> None:
        """Be told of texts that were read."""
        self._n_chars += n_chars
        if self._is_enough():
            self._is_known.set()

    def _is_enough(self) -> bool:
        return self._n_chars >= FROM_CHARS

    def _load(self) -> None:
        with suppress(Exception):  # whoever tags meets the same, and tells
            cleaned = load_for_cleaning(self._job.options)
            self._is_known.wait()
            if self._is_enough():
                load_for_scoring(self._job.model, cleaned)

    def finish(self) -> None:
        """Let workers that start from now on be copied with what was loaded."""
        self._is_known.set()
        if self._thread is not None:
            self._thread.join()
            self._job.local.renew()

    def give_up(self) -> None:
        """Do not end in the midst of it."""
        self._is_known.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)
