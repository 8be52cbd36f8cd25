"""Duplicates found by signatures: the same links as comparing all documents, from the texts of a few."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.shingles import read_words, shingles_of
from pipeline.ingest.signatures import DEFAULT_SIMILARITY, N_BANDS, SIGNATURE, jaccard, link, signatures_of

WORDS = [f"word{n}" for n in range(400)]


def linked(texts: Sequence[str]) -> tuple[dict[int, str], list[int]]:
    asked: list[int] = []

    def some(rows: Sequence[int]) -> Iterator[str]:
        asked.extend(rows)
        return (texts[row] for row in rows)

    signatures = bytearray(b"".join(signatures_of(texts)))
    assert len(signatures) == SIGNATURE.itemsize * len(texts)
    leads = link(signatures, some).tolist()
    return {row: f"d{lead}" for row, lead in enumerate(leads) if lead >= 0}, asked


def plainly(texts: Sequence[str]) -> dict[int, str]:
    """Each text compared with all earlier ones that repeat none."""
    words = [read_words(text) for text in texts]
    found: dict[int, str] = {}
    for row, own in enumerate(words):
        leads = [lead for lead in range(row) if lead not in found]
        same = [earlier for earlier in range(row) if np.array_equal(words[earlier], own)]
        alike = {lead: jaccard(shingles_of(own), shingles_of(words[lead])) for lead in leads}
        best = max(leads, key=lambda lead: (alike[lead], -lead), default=-1)
        if same:
            found[row] = found.get(same[0], f"d{same[0]}")
        elif best >= 0 and alike[best] >= DEFAULT_SIMILARITY:
            found[row] = f"d{best}"
    return found


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


@pytest.mark.parametrize(
    ("n_shared", "similarity", "asked"), [(1, 0.8, []), (2, 0.8, [0, 1]), (1, 0.79, [0, 1]), (0, 0.5, [])]
)
def test_one_shared_band_is_not_enough_where_likely_pairs_share_many(
    n_shared: int, similarity: float, asked: list[int]
) -> None:
    signatures = np.zeros(2, SIGNATURE)
    signatures["digest"] = [[1, 1], [2, 2]]
    signatures["bands"] = np.arange(2 * N_BANDS).reshape(2, N_BANDS)
    signatures["bands"][1, :n_shared] = signatures["bands"][0, :n_shared]
    found: list[int] = []

    def texts(rows: Sequence[int]) -> Iterator[str]:
        found.extend(rows)
        return (str(row) for row in rows)

    link(bytearray(signatures.tobytes()), texts, similarity)
    assert found == asked


def test_pairs_that_are_less_similar_are_hardly_missed() -> None:
    """Of similarity .57, one in forty shares no band, and one in eight fewer than two (as below)."""
    chance = random.Random(5)
    texts = []
    for _ in range(100):
        words = [f"{chance.getrandbits(60):x}" for _ in range(200)]
        texts.append(" ".join(words))
        for place in range(0, 200, 18):
            words[place] = f"{chance.getrandbits(60):x}"
        texts.append(" ".join(words))
    alike = [jaccard(*(shingles_of(read_words(text)) for text in texts[row : row + 2])) for row in range(0, 200, 2)]
    assert 0.5 <= min(alike) <= max(alike) < 0.6
    leads = link(bytearray(b"".join(signatures_of(texts))), lambda rows: (texts[row] for row in rows), 0.5)
    assert (leads[1::2] == np.arange(0, 200, 2)).sum() >= 95


@pytest.mark.parametrize("texts", [[], ["one"], ["", ""], ["…", "!"]])
def test_few_or_empty_texts(texts: list[str]) -> None:
    assert linked(texts)[0] == plainly(texts)


def test_bands_are_shared_as_often_as_theory_says() -> None:
    """Two sets of similarity s agree in a band of four rows with probability s ** 4 (Leskovec et al. 2020, 3.4)."""
    chance = random.Random(0)
    shared = expected = 0.0
    for _ in range(60):
        words = [str(chance.random()) for _ in range(300)]
        first = " ".join(words)
        for place in chance.sample(range(300), 12):
            words[place] = str(chance.random())
        second = " ".join(words)
        own, other = (np.frombuffer(found, SIGNATURE)["bands"] for found in signatures_of([first, second]))
        shared += float(np.mean(own == other))
        expected += jaccard(*(shingles_of(read_words(text)) for text in (first, second))) ** 4
    assert shared / 60 == pytest.approx(expected / 60, abs=0.03)
