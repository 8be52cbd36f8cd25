"""Tables from parts: every document and every skipped file has its row, in every format, or nothing is left."""

from __future__ import annotations

import csv
import errno
import gc
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.batch.ledger import Tagged
from pipeline.batch.outputs import Filters, Tally, write_outputs
from pipeline.batch.part_columns import Stretch, in_stretches
from pipeline.batch.parts import write_part
from pipeline.batch.table_lines import as_cells
from pipeline.batch.tables import FORMATS, SKIPPED_COLUMNS, DocumentRow, TagFormat, open_rows
from pipeline.batch.tagged import tag_documents
from pipeline.classify.model import ThemeModel
from pipeline.classify.tags import TagRow
from pipeline.csvtext import csv_cells
from pipeline.errors import OutputError
from pipeline.settings import TaggingSettings
from pipeline.types import Document, LabeledDocument, PublicationDate, Removed, Skipped

N_SYNCS_OF_A_PART = 2
HOSTILE = ('=HYPERLINK("x")', "two\nlines", 'say "so", twice', "-1 degree", "'=1", "‮reversed", "tab\there", "NA")


def test_entries_are_taken_together_as_far_as_they_follow_one_another() -> None:
    skipped = Skipped("inbox", "empty", "inbox/a.txt")
    places = [("a", 0), ("a", 1), None, ("a", 2), ("b", 3), ("b", 5), ("b", 6), None, None, ("b", 6)]
    entries = [Tagged("key", *place, 0) if place else skipped for place in places]
    assert list(in_stretches(entries)) == [
        Stretch("a", 0, 1), skipped, Stretch("a", 2, 2), Stretch("b", 3, 3), Stretch("b", 5, 6), skipped, skipped,
        Stretch("b", 6, 6),
    ]  # fmt: skip
    assert list(in_stretches([])) == []


def test_probabilities_are_written_with_six_decimals_at_most() -> None:
    rows = [[0.0, 1.0, 0.5, 1e-6], [2.4e-5, 4e-7, 0.1234565, 0.99999996]]
    expected = ["0.0,1.0,0.5,1e-06", "2.4e-05,0.0,0.123457,1.0"]
    assert list(as_cells(np.array(rows, np.float32))) == expected
    assert list(as_cells(np.array([[0.25], [1.0]], np.float32))) == ["0.25", "1.0"]
    assert list(as_cells(np.empty((0, 4), np.float32))) == []


@pytest.fixture
def items(labeled: list[LabeledDocument]) -> list[Document | Skipped]:
    documents: list[Document | Skipped] = [
        replace(item.document, title=HOSTILE[n % len(HOSTILE)], removed=(Removed("Menu", "menu"),) * (n % 3))
        for n, item in enumerate(labeled)
    ]
    documents.insert(7, Skipped("inbox", "empty", "inbox/a.txt"))
    return [*documents, Skipped("=cmd()", "not text", "inbox/<b>.bin"), Document("empty", "")]


def tag_to_folder(
    items: Sequence[Document | Skipped], model: ThemeModel, out: Path, *, format_: TagFormat = "csv", size: int = 100,
    filters: Filters | None = None,
) -> Tally:  # fmt: skip
    """Tag items into parts of `size` beside `out`, and make the tables of them."""
    parts, entries = out.with_name(f"{out.name}-parts"), []
    for start in range(0, len(items), size):
        rows = list(tag_documents(model, [(0, item) for item in items[start : start + size]], TaggingSettings()))
        entries.append(Tagged(str(start), write_part(parts, f"{start}", rows), 0, 0))
    return write_outputs(entries, model, out, parts=parts, format_=format_, filters=filters or Filters())


