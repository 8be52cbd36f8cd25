"""Files to documents: readers by format, decoding, boilerplate, language, titles, dates, duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.ingest.duplicates import link_duplicates
    from pipeline.ingest.options import ReadOptions
    from pipeline.ingest.reading import read, read_documents
    from pipeline.ingest.showing import show
    from pipeline.ingest.source_counts import SourceCounts, load_counts

__all__ = ["ReadOptions", "SourceCounts", "link_duplicates", "load_counts", "read", "read_documents", "show"]

_MODULES = {
    "ReadOptions": "options",
    "SourceCounts": "source_counts",
    "link_duplicates": "duplicates",
    "load_counts": "source_counts",
    "read": "reading",
    "read_documents": "reading",
    "show": "showing",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
