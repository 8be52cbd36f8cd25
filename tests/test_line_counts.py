"""Counts of recurring lines kept from batch to batch: what an agency repeats is seen to be boilerplate."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Themes

CLOSING = "The Agency for Safe Seas is the independent authority that supervises cables, ports and the routes of ships."
SUBJECTS = ("cables", "satellites", "ports", "forests", "vaccines")
RELEASE = """The minister received experts on {0} from four countries on Monday.

They spoke about who pays when {0} are damaged, how long repairs of {0} take, and which office has to be told first.

A report on {0} will be presented to the parliament before the summer, the minister said after the meeting."""


@pytest.fixture
def batches(tmp_path: Path) -> tuple[Path, Path]:
    """Two batches of one agency: two releases, then three more, all ending with the same paragraph."""
    folders = tmp_path / "2024-01", tmp_path / "2024-02"
    for number, subject in enumerate(SUBJECTS):
        path = folders[number > 1] / "agency" / f"{subject}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{RELEASE.format(subject)}\n\n{CLOSING}\n", encoding="utf-8")
    return folders


def cleaned(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_second_batch_benefits_from_the_first(themes: Themes, batches: tuple[Path, Path], tmp_path: Path) -> None:
    counts = tmp_path / "lines.json"
    for number, batch in enumerate(batches):
        assert themes("ingest", batch, "--out", tmp_path / f"{number}.jsonl", "--line-counts", counts).code == 0
    first, second = cleaned(tmp_path / "0.jsonl"), cleaned(tmp_path / "1.jsonl")
    assert all(CLOSING in row["text"] for row in first)
    assert [CLOSING in row["text"] for row in second] == [False] * 3
    reasons = [removed["reason"] for row in second for removed in row["removed"] if removed["line"] == CLOSING]  # type: ignore[index]
    assert reasons == ["repeats on other documents of this source: 5 of 5"] * 3
    assert counts.stat().st_size < 2_000


def test_a_batch_read_again_counts_once(themes: Themes, batches: tuple[Path, Path], tmp_path: Path) -> None:
    counts, out = tmp_path / "lines.json", tmp_path / "a.jsonl"
    for _ in range(3):
        themes("ingest", batches[0], "--out", out, "--line-counts", counts)
    assert all(CLOSING in row["text"] for row in cleaned(out))
    shown = themes("ingest", batches[1] / "agency" / "ports.txt", "--show", "--line-counts", counts)
    assert f"- {CLOSING}  [repeats on other documents of this source: 3 of 3]" in shown.out


def test_tagging_keeps_the_same_counts(
    themes: Themes, batches: tuple[Path, Path], tmp_path: Path, model_folder: Path
) -> None:
    counts, other = tmp_path / "tag.json", tmp_path / "ingest.json"
    how = ("--model", model_folder, "--workers", "1", "--line-counts", counts)
    for number, batch in enumerate(batches):
        themes("ingest", batch, "--out", tmp_path / "a.jsonl", "--line-counts", other)
        assert themes("tag", batch, "--out", tmp_path / str(number), *how).code == 0
    assert json.loads(counts.read_text()) == json.loads(other.read_text())
    lengths = [int(row["n_characters"]) for row in documents(tmp_path / "1")]
    assert lengths == [len(row["text"]) for row in cleaned(tmp_path / "a.jsonl")]


def test_tagging_a_batch_again_does_nothing_until_another_one_counts(
    themes: Themes, batches: tuple[Path, Path], tmp_path: Path, model_folder: Path
) -> None:
    how = ("--model", model_folder, "--workers", "1", "--line-counts", tmp_path / "lines.json")
    n_new = [
        json.loads(themes("tag", batches[batch], "--out", tmp_path / str(batch), *how, "--json").out)["n_new"]
        for batch in (0, 0, 1, 1, 0, 0)
    ]
    assert n_new == [2, 0, 3, 0, 2, 0]
    assert all(row["n_removed_lines"] == "1" for batch in "01" for row in documents(tmp_path / batch))


def documents(out: Path) -> list[dict[str, str]]:
    with (out / "documents.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_another_file_is_refused_before_anything_is_read(
    themes: Themes, batches: tuple[Path, Path], tmp_path: Path, model_folder: Path
) -> None:
    (tmp_path / "lines.json").write_text("[]")
    for command in (("ingest", batches[0], "--out", tmp_path / "a.jsonl"),
                    ("tag", batches[0], "--out", tmp_path / "tags", "--model", model_folder)):  # fmt: skip
        ran = themes(*command, "--line-counts", tmp_path / "lines.json")
        assert ran.code == 2
        assert "--line-counts" in ran.err
    assert not (tmp_path / "a.jsonl").exists()
