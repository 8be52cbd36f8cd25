"""Which tags rest on names: documents are tagged again with places, persons, sources and boilerplate hidden.

A tag that goes when names are hidden was given for who and where, not for what. As a measure of what any loss of words
does, as many other words of each document are hidden at random and counted the same way.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.alignment import align
from pipeline.classify.masking import KINDS, Name, NameFinder, common_words, hide, plain
from pipeline.classify.model import ThemeModel, searchable
from pipeline.classify.sentences import split_sentences
from pipeline.settings import TaggingSettings
from pipeline.types import ASSIGNED, Document

RECURRING = 3
SHORTEST_SENTENCE = 20
"""A sentence of at least so many characters that so many documents, other than reprints of one another, share."""
MOST_NAMES = 5
TOGETHER = "together"
WORD = re.compile(r"\w+")


class Dependence(NamedTuple):
    """A tag that came or went when names were hidden.

    `depends_on`: the kinds of names each of which alone does it, or "together"; `hidden`: the names that weighed most.
    """

    doc_id: str
    title: str
    source: str
    language: str
    theme: str
    before: bool
    after: bool
    probability_before: float
    probability_after: float
    depends_on: str
    hidden: str


class ThemeDependence(NamedTuple):
    """Of a theme: tags given, of those how many go when names are hidden, and how many come."""

    theme: str
    n_tags: int
    n_lost: int
    n_gained: int


@dataclass(frozen=True)
class Audit:
    """What hiding names does to a batch. `n_hidden` counts names by kind; `n_lost_at_random` is the control."""

    n_documents: int
    n_hidden: dict[str, int]
    themes: tuple[ThemeDependence, ...]
    dependences: tuple[Dependence, ...]
    n_lost_at_random: int

    @property
    def n_tags(self) -> int:
        return sum(theme.n_tags for theme in self.themes)

    @property
    def share_lost(self) -> float:
        """The part of all tags that go when names are hidden."""
        return sum(theme.n_lost for theme in self.themes) / max(1, self.n_tags)

    @property
    def share_lost_at_random(self) -> float:
        """The part of all tags that go when as many words are hidden at random."""
        return self.n_lost_at_random / max(1, self.n_tags)


def audit(model: ThemeModel, documents: Sequence[Document], *, names: Iterable[str] = ()) -> Audit:
    """Tag documents as they are and with names hidden; `names` are further ones to hide, as sources."""
    sources = {document.source for document in documents} | set(names)
    plain_texts = [replace(document, title="", text=searchable(document)) for document in documents]
    common = common_words(document.text for document in plain_texts)
    finder = NameFinder(sorted(sources - {""}), recurring_sentences(documents), common)
    found = [finder.find(document.text, document.language) for document in plain_texts]
    before = _decide(model, plain_texts)
    after = _decide(model, [_hidden(document, of) for document, of in zip(plain_texts, found, strict=True)])
    control = _decide(model, [_at_random(document, of) for document, of in zip(plain_texts, found, strict=True)])
    lost, gained = before.assigned & ~after.assigned, after.assigned & ~before.assigned
    sums = (cells.sum(axis=0).tolist() for cells in (before.assigned, lost, gained))
    rows = []
    for row, column in np.argwhere(lost | gained).tolist():
        text = _Audited(documents[row], plain_texts[row], found[row])
        rows.append(_dependence(model, text, (before.at(row, column), after.at(row, column)), column=column))
    return Audit(
        len(documents),
        dict(Counter(name.kind for of in found for name in of)),
        tuple(ThemeDependence(*counted) for counted in zip(model.taxonomy.ids, *sums, strict=True)),
        tuple(rows),
        int((before.assigned & ~control.assigned).sum()),
    )


def recurring_sentences(documents: Sequence[Document]) -> set[str]:
    """Sentences that stand in `RECURRING` documents or more, reprints of one document counted once."""
    from pipeline.ingest import link_duplicates

    leads = [document for document in link_duplicates(documents) if not document.duplicate_of]
    found = Counter(
        sentence
        for document in leads
        for sentence in {plain(document.text[slice(*span)]) for span in split_sentences(document.text)}
    )
    return {sentence for sentence, n in found.items() if n >= RECURRING and len(sentence) >= SHORTEST_SENTENCE}


class _Cell(NamedTuple):
    assigned: bool
    probability: float


class _Decided(NamedTuple):
    assigned: NDArray[np.bool_]
    probabilities: NDArray[np.float32]

    def at(self, row: int, column: int) -> _Cell:
        return _Cell(bool(self.assigned[row, column]), float(self.probabilities[row, column]))


def _decide(model: ThemeModel, documents: Sequence[Document]) -> _Decided:
    predictions = model.predict(documents, TaggingSettings(abstain_rate=0.0))
    return _Decided(predictions.decisions == ASSIGNED, predictions.probabilities)


def _hidden(document: Document, names: Iterable[Name]) -> Document:
    return replace(document, text=hide(document.text, names))


def _at_random(document: Document, names: Sequence[Name]) -> Document:
    """As many words hidden as the names have, drawn by the document's id from those that no name touches."""
    covered = np.zeros(len(document.text) + 1, bool)
    for name in names:
        covered[name.start : name.end] = True
    words = [match.span() for match in WORD.finditer(document.text)]
    free = [span for span in words if not covered[span[0] : span[1]].any()]
    n = min(len(words) - len(free), len(free))
    drawn = random.Random(document.id).sample(free, n)
    return _hidden(document, [Name(KINDS[0], *span) for span in drawn])


class _Audited(NamedTuple):
    """A document, the text of it that is scored, and the names in that."""

    document: Document
    scored: Document
    names: Sequence[Name]


def _dependence(model: ThemeModel, audited: _Audited, cells: tuple[_Cell, _Cell], *, column: int) -> Dependence:
    document, scored, names = audited
    before, after = cells
    kinds = [kind for kind in KINDS if any(name.kind == kind for name in names)]
    alone = _decide(model, [_hidden(scored, [name for name in names if name.kind == kind]) for kind in kinds])
    turning = [kind for kind, turned in zip(kinds, alone.assigned[:, column] != before.assigned, strict=True) if turned]
    weights = _weights(model, scored.text, names, column=column)
    sign = 1 if before.assigned else -1
    strongest = sorted(weights, key=lambda text: -weights[text] * sign)[:MOST_NAMES]
    return Dependence(
        document.id,
        document.title,
        document.source,
        document.language,
        model.taxonomy.ids[column],
        before.assigned,
        after.assigned,
        round(before.probability, 6),
        round(after.probability, 6),
        " or ".join(turning) or TOGETHER,
        "; ".join(text for text in strongest if weights[text] * sign > 0),
    )


def _weights(model: ThemeModel, text: str, names: Sequence[Name], *, column: int) -> dict[str, float]:
    """What the terms that stand in each name, wherever it stands, add to a theme's score."""
    part_of_text = np.zeros(len(text) + 1, np.int64)
    texts = list(dict.fromkeys(text[name.start : name.end] for name in names))
    number = {name: place for place, name in enumerate(texts, 1)}
    for name in sorted(names, key=lambda name: name.start - name.end):
        part_of_text[name.start : name.end] = number[text[name.start : name.end]]
    parts = model.scorer.score_parts(text, part_of_text[align(text)], len(texts) + 1)
    return {name: float(parts[place, column]) for name, place in number.items()}
