"""The themes as a spaCy component: `nlp.add_pipe("themes")` adds them to documents of any spaCy pipeline.

`doc.cats` gets the probability of every theme, `doc._.themes` the ids of those assigned, `doc.spans["theme_terms"]` the
codebook's terms and `doc.spans["theme_evidence"]` the sentence behind each assigned theme, both labelled by theme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans

from pipeline.classify.alignment import align
from pipeline.classify.contributions import sentence_contributions
from pipeline.classify.ngrams import normalize
from pipeline.classify.store import load_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.types import Predictions

TERMS, EVIDENCE = "theme_terms", "theme_evidence"


class ThemesPipe:
    """Tags the text of each document as it stands; see the module."""

    def __init__(self, model: str) -> None:
        self.model = load_model(model)
        if not Doc.has_extension("themes"):
            Doc.set_extension("themes", default=())

    def __call__(self, doc: Doc) -> Doc:
        predictions = self.model.predict([doc.text])
        doc.cats = dict(zip(self.model.taxonomy.ids, predictions.probabilities[0].tolist(), strict=True))
        doc._.themes = predictions.themes_of(0)
        doc.spans[TERMS] = SpanGroup(doc, name=TERMS, spans=filter_spans(self._terms(doc)))
        doc.spans[EVIDENCE] = SpanGroup(doc, name=EVIDENCE, spans=list(self._evidence(doc, predictions)))
        return doc

    def _terms(self, doc: Doc) -> Iterable[Span]:
        origins = align(doc.text)
        for match in self.model.scorer.lexicon.matches(normalize(doc.text)):
            start, end = int(origins[match.start]), int(origins[match.end - 1]) + 1
            for column in match.columns:
                yield _span(doc, start, end, self.model.taxonomy.ids[column])

    def _evidence(self, doc: Doc, predictions: Predictions) -> Iterable[Span]:
        sentences, parts = sentence_contributions(self.model.scorer, doc.text)
        for theme in predictions.themes_of(0):
            start, end = sentences[int(parts[:, self.model.taxonomy.column[theme]].argmax())]
            yield _span(doc, start, end, theme)


@Language.factory("themes", default_config={"model": "emerging-security"})
def make_themes(nlp: Language, name: str, model: str) -> ThemesPipe:
    """The component; `model` is the name or folder of a trained model."""
    return ThemesPipe(model)


def _span(doc: Doc, start: int, end: int, label: str) -> Span:
    """The tokens that [start, end) touches."""
    span = doc.char_span(start, end, label=label, alignment_mode="expand")
    assert span is not None, "alignment by expansion always finds tokens"
    return span
