from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from builders import docx, hangul_paragraph, hwpx, package, pdf, word_paragraph, word_table, xlsx

from pipeline.ingest.formats import read_file
from pipeline.ingest.options import DEFAULT_OPTIONS, ReadOptions
from pipeline.ingest.pdf_lines import mended_pages
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

LINE = "The two governments agreed to repair cables under the sea."


def items(path: Path, data: bytes, options: ReadOptions = DEFAULT_OPTIONS) -> list[Received | Skipped]:
    path.write_bytes(data)
    return list(read_file(InputFile(path, path.name, "folder"), options))


def only(path: Path, data: bytes, options: ReadOptions = DEFAULT_OPTIONS) -> Received:
    (item,) = items(path, data, options)
    assert isinstance(item, Received), item
    return item


def reason(path: Path, data: bytes, options: ReadOptions = DEFAULT_OPTIONS) -> str:
    (item,) = items(path, data, options)
    assert isinstance(item, Skipped), item
    return item.reason


def test_docx_with_table_and_title(tmp_path: Path) -> None:
    body = (
        word_paragraph("회의 결과", "Title")
        + word_paragraph(LINE)
        + word_table([["Country", "Cables"], ["Norway", "12"]])
        + word_paragraph("End.")
    )
    found = only(tmp_path / "a.docx", docx(body))
    assert found.title == "회의 결과"
    assert found.content.split("\n") == ["회의 결과", LINE, "Country | Cables", "Norway | 12", "End."]
    assert len(found.sha256) == 64


def test_docx_shows_what_the_reader_sees(tmp_path: Path) -> None:
    body = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>kept </w:t></w:r>"
        "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
        "<w:r><w:instrText>PAGE</w:instrText><w:t>and</w:t><w:tab/><w:t>kept</w:t><w:br/><w:t>too</w:t></w:r></w:p>"
    )
    assert only(tmp_path / "a.docx", docx(body)).content == "kept and\tkept\ntoo"


def test_docx_tables_inside_tables_and_text_boxes(tmp_path: Path) -> None:
    inner = word_table([["a", "b"]])
    box = f"<w:p><w:r><w:txbxContent>{word_paragraph('In a box')}</w:txbxContent><w:t>Around it</w:t></w:r></w:p>"
    body = f"<w:tbl><w:tr><w:tc>{word_paragraph('x')}{inner}</w:tc></w:tr></w:tbl>{box}"
    assert only(tmp_path / "a.docx", docx(body)).content.split("\n") == ["x a | b", "In a box", "Around it"]


def test_hwpx(tmp_path: Path) -> None:
    table = f"<hp:tbl><hp:tr><hp:tc><hp:subList>{hangul_paragraph('국가')}</hp:subList></hp:tc></hp:tr></hp:tbl>"
    section = (
        hangul_paragraph("첫<hp:tab/>문단<hp:lineBreak/>이다")
        + f"<hp:p><hp:run>{table}</hp:run></hp:p>"
        + "<hp:header><hp:subList><hp:p><hp:run><hp:t>머리말</hp:t></hp:run></hp:p></hp:subList></hp:header>"
    )
    found = only(tmp_path / "a.hwpx", hwpx(section, hangul_paragraph("둘째 구역"), title="협의 결과"))
    assert found.title == "협의 결과"
    assert [line for line in found.content.split("\n") if line] == ["첫\t문단", "이다", "국가", "둘째 구역"]


def test_xlsx(tmp_path: Path) -> None:
    notes = [["remark"], ["nothing here"]]
    table = [["Title", "Text", "Date"], ["One", LINE, 45266.0], ["Two", "둘째 본문", "2023-12-06"], ["Three"]]
    found = items(tmp_path / "a.xlsx", xlsx(notes, table))
    assert [item.location for item in found] == ["a.xlsx#2!2", "a.xlsx#2!3", "a.xlsx#2!4"]
    rows = [(item.content, item.title, item.date) for item in found if isinstance(item, Received)]
    assert rows == [(LINE, "One", "2023-12-06"), ("둘째 본문", "Two", "2023-12-06")]
    assert "--text-column" in reason(tmp_path / "b.xlsx", xlsx(notes))


def test_pdf_furniture_hyphens_and_wrapping(tmp_path: Path) -> None:
    countries = ("Norway", "Iceland", "Portugal", "Chile", "Kenya")
    pages = [
        [
            "Ministry of Seas and Cables",
            f"{country} and its neighbours",
            f"The delegations of {country} and of the Republic reviewed the state of all cables and found that repair-",
            "ing them takes too long. They want to shorten the time that permits take, and to train many more",
            f"crews in {country}.",
            f"- {number} -",
        ]
        for number, country in enumerate(countries, 1)
    ]
    lines = only(tmp_path / "a.pdf", pdf(pages)).content.split("\n")
    assert lines[0] == "Norway and its neighbours"
    assert lines[1].startswith("The delegations of Norway and of the Republic reviewed")
    assert lines[1].endswith("repairing them takes too long. They want to shorten the time that permits take, "
                             "and to train many more crews in Norway.")  # fmt: skip
    assert len(lines) == 10


