"""Main text out of a page: lines are scored in context, the best labelling kept, every drop given a reason.

Works on any language and needs no list of words. `clean_text` takes one page dumped as text, `clean_html` one of HTML.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.line_features import LONG_LINE_WIDTH, page_features
from pipeline.ingest.line_scorer import load_line_scorer
from pipeline.ingest.lines import Lines, split_lines
from pipeline.ingest.reasons import explain_drops, find_title
from pipeline.ingest.recurring import recurring_rows
from pipeline.types import Cleaned, Removed, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.ingest.recurring import RecurringLines

    MainRows = Callable[[Lines, list[int]], list[bool]]

MAX_PASSES = 30
"""Far more than a page was ever seen to need; two are usual, the second finding nothing to drop."""
_MAX_LINES_AT_ONCE = 5_000


def clean_text(text: str, *, recurring: RecurringLines | None = None) -> Cleaned:
    """The main text of one page dumped as text lines.

    Kept lines are stripped and joined by one line feed, or two where a blank line stood. Lines that stand on at least
    three documents counted in `recurring` are dropped too, unless they make up most of what is left (then the document
    itself has been met before). Cleaning a clean text again changes nothing.
    """
    scorer = load_line_scorer("text_scorer")

    def main_rows(lines: Lines, rows: list[int]) -> list[bool]:
        found = page_features([lines.text[row] for row in rows])
        return scorer.keep(scorer.log_odds(found.rows, found.words, found.n_words))

    return clean_lines(split_lines(text), main_rows, recurring)


def clean_html(html: str | bytes, *, recurring: RecurringLines | None = None) -> Cleaned:
    """The main text of one HTML page; offsets refer to the flattened text, one line for each block of the page.

    Bytes are read as UTF-8. A page of tens of thousands of tags left open, which no parser reads in linear time, is
    taken as text with its tags cut out. `title` is the page's own (og:title, h1 or title element).
    """
    from selectolax.lexbor import LexborHTMLParser

    from pipeline.ingest.html_features import html_features
    from pipeline.ingest.html_lines import cut_tags, flatten_html, html_title, is_tag_soup

    if is_tag_soup(html):
        return clean_text(cut_tags(html), recurring=recurring)
    scorer = load_line_scorer("html_scorer")
    tree = LexborHTMLParser(html)
    page = flatten_html(tree)

    def main_rows(lines: Lines, rows: list[int]) -> list[bool]:
        found = page_features([lines.text[row] for row in rows])
        beside = html_features(page, rows)
        return scorer.keep(scorer.log_odds(np.concatenate([found.rows, beside], axis=1), found.words, found.n_words))

    cleaned = clean_lines(page.flattened(), main_rows, recurring, n_passes=1)
    return replace(cleaned, title=html_title(tree) or cleaned.title)


def clean_lines(
    lines: Lines, main_rows: MainRows, recurring: RecurringLines | None, *, n_passes: int = MAX_PASSES
) -> Cleaned:
    """Clean `lines`; `main_rows` says which of some rows (at least one) of them are main text."""
    kept, recurs = _settle(lines, main_rows, recurring, n_passes)
    reasons = explain_drops(lines.text, kept) | recurs
    removed = tuple(
        Removed(lines.text[row], reason, lines.start[row], lines.start[row] + len(lines.text[row]))
        for row, reason in reasons.items()
    )
    text, spans = _join(lines.pick(kept))
    return Cleaned(text, removed, find_title(lines.text, kept), spans)


def _settle(
    lines: Lines, main_rows: MainRows, recurring: RecurringLines | None, n_passes: int
) -> tuple[list[int], dict[int, str]]:
    """Rows that stay once scoring drops nothing more, which makes cleaning idempotent; reasons of recurring rows."""
    rows = list(range(len(lines)))
    recurs: dict[int, str] = {}
    for _ in range(n_passes):
        stay = _without_repeats(lines, _main_rows_in_parts(lines, rows, main_rows))
        if recurring:
            found = recurring_rows(lines.text, stay, recurring)
            recurs |= found
            stay = [row for row in stay if row not in found]
        if len(stay) == len(rows):
            break
        rows = stay
    return rows, recurs


def _main_rows_in_parts(lines: Lines, rows: list[int], main_rows: MainRows) -> list[int]:
    stay: list[int] = []
    for first in range(0, len(rows), _MAX_LINES_AT_ONCE):
        part = rows[first : first + _MAX_LINES_AT_ONCE]
        stay += compress(part, main_rows(lines, part))
    return stay


def _without_repeats(lines: Lines, rows: list[int]) -> list[int]:
    """`rows` less those of long lines that stand in an earlier row as well: the same paragraph, shown twice."""
    seen: set[str] = set()
    stay = []
    for row in rows:
        line = lines.text[row]
        if len(line) < LONG_LINE_WIDTH:
            stay.append(row)
        elif line not in seen:
            seen.add(line)
            stay.append(row)
    return stay


def _join(lines: Lines) -> tuple[str, tuple[Span, ...]]:
    pieces: list[str] = []
    spans: list[Span] = []
    position = 0
    for line, start, gap in zip(lines.text, lines.start, lines.gap, strict=True):
        if pieces:
            pieces.append("\n\n" if gap else "\n")
            position += len(pieces[-1])
        spans.append(Span(position, start, len(line)))
        pieces.append(line)
        position += len(line)
    return "".join(pieces), tuple(spans)
