"""`read`: files and folders to documents, with the lines that recur across the documents of a source left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ingest.documents import CleanedText, all_lines, clean, document, source_of
from pipeline.ingest.formats import read_file
from pipeline.ingest.options import DEFAULT_OPTIONS, ReadOptions
from pipeline.ingest.received import Received, excess
from pipeline.ingest.recurring import LEAST_DOCUMENTS, keys_of
from pipeline.ingest.walk import walk
from pipeline.types import Document, Skipped

if TYPE_CHECKING:
    from pipeline.ingest.source_counts import SourceCounts

MAX_WAITING_CHARS = 20_000_000
MAX_WAITING_DOCUMENTS = 5_000
"""Recurring lines are counted over so much text before it is handed on, and the counts grow with every such group."""


def read(path: str | Path, *, options: ReadOptions = DEFAULT_OPTIONS) -> Iterator[Document | Skipped]:
    """Documents of one file or of every file below a folder, in a stable order; see `read_documents`."""
    return read_documents([path], options)


def read_documents(
    paths: Iterable[str | Path], options: ReadOptions = DEFAULT_OPTIONS, *, counts: SourceCounts | None = None
) -> Iterator[Document | Skipped]:
    """Documents of several files and folders in the order given, folders sorted by name.

    Whatever cannot be read comes as a Skipped in its place. Each id occurs once: a repeated one gets "-2", "-3" and so
    on. Lines that stand on at least three documents of one source are removed; they are counted group by group
    (`MAX_WAITING_DOCUMENTS`, `MAX_WAITING_CHARS`), so that memory stays bounded. `counts` from earlier batches
    (`load_counts`) take part and grow in place. Raises InputError for a path that does not exist, before anything is
    read.
    """
    return _documents(cleaned_texts(paths, options, counts=counts))


def _documents(items: Iterable[CleanedText | Skipped]) -> Iterator[Document | Skipped]:
    n_of_id: dict[str, int] = {}
    for item in items:
        finished = item if isinstance(item, Skipped) else _finished(item)
        yield finished if isinstance(finished, Skipped) else _with_unique_id(finished, n_of_id)


def _finished(item: CleanedText) -> Document | Skipped:
    try:
        return document(item)
    except (RecursionError, MemoryError, ArithmeticError, LookupError, ValueError) as error:
        return _not_cleaned(item.received, error)


def cleaned_texts(
    paths: Iterable[str | Path], options: ReadOptions = DEFAULT_OPTIONS, *, counts: SourceCounts | None = None
) -> Iterator[CleanedText | Skipped]:
    """`read_documents` before language, title, date and id are found: the texts received, cleaned."""
    inputs = [Path(path) for path in paths]
    for path in inputs:
        next(iter(walk(path)), None)
    return _cleaned_texts(inputs, options, counts)


def _cleaned_texts(
    inputs: list[Path], options: ReadOptions, counts: SourceCounts | None
) -> Iterator[CleanedText | Skipped]:
    from pipeline.ingest.source_counts import SourceCounts

    counts = SourceCounts() if counts is None else counts
    for group in _groups(_received(inputs, options), options):
        yield from _without_recurring(group, counts, options) if options.clean and options.recurring else group


def _received(inputs: Iterable[Path], options: ReadOptions) -> Iterator[Received | Skipped]:
    for path in inputs:
        for found in walk(path):
            if isinstance(found, Skipped):
                yield found
                continue
            for item in read_file(found, options):
                if isinstance(item, Received):
                    yield item if item.source else replace(item, source=source_of(item) or found.source)
                else:
                    yield item


def _groups(items: Iterable[Received | Skipped], options: ReadOptions) -> Iterator[list[CleanedText | Skipped]]:
    """Cleaned texts in groups that fit the memory."""
    group: list[CleanedText | Skipped] = []
    n_chars = 0
    for item in items:
        if isinstance(item, Skipped):
            group.append(item)
        elif reason := excess(item, options):
            group.append(Skipped(item.source, reason, item.location))
        else:
            group.append(_cleaned(item, options))
            n_chars += len(item.content)
        if len(group) >= MAX_WAITING_DOCUMENTS or n_chars >= MAX_WAITING_CHARS:
            yield group
            group, n_chars = [], 0
    if group:
        yield group


def _cleaned(item: Received, options: ReadOptions) -> CleanedText | Skipped:
    try:
        return clean(item, options)
    except (RecursionError, MemoryError, ArithmeticError, LookupError, ValueError) as error:
        return _not_cleaned(item, error)


def _not_cleaned(item: Received, error: Exception) -> Skipped:
    return Skipped(item.source, f"could not be cleaned: {type(error).__name__}: {error}"[:200], item.location)


def _without_recurring(
    group: list[CleanedText | Skipped], counts: SourceCounts, options: ReadOptions
) -> list[CleanedText | Skipped]:
    """Count the lines of the group's documents, then clean those again that kept lines seen on other documents."""
    for item in group:
        if isinstance(item, CleanedText):
            received = item.received
            shown = "\n".join(all_lines(item.cleaned)) if received.is_html else received.content
            counts.add(received.source, received.sha256, keys_of(shown))
    return [item if isinstance(item, Skipped) else _cleaned_again(item, counts, options) for item in group]


def _cleaned_again(item: CleanedText, counts: SourceCounts, options: ReadOptions) -> CleanedText:
    recurring = counts.of(item.received.source)
    if recurring.n_documents < LEAST_DOCUMENTS or not recurring.recurs(keys_of(item.cleaned.text)):
        return item
    return clean(item.received, options, recurring)


def _with_unique_id(item: Document, n_of_id: dict[str, int]) -> Document:
    identity = item.id
    while identity in n_of_id:
        n_of_id[item.id] += 1
        identity = f"{item.id}-{n_of_id[item.id]}"
    n_of_id[identity] = 1
    return item if identity == item.id else replace(item, id=identity)
