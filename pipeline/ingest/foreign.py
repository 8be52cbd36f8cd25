"""What a file is by its content, where its name says something else, and what to do with formats that are not read."""

from __future__ import annotations

import zipfile
from pathlib import Path

N_BYTES_LOOKED_AT = 4_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS = ((b"%PDF-", ".pdf"), (b"PAR1", ".parquet"), (b"\x1f\x8b", ".gz"))
_MEMBERS = (
    ("word/document", ".docx"),
    ("xl/workbook", ".xlsx"),
    ("xl/worksheets/", ".xlsx"),
    ("Contents/section", ".hwpx"),
)
_SAVE = "save it as {} and read that"
_OLE_STREAMS = (
    ("EncryptedPackage", "an Office document protected by a password: save it without one"),
    ("WordDocument", f"an old Word document (.doc): {_SAVE.format('.docx or .pdf')}"),
    ("HwpSummaryInformation", f"an old Hangul document (.hwp): {_SAVE.format('.hwpx or .pdf')}"),
    ("PowerPoint Document", f"an old PowerPoint file (.ppt): {_SAVE.format('.pdf')}"),
    ("__properties_version1", f"an Outlook message (.msg): {_SAVE.format('.eml')}"),
    ("Workbook", f"an old Excel workbook (.xls): {_SAVE.format('.xlsx or .csv')}"),
    ("Book", f"an old Excel workbook (.xls): {_SAVE.format('.xlsx or .csv')}"),
)
"""Names of streams in files of old Office programs, which stand there in UTF-16."""
_OF_PACKAGES = (
    ("ppt/", f"a PowerPoint file (.pptx): {_SAVE.format('.pdf')}"),
    ("content.xml", f"an OpenDocument file (.odt, .ods): {_SAVE.format('.docx, .xlsx or .pdf')}"),
    ("META-INF/container.xml", f"an electronic book (.epub): {_SAVE.format('.html or .pdf')}"),
)
_OTHERS = (
    (b"{\\rtf", f"a Rich Text file (.rtf): {_SAVE.format('.docx or .pdf')}"),
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut (.lnk): put the file that it points to here"),
    (b"HWP Document File", f"an old Hangul document (.hwp): {_SAVE.format('.hwpx or .pdf')}"),
    (b"\x00\x05\x16\x07", "a macOS companion file, which holds no text"),
    (b"\x78\x9f\x3e\x22", "attachments packed by Outlook (winmail.dat): ask for them as they are, or save them there"),
    (b"From ", f"a mailbox of several messages (.mbox): {_SAVE.format('.eml files')}"),
    (b"bplist00", f"a macOS web archive or settings: {_SAVE.format('.html or .pdf')}"),
)


def kind_of(path: Path) -> str:
    """The suffix of the format that a file is in by its content, of those that are read and are not text; else ""."""
    head = _read(path, 8)
    found = next((suffix for mark, suffix in _BEGINNINGS if head.startswith(mark)), "")
    if found or not head.startswith(b"PK\x03\x04"):
        return found
    names = _members(path)
    known = next((suffix for start, suffix in _MEMBERS if any(name.startswith(start) for name in names)), "")
    return known or ("" if _named_package(names) or not names else ".zip")


def advice(path: Path) -> str:
    """What a file is that is not read, and what to do; "" where that is not known."""
    head = _read(path, 32)
    if not head:
        return ""
    if head.startswith(_OLE):
        data = _read(path, N_BYTES_LOOKED_AT)
        return next((said for name, said in _OLE_STREAMS if name.encode("utf-16-le") in data), "")
    if head.startswith(b"PK\x03\x04"):
        return _named_package(_members(path))
    return next((said for mark, said in _OTHERS if head.startswith(mark)), "")


def _named_package(names: list[str]) -> str:
    return next((said for start, said in _OF_PACKAGES if any(name.startswith(start) for name in names)), "")


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except Exception:  # damaged archives make the library raise a dozen kinds
        return []


def _read(path: Path, n_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(n_bytes)
    except OSError:
        return b""
