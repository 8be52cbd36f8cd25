"""Pages by compiled code; importing this module loads numba. `pages` and `line_features` are its specification."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.code_points import code_points_of
from pipeline.ingest.line_features import PageFeatures
from pipeline.ingest.line_kernel import END, FIRST_WORD, GAP, LAST_WORD, START, describe_lines, tables
from pipeline.ingest.line_scorer import load_line_scorer
from pipeline.ingest.lines import Cut, Lines
from pipeline.ingest.network_kernel import Network, compile_network, keep_once, read_page, settle
from pipeline.ingest.page_kernel import features
from pipeline.ingest.page_kernel import text_features as text_rows
from pipeline.ingest.pages import MAX_LINES_AT_ONCE, MAX_PASSES, TEXT_SCORER
from pipeline.ingest.title_kernel import look_around
from pipeline.ingest.title_search import find_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.ingest.line_kernel import Described

LIMITS = (MAX_LINES_AT_ONCE, MAX_PASSES)


class CompiledPage:
    """One page; the same lines as `pages.ReferencePage` keeps."""

    def __init__(self, text: str) -> None:
        self._codes, self._network = code_points_of(text), network(TEXT_SCORER)
        self._described: Described
        self._described, self._alone, self._settled = read_page(self._codes, LIMITS, tables(), self._network)
        places = self._described.places
        starts, ends = places[:, START].tolist(), places[:, END].tolist()
        self.lines = Lines(Cut(text, starts, ends), starts, places[:, GAP].astype(np.bool_).tolist())

    def settle(self, rows: Sequence[int]) -> list[int]:
        """See `pages.Page`."""
        settled = self._settled
        if len(rows) < len(self.lines):
            picked = np.asarray(rows, np.int64)
            settled = settle(self._described, self._alone, picked, LIMITS, tables(), self._network)
        stay: list[int] = settled.tolist()
        return stay

    def title(self, kept: Sequence[int]) -> str | None:
        """See `pages.Page`."""
        return find_title(self.lines.text, kept, lambda n_head: look_around(self._codes, self._described, kept, n_head))


def keep_lines(lines: Sequence[str], beside: NDArray[np.float32], scorer: str) -> list[bool]:
    """Which of the lines of one page are main text, scored once; `beside` (n_lines, n) are further features."""
    keep: list[bool] = keep_once(described(lines), beside, tables(), network(scorer)).tolist()
    return keep


def page_features(lines: Sequence[str]) -> PageFeatures:
    """As `line_features.page_features`."""
    found = described(lines)
    return _page_features(found, features(found, np.arange(len(lines)), tables()))


def text_features(lines: Sequence[str]) -> PageFeatures:
    """As `line_rhythm.text_features`."""
    found = described(lines)
    return _page_features(found, text_rows(found, np.arange(len(lines)), tables()))


def _page_features(found: Described, rows: NDArray[np.float32]) -> PageFeatures:
    return PageFeatures(rows, found.words, found.places[:, LAST_WORD] - found.places[:, FIRST_WORD])


def described(lines: Sequence[str]) -> Described:
    """All that can be said of each of some lines by itself."""
    lengths = np.fromiter(map(len, lines), np.int64, len(lines))
    found: Described = describe_lines(code_points_of("\n".join(lines)), lengths, tables())
    return found


@cache
def network(name: str) -> Network:
    """The shipped scorer of that name, for compiled code."""
    return compile_network(load_line_scorer(name))
