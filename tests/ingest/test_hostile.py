"""Hostile files beside a good one: each is a row within its time, and the good one is read as if it were alone."""

from __future__ import annotations

import gzip
import os
import time
from pathlib import Path

import pytest
from builders import docx, package, word_paragraph

from pipeline.ingest import ReadOptions, read
from pipeline.types import Document, Skipped

BODY = (
    "The ministry hosted the third round of talks on cables under the sea.\n\n"
    "Officials of both governments reviewed how repairs are agreed, who guards the landing stations and what happens "
    "when a ship drags its anchor across a line.\n\n"
    "They agreed to draw up a joint handbook before the end of the year, and to invite operators to the next round.\n"
)
OPTIONS = ReadOptions(max_document_bytes=3_000_000, max_file_bytes=20_000_000, max_seconds=10)
ENTITIES = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9)
)
FILES: dict[str, bytes] = {
    "anchors.html": b"<a " * 20_000,
    "binary.csv": bytes(range(256)) * 10,
    "bomb.docx": package({"word/document.xml": bytes(60_000_000)}),
    "bomb.gz": gzip.compress(bytes(60_000_000)),
    "bomb.zip": package({"zeros.txt": bytes(60_000_000)}),
    "deep.html": b"<div>" * 20_000 + BODY.encode() + b"</div>" * 20_000,
    "deep.json": b"[" * 200_000,
    "empty.txt": b"",
    "entities.docx": package({"word/document.xml": ENTITIES + "]><d>&j;</d>"}),
    "huge-line.txt": b"x" * 4_000_000,
    "long-line.txt": (BODY.replace("\n", " ") * 1500)[:500_000].encode(),
    "nul.txt": b"text\x00text\x00",
    "open.csv": b'text\n"never closed\n' + b"row,\n" * 5_000,
    "surrogate.jsonl": b'{"text": "\\ud800 alone in the dark of a long and winding sentence about cables"}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "raw"
    root.mkdir()
    for name, data in FILES.items():
        (root / name).write_bytes(data)
    (root / "good.txt").write_text(BODY, encoding="utf-8")
    (root / "good.docx").write_bytes(docx("".join(map(word_paragraph, BODY.split("\n")))))
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / "pipe.txt")
        (root / "loop").symlink_to(root)
    return root


def test_every_hostile_file_is_a_row_and_good_ones_are_read(folder: Path) -> None:
    start = time.monotonic()
    found = list(read(folder, options=OPTIONS))
    assert time.monotonic() - start < 60
    by_file: dict[str, list[Document | Skipped]] = {}
    for item in found:
        by_file.setdefault(item.location.split("/")[1].split("#")[0], []).append(item)
    assert set(by_file) >= {path.name for path in folder.iterdir()}
    for name in ("good.txt", "good.docx"):
        (good,) = by_file[name]
        assert isinstance(good, Document)
        assert good.text.split() == BODY.split()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("binary.csv", "not text"),
        ("bomb.docx", "unpacks to more"),
        ("bomb.gz", "unpacks to more"),
        ("bomb.zip", "unpacks to more"),
        ("deep.json", "too deeply"),
        ("empty.txt", "empty"),
        ("entities.docx", "document type"),
        ("huge-line.txt", "larger than"),
        ("nul.txt", "NUL"),
    ],
)
def test_the_reason_is_told(folder: Path, name: str, told: str) -> None:
    (skipped,) = read(folder / name, options=OPTIONS)
    assert isinstance(skipped, Skipped)
    assert told in skipped.reason


def test_deep_html_keeps_its_text(folder: Path) -> None:
    (item,) = read(folder / "deep.html", options=OPTIONS)
    assert isinstance(item, Document)
    assert "joint handbook" in item.text
