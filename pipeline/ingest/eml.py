"""E-mail messages (.eml): subject, date and body, as plain text where there is one, else as HTML; what is attached."""

from __future__ import annotations

import mimetypes
import tempfile
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from pipeline.ingest.decode import decode
from pipeline.ingest.files import UnreadableError, read_bytes
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.received import Received, hash_of_bytes
from pipeline.ingest.walk import InputFile, safe_name
from pipeline.types import Skipped

MAX_ATTACHMENTS = 1_000
_NO_DOCUMENTS = ("image", "audio", "video", "font")
_NO_DOCUMENT_TYPES = frozenset(
    ("text/calendar", "text/vcard", "text/x-vcard", "application/ics", "application/pgp-signature",
     "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-keys", "text/rfc822-headers",
     "message/delivery-status", "message/disposition-notification")
)  # fmt: skip


def unpack_eml(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped | InputFile]:
    """The body of a message, then each attached document as a file of its own in the temporary folder.

    Pictures, signatures and calendar entries are no documents and are left out.
    """
    data = read_bytes(file.path, options.max_file_bytes)
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
    if not message.keys():
        raise UnreadableError("not an e-mail message: it has no headers")
    attached = list(_attachments(message))
    body = _body(message, data, file)
    if body is None or (attached and not body.content.strip()):
        if not attached:
            yield Skipped(file.source, "a message without a text part", file.location)
    else:
        yield body
    for number, part in enumerate(attached[:MAX_ATTACHMENTS], 1):
        yield _unpacked(part, number, file)
    if len(attached) > MAX_ATTACHMENTS:
        yield Skipped(file.source, f"more than {MAX_ATTACHMENTS:,} attachments: the rest was not read", file.location)


def _body(message: EmailMessage, data: bytes, file: InputFile) -> Received | None:
    body = message.get_body(("plain", "html"))
    if body is None:
        return None
    payload = body.get_payload(decode=True)
    decoded = decode(payload if isinstance(payload, bytes) else b"", declared=body.get_content_charset("") or "")
    return Received(
        decoded.text, file.location, hash_of_bytes(data), is_html=body.get_content_subtype() == "html",
        title=_header(message, "subject"), date=_day(_header(message, "date")), name=file.path.name,
        warning=decoded.warning,
    )  # fmt: skip


def _attachments(message: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that may hold a document: attached under a name, or messages."""
    for part in message.iter_attachments() if message.is_multipart() else ():
        kind = part.get_content_type()
        is_named = bool(part.get_filename()) or part.is_attachment() or kind == "message/rfc822"
        if is_named and part.get_content_maintype() not in _NO_DOCUMENTS and kind not in _NO_DOCUMENT_TYPES:
            yield part


def _unpacked(part: EmailMessage, number: int, file: InputFile) -> InputFile | Skipped:
    """An attachment written to a file that bears its name."""
    name = _name(part, number)
    location = f"{file.location}/{name}"
    try:
        data = _content(part)
    except Exception as error:  # the library raises many kinds for malformed parts
        return Skipped(file.source, f"an attachment that cannot be taken out ({type(error).__name__})", location)
    path = Path(tempfile.mkdtemp(prefix="attached-")) / name
    path.write_bytes(data)
    return InputFile(path, location, file.source)


def _content(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], Message) else b""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _name(part: EmailMessage, number: int) -> str:
    if part.get_content_type() == "message/rfc822":
        return f"message-{number}.eml"
    name = safe_name(part.get_filename() or f"attachment-{number}")
    return name if Path(name).suffix else f"{name}{mimetypes.guess_extension(part.get_content_type()) or ''}"


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
