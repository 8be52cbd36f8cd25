"""Hostile and broken files, made anew: about a hundred small ones, and a dozen of any size."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from email.message import EmailMessage
from pathlib import Path

SENTENCE = "The delegations agreed to share reports on cables under the sea and to meet again in the spring. "
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PIECE_BYTES = 1 << 20
Chunks = Iterator[bytes]


def write_small(folder: Path) -> int:
    """About a hundred files of up to a few MB, pipes and links; returns how many entries the folder has."""
    folder.mkdir(parents=True)
    for name, data in small_files().items():
        (folder / name).write_bytes(data)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.txt")
    links = {"loop": folder, "self": folder / "self", "nowhere": folder / "gone", "zero": Path("/dev/zero")}
    for name, target in links.items():
        (folder / name).symlink_to(target)
    return len(list(folder.iterdir()))


def small_files() -> dict[str, bytes]:
    """Content of each small file by name."""
    found = _texts() | _tables() | _packages() | _pages()
    bodies = {"txt": SENTENCE.encode(), "html": f"<p>{SENTENCE}</p>".encode(), "docx": docx(SENTENCE)}
    endings = ("txt", "html", "csv", "jsonl", "json", "parquet", "pdf", "docx", "xlsx", "hwpx", "eml", "zip", "gz")
    for ending in endings:
        found[f"empty.{ending}"] = b""
        found[f"zeros.{ending}"] = bytes(5_000)
        found[f"noise.{ending}"] = bytes((number * 7919 >> 3) & 255 for number in range(5_000))
        found[f"wrong.{ending}"] = bodies["docx"] if ending in bodies and ending != "docx" else OLE + bytes(2_000)
    found["cut.docx"] = bodies["docx"][:-60]
    found["cut.zip"] = package({"a.txt": bodies["txt"] * 100})[:-30]
    return found


def _texts() -> dict[str, bytes]:
    return {
        "nul.txt": b"text\0text\0" * 100,
        "one-line.txt": SENTENCE.encode() * 20_000,
        "many-lines.txt": b"a\n" * 400_000,
        "blank-lines.txt": b"\n" * 5_000_000,
        "one-word.txt": b"x" * 5_000_000,
        "marks.txt": "e\u0301".encode() + "\u0301".encode() * 500_000,
        "broken-utf8.txt": SENTENCE.encode() + b"\xff\xc3\x28" * 3_000,
        "right-to-left.txt": ("\u202e" * 10_000 + SENTENCE).encode(),
        "stars.md": b"*" * 200_000,
        "brackets.md": b"![" * 100_000,
        "front.md": b"---\n" + b"a: b\n" * 100_000,
        "mail.eml": b"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nhi\n" * 20_000,
        "headers.eml": b"".join(b"X-%d: y\n" % number for number in range(100_000)) + b"\nhi\n",
        "nested.eml": _nested_mail(60),
        "base64.eml": b"Subject: a\nContent-Transfer-Encoding: base64\n\n" + b"A" * 3_000_000,
    }


def _tables() -> dict[str, bytes]:
    rows = b"".join(b'"row %d", text\n' % number for number in range(2_000))
    return {
        "open.csv": b'text\n"never closed\n' + b"row,\n" * 50_000,
        "opens.csv": b"id,text\n" + b'1,"open\n' * 3_000,
        "quotes.csv": b"text\n" + b'"' * 3_000_000,
        "columns.csv": b"text" + b"," * 1_000_000 + b"\n" + rows,
        "nul.csv": b"text\na\0b\n" + rows,
        "deep.json": b"[" * 500_000,
        "deep.jsonl": b'{"text":' * 100_000 + b"\n" + b'{"text": "a row that is good and long enough to keep"}\n',
        "surrogate.jsonl": b'{"text": "\\ud800 alone in the dark of a long and winding sentence about cables"}\n' * 10,
        "number.json": b'{"text": ' + b"9" * 100_000 + b"}",
        "keys.json": b"{" + b",".join(b'"k%d": 1' % number for number in range(200_000)) + b"}",
    }


def _packages() -> dict[str, bytes]:
    entities = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    entities += "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + "]><d>&j;</d>"
    attributes = b"".join(b"a%d='' " % number for number in range(300_000))
    far = f'<worksheet {SHEET}><row r="99999999999"/></worksheet>'
    zeros, runs = bytes(60_000_000), b"<w:r/>" * 8_000_000
    strings = f"<sst {SHEET}>".encode() + b"<si><t>text</t></si>" * 3_000_000 + b"</sst>"
    inner = package({"a.txt": SENTENCE.encode()})
    for _ in range(8):
        inner = package({"inner.zip": inner})
    return {
        "zeros-part.docx": package({"word/document.xml": zeros}),
        "runs.docx": package({"word/document.xml": f"<w:document {WORD}><w:p>".encode() + runs}),
        "entities.docx": package({"word/document.xml": entities.encode()}),
        "outside.docx": package({"word/document.xml": b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>'}),
        "deep.docx": package({"word/document.xml": b"<d>" * 100_000}),
        "attributes.docx": package({"word/document.xml": b"<d " + attributes + b"/>"}),
        "parts.docx": package({f"{number}.xml": b"" for number in range(12_000)}),
        "strings.xlsx": package({"xl/sharedStrings.xml": strings, "xl/worksheets/sheet1.xml": b"<a/>"}),
        "sheets.xlsx": package({f"xl/worksheets/sheet{number}.xml": b"<a/>" for number in range(5_000)}),
        "far.xlsx": package({"xl/worksheets/sheet1.xml": far.encode()}),
        "entities.hwpx": package({"Contents/section0.xml": entities.encode()}),
        "bomb.zip": package({"zeros.txt": zeros}),
        "bombs.zip": package({f"{number}.txt": bytes(9_000_000) for number in range(30)}),
        "members.zip": package({f"{number}.txt": b"" for number in range(3_000)}),
        "nested.zip": inner,
        "names.zip": package({"../../up.txt": b"up " * 30, "/root.txt": b"root " * 30, "a\nb.txt": b"line " * 30}),
        "bomb.txt.gz": gzip.compress(zeros),
        "loop.pdf": _pages_pdf(b"2 0 R 2 0 R", 2),
        "pages.pdf": _pages_pdf(b"2 0 R", 99_999_999),
    }  # fmt: skip


def _pages() -> dict[str, bytes]:
    body = f"<p>{SENTENCE * 3}</p>".encode()
    return {
        "deep.html": b"<div>" * 50_000 + body + b"</div>" * 50_000,
        "anchors.html": b"<a " * 20_000,
        "tables.html": b"<table><tr><td>" * 5_000 + body,
        "tags.html": b"<p>a" * 300_000,
        "attribute.html": b'<div class="' + b"x " * 2_000_000 + b'">' + body,
        "comment.html": b"<!--" + b"-" * 2_000_000,
        "script.html": b"<script>" + b"</" * 1_000_000 + body,
        "formatting.html": b"<b><i><u><a>" * 20_000 + body,
        "options.html": b"<select>" + b"<option>one</option>" * 100_000 + b"</select>" + body,
    }


def write_large(folder: Path, n_bytes: int) -> dict[str, int]:
    """Files that hold or unpack to `n_bytes`, one after the other; returns the size of each on the disk."""
    folder.mkdir(parents=True)
    for name, make in LARGE.items():
        with (folder / name).open("wb") as stream:
            stream.writelines(make(n_bytes))
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir())}


def _filled(head: bytes, piece: bytes, tail: bytes) -> Callable[[int], Chunks]:
    """What makes a file of `piece` over and over between head and tail."""

    def chunks(n_bytes: int) -> Chunks:
        block = piece * (PIECE_BYTES // len(piece))
        yield head
        for _ in range(n_bytes // len(block)):
            yield block
        yield tail

    return chunks


def _packed(make: Callable[[int], Chunks], name: str) -> Callable[[int], Chunks]:
    """The same content in a gzip file, or in a ZIP under a name."""

    def chunks(n_bytes: int) -> Chunks:
        out = io.BytesIO()
        if name:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
                for chunk in make(n_bytes):
                    member.write(chunk)
        else:
            with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as stream:
                for chunk in make(n_bytes):
                    stream.write(chunk)
        yield out.getvalue()

    return chunks


_GOOD_ROW = SENTENCE.encode() * 4
_LINE = _filled(b"", SENTENCE.encode(), b"")
LARGE: Mapping[str, Callable[[int], Chunks]] = {
    "line.txt": _LINE,
    "lines.txt": _filled(b"", SENTENCE.encode() + b"\n", b""),
    "line.md": _LINE,
    "page.html": _filled(b"<html><body><p>", SENTENCE.encode(), b"</p></body></html>"),
    "tags.html": _filled(b"<html><body>", b"<p>One.</p>", b"</body></html>"),
    "field.csv": _filled(b'id,text\n1,"' + _GOOD_ROW + b'"\n2,"', SENTENCE.encode(), b'"\n3,"' + _GOOD_ROW + b'"\n'),
    "bare.csv": _filled(b"id,text\n1," + _GOOD_ROW + b"\n2,", SENTENCE.encode(), b"\n3," + _GOOD_ROW + b"\n"),
    "open.csv": _filled(b"id,text\n1," + _GOOD_ROW + b'\n2,"', SENTENCE.encode(), b"\n3," + _GOOD_ROW + b"\n"),
    "lines.csv": _filled(b"id,text\n1," + _GOOD_ROW + b'\n2,"', b"a line\n", b'"\n3,' + _GOOD_ROW + b"\n"),
    "quotes.csv": _filled(b"id,text\n1," + _GOOD_ROW + b"\n2,", b'"', b"\n3," + _GOOD_ROW + b"\n"),
    "row.jsonl": _filled(
        b'{"text": "' + _GOOD_ROW + b'"}\n{"text": "', SENTENCE.encode(), b'"}\n{"text": "' + _GOOD_ROW + b'"}\n'
    ),
    "array.json": _filled(b'[{"text": "', SENTENCE.encode(), b'"}]'),
    "letter.eml": _filled(b"From: a@example.org\nSubject: Cables\n\n", SENTENCE.encode(), b""),
    "bomb.txt.gz": _packed(_LINE, ""),
    "bomb.zip": _packed(_LINE, "line.txt"),
    "bomb.docx": _packed(_filled(b"<w:document><w:p>", b"<w:r/>", b"</w:p></w:document>"), "word/document.xml"),
    "bomb.xlsx": _packed(_filled(b"<sst>", b"<si><t>a</t></si>", b"</sst>"), "xl/sharedStrings.xml"),
    "bomb.hwpx": _packed(_filled(b"<a>", b"<p><t>a</t></p>", b"</a>"), "Contents/section0.xml"),
}


def package(parts: Mapping[str, bytes]) -> bytes:
    """A ZIP of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def docx(text: str) -> bytes:
    """A Word document of one paragraph."""
    body = f"<w:document {WORD}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
    return package({"word/document.xml": body.encode()})


def _nested_mail(depth: int) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "The innermost"
    mail.set_content(SENTENCE)
    for level in range(depth):
        outer = EmailMessage()
        outer["Subject"] = f"Level {level}"
        outer.set_content("See below.\n")
        outer.add_attachment(mail)
        mail = outer
    return mail.as_bytes()


def _pages_pdf(kids: bytes, n_pages: int) -> bytes:
    """A PDF whose list of pages holds itself."""
    pages = b"2 0 obj<</Type/Pages/Kids[%s]/Count %d>>endobj\n" % (kids, n_pages)
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" + pages + b"trailer<</Root 1 0 R>>\n%%EOF\n"
