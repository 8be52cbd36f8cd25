"""Main text out of a page: lines are scored in context, the best labelling kept, every drop given a reason.

Works on any language and needs no list of words. `clean_text` takes one page dumped as text, `clean_html` one of HTML.
"""

from __future__ import annotations

from itertools import accumulate, chain, compress, repeat
from operator import add, sub
from typing import TYPE_CHECKING

from pipeline.ingest.pages import MAX_LINES_AT_ONCE, keep_lines, read_page, without_repeats
from pipeline.ingest.reasons import Dropped
from pipeline.ingest.recurring import recurring_rows
from pipeline.ingest.title_search import find_title
from pipeline.types import Cleaned, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.ingest.html_lines import HtmlLines
    from pipeline.ingest.lines import Lines
    from pipeline.ingest.recurring import RecurringLines

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
    return _cleaned(page.lines, rows, recurs, page.title(rows))


def clean_html(html: str | bytes, *, recurring: RecurringLines | None = None) -> Cleaned:
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
    text, spans = _join(lines.pick(kept))
    return Cleaned(text, Dropped(lines, kept, recurs), title, spans)


def _join(lines: Lines) -> tuple[str, tuple[Span, ...]]:
    between = ["", *["\n\n" if gap else "\n" for gap in lines.gap[1:]]]
    lengths = list(map(len, lines.text))
    ends = accumulate(map(add, lengths, map(len, between)))
    values = zip(map(sub, ends, lengths), lines.start, lengths, strict=False)
    spans = tuple(map(tuple.__new__, repeat(Span), values))  # several times faster than to call a named tuple
    return "".join(chain.from_iterable(zip(between, lines.text, strict=False))), spans
