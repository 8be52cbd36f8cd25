"""Positions in a normalised text lead back to where they came from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from pipeline.classify.alignment import align, number_parts
from pipeline.classify.ngrams import normalize

from .strategies import wild_text

KEPT = ["Plain ASCII.", "사이버 공격", "ÀÉ Ünï", "中文。", "кибер", "الأمن", ""]


@pytest.mark.parametrize("text", KEPT)
def test_texts_that_keep_their_length_keep_their_positions(text: str) -> None:
    assert align(text).tolist() == list(range(len(text)))


CHANGED = [
    ("The ﬁnance act on trade", ("act", "on", "trade")),
    ("İstanbul and İzmir agree", ("and", "agree")),
    ("cafe\u0301 re\u0301sume\u0301 end", ("end",)),
    ("ﷺ said so", ("said", "so")),
    ("\u1112\u1161\u11ab\u1100\u116e\u11a8 공격 대응", ("공격", "대응")),
    ("ＡＢＣ ½ of it", ("of", "it")),
    ("one ﬃ\ntwo ㎏ three", ("one", "two", "three")),
]


@pytest.mark.parametrize(("text", "markers"), CHANGED)
def test_words_that_change_length_shift_no_other(text: str, markers: tuple[str, ...]) -> None:
    normalized, origins = normalize(text), align(text)
    for marker in markers:
        assert origins[normalized.index(marker)] == text.index(marker)


@pytest.mark.parametrize("word", ["ﬁnancement", "re\u0301sume\u0301s", "ＡＢ½ＣＤ", "ﷺ"])
def test_a_word_that_changes_length_is_spread_evenly(word: str) -> None:
    n = len(normalize(word))
    assert n != len(word)
    expected = np.arange(n) * len(word) / n
    assert np.abs(align(f"a {word}")[2:] - 2 - expected).max() <= 1


@given(wild_text)
def test_every_position_leads_into_the_text_in_order(text: str) -> None:
    origins = align(text)
    assert len(origins) == len(normalize(text))
    assert (np.diff(origins) >= 0).all()
    if len(origins):
        assert origins[0] >= 0
        assert origins[-1] < len(text)


@given(wild_text, wild_text, wild_text)
def test_every_code_point_belongs_to_the_part_it_came_from(first: str, second: str, third: str) -> None:
    parts = [f"{first} \n", f"{second}. ", f" {third}"]
    text = "".join(parts)
    starts = [0, len(parts[0]), len(parts[0]) + len(parts[1])]
    numbers = number_parts(text, starts)
    assert len(numbers) == len(normalize(text))
    assert (np.diff(numbers) >= 0).all()
    own = ["".join(c for c, n in zip(normalize(text), numbers, strict=True) if n == part) for part in range(3)]
    if [normalize(part) for part in parts] != own:  # letters that compose across the border count as the first part's
        assert normalize(text) != "".join(map(normalize, parts))


@pytest.mark.parametrize("starts", [[], [0], [2]])
def test_one_part_holds_everything(starts: list[int]) -> None:
    assert number_parts("Aﬁ b", starts).tolist() == [0] * 5
