"""Quality against peers: everyone trained and scored on the same splits in one run.

    python benchmarks/quality.py DATA/labelled [--sets NAME ...] [--peers NAME ...] [--python INTERPRETER ...]

Prints micro / macro F1 (accuracy where every text has exactly one label), and CPU seconds to fit. Peers that are not
installed for this interpreter are looked for in the others given by --python; those found nowhere are called absent.
Ours is told what the labels are called; no peer takes that.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from datasets import SETS, Split, f1_scores, load_split, print_table, setup, timed
from numpy.typing import NDArray
from quality_peers import PEERS

Assigned = NDArray[np.bool_]
OURS, PLAIN, SCUT = "themes", "scikit-learn, cut at 0", "scikit-learn, SCut"


def fit_themes(split: Split) -> tuple[Assigned, float, str]:
    from pipeline.classify.classifier import ThemeClassifier

    model, seconds = timed(lambda: ThemeClassifier(names=split.names).fit(split.texts, split.labels.astype(int)))
    return model.predict(split.test_texts).astype(bool), seconds, ""


def fit_plain(split: Split) -> tuple[Assigned, float, str]:
    (vectorizer, model), seconds = timed(lambda: _fit_linear(split.texts, split.labels))
    scores = _scores(vectorizer, model, split.test_texts)
    return _top(scores) if split.one_each else scores > 0, seconds, ""


def fit_scut(split: Split) -> tuple[Assigned, float, str]:
    """Cuts of each label with the best F1 on scores from three folds (SCut, Yang 2001)."""

    def fit() -> tuple[Any, Any, NDArray[np.float64]]:
        held_out = np.zeros(split.labels.shape)
        fold_of = np.random.default_rng(0).permutation(len(split.texts)) % 3
        for fold in range(3):
            rows = np.flatnonzero(fold_of != fold)
            fitted = _fit_linear([split.texts[row] for row in rows], split.labels[rows])
            held_out[fold_of == fold] = _scores(*fitted, [split.texts[row] for row in np.flatnonzero(fold_of == fold)])
        return *_fit_linear(split.texts, split.labels), _cuts(held_out, split.labels)

    (vectorizer, model, cuts), seconds = timed(fit)
    scores = _scores(vectorizer, model, split.test_texts)
    return _top(scores) if split.one_each else scores >= cuts, seconds, ""


def _fit_linear(texts: Sequence[str], labels: Assigned) -> tuple[Any, Any]:
    import warnings

    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return vectorizer, OneVsRestClassifier(LinearSVC()).fit(vectorizer.fit_transform(texts), labels.astype(int))


def _scores(vectorizer: Any, model: Any, texts: Sequence[str]) -> NDArray[np.float64]:
    return np.asarray(model.decision_function(vectorizer.transform(texts)))


def _cuts(scores: NDArray[np.float64], labels: Assigned) -> NDArray[np.float64]:
    cuts = np.zeros(labels.shape[1])
    for label in range(labels.shape[1]):
        order = np.argsort(-scores[:, label])
        f1 = 2 * np.cumsum(labels[order, label]) / (np.arange(1, len(order) + 1) + labels[:, label].sum())
        cuts[label] = scores[order[np.argmax(f1)], label]
    return cuts


def _top(scores: NDArray[np.float64]) -> Assigned:
    return np.arange(scores.shape[1]) == np.argmax(scores, axis=1)[:, None]


def fit_peer(name: str, split: Split, interpreters: Sequence[str]) -> tuple[Assigned, float, str] | str:
    """Assigned (n_test, k), CPU seconds to fit, version; or why the peer could not be run."""
    why = ""
    for interpreter in interpreters:
        with tempfile.TemporaryDirectory() as folder:
            request, answer = Path(folder) / "split.json", Path(folder) / "result.json"
            request.write_text(json.dumps(_as_json(split)), encoding="utf-8")
            command = [interpreter, str(Path(__file__).with_name("quality_peers.py")), name, str(request), str(answer)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if answer.exists():
                return _assigned(json.loads(answer.read_text(encoding="utf-8")), split)
            last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            if not why or "ModuleNotFoundError" in why:
                why = last[0]
    return "absent" if "ModuleNotFoundError" in why else f"failed: {why[:80]}"


def _as_json(split: Split) -> dict[str, Any]:
    return {
        "texts": split.texts,
        "labels": [np.flatnonzero(row).tolist() for row in split.labels],
        "test_texts": split.test_texts,
        "k": len(split.names),
        "one_each": split.one_each,
    }


def _assigned(result: dict[str, Any], split: Split) -> tuple[Assigned, float, str]:
    assigned = np.zeros(split.test_labels.shape, bool)
    for row, own in enumerate(result["assigned"]):
        assigned[row, [result["top"][row]] if split.one_each else own] = True
    return assigned, result["fit"], result["version"]


def figures(outcome: tuple[Assigned, float, str] | str, split: Split) -> tuple[str, str]:
    """The cells of one run: F1 or accuracy, and CPU seconds."""
    if isinstance(outcome, str):
        return outcome, "-"
    if split.one_each:
        return f"{(outcome[0] & split.test_labels).any(axis=1).mean():.3f}", f"{outcome[1]:.0f}"
    micro, macro = f1_scores(outcome[0], split.test_labels)
    return f"{micro:.3f} / {macro:.3f}", f"{outcome[1]:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    parser.add_argument("--peers", nargs="*", default=PEERS, choices=PEERS)
    parser.add_argument("--python", nargs="+", default=[sys.executable], metavar="INTERPRETER")
    options = parser.parse_args()
    print(setup("scikit-learn", "numpy", "numba"), flush=True)
    splits = {name: load_split(options.folder, name) for name in options.sets}
    own: dict[str, Callable[[Split], Any]] = {OURS: fit_themes, PLAIN: fit_plain, SCUT: fit_scut}
    rows = []
    for name in (*own, *options.peers):
        outcomes = [own[name](s) if name in own else fit_peer(name, s, options.python) for s in splits.values()]
        versions = {outcome[2] for outcome in outcomes if not isinstance(outcome, str)} - {""}
        cells = [figures(outcome, split) for outcome, split in zip(outcomes, splits.values(), strict=True)]
        rows.append(
            [
                " ".join([name, *versions]),
                *(score if seconds == "-" else f"{score} ({seconds} s)" for score, seconds in cells),
            ]
        )
        print("done:", " | ".join(rows[-1]), file=sys.stderr, flush=True)
    print_table(["micro / macro F1, or accuracy (CPU s to fit)", *splits], rows)


if __name__ == "__main__":
    main()
