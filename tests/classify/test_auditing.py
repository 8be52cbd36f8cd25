"""Audits: a tag that rests on a name is found, with the name, and one that rests on its subject is not."""

from __future__ import annotations

from bisect import bisect
from dataclasses import replace

import numpy as np
import pytest

from pipeline.classify.auditing import TOGETHER, audit, recurring_sentences
from pipeline.classify.model import ThemeModel
from pipeline.types import Document, LabeledDocument

FILLER = "The two sides looked back on a year of visits and forward to another one with many more of them in spring."


@pytest.fixture(scope="module")
def cyber_place(model: ThemeModel) -> ThemeModel:
    """A model for which Malta speaks for cyber, as a sloppy training set would make it."""
    scorer = model.scorer
    terms = list(scorer.vocabulary.terms)
    row = bisect(terms, "malta", hi=scorer.vocabulary.n_words)
    terms[row] = "malta"
    coefficients = scorer.coefficients.copy()
    coefficients[row, model.taxonomy.column["cyber"]] = 60.0
    vocabulary = replace(scorer.vocabulary, terms=tuple(terms))
    return replace(model, scorer=replace(scorer, vocabulary=vocabulary, coefficients=coefficients))


def document(number: int, text: str, source: str = "wire") -> Document:
    return Document(f"d{number}", text, language="en", source=source)


def test_a_tag_that_rests_on_a_place_is_found(cyber_place: ThemeModel) -> None:
    found = audit(cyber_place, [document(1, f"Delegates came to Malta. {FILLER}"), document(2, FILLER)])
    assert (found.n_documents, found.n_tags, found.share_lost) == (2, 1, 1.0)
    lost = found.dependences[0]
    assert (lost.doc_id, lost.theme, lost.before, lost.after) == ("d1", "cyber", True, False)
    assert (lost.depends_on, lost.hidden) == ("place", "Malta")
    assert lost.probability_after < lost.probability_before
    assert found.n_hidden == {"place": 1}


def test_names_given_are_hidden_as_well(cyber_place: ThemeModel) -> None:
    texts = [document(1, f"Delegates came to malta. {FILLER}")]
    assert audit(cyber_place, texts).share_lost == 0
    assert audit(cyber_place, texts, names=["malta"]).dependences[0].depends_on == "source"


def test_tags_that_rest_on_their_subject_stay(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    found = audit(model, [item.document for item in labeled])
    assert found.n_tags > 20
    assert found.share_lost <= 0.1
    assert sum(theme.n_lost + theme.n_gained for theme in found.themes) == len(found.dependences)
    kinds = {"place", "person", "source", "boilerplate", TOGETHER}
    assert {kind for one in found.dependences for kind in one.depends_on.split(" or ")} <= kinds


def test_the_same_documents_give_the_same_audit(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    documents = [item.document for item in labeled]
    assert audit(model, documents) == audit(model, documents)


def test_only_sentences_of_different_documents_recur() -> None:
    call = "For questions call the press office at 02-2100-{}."
    other = ["Rain fell on the northern valleys. ", "A choir sang for the embassy staff. ", "Ships left the old port. "]
    varied = [document(number, text * 3 + call.format(number)) for number, text in enumerate(other)]
    reprints = [document(number, FILLER) for number in range(10, 15)]
    assert recurring_sentences([*varied, *reprints]) == {"for questions call the press office at 0-0-0."}


def test_no_document_gives_an_empty_audit(model: ThemeModel) -> None:
    found = audit(model, [])
    assert (found.n_tags, found.share_lost, found.share_lost_at_random) == (0, 0, 0)
    assert np.isfinite(found.share_lost)
