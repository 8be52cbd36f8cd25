"""Words behind a tag that another model gives or takes away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.classify.flips import word_shifts
from pipeline.classify.model import ThemeModel, document_of
from pipeline.types import ASSIGNED

TEXT = document_of(
    "Ransomware had locked the servers of a hospital, and the malware came by post. The agency warned of more."
)


@pytest.fixture(scope="module")
def blind(model: ThemeModel) -> ThemeModel:
    """The model without its weights for one word."""
    coefficients = model.scorer.coefficients.copy()
    rows = [row for row, term in enumerate(model.scorer.vocabulary.terms) if "malware" in term]
    coefficients[rows, model.taxonomy.column["cyber"]] = -20.0
    return replace(model, scorer=replace(model.scorer, coefficients=coefficients))


def assigned(model: ThemeModel) -> bool:
    return bool(model.predict([TEXT]).decisions[0, model.taxonomy.column["cyber"]] == ASSIGNED)


def test_the_word_that_changed_its_weight_comes_first(model: ThemeModel, blind: ThemeModel) -> None:
    assert (assigned(model), assigned(blind)) == (True, False)
    lost, won = word_shifts(model, blind, TEXT, theme="cyber"), word_shifts(blind, model, TEXT, theme="cyber")
    assert lost[0].word == won[0].word == "malware"
    assert lost[0].shift == pytest.approx(-won[0].shift)
    assert lost[0].shift < 0
    assert all(shift.shift < 0 for shift in lost)


def test_models_that_agree_have_no_shift(model: ThemeModel) -> None:
    assert word_shifts(model, model, TEXT, theme="cyber") == ()


def test_a_theme_that_one_model_lacks_has_no_shift(model: ThemeModel, blind: ThemeModel) -> None:
    assert word_shifts(model, blind, TEXT, theme="choirs") == ()


def test_fewer_are_given_when_asked(model: ThemeModel, blind: ThemeModel) -> None:
    assert len(word_shifts(model, blind, TEXT, theme="cyber", n=1)) == 1
    assert np.isfinite(word_shifts(model, blind, TEXT, theme="cyber", n=1)[0].shift)
