from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipeline.report.compare import Comparison, compare_tags, write_comparison
from pipeline.report.storage import read_table
from pipeline.report.tags import make_tags
from pipeline.types import Taxonomy

PARTS = ["documents_points", "model_points", "taxonomy_points", "unknown_points"]


def _retagged(frame: pd.DataFrame) -> pd.DataFrame:
    """Another model leaves cyber out of every fourth document, and thirty documents are not the same ones."""
    number = frame["doc_id"].str[1:].astype(int)
    later = frame[number >= 30].assign(model="other-model")
    dropped = (later["theme"] == "cyber") & (number[number >= 30] % 4 == 0)
    later.loc[dropped, ["decision", "probability"]] = ["abstain", 0.48]
    added = later.head(20).assign(doc_id=[f"new{place}" for place in range(20)])
    return pd.concat([later, added], ignore_index=True)


def _parts_add_up(found: Comparison) -> None:
    known = found.restatement.dropna(subset=["difference_points"])
    assert len(known) > 5
    total = known[PARTS].sum(axis=1)
    pd.testing.assert_series_equal(total, known["difference_points"], check_names=False, atol=1e-9, rtol=0)


def test_parts_add_up_and_flips_are_the_model_s(frame: pd.DataFrame, taxonomy: Taxonomy) -> None:
    found = compare_tags(make_tags(frame), make_tags(_retagged(frame)), taxonomies=(taxonomy, taxonomy))
    _parts_add_up(found)
    total = found.restatement[found.restatement["period"] == "all"].set_index("theme")
    assert total.loc["cyber", "model_points"] < 0
    assert total.loc["space", "model_points"] == 0
    assert total["n_common"].iloc[0] == 130
    assert set(found.flips["theme"]) == {"cyber"}
    assert set(found.flips["before"]) == {"assigned"}
    assert set(found.flips["after"]) == {"abstain"}
    assert set(found.flips["cause"]) == {"model"}
    assert found.flips["evidence_before"].ne("").all()


def test_flips_of_a_redefined_theme_are_the_taxonomy_s(frame: pd.DataFrame, taxonomy: Taxonomy) -> None:
    themes = tuple(replace(theme, definition="Narrower.") if theme.id == "cyber" else theme for theme in taxonomy)
    narrower = Taxonomy("sample", "2026.2", themes)
    found = compare_tags(make_tags(frame), make_tags(_retagged(frame)), taxonomies=(taxonomy, narrower))
    _parts_add_up(found)
    assert set(found.flips["cause"]) == {"taxonomy"}


def test_a_theme_that_was_dropped_is_the_taxonomy_s(frame: pd.DataFrame) -> None:
    without = frame[frame["theme"] != "space"]
    rest = frame[~frame["doc_id"].isin(without["doc_id"])].assign(theme="crime", decision="not")
    found = compare_tags(make_tags(frame), make_tags(pd.concat([without, rest], ignore_index=True)))
    assert set(found.flips["theme"]) == {"space"}
    assert set(found.flips["cause"]) == {"taxonomy"}
    assert set(found.flips["after"]) == {"not"}


def test_both_tables_are_written(frame: pd.DataFrame, tmp_path: Path) -> None:
    found = compare_tags(make_tags(frame), make_tags(_retagged(frame)))
    paths = write_comparison(found, tmp_path / "out")
    assert [len(read_table(path)) for path in paths] == [len(found.restatement), len(found.flips)]


def test_same_tags_differ_in_nothing(frame: pd.DataFrame) -> None:
    found = compare_tags(make_tags(frame), make_tags(frame))
    assert found.flips.empty
    assert (found.restatement[["difference_points", *PARTS]] == 0).all(axis=None)


def test_new_documents_alone_are_seen_as_such(frame: pd.DataFrame) -> None:
    found = compare_tags(make_tags(frame[frame["doc_id"] < "d0060"]), make_tags(frame))
    total = found.restatement[found.restatement["period"] == "all"]
    assert total["documents_points"].tolist() == pytest.approx(total["difference_points"].tolist())
    assert (total["documents_points"] != 0).any()
