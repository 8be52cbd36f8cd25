"""What the compiled path keeps from text to text changes no score: full memory, threads, copies, very long texts."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.classify import kernel
from pipeline.classify.model import ThemeModel
from pipeline.classify.scorer import LinearScorer

WORDS = (
    "satellite", "satellites", "satellite's", "malware", "the",
    "The", "a", "of", "2023", "사이버", "사이버를", "공격", "해킹",
    "中文", "pathogen-satellite", "ciberataque", "zz", "malwaremalware", "aaaaaaaa", "٣", "naïve",
)  # fmt: skip
repeating = st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join)
"""Few words many times: the same terms in one run, in several runs, and in runs kept from other texts."""


def forgetful(scorer: LinearScorer) -> LinearScorer:
    """The same scorer with nothing kept yet."""
    return LinearScorer(scorer.settings, scorer.vocabulary, scorer.lexicon, scorer.coefficients, scorer.intercepts)


@given(st.lists(repeating, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_repeated_words_add_up(model: ThemeModel, texts: list[str]) -> None:
    compiled, plain = model.scorer.score_by_kernel(texts), model.scorer.score_by_reference(texts)
    np.testing.assert_allclose(compiled.scores, plain.scores, rtol=1e-6, atol=1e-6)
    assert compiled.known_words.tolist() == plain.known_words.tolist()


@given(st.lists(repeating, min_size=1, max_size=10), st.integers(1, 12), st.integers(1, 400))
@settings(max_examples=30, deadline=None)
def test_little_memory_changes_nothing(model: ThemeModel, texts: list[str], most_runs: int, most_terms: int) -> None:
    expected = model.scorer.score_by_kernel(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "MOST_RUNS", most_runs)
        patch.setattr(kernel, "MOST_TERMS", most_terms)
        scorer = forgetful(model.scorer)
        for _ in range(2):
            scored = scorer.score_by_kernel(texts)
            assert np.array_equal(scored.scores, expected.scores)
            assert np.array_equal(scored.known_words, expected.known_words)


def test_threads_share_a_model(model: ThemeModel) -> None:
    random = np.random.default_rng(0)
    texts = [" ".join(random.choice(WORDS, 60)) for _ in range(200)]
    expected = model.scorer.score_by_kernel(texts).scores
    scorer = forgetful(model.scorer)
    chunks = [texts[first : first + 10] for first in range(0, 200, 10)] * 4
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda chunk: scorer.score_by_kernel(chunk).scores, chunks))
    for position, scores in enumerate(found):
        first = position % 20 * 10
        assert np.array_equal(scores, expected[first : first + 10])


def test_a_pickle_scores_alike(model: ThemeModel) -> None:
    texts = ["A satellite.", "malware malware"]
    expected = model.scorer.score_by_kernel(texts).scores
    assert np.array_equal(pickle.loads(pickle.dumps(model.scorer)).score_by_kernel(texts).scores, expected)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000,
        "a b " * 4_000,
        "".join(f"w{n} " for n in range(4_000)),
        "中" * 8_000,
        "가" * 8_000,
        "\ud800" * 8_000,
    ],
    ids=["one word", "two words", "all different", "Han", "Hangul", "surrogates"],
)
def test_a_text_longer_than_the_memory(model: ThemeModel, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(kernel, "MOST_RUNS", 100)
    monkeypatch.setattr(kernel, "MOST_TERMS", 1000)
    scorer = forgetful(model.scorer)
    after = scorer.score_by_kernel([text, "A satellite.", text])
    plain = scorer.score_by_reference([text])
    np.testing.assert_allclose(after.scores[[0, 2]], np.vstack([plain.scores] * 2), rtol=1e-6, atol=1e-6)
    assert np.array_equal(after.scores[1], model.scorer.score_by_kernel(["A satellite."]).scores[0])
