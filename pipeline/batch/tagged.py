"""The second stage: received texts become parts of cleaned, tagged documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.batch.keys import key_of, model_key
from pipeline.batch.ledger import Item, Tagged
from pipeline.batch.parts import read_part, write_part
from pipeline.batch.received import BROKE_DOWN, Note, ReceivedRow, first_rows
from pipeline.classify.scorer import KERNEL
from pipeline.errors import ModelError
from pipeline.ingest.options import ReadOptions
from pipeline.settings import TaggingSettings
from pipeline.types import Document, Skipped

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel


class TaggedRow(NamedTuple):
    """A document with its tags, or what was skipped (`reason` is not ""); `item` is its item's place in the part.

    `tags` is a JSON list of [theme, probability, threshold, decision, evidence, start, end, contribution];
    `probabilities` are those of all themes, float32; `signature` is for finding duplicates; `text` is the clean text.
    """

    item: int
    id: str
    sha256: str
    title: str
    source: str
    language: str
    date: str
    precision: str
    origin: str
    n_removed: int
    remark: str
    location: str
    reason: str
    tags: str
    probabilities: bytes
    signature: bytes
    n_chars: int
    text: str


class ToTag(NamedTuple):
    """An item to tag, under which key, and the keys (uint64) of its lines that recur."""

    item: Item
    key: str
    recurring: bytes


@dataclass(frozen=True)
class TagTask:
    """Clean and tag items into one part. `use_kernel` decides the scoring path, so that no batch size does."""

    items: tuple[ToTag, ...]
    model: str
    model_key: str
    settings: TaggingSettings
    options: ReadOptions
    use_kernel: bool
    parts: Path
    broken: frozenset[int] = frozenset()

    def run(self, note: Note | None = None) -> list[Tagged]:
        """The items' entries for the ledger. Raises `OutputError`, `ModelError`."""
        model = _model(self.model, self.model_key)
        if self.use_kernel:
            import_module(KERNEL)  # once loaded, it scores every text
        if note:
            first = [(0, finished(row, b"", self.options)) for row in first_rows()]
            list(tag_documents(model, first, self.settings))
        rows = list(self._rows(note))
        if note:
            tagged = [done for place, row in enumerate(rows) for done in self._noted(model, row, place, note)]
        else:
            tagged = list(tag_documents(model, rows, self.settings))
        n_skipped = {item: sum(bool(row.reason) for row in of) for item, of in groupby(tagged, lambda row: row.item)}
        name = write_part(self.parts, key_of("tagged", *(item.key for item in self.items)), tagged)
        return [Tagged(item.key, name, place, n_skipped[place]) for place, item in enumerate(self.items)]

    def without(self, place: int) -> TagTask:
        """The same task, the row at `place` given up."""
        return replace(self, broken=self.broken | {place})

    def _noted(
        self, model: ThemeModel, row: tuple[int, Document | Skipped], place: int, note: Note
    ) -> Iterator[TaggedRow]:
        note(place)
        return tag_documents(model, [row], self.settings)

    def _rows(self, note: Note | None) -> Iterator[tuple[int, Document | Skipped]]:
        """All rows of the items in order, cleaned, each with its item's place."""
        number = 0
        for place, (to_tag, rows) in enumerate(received(self.items, self.parts)):
            for row in rows:
                if note:
                    note(number)
                if number in self.broken:
                    yield place, Skipped(row.source, BROKE_DOWN, row.location)
                else:
                    yield place, finished(row, to_tag.recurring, self.options)
                number += 1


def received(items: Sequence[ToTag], parts: Path) -> Iterator[tuple[ToTag, list[ReceivedRow]]]:
    """The rows of items; a part is read once for all its items that follow one another."""
    for part, group in groupby(items, lambda to_tag: to_tag.item.part):
        rows: dict[int, list[ReceivedRow]] = {}
        for row in read_part(parts / part, ReceivedRow):
            rows.setdefault(row.item, []).append(row)
        for to_tag in group:
            yield to_tag, rows[to_tag.item.ordinal]


