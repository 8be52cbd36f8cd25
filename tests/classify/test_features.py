"""Features against scikit-learn's `TfidfVectorizer`, and what is added to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.classify import features
from pipeline.classify.features import CHARS, WORDS, FeatureSettings, batches, fit_features, table_bits
from pipeline.classify.lexicon import Lexicon
from pipeline.classify.ngrams import char_ngrams, normalize, word_ngrams
from pipeline.classify.scorer import LinearScorer

from .strategies import SNIPPETS, wild_text

NO_LEXICON = Lexicon([])
TEXTS = (
    "Autonomous weapons and AI in the military domain.", "AI governance: rules for autonomous systems, rules for AI.",
    "사이버 공격에 대한 공동 대응", "사이버 안보 협의: 공격 대응", "军事领域的人工智能",
    "人工智能治理", "weapons weapons weapons",
    " ".join(SNIPPETS), "".join(SNIPPETS), "", "!!",
)  # fmt: skip


def fit(texts: Iterable[str], settings: FeatureSettings, **named: object) -> tuple[features.Vocabulary, np.ndarray]:
    texts = list(texts)
    languages = named.pop("languages", ["x"] * len(texts))
    lexicon, n_columns = named.pop("lexicon", NO_LEXICON), named.pop("n_columns", 0)
    vocabulary, matrix = fit_features(texts, settings, languages=languages, lexicon=lexicon, n_columns=n_columns)  # type: ignore[arg-type]
    assert matrix.dtype == np.float32
    return vocabulary, matrix.toarray()


def words_of(settings: FeatureSettings) -> Callable[[str], list[str]]:
    return lambda text: [gram.term for gram in word_ngrams(normalize(text), settings.word_ngrams, settings.prefixes)]


def characters_of(settings: FeatureSettings) -> Callable[[str], list[str]]:
    return lambda text: [gram.term for gram in char_ngrams(normalize(text), settings.char_ranges)]


@given(st.lists(wild_text, min_size=2, max_size=8), st.integers(1, 3))
@example(list(TEXTS), 1)
@example(list(TEXTS), 2)
@settings(max_examples=60, deadline=None)
def test_each_block_equals_scikit_learn(texts: list[str], min_documents: int) -> None:
    settings = FeatureSettings(min_documents=min_documents, unknown=False)
    vocabulary, matrix = fit(texts, settings)
    assume(len(texts) >= min_documents)
    analyzers = (words_of(settings), characters_of(settings))
    for block, columns in zip((WORDS, CHARS), vocabulary.blocks(), strict=True):
        reference = TfidfVectorizer(analyzer=analyzers[block], sublinear_tf=True, min_df=min_documents)
        own = vocabulary.terms[columns]
        try:
            expected = reference.fit_transform(texts).toarray() * settings.block_weights[block]
        except ValueError:
            assert own == ()
            continue
        assert list(own) == reference.get_feature_names_out().tolist()
        np.testing.assert_allclose(vocabulary.idf[columns], reference.idf_, rtol=1e-6)
        np.testing.assert_allclose(matrix[:, columns], expected, rtol=1e-5, atol=1e-7)


def test_the_fitted_rows_are_what_the_scorer_reads() -> None:
    lexicon = Lexicon([("autonomous", 0), ("人工智能", 1)])
    settings = FeatureSettings(min_documents=2)
    vocabulary, matrix = fit(TEXTS, settings, lexicon=lexicon, n_columns=2)
    identity = np.eye(matrix.shape[1], dtype=np.float32)
    scorer = LinearScorer(settings, vocabulary, lexicon, identity, np.zeros(matrix.shape[1]))
    np.testing.assert_allclose(scorer.score_by_reference(TEXTS).scores, matrix, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(scorer.score_by_kernel(TEXTS).scores, matrix, rtol=1e-5, atol=1e-6)


def test_unknown_ngrams_shorten_the_known_ones() -> None:
    texts = ["alpha beta", "alpha beta", "alpha gamma"]
    settings = FeatureSettings(word_ngrams=(1, 1), prefixes=(0, 0), min_documents=2, word_weight=1.0)
    vocabulary, matrix = fit(texts, settings)
    columns = vocabulary.blocks()[WORDS]
    assert vocabulary.terms[columns] == ("alpha", "beta")
    assert vocabulary.unknown_idf == pytest.approx(np.log(4) + 1)
    assert np.linalg.norm(matrix[0, columns]) == pytest.approx(1.0)
    alpha = vocabulary.idf[0]
    assert matrix[2, 0] == pytest.approx(alpha / np.hypot(alpha, vocabulary.unknown_idf), rel=1e-6)


def test_a_rare_language_keeps_its_common_words_common() -> None:
    texts = ["the cat", "the dog", "the cow", "the hen", "y gato", "y perro"]
    settings = FeatureSettings(word_ngrams=(1, 1), prefixes=(0, 0), min_documents=2)
    vocabulary, _ = fit(texts, settings, languages=["en"] * 4 + ["es"] * 2)
    idf = dict(zip(vocabulary.terms[: vocabulary.n_words], vocabulary.idf, strict=False))
    assert idf == pytest.approx({"the": 1.0, "y": 1.0})


def test_the_lexicon_block_counts_terms() -> None:
    lexicon = Lexicon([("drone", 1)])
    settings = FeatureSettings(lexicon_weight=0.5)
    _, matrix = fit(["drones and a drone", "nothing"], settings, lexicon=lexicon, n_columns=3)
    np.testing.assert_allclose(matrix[:, -3:], [[0, 0.5 * np.log(3), 0], [0, 0, 0]], rtol=1e-6)


@pytest.mark.parametrize("texts", [["", ""], ["!", "?"], ["\ud800"], ["a"]])
def test_texts_with_nothing_to_learn_give_no_features(texts: list[str]) -> None:
    vocabulary, matrix = fit(texts, FeatureSettings(min_documents=2))
    assert vocabulary.terms == ()
    assert matrix.shape == (len(texts), 0)


@given(st.lists(wild_text, min_size=1, max_size=6), st.integers(1, 60))
@settings(max_examples=40, deadline=None)
def test_batches_change_nothing(texts: list[str], batch_codes: int) -> None:
    settings = FeatureSettings(min_documents=1)
    whole_vocabulary, whole = fit(texts, settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "BATCH_CODES", batch_codes)
        assert [text for batch in batches(texts) for text in batch] == texts
        vocabulary, matrix = fit(texts, settings)
    assert vocabulary.terms == whole_vocabulary.terms
    np.testing.assert_array_equal(matrix, whole)


@given(st.integers(0, 10**6))
def test_tables_are_at_most_half_full(n_terms: int) -> None:
    assert 2 ** table_bits(n_terms) >= 2 * n_terms
