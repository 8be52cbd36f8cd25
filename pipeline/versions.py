"""Versions of installed distributions, by the names of their folders: their metadata would take longer to read."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

_FOLDER = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)\.dist-info")


def installed_versions(names: Sequence[str]) -> dict[str, str]:
    """The version of each distribution, by its name. Raises `PackageNotFoundError` for one that is not installed."""
    found: dict[str, str] = {}
    for place in sys.path:
        for entry in os.listdir(place) if os.path.isdir(place) else ():  # noqa: PTH112, PTH208
            if entry.endswith(".dist-info") and (folder := _FOLDER.fullmatch(entry)):
                found.setdefault(_plain(folder["name"]), folder["version"])
    return {name: found.get(_plain(name)) or _from_metadata(name) for name in names}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _from_metadata(name: str) -> str:
    from importlib.metadata import version

    return version(name)
