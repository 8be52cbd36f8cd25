"""Compiled code sees the same signs of damage in UTF-8 as patterns do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import byte_kernel
from pipeline.ingest.decode import DOUBLY_ENCODED, may_hold_controls
from pipeline.ingest.garbled import SUSPECT, mend

PIECES = st.sampled_from(
    ["Ã©", "â€™", "é", "’", "Р", "С", "Рђ", "СЃ", "é’", "ś", "éś", "\x85", "\x07", "\x7f", "か", "😀", "a", "\n"]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=2))).map("".join)


@given(TEXTS)
def test_signs_are_those_of_the_patterns(text: str) -> None:
    has_controls, is_suspect = byte_kernel.look_at(text.encode())
    assert has_controls == may_hold_controls(text.encode())
    assert is_suspect == bool(SUSPECT.search(text) or DOUBLY_ENCODED.search(text))
    assert is_suspect or mend(text).text == text


@pytest.mark.parametrize("first", range(0, 0x3000, 0x80))
def test_every_pair_with_a_letter(first: int) -> None:
    for other in "éРÃ’a":
        for code in range(first, first + 0x80):
            for text in (chr(code) + other, other + chr(code)):
                found = bool(SUSPECT.search(text) or DOUBLY_ENCODED.search(text))
                assert byte_kernel.look_at(text.encode())[1] == found
