from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.report.adjust import book_rates
from pipeline.report.change import CHANGE_COLUMNS, change
from pipeline.report.slices import Slices, slice_tags
from pipeline.report.tags import Tags
from pipeline.types import Counts, Taxonomy


@pytest.fixture(scope="module")
def slices(tags: Tags, taxonomy: Taxonomy) -> Slices:
    return slice_tags(tags, taxonomy)


@pytest.fixture(scope="module")
def found(slices: Slices, quality: list[Counts]) -> pd.DataFrame:
    return change(slices, book_rates(quality, slices.taxonomy.ids))


def test_verdicts_on_what_was_made_to_rise_and_fall(found: pd.DataFrame) -> None:
    assert tuple(found.columns) == CHANGE_COLUMNS
    halves = found[found["comparison"] == "halves"].set_index("theme")
    assert halves["verdict"].to_dict() == {
        "cyber": "exceeds classifier error",
        "military-ai": "exceeds classifier error",
        "space": "not assessed",
        "biosecurity": "within classifier error",
        "crime": "not assessed",
    }
    assert halves.loc["cyber", "difference_points"] > 0 > halves.loc["military-ai", "difference_points"]


def test_difference_is_stretched_by_the_true_positive_rate(found: pd.DataFrame) -> None:
    row = found[(found["comparison"] == "halves") & (found["theme"] == "cyber")].iloc[0]
    raw = row["share_after"] - row["share_before"]
    assert row["difference_points"] == pytest.approx(100 * raw / (0.9 - 0.04), rel=1e-6)


def test_every_period_follows_the_one_before(found: pd.DataFrame, slices: Slices) -> None:
    pairs = found[found["comparison"] == "successive"][["before", "after"]].drop_duplicates()
    assert pairs["before"].tolist() == slices.dated_periods[:-1]
    assert pairs["after"].tolist() == slices.dated_periods[1:]


def test_without_rates_there_is_no_verdict(slices: Slices) -> None:
    found = change(slices, book_rates([], slices.taxonomy.ids))
    assert set(found["verdict"]) == {"not assessed"}
    halves = found[(found["comparison"] == "halves") & (found["theme"] == "cyber")].iloc[0]
    assert halves["ci_low_points"] < halves["difference_points"] < halves["ci_high_points"]
    assert halves["method"] == "wilson"


def test_equal_slices_seldom_exceed_the_error(taxonomy: Taxonomy, quality: list[Counts], slices: Slices) -> None:
    random = np.random.default_rng(3)
    verdicts = []
    for _ in range(60):
        has_theme = random.random((200, len(taxonomy))) < 0.2
        documents = pd.DataFrame({"source": ["a", "b"] * 100, "period": "2023", "language": "en"})
        drawn = Slices(documents, taxonomy, "year", has_theme, np.full(has_theme.shape, np.nan))
        rows = change(drawn, book_rates(quality, taxonomy.ids, n_draws=300), compare=("a", "b"))
        verdicts += rows.loc[(rows["comparison"] == "chosen") & (rows["theme"] == "cyber"), "verdict"].tolist()
    assert verdicts.count("exceeds classifier error") <= 8


def test_chosen_slices_come_first(slices: Slices) -> None:
    rates = book_rates([], slices.taxonomy.ids, n_draws=10)
    for pair in ((slices.dated_periods[0], slices.dated_periods[-1]), (slices.sources[0], slices.sources[1])):
        rows = change(slices, rates, compare=pair).head(len(slices.taxonomy))
        assert set(rows["comparison"]) == {"chosen"}
        assert (rows["before"].iloc[0], rows["after"].iloc[0]) == pair


def test_unknown_slice_is_refused_by_name(slices: Slices) -> None:
    with pytest.raises(InputError, match="1999"):
        change(slices, book_rates([], slices.taxonomy.ids, n_draws=10), compare=("1999", slices.dated_periods[0]))
