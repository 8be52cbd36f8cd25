"""CPU time of training against the same steps in scikit-learn.

    python benchmarks/training.py DATA/labelled [--sets NAME ...]

Both make the product's word and character n-grams, search the same costs on the same folds alike (on the first
fold where there are many texts, else on all), train on everything, fit one logistic per label to out-of-fold scores,
and choose a threshold per label. scikit-learn does it with two `TfidfVectorizer`, one `LinearSVC` per label, and
`LogisticRegression`. Reading text alone, the largest part for few labels, is shown as well, and training that is led
by the names of the labels, which has no equal there: the ratio is without.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from datasets import SETS, Split, load_split, print_table, setup, timed
from numpy.typing import NDArray
from tagging_sklearn import char_analyser, word_analyser

from pipeline.classify.classifier import ThemeClassifier
from pipeline.classify.features import FeatureSettings, fit_features
from pipeline.classify.fitting import ALL_FOLDS_UP_TO, FitSettings
from pipeline.classify.folds import stratified_folds
from pipeline.classify.lexicon import Lexicon
from pipeline.classify.thresholds import choose_thresholds


def features_by_scikit_learn(texts: list[str]) -> Any:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    settings = FeatureSettings()
    blocks = [
        TfidfVectorizer(analyzer=analyser(settings), min_df=settings.min_documents, sublinear_tf=True, dtype=np.float32)
        for analyser in (word_analyser, char_analyser)
    ]
    parts = zip(blocks, settings.block_weights, strict=True)
    return hstack([block.fit_transform(texts) * weight for block, weight in parts], "csr")


def fit_machines(matrix: Any, labels: NDArray[np.bool_], cost: float) -> Any:
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return OneVsRestClassifier(LinearSVC(C=cost)).fit(matrix, labels.astype(int))


def out_of_fold(
    matrix: Any, labels: NDArray[np.bool_], folds: NDArray[np.int64], held: NDArray[np.int64], cost: float
) -> NDArray[np.float64]:
    scores = np.zeros(labels.shape)
    for fold in held:
        machines = fit_machines(matrix[folds != fold], labels[folds != fold], cost)
        scores[folds == fold] = machines.decision_function(matrix[folds == fold])
    return scores


def calibrated(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Probabilities (n, k) by one logistic per label."""
    from sklearn.linear_model import LogisticRegression

    probabilities = np.zeros(labels.shape)
    for label in range(labels.shape[1]):
        if 0 < labels[:, label].sum() < len(labels):
            line = LogisticRegression(C=1e6).fit(scores[:, [label]], labels[:, label])
            probabilities[:, label] = line.predict_proba(scores[:, [label]])[:, 1]
    return probabilities


def log_loss(probabilities: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    of_truth = np.where(labels, probabilities, 1 - probabilities)
    return float(-np.log(np.clip(of_truth, 1e-9, 1)).mean())


def fit_by_scikit_learn(split: Split) -> Any:
    settings, labels = FitSettings(), split.labels
    matrix = features_by_scikit_learn(split.texts)
    folds = stratified_folds(labels.astype(np.int8), settings.folds, seed=settings.seed)
    tried = np.arange(settings.folds if labels.size <= ALL_FOLDS_UP_TO else 1)
    rows = np.isin(folds, tried)
    losses = {}
    for cost in settings.costs:
        scores = out_of_fold(matrix, labels, folds, tried, cost)
        losses[cost] = log_loss(calibrated(scores[rows], labels[rows]), labels[rows])
    best = min(losses, key=losses.__getitem__)
    scores = out_of_fold(matrix, labels, folds, np.arange(settings.folds), best)
    thresholds = choose_thresholds(calibrated(scores, labels), labels.astype(np.int8))
    return fit_machines(matrix, labels, best), thresholds


def row_of(name: str, split: Split) -> list[str]:
    settings, languages = FeatureSettings(), [""] * len(split.texts)
    _, reading = timed(
        lambda: fit_features(split.texts, settings, languages=languages, lexicon=Lexicon([]), n_columns=0)
    )
    _, reading_there = timed(lambda: features_by_scikit_learn(split.texts))
    _, ours = timed(lambda: ThemeClassifier().fit(split.texts, split.labels.astype(int)))
    _, named = timed(lambda: ThemeClassifier(names=split.names).fit(split.texts, split.labels.astype(int)))
    _, theirs = timed(lambda: fit_by_scikit_learn(split))
    cells = [f"{seconds:.1f}" for seconds in (reading, reading_there, ours, named, theirs)]
    return [name, f"{len(split.texts):,}", str(len(split.names)), *cells, f"{theirs / ours:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="+", default=["reuters21578"], choices=SETS)
    options = parser.parse_args()
    print(setup("scikit-learn", "numpy", "scipy", "numba"), flush=True)
    ThemeClassifier(folds=2).fit(["warm up", "the compiler"] * 30, np.array([[1], [0]] * 30))
    rows = [row_of(name, load_split(options.folder, name)) for name in options.sets]
    head = ["set", "texts", "labels", "reading, ours", "scikit-learn", "all, ours", "named", "scikit-learn", "ratio"]
    print_table(head, rows)


if __name__ == "__main__":
    main()