def finished(row: ReceivedRow, recurring: bytes, options: ReadOptions) -> Document | Skipped:
    """The document of a received text, cleaned with knowledge of the lines that recur."""
    value = row.value()
    if isinstance(value, Skipped):
        return value
    import numpy as np

    from pipeline.batch.recurring import as_counts, shared
    from pipeline.ingest.documents import clean, document

    own = shared(np.frombuffer(row.lines, np.uint64), np.frombuffer(recurring, np.uint64))
    try:
        return document(clean(value, options, as_counts(own, row.source)))
    except (RecursionError, MemoryError, ArithmeticError, LookupError, ValueError) as error:
        reason = f"could not be cleaned: {type(error).__name__}: {error}"[:200]
        return Skipped(row.source, reason, row.location)


def tag_documents(
    model: ThemeModel, rows: Sequence[tuple[int, Document | Skipped]], settings: TaggingSettings
) -> Iterator[TaggedRow]:
    """Tag cleaned documents, with the place of their item, in order."""
    from pipeline.classify.tags import tag_rows
    from pipeline.ingest.signatures import signature_of

    # ids may repeat within a batch: for the while, a document goes by its position
    documents = [replace(item, id=str(n)) for n, (_, item) in enumerate(rows) if isinstance(item, Document)]
    predictions = model.predict(documents, settings)
    tags = dict(_tags_by_id(tag_rows(model, predictions)))
    remarks = {item.id: remark for item, remark in zip(documents, predictions.remarks, strict=True)}
    probabilities = iter(predictions.probabilities)
    for number, (place, item) in enumerate(rows):
        if isinstance(item, Skipped):
            yield _skipped_row(place, item)
        else:
            yield _tagged_row(place, item, _remark(item, remarks[str(number)]), tags[str(number)])._replace(
                probabilities=next(probabilities).tobytes(), signature=signature_of(item.text)
            )


def _remark(item: Document, remark: str) -> str:
    """Why a document could not be judged well, and which other languages much of it is in."""
    mixed = f"partly in {', '.join(item.other_languages)}" if item.other_languages else ""
    return "; ".join(filter(None, (remark, mixed)))


def _tags_by_id(rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[str, str]]:
    for identity, group in groupby(rows, lambda row: row[0]):
        yield str(identity), json.dumps([(row[8], *row[11:18]) for row in group], ensure_ascii=False)


def _tagged_row(place: int, item: Document, remark: str, tags: str) -> TaggedRow:
    return TaggedRow(
        place, item.id, item.sha256, item.title, item.source, item.language, item.date.value, item.date.precision,
        item.date.origin, len(item.removed), remark, item.location, "", tags, b"", b"", len(item.text), item.text,
    )  # fmt: skip


def _skipped_row(place: int, item: Skipped) -> TaggedRow:
    reason = item.reason or "skipped"
    return TaggedRow(
        place, "", "", "", item.source, "", "", "", "", 0, "", item.location, reason, "[]", b"", b"", 0, ""
    )


_LOADED: dict[str, ThemeModel] = {}


def remember(model: ThemeModel, key: str) -> None:
    """Let tasks of this process use a model that is loaded already; it takes the place of the one before."""
    _LOADED.clear()
    _LOADED[key] = model


def _model(name: str, key: str) -> ThemeModel:
    """The model, loaded once in a process. Raises `ModelError` when it is not the one whose key is given."""
    if key not in _LOADED:
        from pipeline.classify.store import load_model

        model = load_model(name)
        if model_key(model) != key:
            raise ModelError(
                "is not the model, or not the program, that the run was started with",
                where=name,
                mend="run again; on a cluster, install the same version and the same model everywhere",
            )
        remember(model, key)
    return _LOADED[key]
