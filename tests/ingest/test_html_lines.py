"""Hints in the names of classes are found word by word, and in styles."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.ingest.html_lines import ANCESTORS, HINTS, _hint_bits

WORDS = (
    "nav",
    "main-content",
    "ads",
    "ad_x",
    "tab",
    "tabs",
    "Sidebar",
    "display:",
    "none",
    "display:none;",
    "reads",
    "-",
)
SAID = st.lists(st.sampled_from([*WORDS, " ", "\t", "\n"]) | st.text(max_size=4), max_size=12).map("".join)


@given(SAID)
@example("x DISPLAY: \n none y")
@example("display: none")
@example("tabs tab-")
def test_hints_are_those_of_the_whole(said: str) -> None:
    patterns = {**HINTS, "hidden": HINTS["hidden"].replace("display:none", r"display:\s*none")}
    found = [bool(re.search(pattern, said.lower())) for pattern in patterns.values()]
    bits = _hint_bits(said) >> len(ANCESTORS)
    assert [bool(bits >> place & 1) for place in range(len(HINTS))] == found
