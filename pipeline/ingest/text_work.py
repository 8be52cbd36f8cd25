"""Compiled code for facts about texts, once a process has met so much text that loading it pays."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

KERNEL = "pipeline.ingest.text_kernel"
PAGE_KERNEL = "pipeline.ingest.compiled"
"""Compiled code for pages, which `pages` loads."""
KERNEL_FROM_CHARS = 1_000_000
"""From so much text on, loading it is made up for."""
_MET = {"n_chars": 0}


def kernel_for(n_chars: int) -> Any:
    """The module `text_kernel` for a text of so many characters, or None while plain code is faster for them all."""
    if kernel := sys.modules.get(KERNEL):
        return kernel
    _MET["n_chars"] += n_chars
    return import_module(KERNEL) if _MET["n_chars"] >= KERNEL_FROM_CHARS else None
