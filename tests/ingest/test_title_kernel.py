"""Compiled code sees the same lines around the beginning of the main text as the plain path, on any text."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.ingest.code_points import CHARACTERS, EXPANSIONS, IRREGULAR, code_points_of, known
from pipeline.ingest.compiled import CompiledPage
from pipeline.ingest.line_kernel import read_lines, tables
from pipeline.ingest.pages import ReferencePage
from pipeline.ingest.title_kernel import look_around as compiled_look
from pipeline.ingest.title_search import look_around

WORDS = (
    "cables", "Cable", "repair", "the", "with", "it's", "co-operation", "Straße", "STRASSE", "İstanbul", "ﬁnal", "_a_b",
    "해저케이블", "케이블", "海底ケーブル", "ケ", "การประชุม", "безопасность", "БЕЗОПАСНОСТЬ", "ΣΟΦΟΣ",
    "،", ",", ".", "•", "٣", "😀",
)  # fmt: skip
LINE = st.one_of(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join), st.text(max_size=40))
PAGES = st.lists(LINE, min_size=2, max_size=90).map("\n".join)
LONG = "\n".join(["cables and the repair of cables"] * 3 + ["word " * 300, "Straße " * 200 + "landing", "cables"])


@given(PAGES, st.data())
@example("ﬁnal ΐ text\nFINAL Ϊ́ TEXT", None)
@example(LONG, None)
@settings(max_examples=300, deadline=None)
def test_sees_what_the_plain_path_sees(text: str, draw: st.DataObject | None) -> None:
    lines = ReferencePage(text).lines.text
    if not lines:
        return
    rows = st.lists(st.integers(0, len(lines) - 1), min_size=1, unique=True).map(sorted)
    kept = draw.draw(rows) if draw else list(range(1, len(lines)))
    n_head = draw.draw(st.integers(0, 6)) if draw else 0
    n_head = min(n_head, len(kept))
    codes = code_points_of(text)
    assert compiled_look(codes, read_lines(codes, tables()), kept, n_head) == look_around(lines, kept, n_head)


@given(PAGES)
@settings(max_examples=100, deadline=None)
def test_finds_the_same_title(text: str) -> None:
    compiled, reference = CompiledPage(text), ReferencePage(text)
    rows = range(len(reference.lines) // 2, len(reference.lines))
    assert compiled.title(rows) == reference.title(rows)


def test_what_is_folded_to_several_code_points_is_kept_with_them() -> None:
    text = "".join(chr(point) for point in range(0x20000) if len(chr(point).casefold()) > 1)
    entries = known(code_points_of(text))
    assert (CHARACTERS[code_points_of(text)] & IRREGULAR).all()
    folded = ["".join(chr(point) for point in row if point) for row in EXPANSIONS[entries & 0x1FFFFF].tolist()]
    assert folded == [character.casefold() for character in text]
