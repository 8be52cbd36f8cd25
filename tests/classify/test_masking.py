"""Names that are hidden: what is found in the eight languages, what is left, and that nothing moves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify.masking import BOILERPLATE, PERSON, PLACE, SOURCE, Name, NameFinder, common_words, hide, plain
from pipeline.classify.model import ThemeModel

from .strategies import wild_text

CASES = {
    "en": (
        "Minister Ana Horvat met U.S. envoys in Seoul; Horvat thanked Korean officials and the General Assembly.",
        {"U.S.", "Seoul", "Korean"},
        {"Ana Horvat", "Horvat"},
    ),
    "fr": ("M. Lucien Morel est arrivé à Genève, en France.", {"Genève", "France"}, {"Lucien Morel", "Morel"}),
    "es": ("La Sra. Pardo viajó a Ginebra y a México.", {"Ginebra", "México"}, {"Pardo"}),
    "ru": (
        "Министр Пётр Заев посетил Россию и российские порты, а затем Индию.",
        {"Россию", "российские", "Индию"},
        {"Пётр Заев"},
    ),
    "ar": ("وصل السيد نبيل حداد إلى القاهرة ثم إلى السودان", {"القاهرة", "السودان"}, {"نبيل حداد"}),
    "ko": ("문가온 외교부 장관은 미국과 북한 문제를 논의하였다.", {"미국", "북한"}, {"문가온"}),
    "zh": ("部长周青山说，中国与法国将合作。", {"中国", "法国"}, {"周青山"}),
    "ja": ("山川首相は東京で米国の代表と会談した。", {"東京", "米国"}, {"山川"}),
}


def texts_of(kind: str, text: str, names: list[Name]) -> set[str]:
    return {text[name.start : name.end] for name in names if name.kind == kind}


@pytest.mark.parametrize("language", CASES)
def test_places_and_persons_are_found(language: str) -> None:
    text, places, persons = CASES[language]
    found = NameFinder().find(text, language)
    assert texts_of(PLACE, text, found) == places
    assert texts_of(PERSON, text, found) >= persons


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The committee met on Monday and agreed to turkey and china for dinner.", "en"),
        ("그 수단은 인도적 지원을 돕는다.", "ko"),
        ("General Assembly resolutions and Captain ОБСЕ", "en"),
        ("تقرير مالي جديد", "ar"),
        ("", "und"),
    ],
)
def test_other_words_are_left(text: str, language: str) -> None:
    assert NameFinder().find(text, language) == []


def test_words_that_are_written_small_elsewhere_are_no_persons() -> None:
    text = "President Meets Delegation. President Horvat spoke."
    common = common_words(["a delegation that meets", text])
    assert texts_of(PERSON, text, NameFinder(common_words=common).find(text, "en")) == {"Horvat"}


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("foreign-ministry", "the Foreign Ministry said", {"Foreign Ministry"}),
        ("www.meridian-institute.example", "The Meridian Institute wrote", {"Meridian Institute"}),
        ("유엔 사무국", "오늘 유엔 사무국 직원은", {"유엔 사무국"}),
        ("un", "the un", set()),
        ("a.b", "a b", set()),
    ],
)
def test_sources_are_found_however_they_are_joined(source: str, text: str, found: set[str]) -> None:
    assert texts_of(SOURCE, text, NameFinder([source]).find(text, "en")) == found


def test_sentences_given_are_found_whatever_their_numbers() -> None:
    text = "It rained. For inquiries call 02-2100-7000."
    names = NameFinder(sentences={plain("For inquiries call 99-1-5.")}).find(text, "en")
    assert texts_of(BOILERPLATE, text, names) == {"For inquiries call 02-2100-7000."}


@given(wild_text, st.sampled_from([*CASES, "und", "xx"]))
@settings(max_examples=60)
def test_hiding_moves_nothing(text: str, language: str) -> None:
    names = NameFinder(["foreign-ministry"]).find(text, language)
    hidden = hide(text, names)
    assert len(hidden) == len(text)
    covered = {place for name in names for place in range(name.start, name.end)}
    assert all(hidden[place] == text[place] for place in range(len(text)) if place not in covered)


def test_a_hidden_text_has_no_known_word(model: ThemeModel) -> None:
    text = "malware ransomware satellite 위성 사이버 공격"
    hidden = hide(text, [Name(PLACE, 0, len(text))])
    assert model.predict([hidden]).scores[0] == pytest.approx(model.predict([""]).scores[0])