def read_csv(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def read_tags(folder: Path, format_: TagFormat) -> list[dict[str, Any]]:
    path = folder / f"doc_tags.{format_}"
    if format_ == "csv":
        return list(read_csv(path))
    if format_ == "jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    import pyarrow.parquet as pq

    return list(pq.read_table(path).to_pylist())


def test_every_item_has_its_row(items: list[Document | Skipped], model: ThemeModel, tmp_path: Path) -> None:
    tally = tag_to_folder(items, model, tmp_path)
    documents, tags = read_csv(tmp_path / "documents.csv"), read_csv(tmp_path / "doc_tags.csv")
    wanted = [item.id for item in items if isinstance(item, Document)]
    assert [row["doc_id"] for row in documents] == wanted
    assert list(dict.fromkeys(row["doc_id"] for row in tags)) == wanted
    assert tuple(documents[0]) == DocumentRow._fields
    assert tuple(tags[0]) == TagRow._fields
    skipped = read_csv(tmp_path / "skipped.csv")
    assert tuple(skipped[0]) == SKIPPED_COLUMNS
    assert [row["source"] for row in skipped] == ["inbox", "'=cmd()"]
    assert (tally.n_documents, tally.n_skipped) == (46, 2)
    assigned = [row for row in tags if row["decision"] == "assigned"]
    assert tally.n_tagged == len({row["doc_id"] for row in assigned})
    assert tally.n_by_theme == {theme: sum(row["theme"] == theme for row in assigned) for theme in model.taxonomy.ids}
    assert tally.n_abstained == len({row["doc_id"] for row in tags if row["decision"] == "abstain"})
    assert documents[2]["n_removed_lines"] == "2"
    assert documents[-1]["remark"] == "no words"


def test_no_cell_of_text_begins_like_a_formula(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path
) -> None:
    tag_to_folder(items, model, tmp_path)
    titles = {row["title"] for row in read_csv(tmp_path / "doc_tags.csv")}
    assert {'\'=HYPERLINK("x")', "'-1 degree", "''=1", "two\nlines", 'say "so", twice'} <= titles


def as_in_csv(value: object) -> str:
    return next(csv.reader([csv_cells([value])], strict=True))[0]


@pytest.mark.parametrize("format_", FORMATS)
def test_all_formats_hold_the_same(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path, format_: TagFormat
) -> None:
    plain = tmp_path / "jsonl"
    tag_to_folder(items, model, plain, format_="jsonl")
    tag_to_folder(items, model, tmp_path / "own", format_=format_)
    expected, found = read_tags(plain, "jsonl"), read_tags(tmp_path / "own", format_)
    assert [tuple(row) for row in found[:1]] == [TagRow._fields]
    if format_ == "csv":
        expected = [{name: as_in_csv(value) for name, value in row.items()} for row in expected]
    assert found == expected


@pytest.mark.parametrize("size", [1, 2, 7])
def test_parts_of_any_size_give_the_same(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path, size: int
) -> None:
    whole = tag_to_folder(items, model, tmp_path / "whole")
    assert whole == tag_to_folder(items, model, tmp_path / "cut", size=size)
    for name in ("doc_tags.csv", "documents.csv", "skipped.csv"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "cut" / name).read_bytes()


def test_another_format_takes_the_place_of_the_first(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path
) -> None:
    for format_ in FORMATS:
        tag_to_folder(items, model, tmp_path, format_=format_)
        assert [path.name for path in tmp_path.glob("doc_tags.*")] == [f"doc_tags.{format_}"]


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("n_written", [0, 1, 2])
def test_a_full_disk_leaves_the_older_tables_or_none(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    format_: TagFormat, n_written: int,
) -> None:  # fmt: skip
    """All tables appear, or none, whichever of them is the one that no longer fits."""
    fsync, calls = os.fsync, iter(range(99))

    def full(descriptor: int) -> None:
        if next(calls) >= n_written + N_SYNCS_OF_A_PART:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with pytest.raises(OutputError, match="disk is full"):
        tag_to_folder(items, model, tmp_path / "out", format_=format_)
    gc.collect()
    assert list((tmp_path / "out").iterdir()) == []
    assert complaints == []


def test_nothing_to_tag_gives_empty_tables(model: ThemeModel, tmp_path: Path) -> None:
    tally = tag_to_folder([], model, tmp_path)
    assert tally.n_documents == tally.n_skipped == 0
    assert read_csv(tmp_path / "doc_tags.csv") == []


def test_rows_of_half_a_surrogate_are_written(model: ThemeModel, tmp_path: Path) -> None:
    document = Document("half", "A satellite \ud800 fell into orbital debris.", "half \ud800")
    for format_ in FORMATS:
        tag_to_folder([document], model, tmp_path, format_=format_)
        assert [row["doc_id"] for row in read_tags(tmp_path, format_)] == ["half"]


def test_open_rows_refuses_other_formats(tmp_path: Path) -> None:
    with pytest.raises(KeyError), open_rows(tmp_path / "a.xls", ("x",)):
        pass


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(since="2024"), ["d", "y", "e"]),
        (Filters(since="2024-03-05"), ["y", "e"]),
        (Filters(since="2024-03-06"), ["y", "e"]),
        (Filters(since="2024-04"), ["y", "e"]),
        (Filters(since="2025-02-01"), ["e"]),
        (Filters(), ["d", "y", "n", "e"]),
    ],
)
def test_since_keeps_what_may_be_as_late(
    labeled: list[LabeledDocument], model: ThemeModel, tmp_path: Path, filters: Filters, kept: list[str]
) -> None:
    dates = {"d": "2024-03-04", "y": "2024", "n": "", "e": "2025-02"}
    if filters.since == "2024-03-05":
        dates["y"] = "2024-03"
    items = [
        Document(name, item.document.text, date=PublicationDate(value, "day", "text"))
        for (name, value), item in zip(dates.items(), labeled, strict=False)
    ]
    tally = tag_to_folder(items, model, tmp_path / "out", filters=filters)
    assert tally.n_documents == 4
    for name in ("documents", "doc_tags"):
        found = dict.fromkeys(row["doc_id"] for row in read_csv(tmp_path / "out" / f"{name}.csv"))
        assert list(found) == kept


def test_filters_of_tags(items: list[Document | Skipped], model: ThemeModel, tmp_path: Path) -> None:
    tag_to_folder(items, model, tmp_path / "all")
    tag_to_folder(items, model, tmp_path / "some", filters=Filters(themes=("cyber", "space"), min_probability=0.5))
    every, some = read_csv(tmp_path / "all" / "doc_tags.csv"), read_csv(tmp_path / "some" / "doc_tags.csv")
    wanted = [row for row in every if row["theme"] in {"cyber", "space"} and float(row["probability"]) >= 0.5]
    assert some == wanted
    assert 0 < len(some) < len(every)
    assert read_csv(tmp_path / "some" / "documents.csv") == read_csv(tmp_path / "all" / "documents.csv")
