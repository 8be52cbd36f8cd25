from __future__ import annotations

import pandas as pd
import pytest

from pipeline.report.evidence import EVIDENCE_COLUMNS, evidence
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
