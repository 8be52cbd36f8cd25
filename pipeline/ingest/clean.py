"""Main text out of a page: lines are scored in context, the best labelling kept, every drop given a reason.

Works on any language and needs no list of words. `clean_text` takes one page dumped as text, `clean_html` one of HTML.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, compress, repeat
from operator import add
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.ingest.pages import MAX_LINES_AT_ONCE, keep_lines, read_page, without_repeats
from pipeline.ingest.reasons import explain_drops, find_title
from pipeline.ingest.recurring import recurring_rows
from pipeline.types import Cleaned, Removed, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.ingest.html_lines import HtmlLines
    from pipeline.ingest.lines import Lines
    from pipeline.ingest.recurring import RecurringLines

Row = TypeVar("Row", Removed, Span)
HTML_SCORER = "html_scorer"


def clean_text(text: str, *, recurring: RecurringLines | None = None) -> Cleaned:
    """The main text of one page dumped as text lines.

    Kept lines are stripped and joined by one line feed, or two where a blank line stood. Lines that stand on at least
    three documents counted in `recurring` are dropped too, unless they make up most of what is left (then the document
    itself has been met before). Cleaning a clean text again changes nothing.
    """
    page = read_page(text)
    rows = page.settle(range(len(page.lines)))
    recurs = recurring_rows(page.lines.text, rows, recurring) if recurring else {}
    if recurs:
        rows = page.settle([row for row in rows if row not in recurs])
    return _cleaned(page.lines, rows, recurs)


def clean_html(html: str | bytes, *, recurring: RecurringLines | None = None) -> Cleaned:
    """The main text of one HTML page; offsets refer to the flattened text, one line for each block of the page.

    Bytes are read as UTF-8. A page of tens of thousands of tags left open, which no parser reads in linear time, is
    taken as text with its tags cut out. `title` is the page's own (og:title, h1 or title element).
    """
    from selectolax.lexbor import LexborHTMLParser

    from pipeline.ingest.html_lines import cut_tags, flatten_html, html_title, is_tag_soup

    if is_tag_soup(html):
        return clean_text(cut_tags(html), recurring=recurring)
    tree = LexborHTMLParser(html)
    page = flatten_html(tree)
    lines = page.flattened()
    rows = without_repeats(lines, _main_rows(page))
    recurs = recurring_rows(lines.text, rows, recurring) if recurring else {}
    cleaned = _cleaned(lines, [row for row in rows if row not in recurs], recurs)
    return replace(cleaned, title=html_title(tree) or cleaned.title)


def _main_rows(page: HtmlLines) -> list[int]:
    """Rows of an HTML page that are main text, scored once and in parts."""
    from pipeline.ingest.html_features import html_features

    stay: list[int] = []
    for first in range(0, len(page.text), MAX_LINES_AT_ONCE):
        rows = range(first, min(first + MAX_LINES_AT_ONCE, len(page.text)))
        stay += compress(rows, keep_lines(page.text[rows.start : rows.stop], html_features(page, rows), HTML_SCORER))
    return stay


def _cleaned(lines: Lines, kept: Sequence[int], recurs: dict[int, str]) -> Cleaned:
    rows, reasons = explain_drops(lines.text, kept)
    if recurs:
        reasons = [recurs.get(row, reason) for row, reason in zip(rows, reasons, strict=True)]
    texts = [lines.text[row] for row in rows]
    starts = [lines.start[row] for row in rows]
    removed = _rows(Removed, zip(texts, reasons, starts, map(add, starts, map(len, texts)), strict=True))
    text, spans = _join(lines.pick(kept))
    return Cleaned(text, removed, find_title(lines.text, kept), spans)


def _join(lines: Lines) -> tuple[str, tuple[Span, ...]]:
    between = ["\n\n" if gap else "\n" for gap in lines.gap[1:]]
    lengths = list(map(len, lines.text))
    positions = accumulate(map(add, lengths, map(len, between)), initial=0)
    pieces = [piece for pair in zip(lines.text, [*between, ""], strict=False) for piece in pair]
    return "".join(pieces), _rows(Span, zip(positions, lines.start, lengths, strict=False))


def _rows(kind: type[Row], values: Iterable[tuple[Any, ...]]) -> tuple[Row, ...]:
    """`kind(*row)` for each row; several times faster than to call a named tuple."""
    return tuple(map(tuple.__new__, repeat(kind), values))
