from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.titles import MAX_TITLE_CHARS, first_line, tidy_title


@pytest.mark.parametrize(
    ("title", "tidy"),
    [
        ("# Statement  on\tcables #", "Statement on cables"),
        ("**Statement**", "Statement"),
        ("제3차 협의 결과", "제3차 협의 결과"),
        ("First sentence here, long enough. " + "More " * 60, "First sentence here, long enough."),
        (
            "第一句话到这里为止，长度已经足够了，可以作为标题使用。" + "后" * 300,
            "第一句话到这里为止，长度已经足够了，可以作为标题使用。",
        ),
    ],
)
def test_tidy_title(title: str, tidy: str) -> None:
    assert tidy_title(title) == tidy


def test_long_title_is_cut_at_a_word() -> None:
    title = tidy_title("word " * 100)
    assert title.endswith("word…")
    assert len(title) <= MAX_TITLE_CHARS


def test_first_line_has_a_letter() -> None:
    assert first_line("***\n\n  2023\n Statement\nmore") == "Statement"
    assert first_line("---") == ""


@given(st.text(max_size=600))
def test_titles_are_one_short_line(text: str) -> None:
    title = tidy_title(text)
    assert len(title) <= MAX_TITLE_CHARS
    assert "\n" not in title
    assert tidy_title(title) == title or "#" in text or "*" in text or "_" in text
