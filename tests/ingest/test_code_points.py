from __future__ import annotations

import pytest

from pipeline.ingest import code_points


@pytest.mark.parametrize(("first", "last"), [(0x3400, 0x4DFF), (0x4D00, 0xA0FF), (0xAB00, 0xD7FF)])
def test_letters_learned_at_once_are_what_each_of_them_is(first: int, last: int) -> None:
    for block in range(first, last, 256):
        code_points.learn(block)
    found = code_points.CHARACTERS[first : last + 1].tolist()
    assert found == [code_points._entry(chr(code)) for code in range(first, last + 1)]
