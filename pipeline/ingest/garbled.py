"""Text that was decoded wrongly before it came into its file, such as "¿Ü±³ºÎ"; mended where it is certain.

A file tells of its own bytes, but not how those of a cell were once read by whoever filled the table.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pipeline.ingest.decode import decode, mend_double_encoding, to_windows_bytes
from pipeline.ingest.encodings import INCOHERENCE_TOLERATED, NotTextError, incoherence

if TYPE_CHECKING:
    from pipeline.ingest.received import Received

N_CHARS_LOOKED_AT = 65_536
LEAST_CHARS = 12
LEAST_SHARE = 0.6
"""Of the letters of a text read as Windows-1252 that is in another script, so many are above ASCII and side by side."""
HIGH = "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122"
_RUN = re.compile(f"[{HIGH}]{{3,}}")
_LETTERS = re.compile(f"[A-Za-z{HIGH}]")
SECOND = "\u0080-\u00bf\u0402-\u040f\u0452-\u045f\u0490\u0491\u2013-\u203a\u20ac\u2116\u2122"
FIRST_CYRILLIC = "РС"
_CYRILLIC_PAIR = re.compile(f"[{FIRST_CYRILLIC}][{SECOND}]")
SUSPECT = re.compile(f"[{HIGH}{FIRST_CYRILLIC}](?:(?<=[{HIGH}])[{HIGH}]|(?<=[{FIRST_CYRILLIC}])[{SECOND}])")
"""Begins with one set of characters, which `re` looks for several times faster than for either of two."""
_KANA_LEAD = re.compile("[\u201a\u0192\u0082\u0083]")
"""First bytes of kana in Shift-JIS; the second ones are mostly ASCII."""
LEAST_KANA = 0.1
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_UNSURE = "the text looks garbled (decoded wrongly before it came here)"


class Mended(NamedTuple):
    """A text, and what was done or is feared; "" where nothing is wrong."""

    text: str
    remark: str = ""


def mended(received: Received) -> Received:
    """A text as received with its body and title mended; the warning says so."""
    if received.content.isascii() and received.title.isascii():
        return received
    body, title = mend(received.content), mend(received.title)
    remark = body.remark or title.remark
    if not remark or remark in received.warning:
        return received
    warning = "; ".join(filter(None, (received.warning, remark)))
    return replace(received, content=body.text, title=title.text, warning=warning)


def mend(text: str) -> Mended:
    """The text as it was meant, where that is certain."""
    if text.isascii() or not SUSPECT.search(text):
        return Mended(text)
    head = text[:N_CHARS_LOOKED_AT]
    double = mend_double_encoding(text)
    if double.text != text:
        return Mended(double.text, double.warning)
    pairs = 2 * len(_CYRILLIC_PAIR.findall(head))
    if pairs >= LEAST_CHARS and pairs > LEAST_SHARE * len(_CYRILLIC.findall(head)):
        return _reread(text, "cp1251")
    if _is_other_script(head):
        return _reread(text, "cp1252")
    return Mended(text, double.warning if "garbled" in double.warning else "")


def _is_other_script(head: str) -> bool:
    """Whether the letters above ASCII stand together as in no language that is written in Latin letters."""
    if len(_KANA_LEAD.findall(head)) > max(LEAST_CHARS // 3, LEAST_KANA * len(head)):
        return True
    runs = [run for run in _RUN.findall(head) if sum(map(str.isalpha, run)) > 1 and len(set(run)) > 2]
    n_chars = sum(map(len, runs))
    return n_chars >= LEAST_CHARS and n_chars > LEAST_SHARE * len(_LETTERS.findall(head))


def _reread(text: str, wrong: str) -> Mended:
    """The text from the bytes that were read in the encoding `wrong`."""
    try:
        data = to_windows_bytes(text) if wrong == "cp1252" else text.encode(wrong)
        found = decode(data)
    except (UnicodeError, NotTextError):
        return Mended(text, _UNSURE)
    if found.warning or not _is_sound(found.text):
        return Mended(text, _UNSURE)
    return Mended(found.text, f"the text was read as {_named(wrong)} before but is {found.encoding}; mended")


def _is_sound(text: str) -> bool:
    """Whether a text has letters that are not Latin, and they fit together."""
    letters = [char for char in text[:N_CHARS_LOOKED_AT] if char > "\u024f" and char.isalpha()]
    n_odd = sum(unicodedata.category(char) in ("Co", "Cn", "Cc") for char in text[:N_CHARS_LOOKED_AT] if char > "\x7f")
    return len(letters) >= LEAST_CHARS // 3 and not n_odd and incoherence(text) <= INCOHERENCE_TOLERATED


def _named(codec: str) -> str:
    return codec.replace("cp", "Windows-")
