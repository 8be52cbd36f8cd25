from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import count_lines

from pipeline.errors import InputError
from pipeline.ingest import SourceCounts, show

BODY = [
    "Officials of both governments reviewed how repairs of cables are agreed and who guards the landing stations.",
    "The ministry will host the next round of talks in the autumn, and the operators of the cables will be invited.",
    "They agreed to draw up a joint handbook before the end of the year, and to publish it in both languages.",
]
CHROME = ["Skip to content", "Home", "Share this page"]
MENU = ["Home", "News", "Embassies", "Visas", "Contact"]
PAGE = "\n".join([CHROME[0], CHROME[1], "", "\n\n".join(BODY), "", CHROME[2], "© 2024 The Ministry", ""])


def test_every_line_is_shown_in_its_place_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    shown = list(show(tmp_path / "a.txt"))
    assert [line for line, _ in shown] == PAGE.strip().split("\n")
    assert [line for line, reason in shown if reason is None and line] == BODY
    assert "copyright" in str(shown[-1][1])


def test_lines_of_a_page_are_shown(tmp_path: Path) -> None:
    menu = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in MENU)
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY)
    (tmp_path / "a.html").write_text(f"<nav><ul>{menu}</ul></nav><main>{paragraphs}</main>", encoding="utf-8")
    shown = list(show(tmp_path / "a.html"))
    assert [line for line, _ in shown] == [*MENU, *BODY]
    assert [reason is None for _, reason in shown] == [False] * len(MENU) + [True] * len(BODY)


def test_recurring_lines_of_earlier_batches_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n".join(BODY), encoding="utf-8")
    counts = SourceCounts({tmp_path.name: count_lines([BODY[2]] * 4, tmp_path.name)})
    *_, (line, reason) = show(tmp_path / "a.txt", counts=counts)
    assert line == BODY[2]
    assert reason == "repeats on other documents of this source: 5 of 5"


def test_documents_of_a_table_are_named(tmp_path: Path) -> None:
    rows = [{"text": "\n".join(BODY)}, {"text": ""}]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    reasons = [reason for line, reason in show(tmp_path / "t.jsonl") if not line]
    assert [str(reason).split("#")[-1] for reason in reasons][:2] == ["1", "2"]


def test_damage_and_skipped_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(("é" * 20 + "\n" + BODY[0] + " é").encode()[:-1])
    assert "middle of a character" in str(next(show(tmp_path / "a.txt"))[1])
    (tmp_path / "b.txt").write_bytes(b"\x89PNG" + bytes(50))
    assert list(show(tmp_path / "b.txt")) == [("", "skipped: not text: PNG image")]


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        list(show(tmp_path / "none.txt"))
