from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from pipeline.report import tables
from pipeline.report.adjust import RateBook, book_rates
from pipeline.report.matrix import theme_matrix
from pipeline.report.slices import Slices, slice_tags
from pipeline.report.tags import Tags, make_tags
from pipeline.types import Counts, ProbabilitySums, Taxonomy


@pytest.fixture(scope="module")
def slices(tags: Tags, taxonomy: Taxonomy) -> Slices:
    return slice_tags(tags, taxonomy)


@pytest.fixture(scope="module")
def rates(quality: list[Counts], taxonomy: Taxonomy) -> RateBook:
    return book_rates(quality, taxonomy.ids, n_draws=200)


@pytest.fixture(scope="module")
def coverage(slices: Slices, rates: RateBook) -> pd.DataFrame:
    return tables.coverage(slices, rates)


def test_coverage_equals_counting_one_by_one(coverage: pd.DataFrame, slices: Slices) -> None:
    counted = {}
    for row, (_, document) in enumerate(slices.documents.iterrows()):
        choices = [("all", document[name]) for name in ("period", "source", "language")]
        for key in itertools.product(*choices):
            for theme, has in zip(slices.taxonomy.ids, slices.has_theme[row], strict=True):
                n_docs, n_tagged = counted.get((*key, theme), (0, 0))
                counted[(*key, theme)] = (n_docs + 1, n_tagged + int(has))
    keys = coverage[["period", "source", "language", "theme"]].itertuples(index=False, name=None)
    found = dict(zip(keys, zip(coverage["n_docs"], coverage["n_tagged"], strict=True), strict=True))
    assert found == counted


def test_coverage_columns_and_order(coverage: pd.DataFrame, slices: Slices) -> None:
    assert tuple(coverage.columns) == tables.COVERAGE_COLUMNS
    assert coverage["theme"].head(5).tolist() == list(slices.taxonomy.ids)
    periods = [period for period in coverage["period"].drop_duplicates() if period != "all"]
    assert periods == [*sorted(periods[:-1]), "undated"]
    assert coverage.loc[0, ["period", "source", "language"]].tolist() == ["all", "all", "all"]


def test_coverage_says_how_each_interval_was_made(coverage: pd.DataFrame) -> None:
    total = coverage[(coverage["period"] == "all") & (coverage["source"] == "all")]
    method = total.set_index(["theme", "language"])["method"]
    assert method["cyber", "all"] == "adjusted"
    assert method["cyber", "ko"] == "adjusted"
    assert method["cyber", "ar"] == "adjusted, all languages"
    assert method["space", "all"] == method["crime", "all"] == "not assessed"
    blank = coverage["method"] == "not assessed"
    assert coverage.loc[blank, ["share_adjusted", "ci_low", "ci_high"]].isna().all(axis=None)
    assert coverage.loc[~blank, ["share_adjusted", "ci_low", "ci_high"]].notna().all(axis=None)


def test_coverage_without_rates_has_raw_intervals(slices: Slices) -> None:
    found = tables.coverage(slices, book_rates([], slices.taxonomy.ids, n_draws=10))
    assert set(found["method"]) == {"wilson"}
    assert found["share_adjusted"].isna().all()
    assert ((found["ci_low"] <= found["share"] + 1e-12) & (found["share"] <= found["ci_high"] + 1e-12)).all()


def test_cooccurrence_equals_counting_one_by_one(slices: Slices) -> None:
    found = tables.cooccurrence(slices).set_index(["theme_a", "theme_b"])
    n = len(slices)
    for (i, a), (j, b) in itertools.combinations(enumerate(slices.taxonomy.ids), 2):
        one, two = set(np.flatnonzero(slices.has_theme[:, i])), set(np.flatnonzero(slices.has_theme[:, j]))
        row = found.loc[(a, b)]
        assert row["n_both"] == len(one & two)
        assert row["expected"] == pytest.approx(len(one) * len(two) / n)
        if one and two:
            assert row["jaccard"] == pytest.approx(len(one & two) / len(one | two))
            assert row["lift"] == pytest.approx(len(one & two) * n / (len(one) * len(two)))
        else:
            assert np.isnan(row["lift"])


