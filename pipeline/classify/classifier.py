"""`ThemeClassifier`: the product's text classifier as a scikit-learn estimator on raw strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from pipeline.classify.decisions import Decider
from pipeline.classify.features import FeatureSettings
from pipeline.classify.fitting import FitSettings, Fitted, fit
from pipeline.classify.label_names import words_of_names
from pipeline.classify.lexicon import TermsByLanguage
from pipeline.classify.scorer import LinearScorer

FEATURES, FITTING = FeatureSettings(), FitSettings()


class ThemeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """TF-IDF of words and characters, one linear machine per theme, calibrated, with a threshold per theme.

    Parameters are those of `FeatureSettings` and `FitSettings`; their defaults are the product's. `terms`, for each
    theme a mapping from language code to words and phrases, is optional: they are looked for in every text and
    learned from as examples. `names`, what each theme is called, are the columns of `y` where it is a data frame: a
    machine is led by its name, if cross-validation finds that names help, unless the theme has terms.

    After `fit`: `scorer_`, `decider_`, `out_of_fold_scores_` float64 (n, k), `folds_` int64 (n,), and `classes_` (k,),
    the column numbers.
    """

    def __init__(
        self,
        *,
        word_ngrams: tuple[int, int] = FEATURES.word_ngrams,
        char_ngrams: tuple[int, int] = FEATURES.char_ngrams,
        hangul_ngrams: tuple[int, int] = FEATURES.hangul_ngrams,
        ideograph_ngrams: tuple[int, int] = FEATURES.ideograph_ngrams,
        prefixes: tuple[int, int] = FEATURES.prefixes,
        min_documents: int = FEATURES.min_documents,
        word_weight: float = FEATURES.word_weight,
        char_weight: float = FEATURES.char_weight,
        unknown: bool = FEATURES.unknown,
        lexicon_weight: float = FEATURES.lexicon_weight,
        costs: tuple[float, ...] = FITTING.costs,
        folds: int = FITTING.folds,
        seed: int = FITTING.seed,
        card_weight: float = FITTING.card_weight,
        terms: Sequence[TermsByLanguage] | None = None,
        names: Sequence[str] | None = None,
    ) -> None:
        self.word_ngrams = word_ngrams
        self.char_ngrams = char_ngrams
        self.hangul_ngrams = hangul_ngrams
        self.ideograph_ngrams = ideograph_ngrams
        self.prefixes = prefixes
        self.min_documents = min_documents
        self.word_weight = word_weight
        self.char_weight = char_weight
        self.unknown = unknown
        self.lexicon_weight = lexicon_weight
        self.costs = costs
        self.folds = folds
        self.seed = seed
        self.card_weight = card_weight
        self.terms = terms
        self.names = names

    def fit(
        self,
        X: Sequence[str],
        y: ArrayLike,
        *,
        groups: ArrayLike | None = None,
        languages: Sequence[str] | None = None,
    ) -> ThemeClassifier:
        """Learn from raw texts and an indicator matrix (n, k) of 1, 0, and -1 for cells not judged.

        Rows of one group (shape (n,)) never stand on both sides of a fold; `languages` are codes of the texts, if
        known. Raises ValueError for input of another kind.
        """
        texts, labels = checked_texts(X), checked_labels(y)
        if not texts:
            raise ValueError("found no texts to learn from")
        if len(texts) != len(labels):
            raise ValueError(f"found {len(texts)} texts and {len(labels)} rows of labels")
        fitted = fit(
            texts,
            labels,
            FeatureSettings(**{field.name: getattr(self, field.name) for field in fields(FeatureSettings)}),
            FitSettings(**{field.name: getattr(self, field.name) for field in fields(FitSettings)}),
            languages=languages,
            terms=self.terms,
            names=self._names(y, labels.shape[1]),
            groups=None if groups is None else np.asarray(groups),
        )
        return self._take(fitted, labels.shape[1])

    def decision_function(self, X: Sequence[str]) -> NDArray[np.float64]:
        """Linear scores, float64 (n, k)."""
        return self._scores(X)[:, : len(self.classes_)]

    def predict_proba(self, X: Sequence[str]) -> NDArray[np.float32]:
        """Calibrated probabilities, float32 (n, k); rows sum to one only if every text learned from had one theme."""
        scores = self._scores(X)
        return self.decider_.probabilities(scores)

    def predict(self, X: Sequence[str]) -> NDArray[np.int64]:
        """Indicator matrix (n, k) of the themes assigned."""
        probabilities = self.predict_proba(X)
        return self.decider_.assigned(probabilities).astype(np.int64)

    def _scores(self, X: Sequence[str]) -> NDArray[np.float64]:
        check_is_fitted(self, "scorer_")
        return self.scorer_.score(checked_texts(X)).scores

    def _names(self, y: Any, k: int) -> list[str]:
        """The words of the themes' names; "" for those that have terms."""
        columns = [name if isinstance(name, str) else "" for name in getattr(y, "columns", [""] * k)]
        names = columns if self.names is None else list(self.names)
        if len(names) != k:
            raise ValueError(f"found {len(names)} names for {k} themes")
        described = {column for column, terms in enumerate(self.terms or ()) if any(terms.values())}
        return ["" if column in described else words for column, words in enumerate(words_of_names(names))]

    def _take(self, fitted: Fitted, n_themes: int) -> ThemeClassifier:
        self.scorer_: LinearScorer = fitted.scorer
        self.decider_: Decider = fitted.decider
        self.out_of_fold_scores_ = fitted.out_of_fold_scores[:, :n_themes]
        self.folds_ = fitted.folds
        self.classes_ = np.arange(n_themes)
        self.n_features_in_ = 1
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        tags.classifier_tags.multi_class = False
        tags.target_tags.required = True
        return tags


def checked_texts(X: Any) -> list[str]:
    """A list of strings from any sequence of them. Raises ValueError for anything else."""
    if isinstance(X, str | bytes):
        raise ValueError("expected a sequence of texts, got one text: put it into a list")
    texts = list(np.ravel(X) if isinstance(X, np.ndarray) else X)
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"expected texts, got {type(text).__name__} at position {position}")
    return texts


def checked_labels(y: Any) -> NDArray[np.int8]:
    """An int8 matrix (n, k) of 1, 0 and -1. Raises ValueError for anything else."""
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    labels = np.asarray(y.toarray() if hasattr(y, "toarray") else y)
    if labels.ndim != 2:
        raise ValueError(f"expected an indicator matrix (n, k), got an array of {labels.ndim} dimensions")
    if not labels.shape[1]:
        raise ValueError("expected an indicator matrix (n, k) of at least one theme, got one without columns")
    if not np.isin(labels, (-1, 0, 1)).all():
        raise ValueError("expected an indicator matrix of 1, 0, and -1 for not judged")
    return labels.astype(np.int8)
