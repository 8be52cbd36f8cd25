"""Bytes to text: byte order mark, strict UTF-8, the declared charset, then detection; never a silent guess."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from pipeline.ingest.encodings import (
    INCOHERENCE_TOLERATED,
    N_SNIFFED_BYTES,
    NotTextError,
    codec_name,
    detect_encoding,
    incoherence,
)
from pipeline.ingest.text_work import BYTE_KERNEL, kernel_for

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE file (old Office or HWP)"),
    (b"\x89PNG", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"PAR1", "Parquet table"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "7z archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ", "xz archive"),
)
_ALL_MARKS, _MARKS_OF_FORMATS = (tuple(mark for mark, _ in table) for table in (_MARKS, _SIGNATURES))
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
# UTF-8 read as Windows-1252: a lead byte and a continuation byte, each shown as the character it is in Windows-1252.
DOUBLED_FIRST, DOUBLED_SECOND = "\u00c2-\u00f4", "\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
DOUBLY_ENCODED = re.compile(f"[{DOUBLED_FIRST}][{DOUBLED_SECOND}]")
_SURELY_GARBLED = re.compile("\u00c3[\u0080-\u00bf]|\u00e2\u20ac|\u00c2[\u00a0-\u00bf]")
_WINDOWS_TO_BYTE = {ord(bytes([byte]).decode("cp1252", "replace")): byte for byte in range(0x80, 0xA0)}
_WINDOWS_TO_BYTE.pop(0xFFFD)
CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\v") + b"\x7f"
_LATER_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")
SHARE_OF_STRAY_NULS = 0.02
"""UTF-16 has more NUL bytes than this in any script that is valid UTF-8 as well."""
_WIDE_HINT = re.compile(rb"[\x00-\x02]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text`, the `encoding` that was used and, where the text may be damaged, a `warning` for the reader.

    `is_sound` tells that no two characters of it stand together as where bytes were read in a wrong encoding.
    """

    text: str
    encoding: str
    warning: str = ""
    is_sound: bool = False


