"""The compiled path gives what the plain one gives, on any text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.ingest.compiled import CompiledPage, code_points_of, keep_lines, network
from pipeline.ingest.line_features import page_features
from pipeline.ingest.line_kernel import FIRST_WORD, LAST_WORD, read_lines, tables
from pipeline.ingest.line_rhythm import text_features
from pipeline.ingest.line_scorer import best_labelling, load_line_scorer
from pipeline.ingest.network_kernel import best_labelling as compiled_labelling
from pipeline.ingest.network_kernel import log_odds, read_alone
from pipeline.ingest.page_kernel import N_OWN
from pipeline.ingest.page_kernel import text_features as compiled_features
from pipeline.ingest.pages import TEXT_SCORER, ReferencePage, keep_lines_by_reference

BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
ANY_TEXT = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from(f"aB é9.,|-– 漢字かなжΣ한\u3000\xa0\ud800{BREAKS}"))
)
LINES = st.sampled_from(
    (
        "Home",
        "home",
        "Leave a comment",
        "1 2 3",
        "© 2024",
        "日本語の文章です。次の文も続きます。",
        "Это предложение достаточно длинное, чтобы считаться абзацем основного текста страницы, и даже длиннее.",
        "The ministers agreed on Tuesday to share reports on incidents within one day and to meet again in spring.",
        "word " * 200,
        "هذا نص قصير",
    )
)
PAGES = st.one_of(ANY_TEXT, st.lists(LINES, max_size=40).map("\n".join))


@given(PAGES)
@settings(max_examples=300, deadline=None)
def test_finds_the_same_lines(text: str) -> None:
    assert CompiledPage(text).lines == ReferencePage(text).lines


def test_ends_and_strips_lines_at_the_same_characters() -> None:
    text = "".join(f"a{chr(point)}" for point in range(0x3100))
    assert CompiledPage(text).lines == ReferencePage(text).lines


@given(PAGES)
@settings(max_examples=200, deadline=None)
def test_keeps_the_same_lines(text: str) -> None:
    compiled, reference = CompiledPage(text), ReferencePage(text)
    rows = range(len(reference.lines))
    assert compiled.settle(rows) == reference.settle(rows)


@given(PAGES)
@example("00ؐؐؐؠؠؠؠؠؠ\r0\r00ؐؐؐؠؠؠؠؠؠ")
@settings(max_examples=200, deadline=None)
def test_gives_the_same_figures(text: str) -> None:
    lines = ReferencePage(text).lines.text
    if not lines:
        return
    expected = text_features(lines)
    described = read_lines(code_points_of(text), tables())
    rows = compiled_features(described, np.arange(len(lines)), tables())
    np.testing.assert_allclose(rows, expected.rows, rtol=1e-4, atol=1e-4)
    assert described.words.tolist() == expected.words.tolist()
    assert np.diff(described.places[:, [FIRST_WORD, LAST_WORD]]).ravel().tolist() == expected.n_words.tolist()
    figures = network(TEXT_SCORER)
    odds = load_line_scorer(TEXT_SCORER).log_odds(expected.rows, expected.words, expected.n_words)
    compared = np.ascontiguousarray(rows[:, N_OWN:].T)
    found = log_odds(compared, read_alone(described, figures), np.arange(len(lines)), figures)
    np.testing.assert_allclose(found, odds, rtol=1e-3, atol=2e-3)


@given(st.lists(LINES, min_size=1, max_size=20), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_keeps_the_same_lines_of_html(lines: list[str], seed: int) -> None:
    n_beside = load_line_scorer("html_scorer").arrays["mean"].shape[0] - page_features(["a"]).rows.shape[1]
    beside = np.random.default_rng(seed).integers(0, 2, (len(lines), n_beside)).astype(np.float32)
    assert keep_lines(lines, beside, "html_scorer") == keep_lines_by_reference(lines, beside, "html_scorer")


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=30), st.floats(0, 3, width=32))
def test_labels_alike(odds: list[float], price: float) -> None:
    found = compiled_labelling(np.array(odds, np.float32), np.float32(price))
    assert found.tolist() == best_labelling(odds, price)


@pytest.mark.parametrize("n_lines", [0, 1, 2, 7, 5_001])
def test_pages_of_any_length(n_lines: int) -> None:
    text = "\n".join(f"Line {i} of the list of things" for i in range(n_lines))
    rows = range(n_lines)
    assert CompiledPage(text).settle(rows) == ReferencePage(text).settle(rows)
