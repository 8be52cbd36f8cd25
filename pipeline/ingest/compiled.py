"""Pages by compiled code; importing this module loads numba. `pages` and `line_features` are its specification."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.line_features import PageFeatures
from pipeline.ingest.line_kernel import describe, find_lines, tables
from pipeline.ingest.line_scorer import load_line_scorer
from pipeline.ingest.lines import Lines
from pipeline.ingest.network_kernel import Network, best_labelling, compile_network, log_odds, mean_words, settle
from pipeline.ingest.page_kernel import features
from pipeline.ingest.pages import MAX_LINES_AT_ONCE, MAX_PASSES, TEXT_SCORER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.ingest.line_kernel import Described

LIMITS = (MAX_LINES_AT_ONCE, MAX_PASSES)


class CompiledPage:
    """One page; the same lines as `pages.ReferencePage` keeps."""

    def __init__(self, text: str) -> None:
        codes = code_points_of(text)
        starts, ends, gaps = find_lines(codes, tables().points)
        first = starts.tolist()
        texts = [text[start:end] for start, end in zip(first, ends.tolist(), strict=True)]
        self.lines = Lines(texts, first, gaps.tolist())
        self._lengths = ends - starts
        self._described: Described = describe(codes, starts, ends, tables())

    def settle(self, rows: Sequence[int]) -> list[int]:
        """See `pages.Page`."""
        picked = np.arange(rows.start, rows.stop) if isinstance(rows, range) else np.asarray(rows, np.int64)
        stay: list[int] = settle(
            self._described, self._lengths, picked, LIMITS, tables(), network(TEXT_SCORER)
        ).tolist()
        return stay


def keep_lines(lines: Sequence[str], beside: NDArray[np.float32], scorer: str) -> list[bool]:
    """Which of the lines of one page are main text, scored once; `beside` (n_lines, n) are further features."""
    described = describe_lines(lines)
    columns = features(described, np.arange(len(lines)), tables())
    figures = network(scorer)
    odds = log_odds(np.concatenate([columns, beside.T]), mean_words(described, figures), figures)
    keep: list[bool] = best_labelling(odds, figures.decision[1]).tolist()
    return keep


def page_features(lines: Sequence[str]) -> PageFeatures:
    """As `line_features.page_features`."""
    described = describe_lines(lines)
    columns: NDArray[np.float32] = features(described, np.arange(len(lines)), tables())
    first = described.first_word
    return PageFeatures(np.ascontiguousarray(columns.T), described.words[: first[-1]].copy(), np.diff(first))


def describe_lines(lines: Sequence[str]) -> Described:
    """All that can be said of each of some lines by itself."""
    codes = code_points_of("\n".join(lines))
    ends = np.fromiter(accumulate(map(len, lines), lambda end, n: end + 1 + n), np.int64, len(lines))
    starts = ends - np.fromiter(map(len, lines), np.int64, len(lines))
    described: Described = describe(codes, starts, ends, tables())
    return described


def code_points_of(text: str) -> NDArray[np.uint32]:
    """The code points of a text, lone surrogates as they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@cache
def network(name: str) -> Network:
    """The shipped scorer of that name, for compiled code."""
    return compile_network(load_line_scorer(name))
