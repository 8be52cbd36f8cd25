"""PDFs made by hand: text at places, pages that are turned, letters of any script, a password."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import md5

A4 = (595, 842)
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def placed(lines: Iterable[tuple[float, float, str]], *, turned: int = 0, size: int = 10) -> str:
    """The content of a page: lines that begin at (x, y), in this order, `turned` degrees counter-clockwise."""
    turn = {0: "1 0 0 1 0 0", 90: "0 1 -1 0 595 0", 180: "-1 0 0 -1 595 842", 270: "0 -1 1 0 0 842"}[turned]
    shown = (f"1 0 0 1 {x} {y} Tm ({text.replace('(', '').replace(')', '')}) Tj" for x, y, text in lines)
    return f"q {turn} cm BT /F1 {size} Tf {' '.join(shown)} ET Q"


def letters_at(letters: Iterable[tuple[float, float, str]], codes: Mapping[str, int]) -> str:
    """The content of a page: single letters of the font of `glyphs`, each at its place."""
    shown = (f"1 0 0 1 {x} {y} Tm <{codes[letter]:02X}> Tj" for x, y, letter in letters)
    return f"BT /F1 10 Tf {' '.join(shown)} ET"


def pdf_of(contents: Sequence[str], *, letters: str = "", rotated: int = 0, password: str = "") -> bytes:
    """A PDF of a page for each content; in Helvetica, or in a font of black boxes that stand for `letters`."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", _font(letters), _unicode_of(letters)]
    kids = []
    for content in contents:
        objects.append(_stream(content))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {A4[0]} {A4[1]}] /Rotate {rotated} "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    for code in range(len(letters)):
        objects[2] = objects[2].replace(f" G{code} ", f" {len(objects) + 1} 0 R ")
        objects.append(_stream("500 0 0 0 450 700 d1 0 0 450 700 re f"))
    return _file(objects, _lock(password) if password else "")


def _font(letters: str) -> str:
    if not letters:
        return "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    last = len(letters) - 1
    procedures = " ".join(f"/g{code} G{code} " for code in range(len(letters)))
    names = " ".join(f"/g{code}" for code in range(len(letters)))
    return (
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 500 700] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 0 "
        f"/LastChar {last} /Widths [{'500 ' * len(letters)}] /CharProcs << {procedures} >> "
        f"/Encoding << /Type /Encoding /Differences [0 {names}] >> /ToUnicode 4 0 R >>"
    )


def _unicode_of(letters: str) -> str:
    pairs = "\n".join(f"<{code:02X}> <{ord(letter):04X}>" for code, letter in enumerate(letters))
    return _stream(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <FF> endcodespacerange\n{len(letters)} beginbfchar\n{pairs}\nendbfchar\n"
        "endcmap end end"
    )


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _file(objects: Sequence[str], lock: str) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {lock} >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


def _lock(password: str) -> str:
    """The entries of a trailer that ask for a password (40-bit RC4 of PDF 1.1)."""
    user = (password.encode() + _PADDING)[:32]
    owner = _rc4(md5(_PADDING, usedforsecurity=False).digest()[:5], user)
    key = md5(user + owner + b"\xff" * 4 + b"0" * 16, usedforsecurity=False).digest()[:5]
    check = _rc4(key, _PADDING)
    identity = f"<{(b'0' * 16).hex()}>"
    names = f"/Filter /Standard /V 1 /R 2 /P -1 /O <{owner.hex()}> /U <{check.hex()}>"
    return f"/ID [{identity} {identity}] /Encrypt << {names} >>"


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    out = bytearray()
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
