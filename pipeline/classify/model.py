"""A trained model: taxonomy, weights, thresholds and where they came from. Tags documents; imports no trainer."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.decisions import Decider
from pipeline.classify.fingerprints import no_fingerprints
from pipeline.classify.ngrams import SEPARATOR, character_kind
from pipeline.classify.scorer import LinearScorer, Scored
from pipeline.settings import TaggingSettings
from pipeline.types import Counts, Document, Predictions, ProbabilitySums, Taxonomy

if TYPE_CHECKING:
    from pipeline.classify.evidence import Evidence
    from pipeline.classify.explain import Explanation

UNDETERMINED = "und"
SHORTEST_WORDS = 8
FEWEST_KNOWN = 200
SMALLEST_KNOWN_SHARE = 0.1


@dataclass(frozen=True)
class Provenance:
    """Where a model came from: enough to train it again and to say what it rests on."""

    name: str
    trained_at: str
    data_sha256: str
    n_documents: int
    languages: dict[str, int] = field(default_factory=dict)
    support: dict[str, int] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    libraries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ThemeModel:
    """Everything that tagging needs. `quality` holds out-of-fold counts per theme and language.

    `probability_sums` holds what out-of-fold probabilities add up to, in the same slices; empty in older models, as are
    `fingerprints` of the training documents (see `fingerprints.fingerprints_of`).
    """

    taxonomy: Taxonomy
    scorer: LinearScorer
    decider: Decider
    provenance: Provenance
    quality: tuple[Counts, ...] = ()
    probability_sums: tuple[ProbabilitySums, ...] = ()
    fingerprints: NDArray[np.uint64] = field(default_factory=no_fingerprints)

    @cached_property
    def version(self) -> str:
        """The model's name and the first figures of a hash of its data, intercepts and thresholds."""
        identity = hashlib.sha256(self.provenance.data_sha256.encode())
        identity.update(np.round(self.scorer.intercepts, 5).tobytes())
        identity.update(np.round(self.decider.thresholds, 5).tobytes())
        return f"{self.provenance.name}-{identity.hexdigest()[:8]}"

    def predict(
        self, documents: Sequence[str] | Sequence[Document], settings: TaggingSettings | None = None
    ) -> Predictions:
        """Scores, probabilities and decisions, a row per text or document in the order given."""
        items = tuple(item if isinstance(item, Document) else document_of(item) for item in documents)
        return self._decide(items, self.scorer.score([searchable(item) for item in items]), settings)

    def predict_with_evidence(
        self, documents: Sequence[Document], settings: TaggingSettings | None = None
    ) -> tuple[Predictions, Evidence]:
        """The same with the sentence that adds most to each score; spans refer to `searchable(document)`."""
        from pipeline.classify.evidence import score_with_evidence

        scored, evidence = score_with_evidence(self.scorer, [searchable(item) for item in documents])
        return self._decide(tuple(documents), scored, settings), evidence

    def _decide(self, items: tuple[Document, ...], scored: Scored, settings: TaggingSettings | None) -> Predictions:
        abstain_rate = (settings or TaggingSettings()).abstain_rate
        probabilities = self.decider.probabilities(scored.scores, [item.language for item in items])
        return Predictions(
            items,
            self.taxonomy,
            scored.scores[:, : len(self.taxonomy)].astype(np.float32),
            probabilities,
            self.decider.decide(probabilities, abstain_rate),
            self.decider.thresholds,
            tuple(
                self._remark(n_words, n_known, item)
                for (n_words, n_known), item in zip(scored.known_words.tolist(), items, strict=True)
            ),
        )

    def explain(self, document: str | Document, themes: Collection[str] | None = None) -> Explanation:
        """The terms and sentences behind the scores of some themes, or all; see `pipeline.classify.explain`."""
        from pipeline.classify.explain import explain

        return explain(self, document if isinstance(document, Document) else document_of(document), themes)

    def _remark(self, n_words: int, n_known: int, document: Document) -> str:
        """Why a document cannot be judged well, else ""."""
        if n_words == 0:
            has_letters = any(character_kind(character) != SEPARATOR for character in document.text[:1000])
            return "no words" if not has_letters else "unsupported script"
        if n_known == 0:
            return "unsupported language or script: no word is known"
        if n_known < min(FEWEST_KNOWN, SMALLEST_KNOWN_SHARE * n_words):
            return "mostly unknown words"
        if n_words < 2 * SHORTEST_WORDS:
            return "too short to judge well"
        return "a language the model has not learned" if self._is_foreign(document.language) else ""

    def _is_foreign(self, language: str) -> bool:
        """Whether no training document was in a language; False where this one or one of theirs is not known."""
        learned = self.provenance.languages
        return bool(learned) and UNDETERMINED not in learned and language not in {*learned, UNDETERMINED}


def searchable(document: Document) -> str:
    """The text that is scored: the clean text, led by the title where the text does not hold it already."""
    title = document.title.strip()
    return document.text if not title or title in document.text else f"{title}\n{document.text}"


def document_of(text: str) -> Document:
    """A bare text as a document, identified by its content."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(id=digest[:16], text=text, sha256=digest)
