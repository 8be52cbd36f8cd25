from __future__ import annotations

import json
from dataclasses import asdict
from io import StringIO
from pathlib import Path

import pytest
from builders import docx, package, pdf, word_paragraph

from pipeline.ingest import worker as worker_module
from pipeline.ingest.isolated import Worker
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped


@pytest.fixture
def worker() -> Worker:
    return Worker()


def parse(worker: Worker, path: Path, **limits: float) -> Received | Skipped:
    options = ReadOptions(**limits)  # type: ignore[arg-type]
    (item,) = worker.parse(path.suffix[1:], InputFile(path, path.name, "folder"), options)
    return item


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_one_process_reads_many_files(worker: Worker, tmp_path: Path) -> None:
    for number in range(20):
        item = parse(worker, write(tmp_path / f"{number}.docx", docx(word_paragraph(f"Document {number}"))))
        assert isinstance(item, Received)
        assert item.content == f"Document {number}"
    worker.stop()


def test_a_hanging_parser_is_killed_and_the_next_file_is_read(worker: Worker, tmp_path: Path) -> None:
    good = write(tmp_path / "good.docx", docx(word_paragraph("Good")))
    slow = write(tmp_path / "slow.pdf", pdf([["line"] * 40] * 300))
    item = parse(worker, slow, max_seconds=0.001)
    assert isinstance(item, Skipped)
    assert "longer than 0.001 seconds" in item.reason
    assert isinstance(parse(worker, good), Received)
    worker.stop()


def test_a_dead_process_is_replaced(worker: Worker, tmp_path: Path) -> None:
    good = write(tmp_path / "good.docx", docx(word_paragraph("Good")))
    assert isinstance(parse(worker, good), Received)
    assert worker._process
    worker._process.kill()
    worker._process.wait()
    assert isinstance(parse(worker, good), Received)
    worker.stop()


@pytest.mark.parametrize(("is_large", "is_kept"), [(False, True), (True, False)])
def test_a_process_that_has_grown_is_replaced(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_large: bool, is_kept: bool
) -> None:
    good = write(tmp_path / "good.docx", docx(word_paragraph("Good")))
    assert isinstance(parse(worker, good), Received)
    process = worker._process
    answer = json.dumps({"Finished": {"is_large": is_large}})
    monkeypatch.setattr(worker, "_send", lambda request: worker._answers.put(answer))
    assert list(worker.parse("docx", InputFile(good, good.name, "folder"), ReadOptions())) == []
    monkeypatch.undo()
    assert isinstance(parse(worker, good), Received)
    assert (worker._process is process) == is_kept
    worker.stop()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited on Linux only")
@pytest.mark.parametrize(("least", "is_large"), [(0, True), (1 << 60, False)])
def test_a_process_says_when_it_has_grown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int, is_large: bool
) -> None:
    for limit in ("limit_memory", "limit_cpu"):  # they would hold this process
        monkeypatch.setattr(worker_module, limit, lambda value: None)
    monkeypatch.setattr(worker_module, "LARGE_BYTES", least)
    good = write(tmp_path / "good.docx", docx(word_paragraph("Good")))
    request = {"parser": "docx", "path": str(good), "location": "a", "source": "f", "options": asdict(ReadOptions())}
    answers = StringIO()
    worker_module._answer(request, answers)
    assert json.loads(answers.getvalue().splitlines()[-1]) == {"Finished": {"is_large": is_large}}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited on Linux only")
def test_memory_is_limited(worker: Worker, tmp_path: Path) -> None:
    long = f"<si><t>{'x' * 1000}</t></si>"
    strings = f"<sst>{long * 60_000}</sst>"
    greedy = write(tmp_path / "greedy.xlsx", package({"xl/sharedStrings.xml": strings}))
    item = parse(worker, greedy, max_memory_bytes=30_000_000)
    assert isinstance(item, Skipped)
    assert "memory" in item.reason or "broke down" in item.reason
    assert isinstance(parse(worker, write(tmp_path / "good.docx", docx(word_paragraph("Good")))), Received)
    worker.stop()


def test_a_pdf_whose_pages_form_a_loop(worker: Worker, tmp_path: Path) -> None:
    looped = pdf([["text"]]).replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")
    assert isinstance(parse(worker, write(tmp_path / "loop.pdf", looped), max_seconds=20), Skipped)
    worker.stop()


def test_a_reader_that_is_left_early_does_not_mix_up_answers(worker: Worker, tmp_path: Path) -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>text</v></c></row>' for row in range(1, 500))
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{rows}</worksheet>'
    path = write(tmp_path / "a.xlsx", package({"xl/worksheets/sheet1.xml": sheet}))
    items = worker.parse("xlsx", InputFile(path, "a.xlsx", ""), ReadOptions())
    first = next(iter(items))
    items.close()  # type: ignore[attr-defined]
    assert first.location == "a.xlsx#1!2"
    good = parse(worker, write(tmp_path / "good.docx", docx(word_paragraph("Good"))))
    assert isinstance(good, Received)
    assert good.content == "Good"
    worker.stop()
