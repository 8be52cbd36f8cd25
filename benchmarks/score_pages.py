"""Precision and recall of a cleaned text against its gold: multisets of runs of four tokens, as means over pages."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence

from line_labels import tokenize

Pair = tuple[float | None, float | None]


def runs(text: str, n: int = 4) -> Counter[tuple[str, ...]]:
    tokens = tokenize(text)
    if 0 < len(tokens) < n:
        return Counter([tuple(tokens)])
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def precision_recall(text: str, gold: str) -> Pair:
    """None where there is nothing to measure: precision of an empty text, recall of an empty gold."""
    found, wanted = runs(text), runs(gold)
    n_hit = (found & wanted).total()
    return n_hit / found.total() if found else None, n_hit / wanted.total() if wanted else None


def summary(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Mean precision, mean recall, and the F1 of the two means."""
    precisions = [precision for precision, _ in pairs if precision is not None]
    recalls = [recall for _, recall in pairs if recall is not None]
    precision = statistics.mean(precisions) if precisions else 0.0
    recall = statistics.mean(recalls) if recalls else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def token_shares(cleaned: str, page: str, gold: str) -> tuple[float, float]:
    """Share of the body's tokens that were kept, and of the other tokens of the page that were removed."""
    whole, body, kept = (runs(text, 1) for text in (page, gold, cleaned))
    chrome = whole - body
    n_body, n_chrome = (whole & body).total(), chrome.total()
    return (kept & body).total() / max(n_body, 1), 1 - (kept - body).total() / n_chrome if n_chrome else 1.0
