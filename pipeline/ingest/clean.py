"""Main text out of a page: lines are scored in context, the best labelling kept, every drop given a reason.

Works on any language and needs no list of words. `clean_text` takes one page dumped as text, `clean_texts` many, and
`clean_html` one of HTML.
"""

from __future__ import annotations

from itertools import compress, repeat
from typing import TYPE_CHECKING

from pipeline.ingest.pages import MAX_LINES_AT_ONCE, keep_lines, read_page, without_repeats
from pipeline.ingest.reasons import Dropped
from pipeline.ingest.recurring import recurring_rows, recurring_rows_of
from pipeline.ingest.title_search import find_title
from pipeline.types import Cleaned, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.ingest.html_lines import HtmlLines
    from pipeline.ingest.lines import Lines
    from pipeline.ingest.recurring import Recurring

HTML_SCORER = "html_scorer"
N_AT_ONCE = 16


def clean_text(text: str, *, recurring: Recurring | None = None) -> Cleaned:
    """The main text of one page dumped as text lines.

    Kept lines are stripped and joined by one line feed, or two where a blank line stood. Lines that stand on at least
    three documents, as `recurring` knows, are dropped too, unless they make up most of what is left (then the document
    itself has been met before). Cleaning a clean text again changes nothing.
    """
    return clean_texts([text], [recurring])[0]


def clean_texts(texts: Sequence[str], recurring: Sequence[Recurring | None]) -> list[Cleaned]:
    """`clean_text` of each text with the lines that recur in its source.

    A step is made for `N_AT_ONCE` texts before the next one is: the processor's caches then hold what it needs.
    """
    cleaned: list[Cleaned] = []
    for first in range(0, len(texts), N_AT_ONCE):
        cleaned += _clean_some(texts[first : first + N_AT_ONCE], recurring[first : first + N_AT_ONCE])
    return cleaned


def _clean_some(texts: Sequence[str], recurring: Sequence[Recurring | None]) -> list[Cleaned]:
    pages = [read_page(text) for text in texts]
    lines = [page.lines for page in pages]
    settled = [page.settle(range(len(page.lines))) for page in pages]
    recurs = recurring_rows_of([each.text for each in lines], settled, recurring)
    kept = [
        page.settle([row for row in rows if row not in found]) if found else rows
        for page, rows, found in zip(pages, settled, recurs, strict=True)
    ]
    titles = [page.title(rows) for page, rows in zip(pages, kept, strict=True)]
    return list(map(_cleaned, lines, kept, recurs, titles))


def clean_html(html: str | bytes, *, recurring: Recurring | None = None) -> Cleaned:
    """The main text of one HTML page; offsets refer to the flattened text, one line for each block of the page.

    Bytes are read as UTF-8. A page that no parser reads in linear time (`is_tag_soup`) is taken as text with its tags
    cut out. `title` is the page's own (og:title, h1 or title element).
    """
    from selectolax.lexbor import LexborHTMLParser

    from pipeline.ingest.html_lines import flatten_html, html_title
    from pipeline.ingest.tag_soup import cut_tags, is_tag_soup

    if is_tag_soup(html):
        return clean_text(cut_tags(html), recurring=recurring)
    tree = LexborHTMLParser(html)
    page = flatten_html(tree)
    lines = page.flattened()
    rows = without_repeats(lines, _main_rows(page))
    recurs = recurring_rows(lines.text, rows, recurring) if recurring else {}
    kept = [row for row in rows if row not in recurs]
    return _cleaned(lines, kept, recurs, html_title(tree) or find_title(lines.text, kept))


def _main_rows(page: HtmlLines) -> list[int]:
    """Rows of an HTML page that are main text, scored once and in parts."""
    from pipeline.ingest.html_features import html_features

    stay: list[int] = []
    for first in range(0, len(page.text), MAX_LINES_AT_ONCE):
        rows = range(first, min(first + MAX_LINES_AT_ONCE, len(page.text)))
        stay += compress(rows, keep_lines(page.text[rows.start : rows.stop], html_features(page, rows), HTML_SCORER))
    return stay


def _cleaned(lines: Lines, kept: Sequence[int], recurs: dict[int, str], title: str | None) -> Cleaned:
    text, spans = _join(lines, kept)
    return Cleaned(text, Dropped(lines, kept, recurs), title, spans)


def _join(lines: Lines, rows: Sequence[int]) -> tuple[str, tuple[Span, ...]]:
    """The lines of `rows` (ascending) as one text, and where they stood; a gap among dropped lines stays one."""
    parts: list[str] = []
    spans: list[tuple[int, int, int]] = []
    place = after = 0
    for row in rows:
        if parts:
            parts.append("\n\n" if True in lines.gap[after : row + 1] else "\n")
            place += len(parts[-1])
        line = lines.text[row]
        parts.append(line)
        spans.append((place, lines.start[row], len(line)))
        place += len(line)
        after = row + 1
    named = map(tuple.__new__, repeat(Span), spans)  # several times faster than to call a named tuple
    return "".join(parts), tuple(named)
