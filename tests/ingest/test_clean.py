from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.clean import clean_text

BODY = (
    "Delegates from forty states met in the capital on Tuesday to discuss rules for the use of autonomous systems.",
    "The chair said that the draft had been shared with all parties in advance, and that comments were still welcome.",
    "“We are closer to agreement than a year ago,” she told reporters after the second session had ended.",
    "A further round of talks, which will look at verification, is planned for the autumn in the same city.",
)
KOREAN_MENU = ("본문으로 이동", "전체 메뉴", "로그인", "회원가입", "사이트맵")
TAIL = ("Leave a comment", "Name", "Email", "Save my details", "Post comment")


def test_keeps_the_body_and_drops_a_menu_in_another_language() -> None:
    cleaned = clean_text("\n".join((*KOREAN_MENU, "", *BODY, "", *TAIL)))
    assert cleaned.text == "\n".join(BODY)
    assert [removed.line for removed in cleaned.removed] == [*KOREAN_MENU, *TAIL]
    assert all(removed.reason for removed in cleaned.removed)


@given(st.text(alphabet=st.sampled_from("ab 가漢.\n\r\t|-–:\u2028\x00\ud800Aé9"), max_size=400))
@settings(max_examples=150, deadline=None)
def test_cleaning_is_idempotent_and_loses_no_line_in_silence(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned.text).text == cleaned.text
    for span in cleaned.spans:
        there = slice(span.original, span.original + span.length)
        assert cleaned.text[span.cleaned : span.cleaned + span.length] == text[there]
    kept = [text[s.original : s.original + s.length] for s in cleaned.spans]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert sorted(kept + [removed.line for removed in cleaned.removed]) == sorted(lines)


@pytest.mark.parametrize("text", ["", "\n \n", "\x00"])
def test_empty_text_stays_quiet(text: str) -> None:
    assert clean_text(text).text.strip("\x00") == ""
