"""A page dumped as text, and which of its lines stay: by plain NumPy for a few pages, by compiled code for many."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from itertools import compress
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pipeline.ingest.compiler import load_compiler
from pipeline.ingest.line_features import LONG_LINE_WIDTH, page_features
from pipeline.ingest.line_rhythm import text_features
from pipeline.ingest.line_scorer import load_line_scorer
from pipeline.ingest.lines import Lines, split_lines
from pipeline.ingest.text_work import PAGE_KERNEL
from pipeline.ingest.title_search import find_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.ingest.line_features import PageFeatures

MAX_PASSES = 30
"""Far more than a page was ever seen to need; two are usual, the second finding nothing to drop."""
MAX_LINES_AT_ONCE = 5_000
KERNEL_FROM_CHARS = 60_000
"""Loading compiled code takes longer than cleaning less text than this without it."""
TEXT_SCORER = "text_scorer"


class Page(Protocol):
    """The lines of one text, and which of them are its main text."""

    lines: Lines

    def settle(self, rows: Sequence[int]) -> list[int]:
        """Those of `rows` (ascending) that stay once scoring drops nothing more, which makes cleaning idempotent."""

    def title(self, kept: Sequence[int]) -> str | None:
        """The likeliest title of the text whose main text are the rows `kept`, if it has one; see `find_title`."""


def read_page(text: str) -> Page:
    """The page, by whichever path is faster for all the text cleaned so far."""
    if not _is_much(len(text)):
        return ReferencePage(text)
    page: Page = _compiled().CompiledPage(text)
    return page


def keep_lines(lines: Sequence[str], beside: NDArray[np.float32], scorer: str) -> list[bool]:
    """Which lines (at least one) of a page are main text, scored once; `beside` (n_lines, n): more features."""
    if not _is_much(sum(map(len, lines))):
        return keep_lines_by_reference(lines, beside, scorer)
    kept: list[bool] = _compiled().keep_lines(lines, beside, scorer)
    return kept


def _compiled() -> Any:
    load_compiler()
    return import_module(PAGE_KERNEL)


def keep_lines_by_reference(lines: Sequence[str], beside: NDArray[np.float32], scorer: str) -> list[bool]:
    """The specification of `keep_lines`."""
    found = page_features(lines)
    return _keep(replace(found, rows=np.concatenate([found.rows, beside], axis=1)), scorer)


def _keep(found: PageFeatures, scorer: str) -> list[bool]:
    figures = load_line_scorer(scorer)
    return figures.keep(figures.log_odds(found.rows, found.words, found.n_words))


_READ = {"n_chars": 0}


def _is_much(n_chars: int) -> bool:
    """Whether so much text was cleaned by this process that compiled code pays, or has been loaded before."""
    if PAGE_KERNEL in sys.modules:
        return True
    _READ["n_chars"] += n_chars
    return _READ["n_chars"] >= KERNEL_FROM_CHARS


class ReferencePage:
    """The specification: one page, scored as often as lines go."""

    def __init__(self, text: str) -> None:
        self.lines = split_lines(text)

    def settle(self, rows: Sequence[int]) -> list[int]:
        """See `Page`."""
        stay = list(rows)
        for _ in range(MAX_PASSES):
            rows = stay
            stay = without_repeats(self.lines, self._main_rows(rows))
            if len(stay) == len(rows):
                break
        return stay

    def title(self, kept: Sequence[int]) -> str | None:
        """See `Page`."""
        return find_title(self.lines.text, kept)

    def _main_rows(self, rows: Sequence[int]) -> list[int]:
        stay: list[int] = []
        for first in range(0, len(rows), MAX_LINES_AT_ONCE):
            part = rows[first : first + MAX_LINES_AT_ONCE]
            texts = [self.lines.text[row] for row in part]
            stay += compress(part, _keep(text_features(texts), TEXT_SCORER))
        return stay


def without_repeats(lines: Lines, rows: Sequence[int]) -> list[int]:
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
