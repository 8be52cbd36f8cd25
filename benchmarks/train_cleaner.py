"""Trains the two line scorers that ship with `pipeline.ingest` (one for text dumps, one for HTML).

    python benchmarks/train_cleaner.py PAGES_DIR --kind text|html [--out DIR] [--left-out FOLDS|LANGUAGES]

PAGES_DIR holds lines.train.jsonl.gz and html.train.jsonl.gz: rows with `text` or `html`, `gold`, `lang`, `site`. Only
the page and its gold text are used. Takes some minutes for each kind on one core; a seed always gives the same figures
on the same machine. With `--left-out` (folds of the sites, 0 to 3, or languages: "0" or "ru,zh") it trains without
those pages and prints how it does on them, by language and for each decision; pass another `--out` then.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import sys
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from line_labels import tokenize
from line_network import Arrays, Example, Network, Schedule, Shape, train
from line_pages import Page, label_page, make_over, read_rows
from safetensors.numpy import save_file
from score_pages import precision_recall, summary, token_shares
from selectolax.lexbor import LexborHTMLParser

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.ingest.compiled import page_features
from pipeline.ingest.html_features import html_features
from pipeline.ingest.html_lines import HtmlLines, flatten_html
from pipeline.ingest.line_features import PageFeatures
from pipeline.ingest.line_scorer import CLIP, best_labelling
from pipeline.ingest.lines import split_lines

VOCABULARY_SIZE = 5000
LEAST_SITES = 6
SHORT_LINE_WEIGHT = 0.15
SNIPPETS, TRIMMED, FORGOTTEN = 0.4, 0.4, 0.3
PRICES = (0.5, 1.0)
OFFSETS = (-1.0, -0.5, 0.0, 0.25, 0.5, 0.75)
N_FOLDS, N_ROUNDS = 4, 4
SCHEDULE = Schedule(n_epochs=18, drop=0.2, forget_words=0.4, decay=1e-2)


@dataclass(frozen=True)
class Recipe:
    """Pages made over for each page of an epoch, what is added to the log-odds, and the price of a switch."""

    share_made_over: float
    offset: float
    price: float


RECIPES = {"text": Recipe(1.3, 0.5, 0.5), "html": Recipe(0.6, -0.5, 0.5)}
"""Offset and price are chosen on sites left out (`--left-out`)."""


class Features:
    """A page with its features, and the weights of its lines: about their share of the gold tokens."""

    def __init__(self, page: Page, html: HtmlLines | None = None) -> None:
        self.html = html
        found = page_features(page.lines)
        if html is not None:
            beside = html_features(html, range(len(page.lines)))
            found = PageFeatures(np.concatenate([found.rows, beside], axis=1), found.words, found.n_words)
        self.page, self.found = page, found
        self.target = np.array(page.labels, np.float32)
        n_tokens = np.array([max(1, len(tokenize(line))) for line in page.lines], np.float32)
        n_gold = float((n_tokens * self.target).sum()) or max(float(n_tokens.sum()), 20.0)
        weight = np.minimum(n_tokens / n_gold, 1) + SHORT_LINE_WEIGHT / len(n_tokens)
        self.weight = (weight / max(1.0, weight.sum() / 3)).astype(np.float32)


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


def fit(pages: list[Features], recipe: Recipe, seed: int = 0) -> tuple[Arrays, Scaling]:
    scaling = Scaling(pages)
    rng = np.random.default_rng(seed)
    plain = [scaling.example(page) for page in pages]
    rounds = [[scaling.example(page) for page in made_over(pages, recipe, rng)] for _ in range(N_ROUNDS)]

    def examples_of_epoch(epoch: int, _: np.random.Generator) -> list[Example]:
        return plain + rounds[epoch % len(rounds)]

    shape = Shape(len(scaling.mean), len(scaling.vocabulary))
    return train(examples_of_epoch, shape, replace(SCHEDULE, seed=seed), say=print), scaling


def made_over(pages: list[Features], recipe: Recipe, rng: np.random.Generator) -> list[Features]:
    if pages[0].html is None:
        return [Features(page) for page in make_over([page.page for page in pages], rng, recipe.share_made_over)]
    return parts_of_html([page for page in pages if rng.random() < recipe.share_made_over], rng)


def log_odds(weights: Arrays, scaling: Scaling, pages: list[Features]) -> list[np.ndarray]:
    network = Network(Shape(len(scaling.mean), len(scaling.vocabulary)), weights)
    found = []
    for page in pages:
        example = scaling.example(page)
        rows = np.concatenate([example.rows, example.bag @ weights["words"]], axis=1)
        found.append(network.forward(rows.astype(np.float32), [len(example.target)])[0])
    return found


def print_decisions(pages: list[Features], odds: list[np.ndarray]) -> None:
    """What each offset and price of a switch gives on `pages`: F1, body kept, chrome removed."""
    for price in PRICES:
        for offset in OFFSETS:
            pairs, shares = [], []
            for page, found in zip(pages, odds, strict=True):
                keep = best_labelling((found + offset).tolist(), price)
                text = "\n".join(line for line, kept in zip(page.page.lines, keep, strict=True) if kept)
                pairs.append(precision_recall(text, page.page.gold))
                if page.page.gold:
                    shares.append(token_shares(text, "\n".join(page.page.lines), page.page.gold))
            kept, removed = np.mean(shares, axis=0)
            f1 = summary(pairs)[2]
            print(f"offset {offset} price {price}: F1 {f1:.4f} body kept {kept:.4f} chrome removed {removed:.4f}")


def save(path: Path, weights: Arrays, scaling: Scaling, recipe: Recipe) -> None:
    """Write what `LineScorer` reads; see there for names and shapes."""
    arrays = {name: array for name, array in weights.items() if name not in ("out_bias", "words")}
    arrays |= {"mean": scaling.mean, "scale": scaling.scale, "words": weights["words"]}
    arrays["decision"] = np.array([recipe.offset + weights["out_bias"][0], recipe.price])
    arrays["dilations"] = np.array(Shape(0, 0).dilations)
    ready = {name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items()}
    ready["words"] = ready["words"].astype(np.float16)
    save_file(ready | {"vocabulary": scaling.vocabulary}, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages_dir", type=Path)
    parser.add_argument("--kind", choices=tuple(RECIPES), default="text")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "pipeline" / "ingest")
    parser.add_argument(
        "--left-out", metavar="FOLDS|LANGUAGES", help="train without these pages and print figures on them"
    )
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    recipe = RECIPES[given.kind]
    pages = read_pages(given.pages_dir / f"{'lines' if given.kind == 'text' else 'html'}.train.jsonl.gz")
    learn = [page for page in pages if not is_left_out(page.page, given.left_out)]
    weights, scaling = fit(learn, recipe, given.seed)
    save(given.out / f"{given.kind}_scorer.safetensors", weights, scaling, recipe)
    check = [page for page in pages if is_left_out(page.page, given.left_out)]
    for language in sorted({page.page.language for page in check}):
        of_language = [page for page in check if page.page.language == language]
        print(f"{given.kind}: {len(of_language)} pages left out, {language}")
        print_decisions(of_language, log_odds(weights, scaling, of_language))


def is_left_out(page: Page, left_out: str | None) -> bool:
    """Whether the page is of a left-out language, or of a site of a left-out fold."""
    named = left_out.split(",") if left_out else []
    return page.language in named or str(zlib.crc32(page.site.encode()) % N_FOLDS) in named


if __name__ == "__main__":
    main()
