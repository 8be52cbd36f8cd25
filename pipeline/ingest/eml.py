"""E-mail messages (.eml): subject, date and body, as plain text where there is one, else as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from pipeline.ingest.decode import decode
from pipeline.ingest.files import UnreadableError, read_bytes
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received, hash_of_bytes
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped


def read_eml(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The one document of a message. Attachments are counted in a warning, not read."""
    data = read_bytes(file.path, options.max_document_bytes)
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
    if not message.keys():
        raise UnreadableError("not an e-mail message: it has no headers")
    body = message.get_body(("plain", "html"))
    if body is None:
        yield Skipped(file.source, "a message without a text part", file.location)
        return
    payload = body.get_payload(decode=True)
    decoded = decode(payload if isinstance(payload, bytes) else b"", declared=body.get_content_charset("") or "")
    n_attached = sum(1 for _ in message.iter_attachments()) if message.is_multipart() else 0
    notes = [decoded.warning, f"{n_attached} attachments were not read" if n_attached else ""]
    yield Received(
        decoded.text, file.location, hash_of_bytes(data), is_html=body.get_content_subtype() == "html",
        title=_header(message, "subject"), date=_day(_header(message, "date")), name=file.path.name,
        warning="; ".join(filter(None, notes)),
    )  # fmt: skip


def _header(message: EmailMessage, name: str) -> str:
    """A decoded header on one line, "" when there is none or it is malformed."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except (MessageError, ValueError, IndexError, AttributeError, TypeError, LookupError):
        return ""


def _day(written: str) -> str:
    try:
        return parsedate_to_datetime(written).date().isoformat() if written else ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
