"""Files to documents: readers by format, decoding, boilerplate, language, titles, dates, duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.ingest.duplicates import link_duplicates
    from pipeline.ingest.options import ReadOptions
    from pipeline.ingest.reading import read, read_documents

__all__ = ["ReadOptions", "link_duplicates", "read", "read_documents"]

_MODULES = {
    "ReadOptions": "options",
    "link_duplicates": "duplicates",
    "read": "reading",
    "read_documents": "reading",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
