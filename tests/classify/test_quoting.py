"""Sentences in their context: neighbours, and marks on the words that speak for the theme."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from pipeline.classify.model import ThemeModel, document_of
from pipeline.classify.quoting import LONGEST_NEIGHBOUR, MOST_MARKED, quote
from pipeline.classify.sentences import split_sentences
from pipeline.types import Document

from .strategies import wild_text

TEXT = "The choir sang. Ransomware locked the servers; the malware came by post. Rain fell."
START, END = 16, 72


def test_neighbours_and_marks(model: ThemeModel) -> None:
    found = quote(model, document_of(TEXT), "cyber", start=START, end=END)
    assert (found.before, found.sentence, found.after) == ("The choir sang.", TEXT[START:END], "Rain fell.")
    marked = {found.sentence[start:end] for start, end in found.marks}
    assert any("malware" in words for words in marked)
    assert not any("the " in words for words in marked)


def test_a_title_before_the_text_moves_no_mark(model: ThemeModel) -> None:
    plain, titled = (
        quote(model, Document("d", TEXT, title=title), "cyber", start=START, end=END) for title in ("", "A choir")
    )
    assert titled.marks == plain.marks
    assert titled.before == "The choir sang."


def test_long_neighbours_are_cut_on_the_far_side(model: ThemeModel) -> None:
    long = "Word " * 200
    text = f"{long}end. The malware came. {long}end."
    found = quote(model, document_of(text), "cyber", start=len(long) + 5, end=len(long) + 22)
    assert found.sentence == "The malware came."
    assert found.before.startswith("…")
    assert found.before.endswith("end.")
    assert found.after.endswith("…")
    assert len(found.before) == len(found.after) == LONGEST_NEIGHBOUR + 1


@given(wild_text)
@settings(max_examples=40)
def test_marks_are_within_the_sentence_and_in_order(model: ThemeModel, text: str) -> None:
    for start, end in split_sentences(text)[:3]:
        found = quote(model, document_of(text), "cyber", start=start, end=end)
        places = [place for mark in found.marks for place in mark]
        assert found.sentence == text[start:end]
        assert places == sorted(places)
        assert all(0 <= place <= end - start for place in places)
        assert len(found.marks) <= MOST_MARKED


def test_ideographs_side_by_side_are_marked_as_one(model: ThemeModel) -> None:
    text = "정부는 사이버 공격에 공동으로 대응하기로 하였다."
    found = quote(model, document_of(text), "cyber", start=0, end=len(text))
    assert any(" " in text[start:end] for start, end in found.marks) or pytest.approx(len(found.marks)) == 1
