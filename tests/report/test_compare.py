from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.report.build import ReportOptions, build_report
from pipeline.report.compare import PARTS, Comparison, compare_tags, write_comparison
from pipeline.report.matrix import read_reported
from pipeline.report.storage import read_table
from pipeline.report.tags import Tags, make_tags
from pipeline.report.write import save_report, write_doc_tags
from pipeline.types import Taxonomy

POINTS = [f"{part}_points" for part in PARTS]
MEANINGS = dict.fromkeys(("cyber", "military-ai", "space", "biosecurity", "crime"), "as ever")


def _retagged(frame: pd.DataFrame) -> pd.DataFrame:
    """Another model leaves cyber out of every fourth document, and thirty documents are not the same ones."""
    number = frame["doc_id"].str[1:].astype(int)
    later = frame[number >= 30].assign(model="other-model")
    dropped = (later["theme"] == "cyber") & (number[number >= 30] % 4 == 0)
    later.loc[dropped, ["decision", "probability"]] = ["abstain", 0.48]
    added = later.head(20).assign(doc_id=[f"new{place}" for place in range(20)])
    return pd.concat([later, added], ignore_index=True)


def _total(found: Comparison) -> pd.DataFrame:
    return found.restatement[found.restatement["period"] == "all"].set_index("theme")


def _parts_add_up(found: Comparison) -> None:
    known = found.restatement.dropna(subset=["difference_points"])
    total = known[POINTS].sum(axis=1, skipna=False)
    pd.testing.assert_series_equal(total, known["difference_points"], check_names=False, atol=1e-9, rtol=0)


def test_parts_add_up_and_flips_are_the_model_s(frame: pd.DataFrame) -> None:
    found = compare_tags(make_tags(frame), make_tags(_retagged(frame)))
    _parts_add_up(found)
    total = _total(found)
    assert total.loc["cyber", "model_points"] < 0
    assert total.loc["space", "model_points"] == 0
    assert total["n_same"].iloc[0] == 130
    assert set(found.flips["theme"]) == {"cyber"}
    assert set(found.flips["before"]) == {"assigned"}
    assert set(found.flips["after"]) == {"abstain"}
    assert set(found.flips["cause"]) == {"model"}
    assert found.flips["evidence_before"].ne("").all()


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_parts_add_up_whatever_changes(frame: pd.DataFrame, seed: int) -> None:
    random = np.random.default_rng(seed)
    sides = []
    for _ in range(2):
        rows = frame[random.random(len(frame)) < random.random()]
        decisions = np.where(random.random(len(rows)) < 0.8, rows["decision"], "not")
        places = pd.DataFrame({"doc_id": rows["doc_id"].unique()})
        places["location"] = [f"file{number}" for number in random.integers(0, 60, len(places))]
        moved = rows["doc_id"].where(random.random(len(rows)) < 0.9, rows["doc_id"] + "x")
        sides.append(make_tags(rows.assign(decision=decisions, doc_id=moved), documents=places))
    _parts_add_up(compare_tags(sides[0], sides[1], grain="year"))


@pytest.mark.parametrize(
    ("meanings", "models", "cause"),
    [
        ({**MEANINGS, "cyber": "narrower"}, ("a", "b"), "taxonomy"),
        (MEANINGS, ("a", "b"), "model"),
        (MEANINGS, ("a", "a"), "other"),
    ],
)
def test_records_of_the_runs_name_the_cause(
    frame: pd.DataFrame, meanings: dict[str, str], models: tuple[str, str], cause: str
) -> None:
    before = make_tags(frame, run={"model": models[0], "themes": MEANINGS})
    after = make_tags(_retagged(frame), run={"model": models[1], "themes": meanings})
    found = compare_tags(before, after)
    _parts_add_up(found)
    assert set(found.flips["cause"]) == {cause}
    assert _total(found).loc["cyber", f"{cause}_points"] < 0