def test_unassigned_are_exactly_those_without_a_theme(tags: Tags) -> None:
    found = tables.unassigned(tags)
    with_theme = set(tags.frame.loc[tags.frame["decision"] == "assigned", "doc_id"])
    assert set(found["doc_id"]) == set(tags.documents["doc_id"]) - with_theme
    assert found["doc_id"].is_unique
    decisions = found["decision"].tolist()
    assert decisions == sorted(decisions)
    assert found.loc[found["doc_id"] == "d0040", "remark"].tolist() in ([], ["too short"])


def test_quality_ratios_are_missing_rather_than_nought() -> None:
    found = tables.quality([Counts("a", "all", 8, 2, 2, 88), Counts("b", "all", 0, 0, 5, 95)])
    by_theme = found.set_index("theme")
    assert by_theme.loc["a", ["precision", "recall", "f1"]].tolist() == pytest.approx([0.8, 0.8, 0.8])
    assert np.isnan(by_theme.loc["b", "precision"])
    assert by_theme.loc["b", "recall"] == 0
    assert by_theme.loc["all", "support"] == 15
    assert by_theme.loc["all", "n_documents"] == 200


def test_theme_matrix_pivots_the_assigned(tags: Tags, taxonomy: Taxonomy) -> None:
    found = theme_matrix(tags, taxonomy.ids)
    assert len(found) == len(tags)
    assert found[list(taxonomy.ids)].to_numpy().sum() == (tags.frame["decision"] == "assigned").sum()


def test_tables_leave_the_tags_alone(tags: Tags, taxonomy: Taxonomy, rates: RateBook) -> None:
    before = tags.frame.copy(deep=True)
    tables.coverage(slice_tags(tags, taxonomy), rates)
    tables.unassigned(tags)
    pd.testing.assert_frame_equal(tags.frame, before)


def test_a_source_called_all_is_not_mistaken_for_the_total(frame: pd.DataFrame, taxonomy: Taxonomy) -> None:
    found = slice_tags(make_tags(frame.assign(source="all")), taxonomy)
    assert found.sources == ['"all"']


def test_no_documents_make_empty_tables(frame: pd.DataFrame, taxonomy: Taxonomy) -> None:
    empty = slice_tags(make_tags(frame.head(0)), taxonomy)
    found = tables.coverage(empty, book_rates([], taxonomy.ids, n_draws=10))
    assert found["n_docs"].tolist() == [0] * len(taxonomy)
    assert found["share"].isna().all()
    assert tables.cooccurrence(empty)["expected"].isna().all()


def test_share_from_probabilities_needs_ten_documents(
    slices: Slices, quality: list[Counts], sums: list[ProbabilitySums]
) -> None:
    books = [book_rates(figures, slices.taxonomy.ids, n_draws=20) for figures in (quality, sums)]
    found = tables.coverage(slices, *books)
    cyber = found[found["theme"] == "cyber"]
    few = cyber["n_docs"] < 10
    assert few.any()
    assert cyber.loc[few, "share_pacc"].isna().all()
    assert set(cyber.loc[few, "pacc_method"]) == {"not assessed"}
    known = cyber[~few]
    assert (known["pacc_ci_low"] <= known["share_pacc"]).all()
    assert (known["share_pacc"] <= known["pacc_ci_high"]).all()
    assert set(known.loc[known["language"] == "ko", "pacc_method"]) == {"adjusted"}
    assert set(known.loc[known["language"] == "ar", "pacc_method"]) == {"adjusted, all languages"}
    assert found.loc[found["theme"] == "crime", "share_pacc"].isna().all()
