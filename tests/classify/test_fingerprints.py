"""Documents a model was trained on are known again, others are not."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.classify.fingerprints import NONE, SIZE, are_known, fingerprints_of, no_fingerprints
from pipeline.classify.store import load_folder
from pipeline.types import Document, LabeledDocument

WORDS = [f"word{number}" for number in range(400)]
LONG = " ".join(WORDS[:160])


def document(text: str) -> Document:
    return Document("d", text)


KNOWN = fingerprints_of([document(LONG), document("a short note"), document("")])


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        (LONG, True),
        (LONG.upper().replace(" ", "\n"), True),
        ("Press release. " + LONG + " Contact: the press office", True),
        ("A short note!", True),
        (" ".join(WORDS[200:360]), False),
        (" ".join(WORDS[:40] + WORDS[200:330]), False),
        ("another short note", False),
    ],
)
def test_which_texts_are_known(text: str, is_known: bool) -> None:
    assert are_known([document(text)], KNOWN).tolist() == [is_known]


def test_shape_and_padding() -> None:
    assert KNOWN.shape == (3, SIZE)
    assert (np.diff(KNOWN[0].astype(object)) > 0).all()
    assert (KNOWN[1] != NONE).sum() == 1


def test_fingerprints_stay_what_they_are() -> None:
    """Models keep them: with another hash they would know none of their documents again."""
    found = fingerprints_of([document("The committee met on Monday to discuss the ban")])
    assert found[0, :2].tolist() == [2908993940973160099, 3501820257743252416]


def test_nothing_is_known_to_a_model_without_fingerprints() -> None:
    assert are_known([document(LONG)], no_fingerprints()).tolist() == [False]
    assert are_known([], KNOWN).shape == (0,)


def test_a_model_keeps_them(model_folder: object, labeled: list[LabeledDocument]) -> None:
    loaded = load_folder(str(model_folder))
    assert loaded.fingerprints.shape == (45, SIZE)
    assert are_known((item.document for item in labeled), loaded.fingerprints).all()
