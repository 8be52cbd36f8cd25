"""Trains the two line scorers that ship with `pipeline.ingest` (one for text dumps, one for HTML).

    python benchmarks/train_cleaner.py PAGES_DIR --kind text|html [--out DIR] [--left-out FOLDS|LANGUAGES]

PAGES_DIR holds lines.train.jsonl.gz and html.train.jsonl.gz: rows with `id`, `text` or `html`, `gold`, `lang`, `site`,
of the same pages. Only the page and its gold text are used. The network is taught by others, each kept from a part of
the sites; that of text dumps also by some that see the HTML. Takes some twelve minutes of one core for text, four for
HTML; a seed always gives the same figures on the same machine. With `--left-out` (folds of the sites, 0 to 3, and
languages: "0" or "ru,zh") it trains without those pages and prints how it does on them, together and by language, for
each decision; pass another `--out` then.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import sys
import zlib
from pathlib import Path

import numpy as np
from line_examples import Features, Scaling, read_pages
from line_network import Arrays, Shape
from line_pages import Page
from line_teaching import N_FOLDS, Recipe, Trainer
from line_twins import said_of_dumps
from safetensors.numpy import save_file
from score_pages import precision_recall, summary, token_shares

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.ingest.line_scorer import best_labelling

PRICES = (0.5, 1.0)
OFFSETS = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75)
RECIPES = {"text": Recipe(1.3, 0.25, 0.5), "html": Recipe(0.6, -0.25, 0.5)}
"""Offset and price are chosen on sites left out (`--left-out`)."""


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
    pages = read_kind(given.pages_dir, given.kind)
    trainer = trainer_of(given.kind, pages, given)
    weights = trainer.taught_network(said_beside(trainer, given) if given.kind == "text" else None)
    save(given.out / f"{given.kind}_scorer.safetensors", weights, trainer.scaling, trainer.recipe)
    check = [page for page in pages if is_left_out(page.page, given.left_out)]
    print_by_language(given.kind, check, [trainer.odds(weights, trainer.scaling.example(page)) for page in check])


def read_kind(pages_dir: Path, kind: str) -> list[Features]:
    return read_pages(pages_dir / f"{'lines' if kind == 'text' else 'html'}.train.jsonl.gz")


def trainer_of(kind: str, pages: list[Features], given: argparse.Namespace) -> Trainer:
    learn = [page for page in pages if not is_left_out(page.page, given.left_out)]
    return Trainer(learn, RECIPES[kind], given.seed)


def said_beside(trainer: Trainer, given: argparse.Namespace) -> list[np.ndarray]:
    """What teachers that see the HTML say of the lines of the trainer's pages."""
    html = trainer_of("html", read_kind(given.pages_dir, "html"), given)
    return said_of_dumps([page.page for page in trainer.pages], html)


def print_by_language(kind: str, pages: list[Features], odds: list[np.ndarray]) -> None:
    languages = sorted({page.page.language for page in pages})
    groups = [languages] * (len(languages) > 1) + [[language] for language in languages]
    for group in groups:
        rows = [row for row, page in enumerate(pages) if page.page.language in group]
        print(f"{kind}: {len(rows)} pages left out, {', '.join(group)}")
        print_decisions([pages[row] for row in rows], [odds[row] for row in rows])


def is_left_out(page: Page, left_out: str | None) -> bool:
    """Whether the page is of a left-out language, or of a site of a left-out fold."""
    named = left_out.split(",") if left_out else []
    return page.language in named or str(zlib.crc32(page.site.encode()) % N_FOLDS) in named


if __name__ == "__main__":
    main()
