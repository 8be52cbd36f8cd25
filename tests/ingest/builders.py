"""Small but whole office documents, made by hand so that the tests need no office library, and counts of lines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

from pdf_builders import pdf_of

from pipeline.ingest.recurring import RecurringLines, keys_of

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HANGUL = 'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"'


def package(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def word_paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def word_table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<w:tc>{word_paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(body: str) -> bytes:
    document = f'<?xml version="1.0" encoding="UTF-8"?><w:document {WORD}><w:body>{body}</w:body></w:document>'
    return package({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def hangul_paragraph(text: str) -> str:
    return f"<hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p>"


def hwpx(*sections: str, title: str = "") -> bytes:
    parts: dict[str, str | bytes] = {"mimetype": "application/hwp+zip"}
    for number, section in enumerate(sections):
        parts[f"Contents/section{number}.xml"] = f"<hs:sec {HANGUL}>{section}</hs:sec>"
    if title:
        parts["Contents/content.hpf"] = (
            '<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:metadata>'
            f"<opf:title>{escape(title)}</opf:title></opf:metadata></opf:package>"
        )
    return package(parts)


def xlsx(*sheets: Sequence[Sequence[str | float]]) -> bytes:
    parts: dict[str, str | bytes] = {}
    shared: list[str] = []
    for number, rows in enumerate(sheets, 1):
        lines = []
        for r, row in enumerate(rows, 1):
            cells = []
            for c, value in enumerate(row):
                place = f"{chr(65 + c)}{r}"
                if isinstance(value, str):
                    shared.append(value)
                    cells.append(f'<c r="{place}" t="s"><v>{len(shared) - 1}</v></c>')
                else:
                    cells.append(f'<c r="{place}"><v>{value}</v></c>')
            lines.append(f'<row r="{r}">{"".join(cells)}</row>')
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f"<worksheet {SHEET}><sheetData>{''.join(lines)}</sheetData></worksheet>"
        )
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    parts["xl/sharedStrings.xml"] = f"<sst {SHEET}>{strings}</sst>"
    return package(parts)


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF in Helvetica, one list of lines a page."""
    shown = (" T* ".join(f"({line.replace('(', '').replace(')', '')}) Tj" for line in lines) for lines in pages)
    return pdf_of([f"BT /F1 10 Tf 14 TL 50 780 Td {lines} ET" for lines in shown])


def count_lines(texts: Iterable[str], source: str = "") -> RecurringLines:
    found = RecurringLines(source)
    for text in texts:
        found.add(keys_of(text))
    return found


def times(counts: RecurringLines, line: str) -> int:
    (key,) = keys_of(line)
    return counts.counts[key]
