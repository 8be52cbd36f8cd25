"""Scores: compiled code against the plain reference, batches against single texts, parts against the whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.classify.features import FeatureSettings, Vocabulary, fit_features
from pipeline.classify.lexicon import Lexicon
from pipeline.classify.model import ThemeModel
from pipeline.classify.ngrams import normalize
from pipeline.classify.scorer import LinearScorer, readable
from pipeline.types import LabeledDocument

from .strategies import SNIPPETS, wild_text

TOLERANCE = {"rtol": 1e-6, "atol": 1e-6}
LEXICON = Lexicon([("cyber attack", 0), ("사이버 공격", 0), ("AI", 1), ("人工", 1), ("الأمن", 0), ("naïve", 1)])
CORPUS = (
    *(" ".join(SNIPPETS[first : first + 9]) for first in range(0, len(SNIPPETS), 4)),
    "a cyber attack on hospital networks", "사이버 공격을 규탄한다", "人工智能与网络攻击", "الهجوم على الأمن السيبراني",
    "naïve 3D-printed drones and AI", "кибербезопасность портов",
)  # fmt: skip
VARIANTS = {
    "default": FeatureSettings(min_documents=1),
    "unknown ignored": FeatureSettings(min_documents=2, unknown=False),
    "trigrams of words": FeatureSettings(word_ngrams=(1, 3), prefixes=(3, 1), min_documents=1),
    "no characters": FeatureSettings(char_ngrams=(0, 0), hangul_ngrams=(0, 0), ideograph_ngrams=(0, 0)),
    "no words": FeatureSettings(word_ngrams=(0, 0), prefixes=(0, 0)),
}


def make_scorer(settings: FeatureSettings, n_outputs: int = 3) -> LinearScorer:
    vocabulary, _ = fit_features(CORPUS, settings, languages=["x"] * len(CORPUS), lexicon=LEXICON, n_columns=2)
    random = np.random.default_rng(5)
    coefficients = random.normal(size=(len(vocabulary) + 2, n_outputs)).astype(np.float32)
    return LinearScorer(settings, vocabulary, LEXICON, coefficients, random.normal(size=n_outputs))


SCORERS = {name: make_scorer(settings) for name, settings in VARIANTS.items()}
mixed_text = st.one_of(wild_text, st.lists(st.sampled_from(CORPUS), max_size=4).map("\n".join))


@pytest.mark.parametrize("name", VARIANTS)
@given(st.lists(mixed_text, max_size=4))
@example(["", "\n", *CORPUS])
@example(["".join(SNIPPETS)])
@settings(max_examples=60, deadline=None)
def test_kernel_equals_reference(name: str, texts: list[str]) -> None:
    scorer = SCORERS[name]
    compiled, plain = scorer.score_by_kernel(texts), scorer.score_by_reference(texts)
    np.testing.assert_allclose(compiled.scores, plain.scores, **TOLERANCE)
    assert compiled.known_words.tolist() == plain.known_words.tolist()


def test_a_trained_model_scores_alike_by_both_paths(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    texts = [item.document.text for item in labeled]
    compiled, plain = model.scorer.score_by_kernel(texts), model.scorer.score_by_reference(texts)
    np.testing.assert_allclose(compiled.scores, plain.scores, **TOLERANCE)
    assert np.ptp(plain.scores, axis=0).min() > 0.1


@given(st.lists(mixed_text, min_size=1, max_size=8), st.integers(1, 300), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_batches_never_change_a_score(texts: list[str], batch_codes: int, random: object) -> None:
    from pipeline.classify import features

    scorer = SCORERS["default"]
    alone = np.vstack([scorer.score_by_kernel([text]).scores for text in texts])
    order = list(range(len(texts)))
    random.shuffle(order)  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "BATCH_CODES", batch_codes)
        cut = scorer.score_by_kernel([texts[i] for i in order])
    assert np.array_equal(cut.scores, alone[order])
    assert np.array_equal(scorer.score_by_kernel(texts).scores, alone)


@pytest.mark.parametrize("name", VARIANTS)
@given(mixed_text, st.integers(1, 4), st.randoms(use_true_random=False))
@example("\n".join(CORPUS), 3, None)
@settings(max_examples=40, deadline=None)
def test_parts_sum_to_the_score(name: str, text: str, n_parts: int, random: object) -> None:
    scorer = SCORERS[name]
    n = len(normalize(text))
    part_of = np.sort(np.random.default_rng(n).integers(0, n_parts, n))
    whole = scorer.score_by_reference([text]).scores[0] - scorer.intercepts
    compiled = scorer.score_parts(text, part_of, n_parts)
    plain = scorer.score_parts_by_reference(text, part_of, n_parts)
    assert compiled.shape == plain.shape == (n_parts, 3)
    np.testing.assert_allclose(compiled, plain, rtol=1e-6, atol=2e-6)
    np.testing.assert_allclose(plain.sum(axis=0), whole, **TOLERANCE)
    np.testing.assert_allclose(compiled.sum(axis=0), whole, **TOLERANCE)


def toy_scorer(coefficients: NDArray[np.float32], **changes: object) -> LinearScorer:
    settings = FeatureSettings(**{"prefixes": (0, 0), "word_ngrams": (1, 1), "char_ngrams": (0, 0), **changes})  # type: ignore[arg-type]
    vocabulary = Vocabulary(("attack", "cyber"), 2, np.array([2.0, 1.0], np.float32), 1.5)
    return LinearScorer(settings, vocabulary, Lexicon([("drone", 0)]), coefficients, np.array([0.25]))


@pytest.mark.parametrize("path", [LinearScorer.score_by_kernel, LinearScorer.score_by_reference])
def test_a_score_worked_by_hand(path: Callable[..., object]) -> None:
    """cyber twice (1 + ln 2) * 1, attack once 1 * 2, two unknown words of weight 1.5; the term drone twice."""
    scorer = toy_scorer(np.array([[3.0], [-1.0], [10.0]], np.float32), word_weight=0.5, lexicon_weight=0.1)
    scored = path(scorer, ["Cyber! cyber attack; drone, drone."])
    cyber, attack = 1 + np.log(2), 2.0
    length = np.sqrt(cyber**2 + attack**2 + 2 * 1.5**2)
    expected = 0.25 + 0.5 * (3 * attack - cyber) / length + 0.1 * np.log(3) * 10
    assert scored.scores[0, 0] == pytest.approx(expected, rel=1e-6)  # type: ignore[attr-defined]
    assert scored.known_words.tolist() == [[5, 2]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [LinearScorer.score_by_kernel, LinearScorer.score_by_reference])
@pytest.mark.parametrize("text", ["", " \n", "zebra", "\ud800", "!?"])
def test_a_text_without_known_words_scores_the_intercept(path: Callable[..., object], text: str) -> None:
    scorer = toy_scorer(np.array([[3.0], [-1.0], [10.0]], np.float32))
    assert path(scorer, [text]).scores.tolist() == [[0.25]]  # type: ignore[attr-defined]


def test_no_texts_no_scores() -> None:
    scorer = SCORERS["default"]
    assert scorer.score_by_kernel([]).scores.shape == scorer.score_by_reference([]).scores.shape == (0, 3)


@pytest.mark.parametrize(
    ("term", "shown"),
    [(" cyb", "·cyb"), ("ber ", "ber·"), (" ai ", "·ai·"), ("cyb*", "cyb*"), ("cyber attack", "cyber attack")],
)
def test_readable(term: str, shown: str) -> None:
    assert readable(term) == shown


def test_few_texts_are_scored_without_loading_the_compiler() -> None:
    script = (
        "import sys, numpy as np\n"
        "from pipeline.classify.features import FeatureSettings, Vocabulary\n"
        "from pipeline.classify.lexicon import Lexicon\n"
        "from pipeline.classify.scorer import LinearScorer\n"
        "vocabulary = Vocabulary(('cyber',), 1, np.ones(1, np.float32))\n"
        "scorer = LinearScorer(FeatureSettings(), vocabulary, Lexicon([]), np.ones((1, 1), np.float32), np.zeros(1))\n"
        "few = scorer.score(['cyber']).scores\n"
        "parts = scorer.score_parts('cyber', np.zeros(5, int), 1)\n"
        "assert 'numba' not in sys.modules\n"
        "many = scorer.score(['cyber'] * 20_000).scores\n"
        "assert 'numba' in sys.modules\n"
        "assert np.allclose(many, few) and np.allclose(parts, few), (many[0], few, parts)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
