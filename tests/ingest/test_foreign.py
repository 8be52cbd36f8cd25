"""Files whose names say something else, formats that are not read, and tables as people make them: cases as data."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import docx, hangul_paragraph, hwpx, package, pdf, word_paragraph, xlsx

from pipeline.ingest.formats import READERS, read_file
from pipeline.ingest.options import DEFAULT_OPTIONS
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile, walk
from pipeline.types import Skipped

LINE = "The two governments agreed to repair cables under the sea."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def items(path: Path, data: bytes) -> list[Received | Skipped]:
    path.write_bytes(data)
    return list(read_file(InputFile(path, path.name, "folder"), DEFAULT_OPTIONS))


def old_office(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + bytes(300)


def parquet(values: pa.Array) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": values}), out)
    return out.getvalue()


WHOLE = {
    ".docx": docx(word_paragraph(LINE)),
    ".hwpx": hwpx(hangul_paragraph(LINE)),
    ".pdf": pdf([[LINE] * 3]),
    ".xlsx": xlsx([["text"], [LINE]]),
    ".parquet": parquet(pa.array([LINE])),
}
ONE_DOCUMENT = (".docx", ".hwpx", ".pdf")


@pytest.mark.parametrize("real", WHOLE)
@pytest.mark.parametrize("name", ["a.txt", "a.doc", "a.csv", "a.docx", "a.pdf", "a.xlsx"])
def test_a_file_is_read_as_what_it_is(tmp_path: Path, name: str, real: str) -> None:
    (item,) = items(tmp_path / name, WHOLE[real])
    if real in ONE_DOCUMENT or (Path(name).suffix in READERS and name != "a.txt"):
        assert isinstance(item, Received)
        assert LINE in item.content.replace("\n", " ")
    else:
        assert isinstance(item, Skipped)
        assert f"suffix {real}" in item.reason


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.doc", old_office("WordDocument"), "save it as .docx"),
        ("a.xls", old_office("Workbook"), "save it as .xlsx"),
        ("a.hwp", old_office("HwpSummaryInformation"), "save it as .hwpx"),
        ("a.ppt", old_office("PowerPoint Document"), "save it as .pdf"),
        ("a.msg", old_office("__properties_version1.0"), "save it as .eml"),
        ("a.docx", old_office("EncryptedPackage"), "protected by a password"),
        ("a.xlsx", old_office("EncryptedPackage"), "protected by a password"),
        ("a.rtf", b"{\\rtf1\\ansi Text.}", "Rich Text"),
        ("a.lnk", b"\x4c\x00\x00\x00\x01\x14\x02\x00" + bytes(60), "shortcut"),
        ("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(60), "winmail.dat"),
        ("a.pptx", package({"[Content_Types].xml": "x", "ppt/slides/slide1.xml": "x"}), ".pptx"),
        ("a.odt", package({"mimetype": "x", "content.xml": "x"}), "OpenDocument"),
        ("a.epub", package({"mimetype": "x", "META-INF/container.xml": "x"}), ".epub"),
    ],
)
def test_a_format_that_is_not_read_is_named_with_what_to_do(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    (item,) = items(tmp_path / name, data)
    assert isinstance(item, Skipped)
    assert told in item.reason


@pytest.mark.parametrize("suffix", [*READERS, ".doc", ""])
def test_an_empty_file_says_so(tmp_path: Path, suffix: str) -> None:
    (item,) = items(tmp_path / f"a{suffix}", b"")
    assert isinstance(item, Skipped)
    assert item.reason == "empty"


def test_a_page_under_the_name_of_a_word_document(tmp_path: Path) -> None:
    (item,) = items(tmp_path / "a.doc", f"<html><body><p>{LINE}</p></body></html>".encode())
    assert isinstance(item, Received)
    assert item.is_html


def test_text_in_a_shadow_tree_is_part_of_the_page(tmp_path: Path) -> None:
    page = f'<html><body><x-y><template shadowrootmode="open"><p>{LINE}</p></template></x-y></body></html>'
    (item,) = items(tmp_path / "a.html", page.encode())
    assert isinstance(item, Received)
    assert "<template" not in item.content


def test_what_programs_keep_beside_documents_is_left_out(tmp_path: Path) -> None:
    for name in ("a.txt", "~$a.docx", ".DS_Store", "._a.txt", "Thumbs.db", "desktop.ini"):
        (tmp_path / name).write_bytes(b"text")
    assert [Path(item.location).name for item in walk(tmp_path)] == ["a.txt"]
    archive = package({"a.txt": LINE, "~$a.docx": "x", "__MACOSX/._a.txt": "x", "sub/Thumbs.db": "x"})
    assert [item.location for item in items(tmp_path / "b.zip", archive)] == ["b.zip/a.txt"]


ROW = json.dumps({"text": LINE})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("sep.csv", f"sep=;\r\nid;text\r\n1;{LINE}\r\n".encode()),
        ("heading.csv", f"Releases of 2023\n\nid,text\n1,{LINE}\n".encode()),
        ("decimal.csv", f'id;price;text\n1;3,50;"{LINE}"\n'.encode()),
        ("packed.csv", gzip.compress(f"text\n{LINE}\n".encode())),
        ("lines.json", f"{ROW}\n{{}}\n".encode()),
        ("array.jsonl", json.dumps([{"text": LINE}], indent=1).encode()),
        ("wrapped.json", json.dumps({"meta": {"n": 1}, "items": [{"text": LINE}], "tags": [1]}).encode()),
        ("twice.jsonl", f'{{"text": "first", "text": "{LINE}"}}'.encode()),
        ("mark.jsonl", b"\xef\xbb\xbf" + ROW.encode()),
        ("paragraphs.jsonl", json.dumps({"text": [LINE]}).encode()),
        ("heading.xlsx", xlsx([["Releases of 2023"], ["id", "text"], ["1", LINE]])),
        ("bytes.parquet", parquet(pa.array([LINE.encode()], pa.binary()))),
        ("paragraphs.parquet", parquet(pa.array([[LINE]]))),
        ("dictionary.parquet", parquet(pa.array([LINE]).dictionary_encode())),
        ("large.parquet", parquet(pa.array([LINE], pa.large_string()))),
    ],
)
def test_tables_as_people_make_them(tmp_path: Path, name: str, data: bytes) -> None:
    assert [item.content for item in items(tmp_path / name, data) if isinstance(item, Received)] == [LINE]


BOOK = {
    "xl/workbook.xml": '<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="B" r:id="two"/>'
    '<sheet name="A" r:id="one"/><sheet name="C" state="veryHidden" r:id="three"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<a><Relationship Id="one" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="two" Target="/xl/worksheets/sheet2.xml"/>'
    '<Relationship Id="three" Target="worksheets/sheet3.xml"/></a>',
} | {
    f"xl/worksheets/sheet{number}.xml": '<worksheet><row><c t="inlineStr"><is><t>text</t></is></c>'
    '<c t="inlineStr"><is><t>date</t></is></c></row><row><c t="str"><f>A1</f>'
    f"<v>Sheet {number}_x000D_ line</v></c><c><v>43804</v></c></row>"
    '<row><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c><v>43804</v></c></row></worksheet>'
    for number in (1, 2, 3)
}


def test_sheets_in_the_order_of_the_workbook_without_hidden_ones(tmp_path: Path) -> None:
    found = items(tmp_path / "a.xlsx", package(BOOK))
    assert [item.location for item in found] == [f"a.xlsx#{place}" for place in ("1!2", "1!3", "2!2", "2!3", "3")]
    assert [(item.content, item.date) for item in found if isinstance(item, Received)] == [
        ("Sheet 2\r line", "2023-12-06"),
        ("Sheet 1\r line", "2023-12-06"),
    ]
    assert "hidden sheet" in found[-1].reason if isinstance(found[-1], Skipped) else False


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<w:p><w:ins><w:r><w:t>added</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>x</w:t></w:r></w:moveFrom></w:p>",
         "added"),
        ("<w:p><w:r><w:ruby><w:rt><w:r><w:t>かん</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>漢</w:t></w:r></w:rubyBase>"
         "</w:ruby></w:r></w:p>", "漢"),
        ("<w:p><w:r><w:t>a</w:t><w:t>b &amp; c</w:t><w:noBreakHyphen/><w:t>d</w:t></w:r></w:p>", "ab & c-d"),
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>in a field</w:t></w:r></w:p></w:sdtContent></w:sdt>", "in a field"),
    ],
)  # fmt: skip
def test_word_documents_as_their_readers_see_them(tmp_path: Path, body: str, shown: str) -> None:
    (item,) = items(tmp_path / "a.docx", docx(body))
    assert isinstance(item, Received)
    assert item.content == shown
