from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import InputError, OutputError, SettingsError
from pipeline.files import replacing_files
from pipeline.report import page as page_module
from pipeline.report.build import ReportOptions
from pipeline.report.storage import read_table
from pipeline.report.tags import Tags
from pipeline.report.write import write_doc_tags, write_report
from pipeline.types import Counts, Taxonomy

TABLES = {
    "coverage", "change", "cooccurrence", "evidence", "doubtful", "unassigned", "quality", "skipped", "duplicates",
    "theme_matrix",
}  # fmt: skip
QUICK = ReportOptions(n_draws=50)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_file_is_written_and_reported(
    tags: Tags, taxonomy: Taxonomy, quality: list[Counts], tmp_path: Path
) -> None:
    found = write_report(tags, out=tmp_path / "new" / "out", taxonomy=taxonomy, quality=quality, options=QUICK)
    assert set(found.tables) == TABLES
    assert set(_contents(found.folder)) == {f"{name}.csv" for name in TABLES} | {"report.html", "run.json"}
    assert json.loads(found.run.read_text(encoding="utf-8")) == dict(tags.run)


def test_same_input_gives_the_same_bytes(tags: Tags, quality: list[Counts], tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_report(tags, out=tmp_path / name, quality=quality, options=QUICK)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")


@pytest.mark.parametrize("suffix", ["parquet", "json", "jsonl"])
def test_other_formats_hold_the_same_table(suffix: str, tags: Tags, quality: list[Counts], tmp_path: Path) -> None:
    options = ReportOptions(n_draws=50, table_formats=(suffix, "csv"))  # type: ignore[arg-type]
    found = write_report(tags, out=tmp_path, quality=quality, options=options)
    exact = read_table(found.tables["coverage"])
    assert found.tables["coverage"].suffix == f".{suffix}"
    rounded = read_table(tmp_path / "coverage.csv")
    for name in ("share", "share_adjusted", "ci_high"):
        numbers = pd.to_numeric(rounded[name].replace("", None)).astype("float64")
        pd.testing.assert_series_equal(exact[name].astype("float64"), numbers, atol=1e-6, rtol=0)
    assert exact["theme"].tolist() == rounded["theme"].tolist()


def test_charts_for_slides(tags: Tags, tmp_path: Path) -> None:
    found = write_report(tags, out=tmp_path, options=ReportOptions(n_draws=50, charts="png"))
    assert len(found.charts) == 4
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in found.charts)


def test_failure_leaves_the_old_report_whole(tags: Tags, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_report(tags, out=tmp_path, options=QUICK)
    before = _contents(tmp_path)

    def fail(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(page_module, "render_page", fail)
    with pytest.raises(OutputError, match="the disk is full"):
        write_report(tags, out=tmp_path, options=ReportOptions(n_draws=60, language="ko"))
    assert _contents(tmp_path) == before


def test_a_file_in_the_way_is_named(tags: Tags, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="out"):
        write_report(tags, out=tmp_path / "out", options=QUICK)


def test_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), replacing_files(tmp_path) as scratch:
        (scratch / "half.csv").write_text("a", encoding="utf-8")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_doc_tags_need_all_their_columns(frame: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lacks evidence"):
        write_doc_tags(frame.drop(columns="evidence"), tmp_path / "doc_tags.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options", [{"language": "xx"}, {"grain": "week"}, {"table_formats": ("xls",)}, {"charts": "gif"}]
)
def test_unknown_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        ReportOptions(**options)  # type: ignore[arg-type]
