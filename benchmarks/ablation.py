"""What each choice of the classifier is worth, cross-validated on training sets only.

    python benchmarks/ablation.py DATA/labelled [--labels data/labeled] [--sets agora sib200.kor_Hang ...]

Calibration and thresholds for a fold come from the other folds, so that nothing is judged on what it was chosen on.
Figures: micro / macro F1 over all held-out rows.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import load_labels, load_taxonomy
from pipeline.classify.features import FeatureSettings
from pipeline.classify.fitting import FitSettings, fit, fit_decider
from pipeline.classify.labels import label_matrix
from pipeline.classify.lexicon import terms_of

NONE = (0, 0)
SETS = ("agora", "un_quadclass.en", "un_quadclass.fr", "un_quadclass.zh", "sib200.eng_Latn", "sib200.kor_Hang")
DEFAULT = FeatureSettings()
VARIANTS: dict[str, tuple[FeatureSettings, FitSettings]] = {
    "default": (DEFAULT, FitSettings()),
    "words only": (replace(DEFAULT, char_ngrams=NONE, hangul_ngrams=NONE, ideograph_ngrams=NONE), FitSettings()),
    "characters only": (replace(DEFAULT, word_ngrams=NONE, prefixes=NONE), FitSettings()),
    "word pairs too": (replace(DEFAULT, word_ngrams=(1, 2)), FitSettings()),
    "no prefixes": (replace(DEFAULT, prefixes=NONE), FitSettings()),
    "unknown n-grams not in the length": (replace(DEFAULT, unknown=False), FitSettings()),
    "every n-gram kept": (replace(DEFAULT, min_documents=1), FitSettings()),
    "characters 2-4": (replace(DEFAULT, char_ngrams=(2, 4)), FitSettings()),
    "equal blocks": (replace(DEFAULT, word_weight=0.7, char_weight=0.7), FitSettings()),
    "C = 1 throughout": (DEFAULT, FitSettings(costs=(1.0,))),
}
OF_THE_LABELS: dict[str, tuple[FeatureSettings, FitSettings]] = {
    "no lexicon": (replace(DEFAULT, lexicon_weight=0.0), FitSettings()),
    "lexicon weight .03": (replace(DEFAULT, lexicon_weight=0.03), FitSettings()),
    "lexicon weight .12": (replace(DEFAULT, lexicon_weight=0.12), FitSettings()),
    "cards of terms weigh 1": (DEFAULT, FitSettings(card_weight=1.0)),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, default=Path("data/labeled"))
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    options = parser.parse_args()
    for name in options.sets:
        texts, labels = read_set(options.folder / f"{name}.train.jsonl.gz")
        for variant, (features, settings) in VARIANTS.items():
            report(name, variant, texts, labels, features, settings)
    taxonomy = load_taxonomy(options.labels / "themes.toml")
    documents = load_labels(options.labels, taxonomy)
    texts, labels = [item.document.text for item in documents], label_matrix(documents, taxonomy)
    known = {"terms": terms_of(taxonomy), "languages": [item.document.language for item in documents]}
    for variant, (features, settings) in {**VARIANTS, **OF_THE_LABELS}.items():
        report("labelled corpus", variant, texts, labels, features, settings, **known)
    report("labelled corpus", "no terms at all", texts, labels, DEFAULT, FitSettings(), languages=known["languages"])
    report("labelled corpus", "one idf for all languages", texts, labels, DEFAULT, FitSettings(), terms=known["terms"])


def report(name: str, variant: str, texts: list[str], labels: Any, features: Any, settings: Any, **known: Any) -> None:
    fitted = fit(texts, labels, features, settings, **known)
    assigned = np.zeros(labels.shape, bool)
    for fold in np.unique(fitted.folds):
        others, held = fitted.folds != fold, fitted.folds == fold
        decider = fit_decider(fitted.out_of_fold_scores[others], labels[others])
        scores = fitted.out_of_fold_scores[held][:, : len(decider.slopes)]
        assigned[held] = decider.assigned(decider.probabilities(scores))
    truth, judged = labels == 1, labels >= 0
    hit = (truth & assigned).sum(axis=0)
    either = truth.sum(axis=0) + (assigned & judged).sum(axis=0)
    macro = np.where(either > 0, 2 * hit / np.maximum(either, 1), 0.0).mean()
    empty = (labels == 0).all(axis=1)
    untouched = f"  none left untagged {1 - assigned[empty].any(axis=1).mean():.3f}" if empty.sum() >= 20 else ""
    micro = 2 * hit.sum() / either.sum()
    print(f"{name:16s} {variant:34s} {micro:.3f} / {macro:.3f}  C {fitted.cost:g}{untouched}", flush=True)


def read_set(path: Path) -> tuple[list[str], Any]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    names = sorted({label for row in rows for label in row["labels"]})
    labels = np.array([[name in row["labels"] for name in names] for row in rows], np.int8)
    return [row["text"] for row in rows], labels


if __name__ == "__main__":
    main()
