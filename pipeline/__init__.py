"""Tag documents with themes and report how the themes are covered.

The stable interface: `clean_text`, `clean_html`, `read`, `ThemeClassifier`, `train`, `load_model`, `load_labels`,
`load_taxonomy`. Names are imported when first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.code_cache import choose_code_cache

if TYPE_CHECKING:
    from pipeline.classify.classifier import ThemeClassifier
    from pipeline.classify.labels import load_labels
    from pipeline.classify.store import load_model
    from pipeline.classify.taxonomy import load_taxonomy
    from pipeline.classify.training import train
    from pipeline.ingest.clean import clean_html, clean_text
    from pipeline.ingest.reading import read

__all__ = [
    "ThemeClassifier",
    "clean_html",
    "clean_text",
    "load_labels",
    "load_model",
    "load_taxonomy",
    "read",
    "train",
]

_MODULES = {
    "ThemeClassifier": "pipeline.classify.classifier",
    "clean_html": "pipeline.ingest.clean",
    "clean_text": "pipeline.ingest.clean",
    "load_labels": "pipeline.classify.labels",
    "load_model": "pipeline.classify.store",
    "load_taxonomy": "pipeline.classify.taxonomy",
    "read": "pipeline.ingest.reading",
    "train": "pipeline.classify.training",
}


choose_code_cache()


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
