"""What the elements of a page say of each line, as float32 columns to stand beside those of `line_features`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.html_lines import N_BITS, TAGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.ingest.html_lines import HtmlLines

    Rows = NDArray[np.float32]

_LINKED_SHARE = 0.5
_N_OWN = 3
_N_OF_BLOCK = 4
N_HTML_FEATURES = _N_OWN + len(TAGS) + 1 + N_BITS + 2 * _N_OF_BLOCK


def html_features(page: HtmlLines, rows: Sequence[int]) -> Rows:
    """Features of `rows` of `page`: float32 (len(rows), `N_HTML_FEATURES`)."""
    picked = np.asarray(rows)
    out = np.zeros((len(picked), N_HTML_FEATURES), np.float32)
    linked = np.array(page.link_share, np.float32)[picked]
    length = np.array([len(page.text[row]) for row in rows], np.float32)
    out[:, 0] = linked
    out[:, 1] = linked > _LINKED_SHARE
    out[:, 2] = np.array(page.depth, np.float32)[picked] / 10
    out[np.arange(len(picked)), _N_OWN + np.array(page.tag)[picked]] = 1
    start = _N_OWN + len(TAGS) + 1
    out[:, start : start + N_BITS] = page.bit_table()[picked]
    start += N_BITS
    for blocks in (page.container, page.outer):
        out[:, start : start + _N_OF_BLOCK] = _of_block(np.array(blocks)[picked], length, linked)
        start += _N_OF_BLOCK
    return out


def _of_block(block: NDArray[np.int64], length: Rows, linked: Rows) -> Rows:
    """Of the block each line stands in: its share of the page's text, unlinked text, lines, and linked share."""
    text = np.bincount(block, length)[block]
    unlinked = np.bincount(block, length * (1 - linked))[block]
    n_lines = np.bincount(block)[block]
    total = max(float(length.sum()), 1.0)
    return np.stack([text / total, np.log1p(unlinked) / 5, np.log1p(n_lines) / 3, 1 - unlinked / text], axis=1).astype(
        np.float32
    )
