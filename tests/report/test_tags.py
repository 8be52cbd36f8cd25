from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import InputError
from pipeline.report.storage import read_table, write_table
from pipeline.report.tables import unassigned
from pipeline.report.tags import REQUIRED_COLUMNS, TAG_COLUMNS, Tags, make_tags, read_tags
from pipeline.report.write import write_doc_tags
from pipeline.types import Taxonomy


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_every_format_reads_back_the_same(suffix: str, frame: pd.DataFrame, tags: Tags, tmp_path: Path) -> None:
    path = write_doc_tags(frame, tmp_path / f"doc_tags.{suffix}")
    pd.testing.assert_frame_equal(read_tags(path).frame, tags.frame)


def test_folder_brings_what_stands_beside(frame: pd.DataFrame, beside: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    write_doc_tags(frame, tmp_path / "doc_tags.csv")
    for name, table in beside.items():
        write_table(table, tmp_path / f"{name}.csv")
    (tmp_path / "run.json").write_text('{"version": "1"}', encoding="utf-8")
    found = read_tags(tmp_path)
    assert found.skipped.to_dict("records") == beside["skipped"].to_dict("records")
    assert found.run == {"version": "1"}
    assert found.documents.set_index("doc_id")["remark"]["d0040"] == "too short"


def test_newest_table_of_a_folder_is_read(frame: pd.DataFrame, tmp_path: Path) -> None:
    write_doc_tags(frame, tmp_path / "doc_tags.parquet")
    write_doc_tags(frame.head(3), tmp_path / "doc_tags.csv")
    os.utime(tmp_path / "doc_tags.parquet", (1, 1))
    assert len(read_tags(tmp_path).frame) == 3


def test_group_of_repeats_counts_once(tags: Tags) -> None:
    counted = tags.documents.set_index("doc_id")["counted"]
    assert counted[["d0020", "d0021", "d0022", "d0031"]].tolist() == [True, False, False, True]
    assert len(tags) == 160


@pytest.mark.parametrize("missing", REQUIRED_COLUMNS)
def test_missing_column_is_named(missing: str, frame: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=f"lacks the column {missing}"):
        make_tags(frame.drop(columns=missing))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("decision", "maybe", r"row 3 has decision 'maybe'"),
        ("probability", "high", r"row 3 has probability 'high'"),
        ("threshold", "1.5", r"row 3 has threshold '1.5'"),
        ("start", "x", r"row 3 has start 'x'"),
    ],
)
def test_wrong_value_is_named_with_its_row(column: str, value: str, message: str, frame: pd.DataFrame) -> None:
    wrong = frame.astype({column: object})
    wrong.loc[2, column] = value
    with pytest.raises(InputError, match=message):
        make_tags(wrong)


@pytest.mark.parametrize(
    ("date", "stated", "precision"),
    [
        ("2023-07-18", "", "day"), ("2023-07-18", "year", "year"), ("2023", "day", "year"),
        ("2023-07", "month", "month"),
        ("18.7.2023", "day", "none"), ("2023-13", "month", "none"), ("", "day", "none"), ("2023-07-18", "none", "none"),
    ],
)  # fmt: skip
def test_precision_is_the_coarser_of_date_and_column(
    date: str, stated: str, precision: str, frame: pd.DataFrame
) -> None:
    found = make_tags(frame.head(1).assign(pub_date=date, date_precision=stated)).frame
    assert found["date_precision"].tolist() == [precision]


def test_optional_columns_may_be_absent(frame: pd.DataFrame) -> None:
    found = make_tags(frame[list(REQUIRED_COLUMNS)]).frame
    assert tuple(found.columns) == TAG_COLUMNS
    assert found["title"].eq("").all()


def test_themes_only_the_table_knows_come_last(tags: Tags, taxonomy: Taxonomy) -> None:
    smaller = Taxonomy(taxonomy.name, taxonomy.version, taxonomy.themes[:2])
    merged = tags.taxonomy(smaller)
    assert merged.ids[:2] == taxonomy.ids[:2]
    assert set(merged.ids[2:]) == {"space", "crime"}
    assert merged["space"].label("ko") == "우주 안보"
    assert tags.taxonomy(taxonomy) is taxonomy


def test_places_without_a_table_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"x")
    (tmp_path / "broken.jsonl").write_text('{"doc_id": \n', encoding="utf-8")
    for path in (tmp_path, tmp_path / "absent.csv", tmp_path / "notes.docx", tmp_path / "broken.jsonl"):
        with pytest.raises(InputError) as raised:
            read_tags(path)
        assert str(path) in str(raised.value)


def test_json_tables_carry_a_format_version(tmp_path: Path) -> None:
    table = pd.DataFrame({"theme": ["a", "b"], "share": [0.5, None]})
    write_table(table, tmp_path / "coverage.json")
    assert '"version": 1' in (tmp_path / "coverage.json").read_text(encoding="utf-8")
    assert read_table(tmp_path / "coverage.json").to_dict("list")["theme"] == ["a", "b"]


def test_documents_whose_tags_were_all_filtered_out_are_counted(
    frame: pd.DataFrame, beside: dict[str, pd.DataFrame]
) -> None:
    only_cyber = frame[frame["theme"] == "cyber"]
    found = make_tags(only_cyber, documents=beside["documents"])
    assert found.documents["doc_id"].tolist() == beside["documents"]["doc_id"].tolist()
    left_out = found.documents[~found.documents["doc_id"].isin(only_cyber["doc_id"])]
    assert left_out["counted"].sum() > 100
    assert set(unassigned(found)["doc_id"]) >= set(left_out["doc_id"])


def test_probabilities_are_those_of_the_documents_in_their_order(
    frame: pd.DataFrame, beside: dict[str, pd.DataFrame], tags: Tags
) -> None:
    turned = beside["probabilities"].iloc[::-1]
    found = make_tags(frame, documents=beside["documents"], probabilities=turned)
    assert tags.probabilities is not None
    pd.testing.assert_frame_equal(found.probabilities, tags.probabilities)
    assert make_tags(frame, probabilities=turned.head(3)).probabilities is None
