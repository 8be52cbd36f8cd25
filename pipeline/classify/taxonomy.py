"""Taxonomies: TOML files of themes with labels, definitions, notes and terms by language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import LabelError
from pipeline.files import canonical_json
from pipeline.types import Taxonomy, Theme

TAXONOMY_FILE = "themes.toml"
THEME_KEYS = {"id", "labels", "definition", "include", "exclude", "terms"}
THEME_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")


def load_taxonomy(path: str | Path) -> Taxonomy:
    """Read a taxonomy from a TOML file, themes in file order.

    Raises `LabelError` if the file is absent, is not TOML, or a theme lacks an id or has an unknown key.
    """
    import tomllib

    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LabelError(
            "there is no taxonomy here", where=str(path), mend="add a themes.toml (see data/labeled/README.md)"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise LabelError(f"the taxonomy cannot be read: {error}", where=str(path), expected="TOML in UTF-8") from error
    return taxonomy_from_mapping(content, where=str(path))


def taxonomy_beside(labeled: Path) -> Path:
    """The themes.toml of a folder, or beside a file, of labelled data. Raises `LabelError` where there is neither."""
    if not labeled.exists():
        raise LabelError("there is no such file or folder", where=str(labeled), mend="check the path")
    return (labeled if labeled.is_dir() else labeled.parent) / TAXONOMY_FILE


def taxonomy_from_mapping(content: Mapping[str, Any], where: str = "") -> Taxonomy:
    """Build a taxonomy from parsed TOML or JSON: keys `name`, `version`, and `themes`, a list of tables."""
    entries = content.get("themes", [])
    if not entries or not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise LabelError("the taxonomy holds no themes", where=where, expected="one [[themes]] table or more")
    themes = tuple(_theme(entry, f"{where}: theme {n}") for n, entry in enumerate(entries, 1))
    ids = [theme.id for theme in themes]
    repeated = sorted({theme_id for theme_id in ids if ids.count(theme_id) > 1})
    if repeated:
        raise LabelError(f"theme ids occur twice: {', '.join(repeated)}", where=where, mend="give each its own id")
    return Taxonomy(str(content.get("name", "themes")), str(content.get("version", "0")), themes)


def taxonomy_to_mapping(taxonomy: Taxonomy) -> dict[str, Any]:
    """The inverse of `taxonomy_from_mapping`, of plain JSON types."""
    return {
        "name": taxonomy.name,
        "version": taxonomy.version,
        "themes": [
            {
                "id": theme.id,
                "labels": dict(theme.labels),
                "definition": theme.definition,
                "include": theme.include,
                "exclude": theme.exclude,
                "terms": {language: list(terms) for language, terms in theme.terms.items()},
            }
            for theme in taxonomy
        ],
    }


def meanings(taxonomy: Taxonomy) -> dict[str, str]:
    """Per theme, 12 digits of a hash of what it stands for: definition, notes and terms, but no labels."""
    return {
        theme["id"]: hashlib.sha256(canonical_json({**theme, "labels": {}})).hexdigest()[:12]
        for theme in taxonomy_to_mapping(taxonomy)["themes"]
    }


def _theme(entry: Mapping[str, Any], where: str) -> Theme:
    unknown = sorted(set(entry) - THEME_KEYS)
    if unknown:
        raise LabelError(f"unknown keys: {', '.join(unknown)}", where=where, expected=", ".join(sorted(THEME_KEYS)))
    theme_id = entry.get("id")
    if not isinstance(theme_id, str) or not THEME_ID.fullmatch(theme_id):
        raise LabelError(
            f"{theme_id!r} is no theme id", where=where, expected="lower-case letters, digits, '-', '_' and '.'"
        )
    labels, terms = entry.get("labels", {}), entry.get("terms", {})
    if not _is_mapping_of(labels, str) or not _is_mapping_of(terms, list):
        raise LabelError(
            "labels or terms are not by language", where=where, expected='labels = { en = "..." }, terms.en = ["..."]'
        )
    return Theme(
        theme_id,
        labels or {"en": theme_id},
        str(entry.get("definition", "")),
        str(entry.get("include", "")),
        str(entry.get("exclude", "")),
        {language: tuple(str(term) for term in listed) for language, listed in terms.items()},
    )


def _is_mapping_of(value: object, kind: type) -> bool:
    return isinstance(value, Mapping) and all(isinstance(item, kind) for item in value.values())