def decode(data: bytes, *, declared: str = "") -> Decoded:
    """Decode a whole document; `declared` is a charset named by its envelope (an e-mail header, an XML declaration).

    Raises `NotTextError` for binary content and for bytes that fit no encoding.
    """
    if data.startswith(_ALL_MARKS):
        mark, encoding = next(found for found in _MARKS if data.startswith(found[0]))
        return _decode_lossy(data[len(mark) :], encoding)
    name = signature(data)
    if name:
        raise NotTextError(f"not text: {name}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data, declared or declared_charset(data))
    has_controls, is_sound = _look_at(data)
    if has_controls:
        if "\0" in text:
            return _without_stray_nuls(data, text) or _decode_wide(data)
        if "\x1b$" in text:
            return _decode_escaped(data, text)
        if _has_controls(text) and not DOUBLY_ENCODED.search(text):
            raise NotTextError("not text: control characters (binary data)")
    if text.isascii():
        return Decoded(text, "utf-8", is_sound=True)
    if text.count("\ufffd") * 10 > len(text) > 0:
        raise NotTextError("not text: more than a tenth of the characters were lost before (U+FFFD)")
    if is_sound:
        return _with_losses(text, is_sound=True)
    return mend_double_encoding(text) if b"\xc3" in data else _with_losses(text)


def _look_at(data: bytes) -> tuple[bool, bool]:
    """Of UTF-8, what `may_hold_controls` says, and whether it is known to be sound (`Decoded`)."""
    if kernel := kernel_for(len(data), BYTE_KERNEL):
        has_controls, is_suspect = kernel.look_at(data)
        return has_controls, not is_suspect
    return may_hold_controls(data), False


def may_hold_controls(data: bytes) -> bool:
    """Whether UTF-8 may hold what `CONTROLS` finds: in a tenth of its time."""
    return len(data.translate(None, CONTROL_BYTES)) < len(data) or _LATER_CONTROLS.search(data) is not None


def signature(data: bytes) -> str:
    """The name of a binary format that these bytes begin like, else ""."""
    if not data.startswith(_MARKS_OF_FORMATS):
        return ""
    return next(name for mark, name in _SIGNATURES if data.startswith(mark))


def declared_charset(data: bytes) -> str:
    """The charset that an HTML `meta` or an XML declaration names near the beginning, else ""."""
    found = _DECLARED.search(data[:4096])
    return (found[1] or found[2]).decode("ascii") if found else ""


def incremental_encoding(sample: bytes, *, is_utf8: bool) -> str:
    """The codec for reading a large file piecewise, from its first bytes and whether all of it is valid UTF-8."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return "utf-8-sig" if encoding == "utf-8" else encoding
    decoded = decode(sample)
    return "utf-8" if is_utf8 and decoded.encoding == "utf-8" else decoded.encoding


def _decode_legacy(data: bytes, declared: str) -> Decoded:
    if _WIDE_HINT.search(data):
        return _decode_wide(data)
    mended = _decode_damaged_utf8(data)
    if mended is not None:
        return mended
    name = codec_name(declared)
    if name and name != "utf-8":
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            pass
        else:
            if not _has_controls(text):
                return Decoded(text, name)
    return _decode_lossy(data, detect_encoding(data))


def _decode_damaged_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few broken bytes (a file cut in the middle of a character), or None for another encoding."""
    text = data.decode("utf-8", "replace")
    n_broken = text.count("\ufffd")
    n_sound = sum(1 for char in text[:N_SNIFFED_BYTES] if char > "\x7f") - n_broken
    if (n_broken > 1 and n_sound < 4 * n_broken) or n_sound < 1:
        return None
    if n_broken == 1 and text.endswith("\ufffd") and n_sound > 3:
        return Decoded(text[:-1], "utf-8", "the file ends in the middle of a character")
    if n_sound < 4 * n_broken:
        return None
    return Decoded(text, "utf-8", f"{n_broken} broken UTF-8 sequences replaced by U+FFFD")


def _without_stray_nuls(data: bytes, text: str) -> Decoded | None:
    """UTF-8 with a few NUL bytes and no other controls, without them; None for anything else."""
    n_nuls = data.count(0)
    n_controls = len(data) - len(data.translate(None, CONTROL_BYTES))
    if n_controls > n_nuls or n_nuls > len(data) * SHARE_OF_STRAY_NULS:
        return None
    return Decoded(text.replace("\0", ""), "utf-8", f"{n_nuls} NUL bytes were left out")


def _decode_wide(data: bytes) -> Decoded:
    """UTF-16 without a mark, in the byte order that reads well; other data with NULs is not a text."""
    sample = data[: min(len(data), N_SNIFFED_BYTES) // 2 * 2]
    readable = []
    for encoding in ("utf-16-le", "utf-16-be"):
        text = sample.decode(encoding, "replace")
        if "\0" not in text and any(mark in text for mark in " \n。、，") and not _has_controls(text):
            readable.append((incoherence(text), encoding))
    fault, encoding = min(readable, default=(1.0, ""))
    if fault > INCOHERENCE_TOLERATED:
        raise NotTextError("not text: NUL bytes or control characters (binary data)")
    return Decoded(data.decode(encoding, "replace"), encoding)


def _decode_escaped(data: bytes, text: str) -> Decoded:
    """ISO 2022 (old Japanese and Korean mail) is pure ASCII with escape sequences."""
    name = "iso2022_kr" if b"\x1b$)C" in data else "iso2022_jp_2"
    try:
        return Decoded(data.decode(name), name)
    except UnicodeDecodeError:
        return Decoded(text, "utf-8", "escape sequences of an unknown encoding")


def _decode_lossy(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    n_broken = text.count("\ufffd") - (data.count("\ufffd".encode()) if encoding == "utf-8" else 0)
    if n_broken * 10 > len(text):
        raise NotTextError(
            f"not text: {n_broken} of {len(text)} characters do not fit {encoding}, the likeliest encoding"
        )
    if "\0" in text or _has_controls(text):
        raise NotTextError("not text: control characters (binary data)")
    if n_broken > 0:
        return Decoded(text, encoding, f"{n_broken} characters do not fit {encoding} and were replaced by U+FFFD")
    return Decoded(text, encoding)


def mend_double_encoding(text: str) -> Decoded:
    """Mend UTF-8 that was once read as Windows-1252 and saved again ("Ã©" for "é"), where that can be done exactly."""
    if len(DOUBLY_ENCODED.findall(text[:N_SNIFFED_BYTES])) > 1:
        mended = "\n".join(map(_mended_line, text.split("\n")))
        if mended != text:
            return Decoded(mended, "utf-8", "the text was encoded twice (UTF-8 read as Windows-1252); mended")
        if len(_SURELY_GARBLED.findall(text[:N_SNIFFED_BYTES])) > 2:
            return Decoded(text, "utf-8", "parts of the text look garbled (encoded twice)")
    return _with_losses(text)


def to_windows_bytes(text: str) -> bytes:
    """The bytes that were read as Windows-1252 or Latin-1; raises UnicodeError for a text with other characters."""
    return text.translate(_WINDOWS_TO_BYTE).encode("latin-1")


def _mended_line(line: str) -> str:
    try:
        return to_windows_bytes(line).decode("utf-8")
    except UnicodeError:
        return line


def _with_losses(text: str, *, is_sound: bool = False) -> Decoded:
    n_lost = text.count("\ufffd")
    warning = f"{n_lost} characters were lost before (U+FFFD)" if n_lost else ""
    return Decoded(text, "utf-8", warning, is_sound)


def _has_controls(text: str) -> bool:
    head = text[:N_SNIFFED_BYTES]
    return len(CONTROLS.findall(head)) * 50 > len(head)
