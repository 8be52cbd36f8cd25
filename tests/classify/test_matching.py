"""Compiled matching of codebook terms against the plain trie."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify import packing
from pipeline.classify.lexicon import Lexicon
from pipeline.classify.matching import count_terms, find_terms
from pipeline.classify.ngrams import normalize
from pipeline.classify.trie_table import build_trie

from .strategies import SNIPPETS, wild_text

TERMS = (
    "cyber attack", "cyber", "cyber attack on ports", "AI", "CERT", "autonomous weapons", "weapon", "state-of-the-art",
    "사이버 공격", "공격", "드론", "드론기", "핵", "인공위성", "인공 지능", "中文", "網路攻擊",
    "無人 機", "カタカナ", "الأمن السيبراني", "الهجوم",
    "أمن", "кибератака", "атака", "straße", "naïve", "é", "3D printing", "5G", "ﬁnance", "İstanbul", "a_b", "***", "",
)  # fmt: skip
PIECES = (
    *SNIPPETS, *TERMS, "cyber-attacks", "cybers", "cyberneticists",
    "cyber\nattack", "cyber ... attack", "cyber .... attack",
    "사이버공격을", "대사이버 공격이", "드론이", "드론기지", "핵은", "중핵", "والأمن السيبراني",
    "بالهجوم", "الأمن والسيبراني", "кибератаки",
    "кибератаками", "무인中文기", "weaponisation", "weapons", "certs", "CERTs", "5Gs", "3d  printing", "人工中文字",
)  # fmt: skip
terms = st.lists(st.tuples(st.one_of(st.sampled_from(TERMS), wild_text), st.integers(0, 3)), max_size=12)
texts = st.one_of(
    wild_text,
    st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
)


def compiled_matches(lexicon: Lexicon, text: str) -> list[tuple[int, int, tuple[int, ...]]]:
    trie = build_trie(lexicon)
    codes, offsets = packing.pack([text])
    found = np.empty((len(codes) + 1, 3), np.int64)
    n = find_terms(codes, offsets[0], offsets[1], packing.kind_table(), trie, found)
    starts = trie.column_starts
    return [
        (int(start), int(end), tuple(trie.columns[starts[node] : starts[node + 1]].tolist()))
        for start, end, node in found[:n]
    ]


@given(terms, texts)
@example([("드론", 0), ("드론기", 1)], "드론기지와 드론")
@example([(term, 0) for term in TERMS], " ".join(PIECES))
@example([(term, position % 4) for position, term in enumerate(TERMS)], "".join(PIECES))
@settings(max_examples=300, deadline=None)
def test_compiled_matches_equal_the_plain_ones(terms: list[tuple[str, int]], text: str) -> None:
    lexicon = Lexicon(terms)
    plain = [tuple(match) for match in lexicon.matches(normalize(text))]
    assert compiled_matches(lexicon, text) == plain


@given(st.lists(texts, max_size=5))
@settings(max_examples=60, deadline=None)
def test_counts_of_a_batch_equal_those_of_each_text(batch: list[str]) -> None:
    lexicon = Lexicon((term, position % 4) for position, term in enumerate(TERMS))
    counts = np.zeros((len(batch), 4), np.int64)
    codes, offsets = packing.pack(batch)
    count_terms(codes, offsets, packing.kind_table(), build_trie(lexicon), counts)
    for text, found in zip(batch, counts.tolist(), strict=True):
        columns = [column for match in lexicon.matches(normalize(text)) for column in match.columns]
        assert found == [columns.count(column) for column in range(4)]


def test_an_empty_lexicon_finds_nothing() -> None:
    assert compiled_matches(Lexicon([]), "cyber attack") == []
    assert compiled_matches(Lexicon([("***", 0), ("", 1)]), "*** cyber") == []


def test_many_arabic_clitics_overflow_nothing() -> None:
    text = "و" * 400 + " " + "والأمن " * 300
    lexicon = Lexicon([("الأمن", 0), (" ".join(["أمن"] * 6), 1), ("وو", 2)])
    assert compiled_matches(lexicon, text) == [tuple(match) for match in lexicon.matches(normalize(text))]
