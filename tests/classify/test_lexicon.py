"""What a codebook term matches, by cases in many languages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.lexicon import Lexicon, lexicon_of_terms, terms_of
from pipeline.classify.ngrams import normalize
from pipeline.types import Taxonomy, Theme

from .strategies import wild_text

FOUND = [
    ("weapon", "New Weapons for all", "weapons"),
    ("autonomous weapons systems", "an autonomous weapon-system?", "autonomous weapon-system"),
    ("autonomous weapons systems", "autonomous systems", None),
    ("autonomous weapons", "lethal AUTONOMOUS\nWEAPONS", "autonomous\nweapons"),
    ("cyber attack", "a cyber-attack", "cyber-attack"),
    ("cyber attack", "cyber attacks", "cyber attacks"),
    ("cyber attack", "cyber - attack", "cyber - attack"),
    ("cyber attack", "cyber -- attack", None),
    ("AI", "the AI act", "ai"),
    ("AI", "the aim", None),
    ("AI", "said", None),
    ("drone", "drones", "drones"),
    ("laws", "lawsuit", None),
    ("사이버 공격", "사이버공격을 규탄", "사이버공격"),
    ("사이버 공격", "사이버 공격을 규탄", "사이버 공격"),
    ("인공위성", "초인공위성체", "인공위성"),
    ("드론", "드론을", "드론"),
    ("드론", "안드론", None),
    ("人工智能", "发展人工智能技术", "人工智能"),
    ("カタカナ", "このカタカナは", "カタカナ"),
    ("الهجوم", "بالهجوم", "بالهجوم"),
    ("кибератака", "новые кибератаки", "кибератаки"),
    ("5G", "the 5G network", "5g"),
    ("5G", "the 5Gs", None),
]


@pytest.mark.parametrize(("term", "text", "match"), FOUND)
def test_a_term_in_a_text(term: str, text: str, match: str | None) -> None:
    normalized = normalize(text)
    found = [normalized[item.start : item.end] for item in Lexicon([(term, 0)]).matches(normalized)]
    if match is None:
        assert found == []
    else:
        assert len(found) == 1
        assert found[0] in {match, *(match[first:] for first in range(4))}


def test_the_longest_term_wins_and_none_overlap() -> None:
    lexicon = Lexicon([("cyber", 0), ("cyber attack", 1), ("attack on ports", 2)])
    assert [match.columns for match in lexicon.matches("cyber attack on ports")] == [(1,)]
    assert [match.columns for match in lexicon.matches("cyber cyber attack")] == [(0,), (1,)]


def test_a_term_of_two_themes_counts_for_both_and_once() -> None:
    lexicon = Lexicon([("drone", 0), ("drone", 2), ("drone", 0)])
    assert [match.columns for match in lexicon.matches("a drone")] == [(0, 2)]


def test_terms_of_a_taxonomy_keep_the_order_of_themes() -> None:
    themes = (
        Theme("a", {}, terms={"en": ("alpha",), "ko": ("알파",)}),
        Theme("b", {}),
        Theme("c", {}, terms={"en": ("gamma",)}),
    )
    lexicon = lexicon_of_terms(terms_of(Taxonomy("t", "1", themes)))
    assert [match.columns for match in lexicon.matches("gamma alpha 알파")] == [(2,), (0,), (0,)]


@given(st.lists(st.tuples(wild_text, st.integers(0, 2)), max_size=8), wild_text)
def test_matches_are_ordered_and_apart(terms: list[tuple[str, int]], text: str) -> None:
    free_from = 0
    for match in Lexicon(terms).matches(normalize(text)):
        assert free_from <= match.start < match.end
        assert match.columns
        free_from = match.end


@given(wild_text)
def test_a_term_is_found_in_itself(text: str) -> None:
    lexicon = Lexicon([(text, 0)])
    normalized = normalize(text)
    n_gap = max((len(gap) for gap in _gaps(normalized)), default=0)
    if lexicon.trie().columns and n_gap <= 3:
        assert lexicon.matches(normalized)


def _gaps(normalized: str) -> list[str]:
    """The stretches of separators between the first and the last run."""
    from pipeline.classify.ngrams import runs

    spans = list(runs(normalized))
    return [normalized[left.end : right.start] for left, right in pairwise(spans)]
