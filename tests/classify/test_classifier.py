"""`ThemeClassifier` as a scikit-learn estimator: scikit-learn's own checks, and its tools at work on texts.

Of scikit-learn's estimator checks, those on construction, parameters and tags run as they are. Those that fit on
numeric matrices run on `OnNumbers`, which spells numbers out as words. Left out, as they ask for what the estimator
does not offer: sample weights and class weights (no such parameters), regression, clustering, transforming and outlier
checks (other kinds of estimator), one-dimensional labels (`check_classifiers_*`: labels are an indicator matrix), NaN,
infinity, dtype, sparse and complex input (texts are no numbers), feature names and counts (a text has no columns).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks as checks

from pipeline.classify.classifier import ThemeClassifier, checked_labels, checked_texts
from pipeline.classify.labels import label_matrix
from pipeline.types import LabeledDocument, Taxonomy

AS_IT_IS = (
    checks.check_do_not_raise_errors_in_init_or_set_params, checks.check_estimator_cloneable,
    checks.check_estimator_repr, checks.check_estimator_tags_renamed, checks.check_get_params_invariance,
    checks.check_mixin_order, checks.check_no_attributes_set_in_init, checks.check_parameters_default_constructible,
    checks.check_set_params, checks.check_valid_tag_types,
)  # fmt: skip
ON_NUMBERS = (
    checks.check_dict_unchanged, checks.check_dont_overwrite_parameters, checks.check_estimators_fit_returns_self,
    checks.check_estimators_overwrite_params, checks.check_estimators_pickle, checks.check_estimators_unfitted,
    checks.check_fit_check_is_fitted, checks.check_fit_idempotent, checks.check_fit_score_takes_y,
    checks.check_methods_sample_order_invariance, checks.check_methods_subset_invariance,
    checks.check_pipeline_consistency, checks.check_readonly_memmap_input, checks.check_requires_y_none,
)  # fmt: skip


class OnNumbers(ThemeClassifier):
    """The classifier behind a door that takes matrices: each cell becomes a word, labels an indicator matrix."""

    def fit(self, X: Any, y: Any = None, **named: Any) -> OnNumbers:
        super().fit(spelled_out(X), indicators(y), **named)
        return self

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        return float(super().score(X, indicators(y), sample_weight))

    def _scores(self, X: Any) -> Any:
        return super()._scores(spelled_out(X))


def spelled_out(X: Any) -> list[str]:
    return [
        " ".join(f"{chr(97 + i % 26)}x{round(float(value) * 2)}" for i, value in enumerate(row))
        for row in np.asarray(X)
    ]


def indicators(y: Any) -> Any:
    if y is None or np.ndim(y) == 2:
        return y
    y = np.asarray(y).astype(int)
    return (y[:, None] == np.unique(y)).astype(int)


@pytest.mark.parametrize("check", AS_IT_IS, ids=lambda check: check.__name__)
def test_scikit_learn_check(check: Callable[[str, Any], None]) -> None:
    check("ThemeClassifier", ThemeClassifier())


@pytest.mark.parametrize("check", ON_NUMBERS, ids=lambda check: check.__name__)
def test_scikit_learn_check_on_spelled_out_numbers(check: Callable[[str, Any], None]) -> None:
    check("OnNumbers", OnNumbers(costs=(1.0,), folds=2, min_documents=1))


@pytest.fixture(scope="module")
def data(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> tuple[list[str], np.ndarray]:
    return [item.document.text for item in labeled], np.maximum(label_matrix(labeled, sample_taxonomy)[:, :3], 0)


@pytest.fixture(scope="module")
def fitted(data: tuple[list[str], np.ndarray]) -> ThemeClassifier:
    return ThemeClassifier(costs=(0.3,)).fit(*data)


def test_outputs(fitted: ThemeClassifier, data: tuple[list[str], np.ndarray]) -> None:
    texts, labels = data
    assert fitted.decision_function(texts).shape == fitted.predict_proba(texts).shape == labels.shape
    assert fitted.predict(texts).dtype == np.int64
    assert fitted.score(texts, labels) > 0.9
    assert fitted.classes_.tolist() == [0, 1, 2]
    assert fitted.folds_.shape == (45,)
    assert fitted.out_of_fold_scores_.shape == labels.shape


def test_parameters_reach_the_features(data: tuple[list[str], np.ndarray]) -> None:
    words = ThemeClassifier(
        char_ngrams=(0, 0), hangul_ngrams=(0, 0), ideograph_ngrams=(0, 0), costs=(1.0,), folds=3
    ).fit(*data)
    vocabulary = words.scorer_.vocabulary
    assert len(vocabulary) == vocabulary.n_words > 0
    assert set(words.folds_) == {0, 1, 2}
    changed = clone(words).set_params(min_documents=5)
    assert changed.get_params()["min_documents"] == 5
    assert not hasattr(changed, "scorer_")
    assert len(changed.fit(*data).scorer_.vocabulary) < len(vocabulary)


def test_terms_are_learned_from(data: tuple[list[str], np.ndarray]) -> None:
    terms = [{"en": ["zebra crossing"]}, {}, {}]
    with_terms = ThemeClassifier(costs=(1.0,), terms=terms).fit(*data)
    without = ThemeClassifier(costs=(1.0,)).fit(*data)
    text = ["They painted a zebra crossing."]
    assert with_terms.decision_function(text)[0, 0] > without.decision_function(text)[0, 0] + 0.05


def test_names_may_come_with_the_labels(data: tuple[list[str], np.ndarray]) -> None:
    import pandas as pd

    texts, labels = data
    names = ["Security: Cyber attack", "Security: Space", "Biosecurity"]
    given = ThemeClassifier(costs=(1.0,), names=names).fit(texts, labels)
    from_columns = ThemeClassifier(costs=(1.0,)).fit(texts, pd.DataFrame(labels, columns=names))
    assert given.decider_.slopes.tolist() == from_columns.decider_.slopes.tolist()
    assert np.array_equal(given.decision_function(texts), from_columns.decision_function(texts))
    numbered = ThemeClassifier(costs=(1.0,)).fit(texts, pd.DataFrame(labels))
    nameless = ThemeClassifier(costs=(1.0,)).fit(texts, labels)
    assert np.array_equal(numbered.decision_function(texts), nameless.decision_function(texts))
    assert np.abs(given.decision_function(texts) - nameless.decision_function(texts)).max() > 1e-3


def test_a_theme_with_terms_is_not_led_by_its_name(data: tuple[list[str], np.ndarray]) -> None:
    terms = [{"en": ["cyber attack"]}, {"en": ["orbit"]}, {"en": ["virus"]}]
    with_names, without = (
        ThemeClassifier(costs=(1.0,), terms=terms, names=names).fit(*data) for names in (("cyber", "space", "x"), None)
    )
    assert np.array_equal(with_names.decision_function(data[0]), without.decision_function(data[0]))


def test_as_many_names_as_themes(data: tuple[list[str], np.ndarray]) -> None:
    with pytest.raises(ValueError, match="2 names for 3 themes"):
        ThemeClassifier(names=["cyber", "space"]).fit(*data)


def test_probabilities_sum_to_one_where_every_text_has_one_theme(data: tuple[list[str], np.ndarray]) -> None:
    texts, labels = data
    one = np.eye(3, dtype=np.int8)[np.where(labels.any(axis=1), labels.argmax(axis=1), 2)]
    classifier = ThemeClassifier(costs=(0.3,)).fit(texts, one)
    p = classifier.predict_proba([*texts, "", "Qwertz."])
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert classifier.predict([*texts, "", "Qwertz."]).sum(axis=1).tolist() == [1] * (len(texts) + 2)
    assert ThemeClassifier(costs=(0.3,)).fit(texts, labels).predict_proba(texts).sum(axis=1).std() > 0.01


def test_at_work_in_scikit_learn(data: tuple[list[str], np.ndarray]) -> None:
    texts, labels = data
    estimator = ThemeClassifier(costs=(0.3,), folds=2)
    folds = KFold(3, shuffle=True, random_state=0)
    predicted = cross_val_predict(estimator, texts, labels, cv=folds)
    assert predicted.shape == labels.shape
    assert (predicted == labels).mean() > 0.82
    assert cross_val_predict(estimator, texts, labels, cv=folds, method="decision_function").shape == labels.shape
    assert cross_val_score(estimator, texts, labels, cv=folds, scoring="f1_micro").min() > 0.3
    pipeline = make_pipeline(FunctionTransformer(lambda rows: [row.strip() for row in rows]), estimator)
    assert np.array_equal(
        pipeline.fit(texts, labels).predict(texts), clone(estimator).fit(texts, labels).predict(texts)
    )
    search = GridSearchCV(estimator, {"min_documents": [1, 2]}, cv=2, scoring="f1_micro").fit(texts, labels)
    assert search.best_params_["min_documents"] in (1, 2)


def test_numpy_and_lists_and_sparse_labels_are_alike(
    data: tuple[list[str], np.ndarray], fitted: ThemeClassifier
) -> None:
    from scipy.sparse import csr_matrix

    texts, labels = data
    expected = fitted.decision_function(texts)
    for X, y in ((np.array(texts, dtype=object), labels), (tuple(texts), labels.tolist()), (texts, csr_matrix(labels))):
        again = clone(fitted).fit(X, y)
        np.testing.assert_allclose(again.decision_function(X), expected, atol=1e-9)


def test_a_pickle_keeps_the_scores(fitted: ThemeClassifier, data: tuple[list[str], np.ndarray]) -> None:
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.decision_function(data[0]), fitted.decision_function(data[0]))


def test_groups_are_kept_whole(data: tuple[list[str], np.ndarray]) -> None:
    texts, labels = data
    groups = np.arange(len(texts)) % 9
    folds = ThemeClassifier(costs=(1.0,)).fit(texts, labels, groups=groups).folds_
    assert all(len(set(folds[groups == group])) == 1 for group in range(9))


def test_not_fitted() -> None:
    for method in ("predict", "predict_proba", "decision_function"):
        with pytest.raises(NotFittedError):
            getattr(ThemeClassifier(), method)(["text"])


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ("one text", [[1]], "put it into a list"),
        (b"bytes", [[1]], "put it into a list"),
        (["a", 5], [[1], [0]], "got int at position 1"),
        (["a", None], [[1], [0]], "got NoneType at position 1"),
        (["a", "b"], [1, 0], "indicator matrix"),
        (["a", "b"], [[2], [0]], "indicator matrix"),
        (["a", "b"], [[0.5], [0]], "indicator matrix"),
        (["a", "b"], [[1]], "2 texts and 1 rows"),
        (["a", "b"], None, "target y is None"),
        ([], np.zeros((0, 2)), "text"),
        (["a", "b"], np.zeros((2, 0)), "at least one theme"),
    ],
)
def test_input_of_another_kind(X: Any, y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ThemeClassifier().fit(X, y)


def test_checked_values() -> None:
    assert checked_texts(np.array([["a"], ["b"]])) == ["a", "b"]
    assert checked_labels([[True, False]]).dtype == np.int8
