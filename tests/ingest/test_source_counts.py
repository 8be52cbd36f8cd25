from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import times

from pipeline.errors import InputError
from pipeline.ingest import source_counts
from pipeline.ingest.recurring import keys_of
from pipeline.ingest.source_counts import FORMAT, SourceCounts, load_counts


def counted() -> SourceCounts:
    counts = SourceCounts()
    for number in range(3):
        counts.add("office", "abc"[number] * 64, keys_of(f"Home\nLine {'abc'[number]}\n"))
    counts.add("agency", "f" * 64, keys_of("Home"))
    return counts


def test_each_document_counts_once_and_for_its_source() -> None:
    counts = counted()
    counts.add("office", "a" * 64, keys_of("Home"))
    assert (counts.of("office").n_documents, times(counts.of("office"), "Home")) == (3, 3)
    assert times(counts.of("agency"), "Home") == 1
    assert counts.of("nobody").n_documents == 0


def test_documents_without_a_hash_always_count() -> None:
    counts = SourceCounts()
    counts.add("office", "", keys_of("Home"))
    counts.add("office", "", keys_of("Home"))
    assert times(counts.of("office"), "Home") == 2


def test_saved_counts_come_back(tmp_path: Path) -> None:
    counts = counted()
    counts.save(tmp_path / "counts.json")
    assert load_counts(tmp_path / "counts.json") == counts
    assert [path.name for path in tmp_path.iterdir()] == ["counts.json"]


def test_only_the_most_frequent_lines_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_counts, "MAX_LINES_OF_SOURCE", 1)
    monkeypatch.setattr(source_counts, "MAX_DOCUMENTS_OF_SOURCE", 2)
    counts = SourceCounts()
    for letter in "abc":
        counts.add("office", letter * 64, keys_of(f"Home\nLine {letter}\n"))
    counts.save(tmp_path / "counts.json")
    kept = load_counts(tmp_path / "counts.json")
    assert (times(kept.of("office"), "Home"), times(kept.of("office"), "Line a")) == (3, 0)
    assert list(kept.documents["office"]) == ["b" * 16, "c" * 16]


def test_no_file_is_no_counts(tmp_path: Path) -> None:
    assert load_counts(tmp_path / "none.json") == SourceCounts()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": "other"}',
        "{",
        "\ud800".encode("utf-8", "surrogatepass"),
        json.dumps({"format": FORMAT, "sources": {"a": {"n_documents": 1, "counts": {"-": 1}, "documents": []}}}),
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "counts.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(InputError, match=r"counts\.json"):
        load_counts(path)
