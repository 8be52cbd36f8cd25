"""Settings: frozen dataclasses with the product's defaults, read from TOML; an unknown key is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pipeline.errors import SettingsError

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class TaggingSettings:
    """How documents are tagged.

    abstain_rate: share of documents (0-1) that may be marked `abstain` for a theme, the nearest to its threshold.
    batch_documents: documents scored at a time; never changes a result.
    """

    abstain_rate: float = 0.02
    batch_documents: int = 512

    def __post_init__(self) -> None:
        _check("abstain_rate", self.abstain_rate, 0.0, 1.0)
        _check("batch_documents", self.batch_documents, 1, None)


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a model is trained: `folds` of cross-validation, `seed` of every random choice."""

    folds: int = 5
    seed: int = 0
    min_examples: int = 3

    def __post_init__(self) -> None:
        _check("folds", self.folds, 2, None)
        _check("min_examples", self.min_examples, 0, None)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run."""

    tagging: TaggingSettings = field(default_factory=TaggingSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)


def _check(name: str, value: float, smallest: float, largest: float | None) -> None:
    if value < smallest or (largest is not None and value > largest):
        expected = f"{smallest} or more" if largest is None else f"{smallest} to {largest}"
        raise SettingsError(f"{value} is out of range", where=name, expected=expected)


def load_settings(path: str | Path | None) -> Settings:
    """Settings from a TOML file; the defaults if `path` is None. Raises `SettingsError`."""
    if path is None:
        return Settings()
    import tomllib

    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"the settings cannot be read: {error}", where=str(path), expected="a TOML file") from error
    return from_mapping(Settings, content, where=str(path))


def from_mapping(kind: type[S], values: Mapping[str, Any], where: str = "") -> S:
    """Build the dataclass `kind` from plain values, nested ones included; raises `SettingsError` on any surprise."""
    hints = get_type_hints(kind)
    known = [f.name for f in fields(kind)]  # type: ignore[arg-type]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise SettingsError(f"unknown settings: {', '.join(unknown)}", where=where, expected=", ".join(known))
    converted = {name: _convert(hints[name], value, f"{where}: {name}") for name, value in values.items()}
    try:
        return kind(**converted)
    except SettingsError as error:
        place = f"{where}: {error.where}" if where else error.where
        raise SettingsError(error.what, where=place, expected=error.expected) from error


def _convert(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, Mapping):
            raise SettingsError(f"{value!r} is no table of settings", where=where)
        return from_mapping(hint, value, where)
    if getattr(hint, "__origin__", None) is tuple:
        if not isinstance(value, list | tuple):
            raise SettingsError(f"{value!r} is of the wrong kind", where=where, expected="a list")
        return tuple(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and (not isinstance(value, hint) or (hint is not bool and isinstance(value, bool))):
        raise SettingsError(f"{value!r} is of the wrong kind", where=where, expected=hint.__name__)
    return value
