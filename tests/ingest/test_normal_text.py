"""Texts in one form, by plain and by compiled code."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import text_kernel
from pipeline.ingest.normal_text import normalized

ODD = "e\u0301\u0323\u1100\u1161\u11a8\u0958\u09c7\u09be\u212b\ufeff\x00\x07\x1b\x7f\x85\x9f\r\n\u200b\ud800\udc00😀"
TEXTS = st.text(st.one_of(st.characters(), st.characters(exclude_categories=()), st.sampled_from(ODD)), max_size=40)


@given(st.lists(TEXTS, max_size=5))
def test_what_is_called_normal_stays_as_it_is(texts: list[str]) -> None:
    for text, is_normal in zip(texts, text_kernel.are_normal(texts), strict=True):
        assert not is_normal or normalized(text) == text


def test_most_texts_are_normal() -> None:
    texts = [
        "Plain text.",
        "Café “naïf” – ça va…",
        "외교부 대변인",
        "网络安全",
        "サイバー",
        "Заявление",
        "بيان صحفي",
        "τέλος",
    ]
    assert text_kernel.are_normal(texts) == [True] * len(texts)


def test_no_character_called_normal_is_composed_with_another() -> None:
    composed = (unicodedata.decomposition(chr(code)).split() for code in range(0x110000))
    pairs = [
        tuple(chr(int(part, 16)) for part in parts) for parts in composed if len(parts) == 2 and parts[0][0] != "<"
    ]
    assert not any(text_kernel.are_normal([second for _, second in pairs]))
    assert not any(
        text_kernel.are_normal(["\u0301", "\u1161", "\u11a8", "\ud800", "\udfff", "\x9f", "\r\x00", "\ufeff"])
    )


@given(TEXTS)
def test_a_normalized_text_stays_as_it_is(text: str) -> None:
    once = normalized(text)
    assert normalized(once) == once.removeprefix("\ufeff")
    assert unicodedata.is_normalized("NFC", once) or "\ufeff" in text
