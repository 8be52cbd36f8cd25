"""Sentences, by cases in many languages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from pipeline.classify.sentences import split_sentences

from .strategies import wild_text

CUT = [
    ["The plan failed.", "A new one came!", "Did it help?"],
    ["Dr. Lee met Mr. Park in Geneva.", "They agreed."],
    ["The U.S. delegation spoke first.", "Others followed."],
    ["J. Smith of the U.N. panel said so.", "Nobody objected."],
    ["He said: \"Enough.\"", "Then he left."],
    ["It rose by 3.5 per cent in 2.0 tests.", "It fell later."],
    ["See www.example.org for more.", "Write to a.b@example.org today."],
    ["Wait...", "What was that?!", "Nothing."],
    ["The fourth meeting was held in Seoul on July 18.", "The two sides took stock."],
    ["It lists the goals for 2030.", "Two are new."],
    ["양측은 대응하기로 하였다.", "회의는 서울에서 열렸다."],
    ["双方同意合作。", "会议于七月举行！", "谁出席了？"],
    ["彼は「もう十分だ。」", "と言った。"],
    ["ランサムウェア攻撃があった。", "病院は閉鎖した。"],
    ["عقد الجانبان اجتماعا.", "هل اتفقا؟", "نعم."],
    ["Стороны встретились.", "Решение принято!"],
    ["Les deux parties ont signé.", "« C'est fini. »", "Ils sont partis."],
    ["Il a dit « non ».", "Elle a souri."],
    ["¿Quién vino?", "¡Nadie!", "Se cerró la sala."],
    ["दोनों पक्ष मिले।", "बैठक समाप्त हुई।"],
    ["The vote came late, at 9 p.m. on Friday, and failed.", "Nobody spoke."],
]  # fmt: skip


@pytest.mark.parametrize("sentences", CUT)
@pytest.mark.parametrize("between", [" ", "  ", "\n", "\r\n\r\n", "\u3000"])
def test_sentences_are_cut_where_they_end(sentences: list[str], between: str) -> None:
    text = between.join(sentences)
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


def test_wide_stops_need_no_space() -> None:
    text = "双方同意合作。会议于七月举行！谁出席了？"
    assert [text[start:end] for start, end in split_sentences(text)] == [
        "双方同意合作。",
        "会议于七月举行！",
        "谁出席了？",
    ]


def test_narrow_stops_end_sentences_too() -> None:
    text = "ｶｲｷﾞ｡ﾋﾗｸ｡"
    assert [text[start:end] for start, end in split_sentences(text)] == ["ｶｲｷﾞ｡", "ﾋﾗｸ｡"]


def test_a_line_end_ends_a_heading() -> None:
    text = "Joint Statement\n\n  The ministers met in Oslo\nThey agreed"
    assert [text[start:end] for start, end in split_sentences(text)] == [
        "Joint Statement", "The ministers met in Oslo", "They agreed",
    ]  # fmt: skip


def test_the_number_of_a_list_stays_with_its_item() -> None:
    text = "1. The two sides met.\n2. They took stock.\n(3) They left."
    assert [text[start:end] for start, end in split_sentences(text)] == text.split("\n")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u3000"])
def test_nothing_but_space_has_no_sentence(text: str) -> None:
    assert split_sentences(text) == []


@given(wild_text)
def test_sentences_are_ordered_apart_and_leave_only_space_out(text: str) -> None:
    covered, free_from = [], 0
    for start, end in split_sentences(text):
        assert free_from <= start < end
        assert text[start:end] == text[start:end].strip()
        covered += range(start, end)
        free_from = end
    assert all(character.isspace() for i, character in enumerate(text) if i not in set(covered))


@pytest.mark.parametrize("mark", [".", "!", "…"])
def test_a_long_row_of_marks_takes_no_quadratic_time(mark: str) -> None:
    start = time.process_time()
    assert split_sentences(f"Contents {mark * 300_000}12") == [(0, 300_011)]
    assert time.process_time() - start < 2
