"""How well a theme does with few labelled documents: alone, led by its name, and with its terms.

    python benchmarks/few_examples.py DATA/labelled LABELLED_CORPUS [--examples 0 5 10 20 50] [--folds 3]

Theme by theme, all but n positives of the theme are set to "not judged" in the training folds, the labels of the other
themes stay; F1 of that theme on the fold held out. Without name, terms and positives nothing can be learned: that
cell is F1 0. Names and terms are those of `themes.toml`; for AGORA the label's name, and the words of it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Corpus, load_corpus, load_split, print_table, setup
from numpy.typing import NDArray

from pipeline.classify.features import FeatureSettings
from pipeline.classify.fitting import FitSettings, fit
from pipeline.classify.folds import stratified_folds
from pipeline.classify.label_names import words_of_names

SMALLEST_THEME = 30
HELD_FOLDS = 1
ALONE, WITH_NAMES, WITH_TERMS = "without", "with names", "with terms"
SMALL_WORDS = {"and", "or", "of", "the", "including", "other", "for", "to", "in", "unspecified"}


def agora(folder: Path) -> Corpus:
    """Both parts of AGORA, its labels' names, and their words as terms."""
    split = load_split(folder, "agora")
    texts = [*split.texts, *split.test_texts]
    labels = np.vstack([split.labels, split.test_labels]).astype(np.int8)
    terms = [terms_of(name) for name in split.names]
    return Corpus(texts, labels, ["en"] * len(texts), np.arange(len(texts)), terms, words_of_names(split.names))


def terms_of(name: str) -> dict[str, list[str]]:
    """The parts of a label's name, and their words: "Harms: Financial loss" gives "financial loss"."""
    parts = [part.strip() for part in re.split(r"[:/,()]", name.split(":", 1)[-1]) if part.strip()]
    words = [word for part in parts for word in part.split() if word.lower() not in SMALL_WORDS and len(word) > 3]
    return {"en": list(dict.fromkeys([*parts, *words]))}


def themes_tried(labels: NDArray[np.int8], most: int) -> NDArray[np.int64]:
    """Themes with enough positives that the training folds hold the largest n asked for, at most `most` of them."""
    enough = np.flatnonzero((labels == 1).sum(axis=0) >= SMALLEST_THEME)
    return enough[np.linspace(0, len(enough) - 1, min(most, len(enough))).astype(int)]


def f1_with(corpus: Corpus, theme: int, n: int, folds: NDArray[np.int64], *, known: str) -> float:
    """F1 of one theme on what is held out, when n of its positives are known."""
    if n == 0 and known == ALONE:
        return 0.0
    truth, assigned = corpus.labels[:, theme], np.zeros(len(corpus.texts), bool)
    for fold in range(HELD_FOLDS):
        held, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        labels = with_few(corpus.labels[rest], theme, n)
        assigned[held] = assign(corpus, rest, labels, held, known=known)[:, theme]
    scored = (truth >= 0) & (folds < HELD_FOLDS)
    both = int((assigned & (truth == 1)).sum())
    return 2 * both / max(1, int(assigned[scored].sum()) + int((truth[scored] == 1).sum()))


def with_few(labels: NDArray[np.int8], theme: int, n: int) -> NDArray[np.int8]:
    """The labels with all but n positives of a theme not judged."""
    labels = labels.copy()
    positives = np.random.default_rng(theme).permutation(np.flatnonzero(labels[:, theme] == 1))
    labels[positives[n:], theme] = -1
    return labels


def assign(
    corpus: Corpus, rows: NDArray[np.int64], labels: NDArray[np.int8], held: NDArray[np.int64], *, known: str
) -> NDArray[np.bool_]:
    fitted = fit(
        [corpus.texts[row] for row in rows],
        labels,
        FeatureSettings(),
        FitSettings(costs=(1.0,)),
        languages=[corpus.languages[row] for row in rows],
        terms=corpus.terms if known == WITH_TERMS else None,
        names=corpus.names if known == WITH_NAMES else None,
        groups=corpus.groups[rows],
    )
    scores = fitted.scorer.score_by_kernel([corpus.texts[row] for row in held]).scores
    return fitted.decider.assigned(fitted.decider.probabilities(scores))


def rows_of(name: str, corpus: Corpus, options: Any) -> list[list[str]]:
    folds = stratified_folds(corpus.labels, options.folds, groups=corpus.groups)
    themes = themes_tried(corpus.labels, options.themes)
    rows = []
    for known in (ALONE, WITH_NAMES, WITH_TERMS):
        cells = [
            f"{np.mean([f1_with(corpus, int(theme), n, folds, known=known) for theme in themes]):.3f}"
            for n in options.examples
        ]
        rows.append([f"{name}, {len(themes)} themes", known, *cells])
        print("done:", " | ".join(rows[-1]), file=sys.stderr, flush=True)
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--examples", nargs="+", type=int, default=[0, 5, 10, 20, 50])
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--themes", type=int, default=13, help="at most so many themes of each set, evenly spread")
    options = parser.parse_args(arguments)
    print(setup("numpy", "scipy", "numba"), flush=True)
    rows = rows_of("labelled corpus", load_corpus(options.corpus), options)
    rows += rows_of("AGORA", agora(options.folder), options)
    print_table(["mean F1", "said of a theme", *(f"{n} examples" for n in options.examples)], rows)


if __name__ == "__main__":
    main()
