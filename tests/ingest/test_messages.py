"""E-mail messages: the body and each attached document are documents; pictures and signatures are not."""

from __future__ import annotations

import tempfile
from email.message import EmailMessage
from pathlib import Path

from builders import docx, package, pdf, word_paragraph

from pipeline.ingest.formats import read_file
from pipeline.ingest.options import DEFAULT_OPTIONS, ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

LINE = "The two governments agreed to repair cables under the sea."


def message(text: str = "양측은 협의했다.\n", charset: str = "euc-kr") -> EmailMessage:
    found = EmailMessage()
    found["Subject"] = "협의 결과"
    found["Date"] = "Tue, 05 Dec 2023 10:30:00 +0900"
    found.set_content(text, charset=charset)
    return found


def attach(to: EmailMessage, name: str, data: bytes, kind: str = "application/octet-stream") -> None:
    main, _, sub = kind.partition("/")
    to.add_attachment(data, maintype=main, subtype=sub, filename=name)


def items(folder: Path, mail: EmailMessage, options: ReadOptions = DEFAULT_OPTIONS) -> list[Received | Skipped]:
    path = folder / "a.eml"
    path.write_bytes(mail.as_bytes())
    return list(read_file(InputFile(path, path.name, "folder"), options))


def test_subject_date_and_body(tmp_path: Path) -> None:
    (found,) = items(tmp_path, message())
    assert isinstance(found, Received)
    assert (found.title, found.date, found.content.strip()) == ("협의 결과", "2023-12-05", "양측은 협의했다.")


def test_html_only(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "News"
    mail.set_content(f"<p>{LINE}</p>", subtype="html")
    (found,) = items(tmp_path, mail)
    assert isinstance(found, Received)
    assert found.is_html


def test_attached_documents_are_read_under_their_names(tmp_path: Path) -> None:
    mail = message()
    attach(mail, "2023-12-05 결과.pdf", pdf([[LINE, LINE]]), "application/pdf")
    attach(mail, "report.docx", docx(word_paragraph(LINE)))
    attach(mail, "two.zip", package({"x.txt": "Text x.", "y.txt": "Text y."}))
    attach(mail, "table.csv", b"text\nRow one\nRow two\n", "text/csv")
    found = items(tmp_path, mail)
    assert [item.location for item in found] == [
        "a.eml",
        "a.eml/2023-12-05 결과.pdf",
        "a.eml/report.docx",
        "a.eml/two.zip/x.txt",
        "a.eml/two.zip/y.txt",
        "a.eml/table.csv#2",
        "a.eml/table.csv#3",
    ]
    assert all(isinstance(item, Received) for item in found)
    assert isinstance(found[1], Received)
    assert found[1].name == "2023-12-05 결과.pdf"


def test_pictures_and_signatures_are_left_out_and_other_kinds_say_why(tmp_path: Path) -> None:
    mail = message()
    attach(mail, "logo.png", b"\x89PNG\r\n....", "image/png")
    attach(mail, "signature.asc", b"-----BEGIN", "application/pgp-signature")
    attach(mail, "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword")
    body, old = items(tmp_path, mail)
    assert isinstance(body, Received)
    assert isinstance(old, Skipped)
    assert (old.location, "OLE" in old.reason) == ("a.eml/old.doc", True)


def test_a_message_that_only_brings_an_attachment(tmp_path: Path) -> None:
    mail = message(" \n", "utf-8")
    attach(mail, "a.txt", LINE.encode())
    assert [item.location for item in items(tmp_path, mail)] == ["a.eml/a.txt"]


def test_attached_messages_are_read_and_end(tmp_path: Path) -> None:
    mail = message()
    for _ in range(6):
        outer = message("See below.\n", "utf-8")
        outer.add_attachment(mail)
        mail = outer
    found = items(tmp_path, mail)
    assert [item.location.count("message-1.eml") for item in found] == [0, 1, 2, 3]
    assert "nested" in found[-1].reason if isinstance(found[-1], Skipped) else False


def test_names_of_attachments_lead_nowhere(tmp_path: Path) -> None:
    mail = message()
    for name in ("../../up.txt", "/etc/passwd.txt", "C:\\dir\\w.txt", "a\tb.txt", "...", "x" * 300 + ".txt"):
        attach(mail, name, LINE.encode(), "text/plain")
    found = items(tmp_path, mail)
    assert len(found) == 7
    assert all(isinstance(item, Received) and item.location.isprintable() for item in found)
    assert [item.location for item in found[1:4]] == ["a.eml/up.txt", "a.eml/passwd.txt", "a.eml/w.txt"]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    mail = message()
    attach(mail, "unlikely-name-of-a-file.txt", LINE.encode())
    items(tmp_path, mail)
    assert not list(Path(tempfile.gettempdir()).glob("themes-*/attached-*/unlikely-name-of-a-file.txt"))
