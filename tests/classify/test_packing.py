"""Packed texts against the plain normalisation: every code point, alone and among others."""

from __future__ import annotations

import random
import unicodedata
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify import packing
from pipeline.classify.ngrams import character_kind, normalize

from .strategies import SNIPPETS, wild_text

BOUND = [code for code in range(0x34000) if packing.folding_table()[code] == packing.IRREGULAR]
MIXED = (range(0x20, 0x400), range(0x900, 0xA00), range(0x1100, 0x1200), range(0xAC00, 0xAC40), range(0xFF00, 0xFFEE))


def unpacked(texts: list[str]) -> list[str]:
    codes, offsets = packing.pack(texts)
    assert len(offsets) == len(texts) + 1
    return ["".join(map(chr, codes[start:end])) for start, end in pairwise(offsets)]


def test_every_code_point_is_of_the_specified_kind() -> None:
    specified = np.fromiter((character_kind.__wrapped__(chr(code)) for code in range(0x110000)), np.uint8)
    assert np.flatnonzero(packing.kind_table() != specified).tolist() == []


@pytest.mark.parametrize("pattern", ["{}", "a{}b", "\u0391{}\u0301"])
def test_every_code_point_is_normalised_as_specified(pattern: str) -> None:
    texts = [pattern.format(chr(code)) for code in range(0x110000) if code < 0x34000 or code % 0x800 < 0x200]
    assert unpacked(texts) == [normalize(text) + "\n" for text in texts]


def test_neighbours_are_normalised_as_specified() -> None:
    pick = random.Random(0)
    texts = [
        "".join(chr(pick.choice(pick.choice((*MIXED, BOUND)))) for _ in range(pick.randint(1, 6)))
        for _ in range(20_000)
    ]
    assert unpacked(texts) == [normalize(text) + "\n" for text in texts]


@given(st.lists(wild_text, max_size=5))
@example(list(SNIPPETS))
@settings(max_examples=50, deadline=None)
def test_packing_keeps_texts_apart(texts: list[str]) -> None:
    assert unpacked(texts) == [normalize(text) + "\n" for text in texts]


def test_common_writing_is_folded_without_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "normalize_fast", None)
    texts = [
        "The Ministry\u00a0said.",
        "\uff28\uff25\uff2c\uff2c\uff2f\uff0c\u4e2d\u6587\u3002",
        "한국 외교부",
        "Déjà ÉTÉ",
        "Безопасность",
    ]
    assert unpacked(texts) == [unicodedata.normalize("NFKC", text).lower() + "\n" for text in texts]
