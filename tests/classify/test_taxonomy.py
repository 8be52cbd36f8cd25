"""Taxonomies: a round trip, and errors that say which theme."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.classify.taxonomy import load_taxonomy, taxonomy_from_mapping, taxonomy_to_mapping
from pipeline.errors import LabelError
from pipeline.types import Taxonomy


def test_the_sample(sample_taxonomy: Taxonomy) -> None:
    assert (sample_taxonomy.name, sample_taxonomy.version) == ("sample", "1.2")
    assert sample_taxonomy.ids == ("cyber", "space", "biosecurity", "crime")
    assert sample_taxonomy["cyber"].label("ko") == "사이버 안보"
    assert sample_taxonomy["space"].label("es") == "Space security"
    assert sample_taxonomy["crime"].terms == {
        "en": ("trafficking ring", "drug seizure", "smuggled goods", "border police")
    }


def test_a_round_trip_through_json_loses_nothing(sample_taxonomy: Taxonomy) -> None:
    assert taxonomy_from_mapping(json.loads(json.dumps(taxonomy_to_mapping(sample_taxonomy)))) == sample_taxonomy


def test_the_shipped_taxonomy_is_read() -> None:
    shipped = load_taxonomy(Path(__file__).parents[2] / "data" / "labeled" / "themes.toml")
    assert len(shipped) == 13
    assert all({"en", "ko"} <= set(theme.labels) and theme.definition for theme in shipped)


BAD = [
    ("", "no themes"),
    ("themes = []", "no themes"),
    ("themes = 5", "theme"),
    ("themes = [1, 2]", "theme"),
    ('themes = "cyber"', "theme"),
    ("[themes]\nid = 'a'", "theme"),
    ("[[themes]]\nname = 'a'", "unknown keys: name"),
    ("[[themes]]\nlabels.en = 'a'", "None is no theme id"),
    ("[[themes]]\nid = 'Cyber Security'", "'Cyber Security' is no theme id"),
    ("[[themes]]\nid = 7", "7 is no theme id"),
    ("[[themes]]\nid = 'a'\n[[themes]]\nid = 'a'", "ids occur twice: a"),
    ("[[themes]]\nid = 'a'\nlabels = 'A'", "not by language"),
    ("[[themes]]\nid = 'a'\nlabels.en = 5", "not by language"),
    ("[[themes]]\nid = 'a'\nterms = ['x']", "not by language"),
    ("[[themes]]\nid = 'a'\nterms.en = 'x'", "not by language"),
    ("[[themes]\nid = 'a'", "cannot be read"),
    (b"\xff\xfe", "cannot be read"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "message"), BAD)
def test_an_error_says_where(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = tmp_path / "themes.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(LabelError, match=message) as raised:
        load_taxonomy(path)
    assert str(path) in raised.value.where


def test_the_second_theme_is_named(tmp_path: Path) -> None:
    path = tmp_path / "themes.toml"
    path.write_text("[[themes]]\nid = 'a'\n[[themes]]\nid = 'B'\n")
    with pytest.raises(LabelError) as raised:
        load_taxonomy(path)
    assert raised.value.where == f"{path}: theme 2"


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="no taxonomy here") as raised:
        load_taxonomy(tmp_path / "themes.toml")
    assert "themes.toml" in raised.value.mend
