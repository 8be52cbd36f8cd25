"""Duplicates found by signatures: the same links as comparing all documents, from the texts of a few."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.batch.signatures import SIGNATURE_BYTES, link, signature_of
from pipeline.ingest import link_duplicates
from pipeline.types import Document

WORDS = [f"word{n}" for n in range(400)]


def linked(texts: Sequence[str]) -> tuple[dict[int, str], list[int]]:
    asked: list[int] = []

    def some(rows: Sequence[int]) -> Iterator[str]:
        asked.extend(rows)
        return (texts[row] for row in rows)

    signatures = bytearray(b"".join(signature_of(text) for text in texts))
    assert len(signatures) == SIGNATURE_BYTES * len(texts)
    leads = link(signatures, some).tolist()
    return {row: f"d{lead}" for row, lead in enumerate(leads) if lead >= 0}, asked


def plainly(texts: Sequence[str]) -> dict[int, str]:
    documents = link_duplicates([Document(f"d{row}", text) for row, text in enumerate(texts)])
    return {row: document.duplicate_of for row, document in enumerate(documents) if document.duplicate_of}


@given(st.integers(0, 10_000), st.integers(2, 40))
@settings(max_examples=40, deadline=None)
def test_links_are_those_of_comparing_all(seed: int, n: int) -> None:
    chance = random.Random(seed)
    texts = [" ".join(chance.choices(WORDS, k=chance.randint(1, 150))) for _ in range(3)]
    for _ in range(n):
        words = chance.choice(texts).split()
        for _ in range(chance.choice([0, 0, 1, 2, 9])):
            words[chance.randrange(len(words))] = chance.choice(WORDS)
        texts.append(" ".join(words))
    assert linked(texts)[0] == plainly(texts)


def test_only_the_texts_of_likely_pairs_are_asked_for() -> None:
    chance = random.Random(1)
    texts = [" ".join(chance.choices(WORDS, k=120)) for _ in range(50)]
    texts += [texts[3].replace(texts[3].split()[60], "changed"), texts[7].upper()]
    found, asked = linked(texts)
    assert found == {50: "d3", 51: "d7"}
    assert set(asked) == {3, 50}


@pytest.mark.parametrize("texts", [[], ["one"], ["", ""], ["…", "!"]])
def test_few_or_empty_texts(texts: list[str]) -> None:
    assert linked(texts)[0] == plainly(texts)
