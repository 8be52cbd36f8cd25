"""How far probabilities are from frequencies: expected calibration error, 15 bins, out of fold.

    python benchmarks/calibration.py DATA/labelled LABELLED_CORPUS [--sets NAME ...]

The probabilities of a fold come from a machine and a calibration that saw the other folds only. Three figures: over all
cells; over cells of probability .05 and more, which the many sure negatives would drown; over each document's most
probable label.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from datasets import SETS, load_corpus, load_split, print_table, setup
from numpy.typing import NDArray

from pipeline.classify.features import FeatureSettings
from pipeline.classify.fitting import FitSettings, Fitted, fit, fit_decider
from pipeline.classify.metrics import expected_calibration_error

LIKELY = 0.05


def held_out_probabilities(fitted: Fitted, labels: NDArray[np.int8]) -> NDArray[np.float64]:
    """Probabilities (n, k) of each fold by a calibration learned from the scores of the others."""
    probabilities = np.zeros(labels.shape)
    for fold in np.unique(fitted.folds):
        held = fitted.folds == fold
        decider = fit_decider(fitted.out_of_fold_scores[~held], labels[~held])
        scores = fitted.out_of_fold_scores[held][:, : len(decider.slopes)]
        probabilities[held] = decider.probabilities(scores)
    return probabilities


def row_of(name: str, fitted: Fitted, labels: NDArray[np.int8]) -> list[str]:
    probabilities = held_out_probabilities(fitted, labels)
    judged, truth = labels >= 0, labels == 1
    likely = judged & (probabilities >= LIKELY)
    rows, top = np.arange(len(labels)), np.argmax(probabilities, axis=1)
    sure = judged[rows, top]
    errors = [
        expected_calibration_error(probabilities[judged], truth[judged]),
        expected_calibration_error(probabilities[likely], truth[likely]),
        expected_calibration_error(probabilities[rows, top][sure], truth[rows, top][sure]),
    ]
    return [name, f"{len(labels):,}", str(labels.shape[1]), *(f"{error:.4f}" for error in errors)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sets", nargs="*", default=["reuters21578"], choices=SETS)
    options = parser.parse_args()
    print(setup("numpy", "scipy", "numba"), flush=True)
    corpus = load_corpus(options.corpus)
    settings = FeatureSettings(), FitSettings()
    fitted = fit(
        corpus.texts, corpus.labels, *settings, languages=corpus.languages, terms=corpus.terms, groups=corpus.groups
    )
    rows = [row_of("labelled corpus", fitted, corpus.labels)]
    for name in options.sets:
        split = load_split(options.folder, name)
        labels = split.labels.astype(np.int8)
        rows.append(row_of(name, fit(split.texts, labels, *settings), labels))
    print_table(["set", "documents", "labels", "error, all cells", f"p >= {LIKELY}", "most probable label"], rows)


if __name__ == "__main__":
    main()
