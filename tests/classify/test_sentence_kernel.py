"""Compiled sentences against the plain specification, on every code point and on texts of all of Unicode."""

from __future__ import annotations

import itertools
import re
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify import sentence_kernel
from pipeline.classify.alignment import number_parts
from pipeline.classify.packing import pack
from pipeline.classify.sentence_kernel import LOWER, PATTERNS, UPPER, character_classes, find_sentences
from pipeline.classify.sentences import split_sentences

from .strategies import SNIPPETS, wild_text
from .test_sentences import CUT

STOPS = (
    ".", "!", "?", "…", "؟", "۔", "।", "。", "！", "？", "｡", "»", '"', "'", "”", "’", ")", "]", "」", "』", "）",
    "(", "“", "«", "\n", "\r\n", "\x85", "\xa0", "\u202f", "\u3000", "\x1c",
    " ", "  ", "..", "...", " »", " . ", "\n. ", "1", "12", "(3", "٣", "1234", "²", "½", "_",
    "A", "b", "Ab", "aB", "É", "éa", "Я", "Дж", "й", "Mrs", "Gen", "Xyz", "U.S", "e.g", "a.b.c.d.e.f.g.h", "ǅ", "ª",
    "ﬁ", "中", "가", "Ὀ", "𝐀", "𐐨", "İ", "e\u0301", "\u0301", "№", "Σ", "\ud800", "www.x", "Word", "word",
)  # fmt: skip
stops = st.lists(st.sampled_from(STOPS), max_size=24).map("".join)
any_text = st.one_of(wild_text, stops, stops.map(lambda text: f"The sides met{text}"))


def plain_numbers(text: str) -> list[int]:
    starts = [start for start, _ in split_sentences(text)]
    return number_parts(text, starts).tolist() if starts else []


@given(st.lists(any_text, max_size=5))
@example(["", "\n", *("\n".join(sentences) for sentences in CUT)])
@example([" ".join(sentences) for sentences in CUT])
@example(
    ["".join(SNIPPETS), "".join(STOPS), "A.B.C.D.E.F.G.H. I", "xAB.C.D.E.F. I", "1.\n2. A", "Dr.", "end. »", 'end." »x']
)
@settings(max_examples=400, deadline=None)
def test_sentences_are_those_of_the_specification(texts: list[str]) -> None:
    _, offsets = pack(texts)
    found = find_sentences(texts, offsets)
    assert found.sentence_of.dtype == np.int32
    for number, text in enumerate(texts):
        first, last = found.first[number : number + 2].tolist()
        assert [(start, end) for start, end in found.spans[first:last].tolist()] == split_sentences(text)
        own = found.sentence_of[offsets[number] : offsets[number + 1] - 1] - first
        if last > first:
            assert own.tolist() == plain_numbers(text)


def test_every_code_point_has_its_classes() -> None:
    classes, points = character_classes(), "".join(map(chr, range(0x110000)))
    for flag, pattern in PATTERNS:
        expected = np.zeros(0x110000, bool)
        expected[[match.start() for match in re.finditer(pattern, points)]] = True
        assert np.array_equal((classes & flag) > 0, expected), pattern
    is_lower = np.fromiter(map(str.islower, points), bool, 0x110000)
    is_title = np.fromiter(map(str.istitle, points), bool, 0x110000)
    assert np.array_equal((classes & LOWER) > 0, is_lower)
    assert np.array_equal((classes & UPPER) > 0, is_title & ~is_lower)


@pytest.mark.parametrize("mark", [".", "!", "…", "。", "\n", ". ", "a.", "A. ", '"', '."', " »"])
def test_long_texts_take_no_quadratic_time(mark: str) -> None:
    texts = [f"Contents {mark * 200_000}12"]
    _, offsets = pack(texts)
    find_sentences(["Hello."], pack(["Hello."])[1])
    start = time.process_time()
    found = find_sentences(texts, offsets)
    assert time.process_time() - start < 2
    assert found.spans[0, 0] == 0
    assert found.spans[-1, 1] == len(texts[0])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=12), st.integers(1, 3))
def test_the_first_of_the_strongest_is_picked(shape: list[tuple[int, int]], n_columns: int) -> None:
    first = np.cumsum([0, *(n for n, _ in shape)])
    values = np.random.default_rng(len(shape)).integers(-2, 2, (first[-1], n_columns)).astype(float)
    spans = np.stack([np.arange(first[-1]), np.arange(first[-1]) + 7], axis=1)
    from pipeline.classify.evidence import Evidence, no_evidence

    evidence: Evidence = no_evidence(len(shape), n_columns)
    sentences = sentence_kernel.Sentences(spans, first, np.zeros(0, np.int32))
    sentence_kernel.pick_strongest(values, sentences, evidence)
    for text, (begin, end) in enumerate(itertools.pairwise(first)):
        for column in range(n_columns):
            if begin == end:
                assert (evidence.starts[text, column], evidence.contributions[text, column]) == (-1, 0)
            else:
                best = begin + int(np.argmax(values[begin:end, column]))
                assert (evidence.starts[text, column], evidence.ends[text, column]) == (best, best + 7)
                assert evidence.contributions[text, column] == values[best, column]
