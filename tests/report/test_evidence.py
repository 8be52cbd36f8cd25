from __future__ import annotations

import pandas as pd
import pytest

from pipeline.report.evidence import DOUBTFUL_COLUMNS, EVIDENCE_COLUMNS, doubtful, evidence
from pipeline.report.slices import slice_tags
from pipeline.report.tags import Tags
from pipeline.types import Taxonomy


@pytest.fixture(scope="module")
def found(tags: Tags, taxonomy: Taxonomy) -> pd.DataFrame:
    return evidence(tags, slice_tags(tags, taxonomy), n_examples=2)


def test_columns_and_number(found: pd.DataFrame) -> None:
    assert tuple(found.columns) == EVIDENCE_COLUMNS
    assert found.groupby(["theme", "period", "kind"]).size().max() == 2
    assert set(found["kind"]) == {"top", "random", "doubtful"}


def test_top_are_the_most_probable_of_their_theme(found: pd.DataFrame, tags: Tags) -> None:
    counted = tags.documents.loc[tags.documents["counted"], "doc_id"]
    assigned = tags.frame[(tags.frame["decision"] == "assigned") & tags.frame["doc_id"].isin(counted)]
    for theme, rows in found[(found["kind"] == "top") & (found["period"] == "all")].groupby("theme"):
        best = assigned.loc[assigned["theme"] == theme, "probability"].nlargest(2).tolist()
        assert rows["probability"].tolist() == best


def test_random_ones_do_not_depend_on_the_order_of_rows(found: pd.DataFrame, tags: Tags, taxonomy: Taxonomy) -> None:
    turned = Tags(tags.frame.iloc[::-1].reset_index(drop=True), tags.documents, tags.skipped)
    again = evidence(turned, slice_tags(turned, taxonomy), n_examples=2)
    pd.testing.assert_frame_equal(again, found)


def test_repeats_give_no_evidence(found: pd.DataFrame) -> None:
    assert not found["doc_id"].isin(["d0021", "d0022"]).any()


def test_doubtful_are_the_nearest_on_either_side(tags: Tags, taxonomy: Taxonomy) -> None:
    found = doubtful(tags, slice_tags(tags, taxonomy), n=4)
    assert tuple(found.columns) == DOUBTFUL_COLUMNS
    assert found.groupby("theme").size().max() == 4
    assert list(dict.fromkeys(found["theme"])) == [theme for theme in taxonomy.ids if theme in set(found["theme"])]
    assert {"assigned", "abstain"} <= set(found["decision"])
    for _, rows in found.groupby("theme"):
        distance = (rows["probability"] - rows["threshold"]).abs()
        assert distance.is_monotonic_increasing
    assert not found["doc_id"].isin(["d0021", "d0022"]).any()


def test_doubtful_without_probabilities_are_those_in_the_table(tags: Tags, taxonomy: Taxonomy) -> None:
    bare = Tags(tags.frame, tags.documents, tags.skipped)
    found = doubtful(bare, slice_tags(bare, taxonomy))
    keys = set(zip(tags.frame["doc_id"], tags.frame["theme"], strict=True))
    assert set(zip(found["doc_id"], found["theme"], strict=True)) <= keys
