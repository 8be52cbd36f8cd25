"""The second stage: received texts become parts of cleaned, tagged documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline.batch.keys import key_of, model_key
from pipeline.batch.ledger import Item, Tagged
from pipeline.batch.packing import BROKE_DOWN, FIRST_KNOWN, Note, ReceivedRow, first_rows
from pipeline.batch.parts import read_part, write_part
from pipeline.batch.table_lines import LineMaker, Lines, as_cells
from pipeline.classify.scorer import KERNEL
from pipeline.errors import ModelError
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.text_work import FACT_KERNELS, PAGE_KERNEL
from pipeline.settings import TaggingSettings
from pipeline.types import Document, Skipped

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel
    from pipeline.classify.tags import Tag


KEY_BYTES = 8
"""A line's key among those of its text."""


class TaggedRow(NamedTuple):
    """A document with its tags, or what was skipped (`reason` is not ""); `item` is its item's place in the part.

    `assigned` holds the themes, with a space between them; `document`, `tags` and `probabilities` are its lines in the
    tables, where it repeats no other; `signature` is for finding duplicates; `text` is clean.
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
    location: str
    reason: str
    assigned: str
    abstained: bool
    document: str
    tags: str
    probabilities: str
    signature: bytes
    text: str


class ToTag(NamedTuple):
    """An item to tag, under which key, and the keys (uint64) of its lines that recur."""

    item: Item
    key: str
    recurring: bytes


class _Row(NamedTuple):
    """A received row, its item's place in the part to come, and the keys (uint64) of lines of its item that recur."""

    item: int
    received: ReceivedRow
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
        rows = list(self._rows())
        tagged = self._noted(model, rows, note) if note else self._tagged(model, rows)
        n_skipped = Counter(row.item for row in tagged if row.reason)
        name = write_part(self.parts, key_of("tagged", *(item.key for item in self.items)), tagged)
        return [Tagged(item.key, name, place, n_skipped[place]) for place, item in enumerate(self.items)]

    def without(self, place: int) -> TagTask:
        """The same task, the row at `place` given up."""
        return replace(self, broken=self.broken | {place})

    def _rows(self) -> Iterator[_Row]:
        number = 0
        for place, (to_tag, rows) in enumerate(received(self.items, self.parts)):
            for row in rows:
                given_up = row._replace(content="", reason=BROKE_DOWN) if number in self.broken else row
                yield _Row(place, given_up, to_tag.recurring)
                number += 1

    def _tagged(self, model: ThemeModel, rows: Sequence[_Row]) -> list[TaggedRow]:
        places = [row.item for row in rows]
        return tag_documents(model, list(zip(places, finished(rows, self.options), strict=True)), self.settings)

    def _noted(self, model: ThemeModel, rows: Sequence[_Row], note: Note) -> list[TaggedRow]:
        """The same, one row after the other, each announced."""
        self._tagged(model, _first_rows())
        tagged = []
        for number, row in enumerate(rows):
            note(number)
            tagged += self._tagged(model, [row])
        return tagged


def received(items: Sequence[ToTag], parts: Path) -> Iterator[tuple[ToTag, list[ReceivedRow]]]:
    """The rows of items; a part is read once for all its items that follow one another."""
    for part, group in groupby(items, lambda to_tag: to_tag.item.part):
        rows: dict[int, list[ReceivedRow]] = {}
        for row in read_part(parts / part, ReceivedRow):
            rows.setdefault(row.item, []).append(row)
        for to_tag in group:
            yield to_tag, rows[to_tag.item.ordinal]


def finished(rows: Sequence[_Row], options: ReadOptions) -> list[Document | Skipped]:
    """The documents of received texts, cleaned with knowledge of the lines that recur."""
    try:
        return _finished(rows, options)
    except (RecursionError, MemoryError, ArithmeticError, LookupError, ValueError) as error:
        if len(rows) > 1:  # whichever it was, the others are kept
            return [item for row in rows for item in finished([row], options)]
        reason = f"could not be cleaned: {type(error).__name__}: {error}"[:200]
        return [Skipped(rows[0].received.source, reason, rows[0].received.location)]


def _finished(rows: Sequence[_Row], options: ReadOptions) -> list[Document | Skipped]:
    from pipeline.batch.recurring import rows_that_recur
    from pipeline.ingest.documents import clean_normalized, documents

    values = [row.received.value() for row in rows]
    texts = [(value, row) for value, row in zip(values, rows, strict=True) if not isinstance(value, Skipped)]
    recurring = rows_that_recur([row.received.lines for _, row in texts], [row.recurring for _, row in texts])
    cleaned = clean_normalized([value for value, _ in texts], options, recurring)
    found = iter(documents(cleaned))
    return [value if isinstance(value, Skipped) else next(found) for value in values]


def tag_documents(
    model: ThemeModel, rows: Sequence[tuple[int, Document | Skipped]], settings: TaggingSettings
) -> list[TaggedRow]:
    """Tag cleaned documents, with the place of their item, in order."""
    from pipeline.classify.tags import tag_batch
    from pipeline.ingest.signatures import signatures_of

    documents = [item for _, item in rows if isinstance(item, Document)]
    predictions, tags = tag_batch(model, documents, settings)
    remarks = map(_remark, documents, predictions.remarks)
    lines = map(LineMaker(model).of, documents, remarks, tags, as_cells(predictions.probabilities))
    found = zip(tags, lines, signatures_of([item.text for item in documents]), strict=True)
    return [
        _skipped_row(place, item) if isinstance(item, Skipped) else _tagged_row(place, item, *next(found))
        for place, item in rows
    ]


def _remark(item: Document, remark: str) -> str:
    """Why a document could not be judged well, and which other languages much of it is in."""
    mixed = f"partly in {', '.join(item.other_languages)}" if item.other_languages else ""
    return "; ".join(filter(None, (remark, mixed)))


def _tagged_row(place: int, item: Document, tags: Sequence[Tag], lines: Lines, signature: bytes) -> TaggedRow:
    date = item.date
    assigned = " ".join([tag.theme for tag in tags if tag.decision == "assigned"])
    abstained = any(tag.decision == "abstain" for tag in tags)
    return TaggedRow(
        place, item.id, item.sha256, item.title, item.source, item.language, date.value, date.precision, date.origin,
        item.location, "", assigned, abstained, *lines, signature, item.text,
    )  # fmt: skip


def _skipped_row(place: int, item: Skipped) -> TaggedRow:
    reason = item.reason or "skipped"
    return TaggedRow(
        place, "", "", "", item.source, "", "", "", "", item.location, reason, "", False, "", "", "", b"", ""
    )  # fmt: skip


def load_for_cleaning(options: ReadOptions) -> list[Document | Skipped]:
    """Load the compiled code and the tables that cleaning many texts is worth; two texts, to make sure of it."""
    for kernel in (*FACT_KERNELS, PAGE_KERNEL):
        import_module(kernel)
    return finished(_first_rows(), options)


def _first_rows() -> list[_Row]:
    """The first rows, one of whose lines is said to recur."""
    recurs = slice(KEY_BYTES * FIRST_KNOWN, KEY_BYTES * (FIRST_KNOWN + 1))
    return [_Row(0, row, row.lines[recurs]) for row in first_rows()]


def load_for_scoring(model: ThemeModel, cleaned: Sequence[Document | Skipped]) -> None:
    """The same for scoring, which scores all texts in the compiled way from then on."""
    import_module(KERNEL)
    tag_documents(model, [(0, item) for item in cleaned], TaggingSettings())


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