def test_a_theme_that_was_dropped_is_the_taxonomy_s(frame: pd.DataFrame) -> None:
    without = frame[frame["theme"] != "space"]
    rest = frame[~frame["doc_id"].isin(without["doc_id"])].assign(theme="crime", decision="not")
    found = compare_tags(make_tags(frame), make_tags(pd.concat([without, rest], ignore_index=True)))
    assert set(found.flips["theme"]) == {"space"}
    assert set(found.flips["cause"]) == {"taxonomy"}
    assert set(found.flips["after"]) == {"not"}


def test_a_document_that_changed_is_neither_gone_nor_new(frame: pd.DataFrame) -> None:
    ids = frame["doc_id"].drop_duplicates()
    before = pd.DataFrame({"doc_id": ids, "location": ids + ".txt"})
    rewritten = frame["doc_id"] == frame.loc[frame["theme"] == "space", "doc_id"].iloc[0]
    edited = frame.assign(doc_id=frame["doc_id"].where(~rewritten, "edited"))
    edited.loc[rewritten & (frame["theme"] == "space"), "decision"] = "not"
    after = before.assign(doc_id=before["doc_id"].where(~ids.isin(frame.loc[rewritten, "doc_id"]), "edited"))
    found = compare_tags(make_tags(frame, documents=before), make_tags(edited, documents=after))
    total = _total(found).loc["space"]
    assert (total["n_changed"], total["removed_points"], total["new_points"]) == (1, 0, 0)
    assert total["changed_points"] == pytest.approx(total["difference_points"])
    assert found.flips[["doc_id", "theme", "cause"]].to_numpy().tolist() == [["edited", "space", "document"]]


def test_flips_show_probabilities_of_what_was_not_assigned(frame: pd.DataFrame) -> None:
    later = _retagged(frame)
    later = later[~((later["theme"] == "cyber") & (later["decision"] == "abstain"))]
    ids = frame["doc_id"].drop_duplicates()
    known = pd.DataFrame({"doc_id": pd.concat([ids, later["doc_id"]]).unique()}).assign(cyber=0.31)
    found = compare_tags(make_tags(frame), make_tags(later, documents=known[["doc_id"]], probabilities=known))
    assert len(found.flips) > 0
    assert set(found.flips["probability_after"]) == {0.31}


def test_tables_are_written_in_the_formats_asked_for(frame: pd.DataFrame, tmp_path: Path) -> None:
    found = compare_tags(make_tags(frame), make_tags(_retagged(frame)))
    paths = write_comparison(found, tmp_path / "out", formats=("csv", "json"))
    assert [path.name for path in paths] == ["restatement.csv", "restatement.json", "flips.csv", "flips.json"]
    assert [len(read_table(path)) for path in paths[::2]] == [len(found.restatement), len(found.flips)]


def test_same_tags_differ_in_nothing(tags: Tags) -> None:
    found = compare_tags(tags, tags)
    assert found.flips.empty
    assert (found.restatement[["difference_points", *POINTS]] == 0).all(axis=None)


def test_new_documents_alone_are_seen_as_such(frame: pd.DataFrame) -> None:
    total = _total(compare_tags(make_tags(frame[frame["doc_id"] < "d0060"]), make_tags(frame)))
    assert total["new_points"].tolist() == pytest.approx(total["difference_points"].tolist())
    assert (total["new_points"] != 0).any()


def test_a_report_says_the_same_as_its_tags(tags: Tags, taxonomy: Taxonomy, tmp_path: Path) -> None:
    for suffix in ("csv", "parquet", "json"):
        options = ReportOptions(n_draws=10, table_formats=(suffix,))
        save_report(build_report(tags, taxonomy=taxonomy, options=options), tmp_path / suffix)
        found = compare_tags(tags, read_reported(tmp_path / suffix))
        assert found.flips.empty
        assert (found.restatement["difference_points"] == 0).all()


def test_a_folder_of_tags_is_read_as_tags(frame: pd.DataFrame, tmp_path: Path) -> None:
    write_doc_tags(frame, tmp_path / "doc_tags.csv")
    assert read_reported(tmp_path).frame["probability"].notna().all()


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds neither doc_tags nor theme_matrix"):
        read_reported(tmp_path)
