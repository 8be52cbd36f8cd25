"""The trie as arrays leads where the plain one does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.lexicon import END_STEM, END_WHOLE, GAP_STEM, GAP_WHOLE, SYMBOL_BITS, Lexicon
from pipeline.classify.trie_table import build_trie, child_of, ends_run

from .strategies import wild_text

PIECES = ("cyber", "cyber attack", "cyber attacks", "AI", "AI act", "드론", "드론 기지", "人工智能", "ядерное оружие")
terms = st.lists(st.tuples(st.one_of(st.sampled_from(PIECES), wild_text), st.integers(0, 3)), max_size=12)


@given(terms, st.sampled_from("abcyber 드人"))
@settings(max_examples=100, deadline=None)
def test_every_symbol_leads_to_the_same_node(listed: list[tuple[str, int]], other: str) -> None:
    lexicon = Lexicon(listed)
    plain, trie = lexicon.trie(), build_trie(lexicon)
    symbols = {edge & ((1 << SYMBOL_BITS) - 1) for edge in plain.children} | {ord(other)}
    for node in range(plain.n_nodes):
        for symbol in symbols:
            expected = plain.children.get(node << SYMBOL_BITS | symbol, -1)
            assert child_of.py_func(node, symbol, trie) == expected


@given(terms)
@settings(max_examples=100, deadline=None)
def test_runs_end_where_a_term_or_a_gap_follows(listed: list[tuple[str, int]]) -> None:
    lexicon = Lexicon(listed)
    plain, trie = lexicon.trie(), build_trie(lexicon)
    for node in range(plain.n_nodes):
        for may_go_on, stops in ((False, (GAP_WHOLE, END_WHOLE)), (True, (GAP_STEM, END_STEM))):
            expected = any(node << SYMBOL_BITS | stop in plain.children for stop in stops)
            assert ends_run.py_func(node, may_go_on, trie) == expected