def test_pdf_without_text_says_so(tmp_path: Path) -> None:
    assert "without text" in reason(tmp_path / "a.pdf", pdf([[], []]))


def test_wrapped_korean_lines_are_joined() -> None:
    wide = "양측은 해저 케이블의 수리 절차와 육양국 경비 문제를 자세히 검토하고 다음과 같이"
    page = f"{wide}\n합의하였다.\n{wide}\n정하였다.\n○ 첫째 항목\n○ 둘째 항목"
    assert mended_pages([page]).split("\n") == [
        f"{wide} 합의하였다.",
        f"{wide} 정하였다.",
        "○ 첫째 항목",
        "○ 둘째 항목",
    ]


def test_zip_of_documents(tmp_path: Path) -> None:
    inner = package({"c.txt": "Inner text."})
    data = package(
        {
            "a.txt": LINE,
            "folder/b.docx": docx(word_paragraph(LINE)),
            "../up.txt": "Up.",
            "table.csv": "text\nrow one\nrow two\n",
            "inner.zip": inner,
            ".hidden": "x",
            "__MACOSX/a.txt": "x",
            "bad.pdf": b"%PDF-1.4 broken",
        }
    )
    found = {item.location: item for item in items(tmp_path / "a.zip", data)}
    assert list(found) == [
        "a.zip/a.txt",
        "a.zip/folder/b.docx",
        "a.zip/../up.txt",
        "a.zip/table.csv#2",
        "a.zip/table.csv#3",
        "a.zip/inner.zip/c.txt",
        "a.zip/bad.pdf",
    ]
    assert [isinstance(item, Received) for item in found.values()] == [True] * 6 + [False]
    assert {path.name for path in tmp_path.iterdir()} == {"a.zip"}


def test_zip_with_names_in_a_korean_encoding(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("AAAAAAAAAAAAAAAAAA.txt", LINE)
    data = out.getvalue().replace(b"AAAAAAAAAAAAAAAAAA", "해저케이블보도자료".encode("cp949"))
    (item,) = items(tmp_path / "a.zip", data)
    assert item.location == "a.zip/해저케이블보도자료.txt"


def test_gzipped_table(tmp_path: Path) -> None:
    found = items(tmp_path / "table.csv.gz", gzip.compress(b"text\nrow one\nrow two\n"))
    assert [item.content for item in found if isinstance(item, Received)] == ["row one", "row two"]


def test_bombs_are_refused(tmp_path: Path) -> None:
    zeros = bytes(60_000_000)
    assert "unpacks to more" in reason(tmp_path / "a.zip", package({"a.txt": zeros}))
    assert "unpacks to more" in reason(tmp_path / "a.txt.gz", gzip.compress(zeros))
    small = ReadOptions(max_file_bytes=1_000_000)
    assert "unpacks to more" in reason(tmp_path / "a.docx", package({"word/document.xml": zeros}), small)
    assert "unpacks to more" in reason(tmp_path / "a.xlsx", package({"xl/sharedStrings.xml": zeros}), small)


def test_archives_in_archives_end(tmp_path: Path) -> None:
    data = package({"a.txt": LINE})
    for _ in range(6):
        data = package({"inner.zip": data})
    assert "nested" in reason(tmp_path / "a.zip", data)


@pytest.mark.parametrize(
    "document",
    [
        '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><d>&b;</d>',
        '<?xml version="1.0"?><!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>',
        "<d>" * 2000 + "</d>" * 2000,
        "<d><unclosed></d>",
        "",
    ],
)
def test_hostile_xml(tmp_path: Path, document: str) -> None:
    assert items(tmp_path / "a.docx", package({"word/document.xml": document}))
    (item,) = items(tmp_path / "b.hwpx", package({"Contents/section0.xml": document}))
    assert isinstance(item, Skipped) or item.content == ""


def test_utf16_cannot_hide_a_document_type(tmp_path: Path) -> None:
    document = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE d [<!ENTITY a "a">]><d>&a;</d>'.encode("utf-16")
    assert "document type" in reason(tmp_path / "a.docx", package({"word/document.xml": document}))


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.hwpx", "a.xlsx", "a.zip", "a.gz", "a.eml", "a.parquet"])
@pytest.mark.parametrize("data", [b"\x00" * 100, b"PK\x03\x04" + b"\xff" * 60, b"%PDF-1.7\n%%EOF", b"not the format"])
def test_what_is_not_the_format_is_skipped(tmp_path: Path, name: str, data: bytes) -> None:
    assert reason(tmp_path / name, data)
