"""A file as it was received, line by line, with why each line was dropped: what `themes ingest --show` prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ingest.documents import CleanedText
from pipeline.ingest.options import DEFAULT_OPTIONS, ReadOptions
from pipeline.ingest.reading import cleaned_texts
from pipeline.types import Skipped

if TYPE_CHECKING:
    from pipeline.ingest.source_counts import SourceCounts


def show(
    path: str | Path, *, options: ReadOptions = DEFAULT_OPTIONS, counts: SourceCounts | None = None
) -> Iterator[tuple[str, str | None]]:
    """Lines of a file in their order, each with the reason it is dropped for, or None for a line that is kept.

    Blank lines of a text stay. Of a file of several documents each begins with an empty line whose reason names it;
    warnings about damage, and why a document was skipped, are told in the same way. `counts` of earlier batches show
    what recurs in the source. Raises InputError for a path that does not exist.
    """
    for item in cleaned_texts([path], options, counts=counts):
        if "#" in item_location(item):
            yield "", f"document {item_location(item)}"
        if isinstance(item, Skipped):
            yield "", f"skipped: {item.reason}"
        else:
            yield from show_document(item)


def show_document(item: CleanedText) -> Iterator[tuple[str, str | None]]:
    """Lines of one document in the order received, kept ones with None, dropped ones with the reason."""
    received, cleaned = item.received, item.cleaned
    if received.warning:
        yield "", f"warning: {received.warning}"
    found = [(removed.start, removed.end, removed.line, str(removed.reason)) for removed in cleaned.removed]
    kept = [
        (span.original, span.original + span.length, cleaned.text[span.cleaned : span.cleaned + span.length], None)
        for span in cleaned.spans
    ]
    position = 0
    for start, end, line, reason in sorted([*found, *kept], key=lambda part: part[0]):
        if not received.is_html and position and received.content.count("\n", position, start) > 1:
            yield "", None
        for part in line.split("\n"):
            yield part, reason
        position = end


def item_location(item: CleanedText | Skipped) -> str:
    """Where the document was read."""
    return item.location if isinstance(item, Skipped) else item.received.location
