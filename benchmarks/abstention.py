"""Whether the rate of abstention asked for is the rate reached, and whether it points at doubtful cases.

    python benchmarks/abstention.py DATA/labelled LABELLED_CORPUS [--sets NAME ...]

Labelled corpus: out of fold, thresholds and the reach of abstention learned from the other folds. Sets with a test
part: trained on the training part, asked on the test part, which may be of another kind. "Right": share of the
documents marked `abstain` that do carry the theme they are marked with.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from datasets import SETS, load_corpus, load_split, print_table, setup
from numpy.typing import NDArray

from pipeline.classify.decisions import Decider
from pipeline.classify.features import FeatureSettings
from pipeline.classify.fitting import FitSettings, Fitted, fit, fit_decider
from pipeline.types import ABSTAIN

RATES = (0.01, 0.02, 0.05, 0.1, 0.2)


def reached(decider: Decider, scores: NDArray[np.floating], labels: NDArray[np.int8], rate: float) -> tuple[int, int]:
    """How many documents were marked, and how many of them carry the theme."""
    marked = decider.decide(decider.probabilities(scores), rate) == ABSTAIN
    return int(marked.any(axis=1).sum()), int((marked & (labels == 1)).any(axis=1).sum())


def out_of_fold(fitted: Fitted, labels: NDArray[np.int8], rate: float) -> tuple[int, int]:
    """The same, each fold by a decider learned from the others."""
    counts = np.zeros(2, int)
    for fold in np.unique(fitted.folds):
        held = fitted.folds == fold
        decider = fit_decider(fitted.out_of_fold_scores[~held], labels[~held])
        counts += reached(decider, fitted.out_of_fold_scores[held], labels[held], rate)
    return int(counts[0]), int(counts[1])


def row_of(name: str, counts: list[tuple[int, int]], n: int) -> list[str]:
    cells = [f"{n_marked / n:.3f} ({n_right / max(1, n_marked):.2f})" for n_marked, n_right in counts]
    return [name, f"{n:,}", *cells]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sets", nargs="*", default=["reuters21578", "agora", "un_quadclass.en"], choices=SETS)
    options = parser.parse_args()
    print(setup("numpy", "scipy", "numba"), flush=True)
    corpus, settings = load_corpus(options.corpus), (FeatureSettings(), FitSettings())
    fitted = fit(
        corpus.texts, corpus.labels, *settings, languages=corpus.languages, terms=corpus.terms, groups=corpus.groups
    )
    counts = [out_of_fold(fitted, corpus.labels, rate) for rate in RATES]
    rows = [row_of("labelled corpus, out of fold", counts, len(corpus.texts))]
    for name in options.sets:
        split = load_split(options.folder, name)
        fitted = fit(split.texts, split.labels.astype(np.int8), *settings)
        scores, labels = fitted.scorer.score_by_kernel(split.test_texts).scores, split.test_labels.astype(np.int8)
        rows.append(row_of(name, [reached(fitted.decider, scores, labels, rate) for rate in RATES], len(labels)))
    print_table(["reached (right)", "documents", *(f"asked {rate}" for rate in RATES)], rows)


if __name__ == "__main__":
    main()
