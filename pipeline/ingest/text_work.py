"""Compiled code for facts about texts, once a process has met so much text that loading it pays."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from pipeline.ingest.compiler import load_compiler

KERNEL = "pipeline.ingest.text_kernel"
BYTE_KERNEL = "pipeline.ingest.byte_kernel"
LANGUAGE_KERNEL, PLAIN_KERNEL = "pipeline.ingest.language_kernel", "pipeline.ingest.plain_kernel"
DATE_KERNEL = "pipeline.ingest.date_kernel"
FACT_KERNELS = (KERNEL, LANGUAGE_KERNEL, PLAIN_KERNEL, DATE_KERNEL)
"""Compiled code that every text of a batch is given to."""
PAGE_KERNEL = "pipeline.ingest.compiled"
"""Compiled code for pages, which `pages` loads."""
KERNEL_FROM_CHARS = 1_000_000
"""From so much text on, loading it is made up for."""
_MET = {"n_chars": 0}


def kernel_for(n_chars: int, name: str = KERNEL) -> Any:
    """The compiled module for texts of so many characters, or None while plain code is faster for all that was met."""
    if kernel := sys.modules.get(name):
        return kernel
    _MET["n_chars"] += n_chars
    if _MET["n_chars"] < KERNEL_FROM_CHARS:
        return None
    load_compiler()
    return import_module(name)
