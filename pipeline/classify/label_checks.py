"""Looks through labelled data for what would harm a model: wrong, doubled, thin, leaking or doubtful labels."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.classify.basis import FEW_EXAMPLES
from pipeline.classify.labels import label_matrix, load_labels
from pipeline.classify.strongest import strongest_terms
from pipeline.classify.taxonomy import load_taxonomy, taxonomy_beside
from pipeline.classify.training import Trained, train_with_evidence
from pipeline.types import LabeledDocument, Taxonomy

SIMILAR = 0.25
"""Jaccard similarity of 5-grams over which a pair is named."""
SHORTEST_TEXT = 60
"""Characters below which the language of a text is not checked."""
DOUBTED_FROM, DOUBTED_UP_TO = 0.97, 0.01
"""Out-of-fold probabilities at which a label that says otherwise is named."""
SHORTEST_NAME = 4
ALWAYS_TOGETHER = 0.9


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. An error must be mended; a note is for a second look."""

    check: str
    where: str
    what: str
    is_error: bool

    def __str__(self) -> str:
        return f"{'error' if self.is_error else 'note '}  {self.check}: {self.where}: {self.what}"


def check(labeled: str | Path) -> Iterator[Finding]:
    """All findings on a folder or file of labelled data with its themes.toml, errors of form first.

    Raises `LabelError` where the data cannot be read or names an unknown theme.
    """
    taxonomy = load_taxonomy(taxonomy_beside(Path(labeled)))
    documents = load_labels(labeled, taxonomy)
    yield from check_documents(documents)
    yield from check_counts(documents, taxonomy)
    trained = train_with_evidence(documents, taxonomy)
    yield from doubtful_labels(documents, trained)
    yield from leakage(documents, trained)


def check_documents(documents: Sequence[LabeledDocument]) -> Iterator[Finding]:
    """Empty texts, repeated ids, texts that repeat another, and languages that disagree with the text."""
    from pipeline.ingest.language import language_of

    for item_id, n in Counter(item.document.id for item in documents).items():
        if n > 1:
            yield Finding("id", item_id, f"stands {n} times", True)
    for item in documents:
        text, stated = item.document.text, item.document.language
        if not text.strip():
            yield Finding("text", item.document.location, "is empty", True)
        elif len(text) >= SHORTEST_TEXT and (found := language_of(text).code) not in {stated, "und"}:
            yield Finding("language", item.document.location, f"labelled {stated}, reads like {found}", stated != "und")
    yield from near_duplicates(documents)


def near_duplicates(documents: Sequence[LabeledDocument]) -> Iterator[Finding]:
    """Pairs whose texts share more than `SIMILAR` of their 5-grams."""
    from pipeline.ingest.duplicates import similar_pairs

    for first, second, similarity in similar_pairs([item.document for item in documents], SIMILAR):
        pair = f"{documents[first].document.id} and {documents[second].document.id}"
        yield Finding("near-duplicate", pair, f"share {similarity:.0%} of their 5-grams", True)


def check_counts(documents: Sequence[LabeledDocument], taxonomy: Taxonomy) -> Iterator[Finding]:
    """Themes with few examples, and themes that nearly always come together."""
    positive = label_matrix(documents, taxonomy) == 1
    n_of = positive.sum(axis=0)
    for theme, n in zip(taxonomy.ids, n_of.tolist(), strict=True):
        if n < FEW_EXAMPLES:
            yield Finding("few examples", theme, f"{n} documents, fewer than {FEW_EXAMPLES}", False)
    together = positive.T.astype(int) @ positive.astype(int)
    for i, first in enumerate(taxonomy.ids):
        for j, second in enumerate(taxonomy.ids):
            if i != j and n_of[i] and together[i, j] >= ALWAYS_TOGETHER * n_of[i]:
                share = together[i, j] / n_of[i]
                yield Finding("always together", first, f"{share:.0%} of its documents are {second} too", False)


def doubtful_labels(documents: Sequence[LabeledDocument], trained: Trained) -> Iterator[Finding]:
    """Labels that out-of-fold probabilities speak clearly against (confident learning: Northcutt et al. 2021)."""
    ids = trained.model.taxonomy.ids
    for row, item in enumerate(documents):
        for column, theme in enumerate(ids):
            p, label = float(trained.probabilities[row, column]), trained.labels[row, column]
            if label == 0 and p >= DOUBTED_FROM:
                yield Finding("doubtful label", item.document.id, f"not labelled {theme}, probability {p:.3f}", False)
            if label == 1 and p <= DOUBTED_UP_TO:
                yield Finding("doubtful label", item.document.id, f"labelled {theme}, probability {p:.3f}", False)


def leakage(documents: Sequence[LabeledDocument], trained: Trained) -> Iterator[Finding]:
    """Names of sources among the strongest words of a theme: habits of the data, not of the theme."""
    taxonomy = trained.model.taxonomy
    sources: dict[str, set[str]] = defaultdict(set)
    for item in documents:
        for word in words_of(item.document.source):
            sources[word].add(item.document.source)
    for theme, terms in strongest_terms(trained.model).items():
        own = {word for listed in taxonomy[theme].terms.values() for term in listed for word in words_of(term)}
        for term in terms:
            if term in sources and term not in own:
                source = min(sources[term])
                yield Finding("leakage", theme, f"{term!r}, of the source {source!r}, is a strong word", False)


def words_of(text: str) -> list[str]:
    """Lower-case words of four letters and more."""
    return [word for word in re.findall(r"[^\W\d_]+", text.lower()) if len(word) >= SHORTEST_NAME]
