"""Words and character n-grams, by cases in many scripts."""

from __future__ import annotations

import pytest
from hypothesis import given

from pipeline.classify.ngrams import (
    ALIKE,
    DIGITS,
    HANGUL,
    IDEOGRAPHS,
    LETTERS,
    SEPARATOR,
    char_ngrams,
    character_kind,
    fold,
    normalize,
    runs,
    word_ngrams,
)

from .strategies import wild_text

KINDS = {
    LETTERS: "aÉßжעअกა\u0301\u0345Ⅷ𐐀",
    DIGITS: "05٣१²½①𝟘",
    HANGUL: "가힣ㄱ\u1112\ua960\ud7b0",
    IDEOGRAPHS: "中々〇ひカー豈𠮷",
    SEPARATOR: " \n_-*'…€👩\u200b\ud800\udfff\x00\u0378\U0010ffff",
}


@pytest.mark.parametrize(("character", "kind"), [(c, kind) for kind, some in KINDS.items() for c in some])
def test_character_kind(character: str, kind: int) -> None:
    assert character_kind(character) == kind


@given(wild_text)
def test_letters_used_alike_are_made_one_at_once(text: str) -> None:
    text += "".join(ALIKE)
    assert fold(text) == text.lower().replace("i\u0307", "i").translate(str.maketrans(ALIKE))


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("Hello", "hello"), ("ＦＵＬＬ ｗｉｄｔｈ", "full width"), ("ﬁnance", "finance"), ("e\u0301", "é"),
        ("\u1112\u1161\u11ab", "한"), ("ｶﾞ", "ガ"), ("İSTİSMAR SALDIRISI", "istismar saldirisi"),
        ("saldırısı", "saldirisi"), ("Учёный", "ученый"), ("ΟΔΟΣ ΕΘΝΙΚΗΣ", "οδοσ εθνικησ"), ("εθνικής", "εθνικησ"),
        ("أمن إلكتروني", "امن الكتروني"), ("هوش مصنوعی یک", "هوش مصنوعي يك"), ("", ""), ("\ud800", "\ud800"),
    ],
)  # fmt: skip
def test_normalize(text: str, normalized: str) -> None:
    assert normalize(text) == normalized


WORDS = [
    ("plan b", (1, 1), ["plan", "b"]),
    ("state-of-the", (1, 2), ["state", "of", "state of", "the", "of the"]),
    ("one two three", (3, 3), ["one two three"]),
    ("one two", (2, 3), ["one two"]),
    ("ai4peace", (1, 1), ["ai", "4", "peace"]),
    ("ai무기", (1, 2), ["ai", "무기", "ai 무기"]),
    ("中文網", (1, 2), ["中", "文", "中 文", "網", "文 網"]),
    ("a 中b", (1, 1), ["a", "中", "b"]),
    ("!? --", (1, 2), []),
    ("", (1, 2), []),
    ("any words", (0, 0), []),
]


@pytest.mark.parametrize(("text", "n_range", "terms"), WORDS)
def test_words(text: str, n_range: tuple[int, int], terms: list[str]) -> None:
    assert [gram.term for gram in word_ngrams(text, n_range, (0, 0))] == terms


@pytest.mark.parametrize(
    ("text", "prefixes", "terms"),
    [
        ("weapons act", (5, 2), ["weapo*", "act*"]),
        ("무기체계의 시험", (5, 2), ["무기*", "시험*"]),
        ("中文", (5, 2), []),
        ("weapons 무기의", (0, 2), ["무기*"]),
        ("weapons 무기의", (3, 0), ["wea*"]),
    ],
)
def test_prefixes(text: str, prefixes: tuple[int, int], terms: list[str]) -> None:
    assert [gram.term for gram in word_ngrams(text, (0, 0), prefixes)] == terms


CHARACTERS = [
    ("ab", ((3, 5), (0, 0), (0, 0)), [" ab", " ab ", "ab "]),
    ("ab c", ((2, 2), (0, 0), (0, 0)), [" a", "ab", "b ", " c", "c "]),
    ("무기", ((0, 0), (1, 2), (0, 0)), [" 무", "무", "무기", "기", "기 "]),
    ("中文網", ((3, 5), (1, 3), (2, 3)), ["中文", "中文網", "文網"]),
    ("中", ((3, 5), (1, 3), (2, 3)), []),
    ("12", ((3, 3), (0, 0), (0, 0)), [" 12", "12 "]),
    ("x", ((1, 1), (0, 0), (0, 0)), ["x"]),
    ("--", ((1, 5), (1, 5), (1, 5)), []),
]


@pytest.mark.parametrize(("text", "ranges", "terms"), CHARACTERS)
def test_characters(text: str, ranges: tuple[tuple[int, int], ...], terms: list[str]) -> None:
    assert sorted(gram.term for gram in char_ngrams(text, ranges)) == sorted(terms)  # type: ignore[arg-type]


@given(wild_text)
def test_runs_partition_the_characters_that_count(text: str) -> None:
    normalized = normalize(text)
    covered: list[int] = []
    for kind, start, end in runs(normalized):
        assert start < end
        assert {character_kind(character) for character in normalized[start:end]} == {kind}
        covered += range(start, end)
    assert covered == [i for i, character in enumerate(normalized) if character_kind(character) != SEPARATOR]


@given(wild_text)
def test_spans_hold_the_terms(text: str) -> None:
    normalized = normalize(text)
    for term, start, end in char_ngrams(normalized, ((1, 4), (1, 3), (1, 3))):
        assert normalized[start:end] == term.strip(" ")
    for term, start, end in word_ngrams(normalized, (1, 1), (5, 2)):
        assert normalized[start:end] == term.removesuffix("*")


@given(wild_text)
def test_case_and_width_do_not_matter(text: str) -> None:
    normalized = normalize(text)
    assert normalized == normalized.lower()
    assert list(word_ngrams(normalize(f"{text} Word"), (1, 2), (5, 2))) == list(
        word_ngrams(normalize(f"{text} WORD"), (1, 2), (5, 2))
    )
