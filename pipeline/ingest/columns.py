"""Which columns of a table hold the text, the title, the id, the date and the source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.ingest import options as names
from pipeline.ingest.decode import decode
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received, hash_of_text

_MARKUP = re.compile(r"</(?:p|div|li|td|h[1-6]|span|a|article|body)>|<br\s*/?>", re.I)


class MissingColumnError(ValueError):
    """A table without the columns it should have; the message says which are there and what to do."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of one table, "" for one it does not have."""

    text: str
    title: str = ""
    id: str = ""
    date: str = ""
    source: str = ""

    def names(self) -> list[str]:
        """The columns that there are, the text first."""
        return [name for name in (self.text, self.title, self.id, self.date, self.source) if name]

    def received(self, row: Mapping[str, object], location: str) -> Received:
        """One row as received; a `ValueError` says why it holds no text."""
        text = _joined(row.get(self.text))
        if text is None:
            raise ValueError(f"no text in column {self.text!r}")
        if not isinstance(text, str):
            raise ValueError(f"column {self.text!r} holds {type(text).__name__}, not text")
        title, identity, date, source = (_cell(row, name) for name in (self.title, self.id, self.date, self.source))
        is_html = ("</" in text or "<br" in text) and _MARKUP.search(text) is not None
        return Received(text, location, hash_of_text(text), is_html, identity, title, date, source)


def find_columns(available: Sequence[str], options: ReadOptions) -> Columns:
    """Match `available` names with what `options` asks for, else with the usual names.

    Raises `MissingColumnError` when there is no text column, or none of a name that was asked for.
    """
    text = _find(available, options.text_column, names.TEXT_COLUMNS)
    if not text:
        usual = ", ".join(names.TEXT_COLUMNS[:5])
        raise MissingColumnError(
            f"no text column among {_listed(available)}; expected one named {usual}, ...: name it with --text-column"
        )
    return Columns(
        text,
        _find(available, options.title_column, names.TITLE_COLUMNS),
        _find(available, options.id_column, names.ID_COLUMNS),
        _find(available, options.date_column, names.DATE_COLUMNS),
        _find(available, options.source_column, names.SOURCE_COLUMNS),
    )


def _find(available: Sequence[str], wanted: str | None, usual: Sequence[str]) -> str:
    if wanted is not None:
        if wanted not in available:
            raise MissingColumnError(f"no column {wanted!r} among {_listed(available)}")
        return wanted
    by_name = {name.strip().casefold(): name for name in reversed(available)}
    return next((by_name[name] for name in usual if name in by_name), "")


def _listed(available: Sequence[str]) -> str:
    listed = ", ".join(repr(name[:40]) for name in available[:12])
    return f"the columns {listed}" + (f" and {len(available) - 12} more" if len(available) > 12 else "")


def _joined(value: object) -> object:
    """Paragraphs as one text, bytes as the text they are; anything else as it is."""
    if isinstance(value, bytes):
        return decode(value).text
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    return value


def _cell(row: Mapping[str, object], name: str) -> str:
    value = row.get(name) if name else None
    return "" if value is None or value != value else str(value).strip()
