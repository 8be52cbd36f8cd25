"""Tagging into a folder: every document and every skipped file has its row, in every format, or nothing is left."""

from __future__ import annotations

import csv
import errno
import gc
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.batch import FORMATS, SKIPPED_COLUMNS, DocumentRow, TagFormat, batched, open_rows, tag_to_folder
from pipeline.classify.model import ThemeModel
from pipeline.classify.tags import TagRow
from pipeline.errors import OutputError
from pipeline.settings import TaggingSettings
from pipeline.types import Document, LabeledDocument, Removed, Skipped

HOSTILE = ('=HYPERLINK("x")', "two\nlines", 'say "so", twice', "-1 degree", "'=1", "‮reversed", "tab\there", "NA")


@pytest.fixture
def items(labeled: list[LabeledDocument]) -> list[Document | Skipped]:
    documents: list[Document | Skipped] = [
        replace(item.document, title=HOSTILE[n % len(HOSTILE)], removed=(Removed("Menu", "menu"),) * (n % 3))
        for n, item in enumerate(labeled)
    ]
    documents.insert(7, Skipped("inbox", "empty", "inbox/a.txt"))
    return [*documents, Skipped("=cmd()", "not text", "inbox/<b>.bin"), Document("empty", "")]


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
    tally = tag_to_folder(iter(items), model, tmp_path, settings=TaggingSettings(), format_="csv")
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
    tag_to_folder(items, model, tmp_path, settings=TaggingSettings(), format_="csv")
    titles = {row["title"] for row in read_csv(tmp_path / "doc_tags.csv")}
    assert {'\'=HYPERLINK("x")', "'-1 degree", "''=1", "two\nlines", 'say "so", twice'} <= titles


@pytest.mark.parametrize("format_", FORMATS)
def test_all_formats_hold_the_same(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path, format_: TagFormat
) -> None:
    plain = tmp_path / "jsonl"
    tag_to_folder(items, model, plain, settings=TaggingSettings(), format_="jsonl")
    tag_to_folder(items, model, tmp_path / "own", settings=TaggingSettings(), format_=format_)
    expected, found = read_tags(plain, "jsonl"), read_tags(tmp_path / "own", format_)
    assert [tuple(row) for row in found[:1]] == [TagRow._fields]
    if format_ == "csv":
        from pipeline.csvtext import escape_cell

        expected = [{name: str(escape_cell(value)) for name, value in row.items()} for row in expected]
    assert found == expected


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_batches_change_nothing(items: list[Document | Skipped], model: ThemeModel, tmp_path: Path, size: int) -> None:
    one = tag_to_folder(items, model, tmp_path / "one", settings=TaggingSettings(), format_="csv")
    cut = tag_to_folder(items, model, tmp_path / "cut", settings=TaggingSettings(batch_documents=size), format_="csv")
    assert one == cut
    for name in ("doc_tags.csv", "documents.csv", "skipped.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "cut" / name).read_bytes()


def test_another_format_takes_the_place_of_the_first(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path
) -> None:
    for format_ in FORMATS:
        tag_to_folder(items, model, tmp_path, settings=TaggingSettings(), format_=format_)
        assert [path.name for path in tmp_path.glob("doc_tags.*")] == [f"doc_tags.{format_}"]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_reader_that_fails_leaves_nothing(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    format_: TagFormat,
) -> None:  # fmt: skip
    def failing() -> Iterator[Document | Skipped]:
        yield from items[:20]
        raise ZeroDivisionError

    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with pytest.raises(ZeroDivisionError):
        tag_to_folder(failing(), model, tmp_path / "out", settings=TaggingSettings(batch_documents=4), format_=format_)
    gc.collect()
    assert list((tmp_path / "out").iterdir()) == []
    assert complaints == []


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("n_written", [0, 1, 2])
def test_a_full_disk_leaves_the_older_tables_or_none(
    items: list[Document | Skipped], model: ThemeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    format_: TagFormat, n_written: int,
) -> None:  # fmt: skip
    """All tables appear, or none, whichever of them is the one that no longer fits."""
    fsync, calls = os.fsync, iter(range(99))

    def full(descriptor: int) -> None:
        if next(calls) >= n_written:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    complaints: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    with pytest.raises(OutputError, match="disk is full"):
        tag_to_folder(items, model, tmp_path / "out", settings=TaggingSettings(), format_=format_)
    gc.collect()
    assert list((tmp_path / "out").iterdir()) == []
    assert complaints == []


def test_nothing_to_tag_gives_empty_tables(model: ThemeModel, tmp_path: Path) -> None:
    tally = tag_to_folder([], model, tmp_path, settings=TaggingSettings(), format_="csv")
    assert tally.n_documents == tally.n_skipped == 0
    assert read_csv(tmp_path / "doc_tags.csv") == []


def test_batched() -> None:
    items = [Document(str(n), "") for n in range(5)]
    assert [len(batch) for batch in batched(items, 2)] == [2, 2, 1]
    assert [item for batch in batched(items, 2) for item in batch] == items
    assert list(batched([], 3)) == []


def test_rows_of_half_a_surrogate_are_written(model: ThemeModel, tmp_path: Path) -> None:
    document = Document("half", "A satellite \ud800 fell into orbital debris.", "half \ud800")
    for format_ in FORMATS:
        tag_to_folder([document], model, tmp_path, settings=TaggingSettings(), format_=format_)
        assert [row["doc_id"] for row in read_tags(tmp_path, format_)] == ["half"]


def test_open_rows_refuses_other_formats(tmp_path: Path) -> None:
    with pytest.raises(KeyError), open_rows(tmp_path / "a.xls", ("x",)):
        pass
