"""What a text's finds add, against the scorer itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify import contributions
from pipeline.classify.contributions import Item, find_all, scores, split_by_item, sum_by_part, values, without
from pipeline.classify.model import ThemeModel
from pipeline.classify.ngrams import normalize

from .strategies import wild_text

MIXED = "Cyber attack: 사이버 공격, кибератака 人工衛星 satellites; the cyber-attack of 2024 on AI技術."
texts = st.one_of(wild_text, st.just(MIXED), st.lists(st.sampled_from(MIXED.split()), max_size=9).map(" ".join))


@given(texts)
@example("")
@settings(max_examples=40, deadline=None)
def test_everything_kept_is_the_score(model: ThemeModel, text: str) -> None:
    finds = find_all(model.scorer, text)
    found = scores(model.scorer, finds, np.ones(len(finds.rows), bool))
    np.testing.assert_allclose(found, model.scorer.score_by_reference([text]).scores[0], rtol=1e-6, atol=1e-6)


@given(texts, st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_parts_are_those_of_the_scorer(model: ThemeModel, text: str, n_parts: int) -> None:
    finds = find_all(model.scorer, text)
    n = len(normalize(text))
    part_of = np.sort(np.random.default_rng(n).integers(0, n_parts, n))
    shares = values(model.scorer, finds, np.ones(len(finds.rows), bool)) * model.scorer.coefficients[finds.rows, 0]
    expected = model.scorer.score_parts_by_reference(text, part_of, n_parts)[:, 0]
    np.testing.assert_allclose(sum_by_part(finds, shares, part_of, n_parts), expected, atol=1e-6)


@given(texts)
@settings(max_examples=40, deadline=None)
def test_items_share_every_find_fully(model: ThemeModel, text: str) -> None:
    finds = find_all(model.scorer, text)
    split = split_by_item(finds)
    given_away = np.bincount(split.find_of, split.fractions, len(finds.rows))
    np.testing.assert_allclose(given_away, 1.0)
    for item, stretches in zip(split.items, split.stretches, strict=True):
        assert stretches
        assert all(0 <= start < end <= len(finds.text) for start, end in stretches)
        if item.is_term:
            assert {finds.text[start:end] for start, end in stretches} == {item.text}


def test_words_and_terms_of_a_sentence(model: ThemeModel) -> None:
    split = split_by_item(find_all(model.scorer, "The cyber attack, a CYBER attack."))
    found = dict(zip(split.items, map(len, split.stretches), strict=True))
    assert found == {
        Item("the", False): 1, Item("cyber", False): 2, Item("attack", False): 2, Item("a", False): 1,
        Item("cyber attack", True): 2,
    }  # fmt: skip


def test_taking_words_out_is_scoring_a_text_without_them(model: ThemeModel) -> None:
    """A full stop between all words keeps word pairs out of it; then nothing new arises where a word is gone."""
    text, rest = "malware in the satellite of the ministers", "in the of the ministers"
    finds = find_all(model.scorer, text)
    kept = without(finds, [(0, 7), (15, 24)])
    words = [find for find in np.flatnonzero(kept) if finds.blocks[find] == contributions.CHARS]
    left = find_all(model.scorer, rest)
    of_rest = np.flatnonzero(left.blocks == contributions.CHARS)
    assert sorted(finds.rows[words]) == sorted(left.rows[of_rest])
    assert not any("malware" in finds.surface(int(find)) for find in np.flatnonzero(kept))


def test_names_of_finds(model: ThemeModel) -> None:
    finds = find_all(model.scorer, "Satellite!")
    names = {contributions.name_of(model.scorer, finds, int(find)) for find in np.flatnonzero(finds.rows >= 0)}
    assert {"satellite", "·sat"} <= names


@pytest.mark.parametrize("text", ["", "...", "\n"])
def test_nothing_to_find(model: ThemeModel, text: str) -> None:
    finds = find_all(model.scorer, text)
    assert len(finds.rows) == 0
    assert split_by_item(finds).items == ()
    np.testing.assert_allclose(scores(model.scorer, finds, np.ones(0, bool)), model.scorer.intercepts)
