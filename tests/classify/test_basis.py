"""What a theme rests on, in words."""

from __future__ import annotations

import pytest

from pipeline.classify.basis import FEW_EXAMPLES, Basis, bases_of
from pipeline.classify.model import ThemeModel


@pytest.mark.parametrize(
    ("n_examples", "n_terms", "said", "is_thin"),
    [
        (0, 7, "0 labelled documents and 7 terms", True),
        (1, 0, "1 labelled document", True),
        (FEW_EXAMPLES - 1, 2, "19 labelled documents and 2 terms", True),
        (FEW_EXAMPLES, 2, "20 labelled documents and 2 terms", False),
    ],
)
def test_in_words(n_examples: int, n_terms: int, said: str, is_thin: bool) -> None:
    basis = Basis("crime", n_examples, n_terms)
    assert str(basis) == said
    assert basis.is_thin == is_thin
    assert basis.warning == (f"crime rests on {said}: take its tags as suggestions" if is_thin else "")


def test_of_a_model(model: ThemeModel) -> None:
    bases = {basis.theme: basis for basis in bases_of(model)}
    assert tuple(bases) == model.taxonomy.ids
    assert bases["crime"] == Basis("crime", 3, 4)
    assert bases["space"].n_examples == model.provenance.support["space"]
