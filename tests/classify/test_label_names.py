"""The words of names: levels, humps and marks between words; what has terms keeps them instead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.label_names import names_of, words_of_names
from pipeline.types import Taxonomy, Theme

from .strategies import wild_text

NAMES = (
    ("palm-oil", "palm oil"),
    ("rapeseed", "rapeseed"),
    ("science/technology", "science technology"),
    ("human_rights", "human rights"),
    ("HumanRights", "Human Rights"),
    ("ÉnergieÉolienne", "ÉnergieÉolienne"),
    ("AI policy", "AI policy"),
    ("Applications: Education", "Education"),
    ("Strategies: Disclosure: In deployment", "In deployment"),
    ("Security > Cyber", "Cyber"),
    ("Fines:", "Fines"),
    ("Harm to health/safety, including privacy", "Harm to health safety including privacy"),
    ("사이버 안보", "사이버 안보"),
    ("网络安全", "网络安全"),
    ("C12", "C12"),
    ("12", ""),
    ("--", ""),
    ("", ""),
)


@pytest.mark.parametrize(("name", "words"), NAMES)
def test_the_words_of_a_name(name: str, words: str) -> None:
    assert words_of_names([name]) == [words]


def test_names_that_end_alike_keep_all_levels() -> None:
    names = ["Harms: Other", "Uses: other", "Uses: Education", "Other: Fines"]
    assert words_of_names(names) == ["Harms Other", "Uses other", "Education", "Fines"]


@given(st.lists(wild_text, max_size=6))
def test_names_of_any_code_points(names: list[str]) -> None:
    words = words_of_names(names)
    assert len(words) == len(names)
    assert all(own == own.strip() and (not own or any(map(str.isalpha, own))) for own in words)


def test_a_theme_with_terms_is_known_by_these() -> None:
    themes = (
        Theme("cyber", {"en": "Cyber security"}, terms={"en": ("malware",)}),
        Theme("space", {"en": "Uses: Space", "es": "Usos: Espacio", "fr": "Uses: Space"}),
        Theme("crime", {"en": "Crime"}, terms={"en": ()}),
        Theme("nameless", {}),
        Theme("energy", {"ko": "에너지"}, "Oil, gas and power."),
    )
    assert names_of(Taxonomy("sample", "1", themes)) == [
        "",
        "Space\nEspacio",
        "Crime",
        "",
        "에너지\nOil, gas and power.",
    ]


def test_themes_without_any_label() -> None:
    assert names_of(Taxonomy("sample", "1", (Theme("a", {}), Theme("b", {}, "Rules.")))) == ["", "Rules."]


def test_a_codebook_of_terms_has_no_names(sample_taxonomy: Taxonomy) -> None:
    assert not any(names_of(sample_taxonomy))
