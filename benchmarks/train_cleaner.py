"""Trains the two line scorers that ship with `pipeline.ingest` (one for text dumps, one for HTML).

    python benchmarks/train_cleaner.py PAGES_DIR --kind text|html [--out DIR] [--left-out FOLDS|LANGUAGES]

PAGES_DIR holds lines.train.jsonl.gz and html.train.jsonl.gz: rows with `text` or `html`, `gold`, `lang`, `site`. Only
the page and its gold text are used. The network is taught by others, each kept from a part of the sites. Takes some
five minutes for each kind on one core; a seed always gives the same figures on the same machine. With `--left-out`
(folds of the sites, 0 to 3, or languages: "0" or "ru,zh") it trains without those pages and prints how it does on them,
together and by language, for each decision; pass another `--out` then.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import sys
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from line_examples import Features, Scaling, made_over, read_pages
from line_network import Arrays, Example, Network, Schedule, Shape, train
from line_pages import Page
from safetensors.numpy import save_file
from score_pages import precision_recall, summary, token_shares

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.ingest.line_scorer import best_labelling

PRICES = (0.5, 1.0)
OFFSETS = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75)
N_FOLDS, N_TEACHERS = 4, 4
N_TEACHER_ROUNDS, N_ROUNDS = 4, 8
TEACHER = Schedule(n_epochs=14, drop=0.2, forget_words=0.4, noise=0.1, forget_feature=0.05, decay=1e-2)
PUPIL = Schedule(n_epochs=36, drop=0.0, forget_words=0.5, forget_word=0.2, decay=1e-3)
"""Targets that say how sure one can be leave little to learn by heart, so little is hidden from the pupil."""


@dataclass(frozen=True)
class Recipe:
    """Pages made over for each page of an epoch, what is added to the log-odds, and the price of a switch."""

    share_made_over: float
    offset: float
    price: float


RECIPES = {"text": Recipe(1.3, 0.25, 0.5), "html": Recipe(0.6, -0.25, 0.5)}
"""Offset and price are chosen on sites left out (`--left-out`)."""


class Trainer:
    """Trains networks on pages of one kind, all with the same features, words and recipe."""

    def __init__(self, pages: list[Features], recipe: Recipe, seed: int) -> None:
        self.pages, self.recipe, self.seed = pages, recipe, seed
        self.scaling = Scaling(pages)
        self.plain = [self.scaling.example(page) for page in pages]
        self.rng = np.random.default_rng(seed)

    def taught_network(self) -> Arrays:
        """Weights of a network taught by others (distillation, Hinton et al. 2015) what can be known of a new site.

        A teacher that has seen a page says only what its label says. So each teacher is kept from the sites of one
        part, of whose pages it alone speaks: what it gets wrong there no other site explains, and need not be learnt
        by heart. Of made-over pages, whose pieces come from many sites, all teachers speak.
        """
        rounds = [self.made_over(self.pages) for _ in range(N_ROUNDS)]
        part = [zlib.crc32(page.page.site.encode()) // N_FOLDS % N_TEACHERS for page in self.pages]
        teachers = [self.teacher(number, part) for number in range(N_TEACHERS)]
        plain = [self.taught(example, [teachers[own]]) for example, own in zip(self.plain, part, strict=True)]
        rounds = [[self.taught(example, teachers) for example in made] for made in rounds]
        return self.train(plain, rounds, replace(PUPIL, seed=self.seed))

    def teacher(self, number: int, part: list[int]) -> Arrays:
        """Weights of a network that has seen all pages but those of one part."""
        print(f"teacher {number + 1} of {N_TEACHERS}")
        known = [i for i, own in enumerate(part) if own != number]
        rounds = [self.made_over([self.pages[i] for i in known]) for _ in range(N_TEACHER_ROUNDS)]
        return self.train([self.plain[i] for i in known], rounds, replace(TEACHER, seed=self.seed + 1 + number))

    def made_over(self, pages: list[Features]) -> list[Example]:
        return [self.scaling.example(page) for page in made_over(pages, self.recipe.share_made_over, self.rng)]

    def taught(self, example: Example, teachers: list[Arrays]) -> Example:
        odds = [np.clip(self.odds(teacher, example), -30, 30) for teacher in teachers]
        return replace(example, target=np.mean([1 / (1 + np.exp(-said)) for said in odds], axis=0))

    def train(self, plain: list[Example], rounds: list[list[Example]], schedule: Schedule) -> Arrays:
        return train(lambda epoch: plain + rounds[epoch % len(rounds)], self.shape, schedule, say=print)

    def odds(self, weights: Arrays, example: Example) -> np.ndarray:
        rows = np.concatenate([example.rows, example.bag @ weights["words"]], axis=1)
        return Network(self.shape, weights).forward(rows.astype(np.float32), [len(example.target)])[0]

    @property
    def shape(self) -> Shape:
        return Shape(len(self.scaling.mean), len(self.scaling.vocabulary))


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
    trainer = Trainer(learn, recipe, given.seed)
    weights = trainer.taught_network()
    save(given.out / f"{given.kind}_scorer.safetensors", weights, trainer.scaling, recipe)
    check = [page for page in pages if is_left_out(page.page, given.left_out)]
    print_by_language(given.kind, check, [trainer.odds(weights, trainer.scaling.example(page)) for page in check])


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
