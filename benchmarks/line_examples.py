"""What the line scorer learns from: pages with their features, the words it is to know, and examples."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from line_labels import tokenize
from line_network import Example
from line_pages import Page, label_page, make_over, read_rows
from selectolax.lexbor import LexborHTMLParser

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.ingest.compiled import page_features, text_features
from pipeline.ingest.html_features import html_features
from pipeline.ingest.html_lines import HtmlLines, flatten_html
from pipeline.ingest.line_features import PageFeatures
from pipeline.ingest.line_scorer import CLIP
from pipeline.ingest.lines import split_lines

VOCABULARY_SIZE = 5000
LEAST_SITES = 6
SHORT_LINE_WEIGHT = 0.15
SNIPPETS, TRIMMED, FORGOTTEN = 0.4, 0.4, 0.3


class Features:
    """A page with its features, and the weights of its lines: about their share of the gold tokens."""

    def __init__(self, page: Page, html: HtmlLines | None = None) -> None:
        self.html = html
        self.page, self.found = page, text_features(page.lines) if html is None else _features_of_html(page, html)
        self.target = np.array(page.labels, np.float32)
        n_tokens = np.array([max(1, len(tokenize(line))) for line in page.lines], np.float32)
        n_gold = float((n_tokens * self.target).sum()) or max(float(n_tokens.sum()), 20.0)
        weight = np.minimum(n_tokens / n_gold, 1) + SHORT_LINE_WEIGHT / len(n_tokens)
        self.weight = (weight / max(1.0, weight.sum() / 3)).astype(np.float32)


def _features_of_html(page: Page, html: HtmlLines) -> PageFeatures:
    found = page_features(page.lines)
    beside = html_features(html, range(len(page.lines)))
    return replace(found, rows=np.concatenate([found.rows, beside], axis=1))


def choose_vocabulary(pages: list[Features]) -> np.ndarray:
    """Sorted hashes of the words met on most sites, no two with the same upper half, by which they are looked up."""
    by_site: dict[str, set[int]] = {}
    for page in pages:
        by_site.setdefault(page.page.site, set()).update(np.unique(page.found.words).tolist())
    times = Counter(word for words in by_site.values() for word in words)
    chosen: dict[int, int] = {}
    for word, n_sites in sorted(times.items(), key=lambda item: (-item[1], item[0])):
        if n_sites < LEAST_SITES or len(chosen) >= VOCABULARY_SIZE:
            break
        chosen.setdefault(word >> 16, word)
    return np.array(sorted(chosen.values()), np.uint32)


class Scaling:
    """Turns features of a page into what the network learns from."""

    def __init__(self, pages: list[Features]) -> None:
        rows = np.concatenate([page.found.rows for page in pages])
        self.mean, self.scale = rows.mean(axis=0), 1 / (rows.std(axis=0) + 1e-2)
        self.vocabulary = choose_vocabulary(pages)

    def example(self, page: Features) -> Example:
        rows = np.clip((page.found.rows - self.mean) * self.scale, -CLIP, CLIP).astype(np.float32)
        return Example(rows, self._bag(page.found), page.target, page.weight)

    def _bag(self, found: PageFeatures) -> sp.csr_matrix:
        column = np.minimum(np.searchsorted(self.vocabulary, found.words), len(self.vocabulary) - 1)
        known = self.vocabulary[column] == found.words
        line = np.repeat(np.arange(len(found.n_words)), found.n_words)
        share = (1 / np.maximum(found.n_words, 1)).astype(np.float32)
        entries = (share[line[known]], (line[known], column[known]))
        return sp.csr_matrix(entries, shape=(len(found.n_words), len(self.vocabulary)))


def read_pages(path: Path) -> list[Features]:
    pages = []
    for row in read_rows(path):
        html = flatten_html(LexborHTMLParser(row["html"])) if "html" in row else None
        lines = html.text if html else split_lines(row["text"]).text
        if lines:
            pages.append(Features(label_page(lines, row), html))
    return pages


def made_over(pages: list[Features], share: float, rng: np.random.Generator) -> list[Features]:
    """About `share` made-over pages for each of `pages`, of the same kind."""
    if pages[0].html is None:
        return [Features(page) for page in make_over([page.page for page in pages], rng, share)]
    return parts_of_html([page for page in pages if rng.random() < share], rng)


def parts_of_html(pages: list[Features], rng: np.random.Generator) -> list[Features]:
    """Pages made over: the body alone, a few lines of it, or with a little chrome; for some, all elements forgotten."""
    made = []
    for page in pages:
        body = np.flatnonzero(page.target)
        if page.html is None or not len(body):
            continue
        n = len(page.target)
        kind = rng.random()
        rows = body
        if kind < SNIPPETS:
            first = int(rng.integers(0, len(body)))
            rows = body[first : first + int(rng.integers(1, 6))]
        elif kind < SNIPPETS + TRIMMED:
            before, after = (int(size) for size in rng.integers(0, 9, 2))
            rows = np.arange(max(0, body[0] - before), min(n, body[-1] + 1 + after))
        plain = rng.random() < FORGOTTEN
        picked = [page.page.labels[row] for row in rows]
        lines = [page.page.lines[row] for row in rows]
        html = page.html.pick(rows.tolist(), plain=plain)
        made.append(Features(replace(page.page, lines=lines, labels=picked), html))
    return made
