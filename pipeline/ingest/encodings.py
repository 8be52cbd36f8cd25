"""Which legacy encoding a text is in: chardet's guesses, and how well letters fit together under each."""

from __future__ import annotations

import codecs
import re
import unicodedata

N_SNIFFED_BYTES = 65_536
"""Detection looks at so many bytes; decoding still goes through all of them."""
INCOHERENCE_TOLERATED = 0.02

# What a name on the web or a detector's answer is decoded as: the superset that real files use.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
_ALIASES = {"ks_c_5601-1987": "cp949", "x-windows-949": "cp949", "windows-874": "cp874", "x-sjis": "cp932"}
# Code pages of DOS and of terminals: in files of today they are wrong guesses, but for the Russian one.
_NOT_TODAY = re.compile(r"cp(?!866|874)[478]\d\d$|cp1006$")
# Polish, Czech and their neighbours: bytes that are letters in ISO 8859-2 but signs in Windows-1250 (or a capital
# after a small letter); "š" or "ą" for 0xB9 by the company it keeps; Windows-1250 has letters below 0xA0, too.
_LATIN2_LETTERS = re.compile(rb"[a-z\xe0-\xfe][\xb1\xb6\xbc\xbe\xa9]|[\xb1\xb6\xbe\xa1\xa6\xa9\xac][a-z\xe0-\xfe]")
_POLISH_BYTES = re.compile(rb"[\xa3\xaf\xb3\xbf\xea\xf1]")
_CZECH_BYTES = re.compile(rb"[\xe8\xec\xf8\xbe]")
_LOW_WINDOWS_BYTES = re.compile(rb"[\x80-\x9f]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_COMMON_HANGUL = re.compile("[이다는의에을를하고로한서가지은기]")
_N_BYTES_FOR_KOREAN = 2_048
_LEAST_HANGUL = 40
_SHARE_OF_HANGUL, _SHARE_OF_COMMON = 0.9, 0.15


class NotTextError(ValueError):
    """The bytes are not a text; the message says what they are."""


def detect_encoding(data: bytes) -> str:
    """The likeliest encoding of a legacy-encoded text (not UTF-8), by chardet and by how its letters fit together."""
    if _is_plainly_korean(data):
        return "cp949"
    import chardet

    era = chardet.EncodingEra
    eras = era.MODERN_WEB | era.LEGACY_ISO | era.LEGACY_REGIONAL | era.DOS
    sample = data[:N_SNIFFED_BYTES]
    guesses = chardet.detect_all(sample, ignore_threshold=True, encoding_era=eras, prefer_superset=False)
    names = [codec_name(guess["encoding"]) for guess in guesses if guess["encoding"]][:8]
    names = [name for name in dict.fromkeys(names) if name and not _NOT_TODAY.match(name)]
    readable = [(name, sample.decode(name, "replace")) for name in names]
    if not readable:
        raise NotTextError("not text: the bytes fit no known encoding")
    faults = [incoherence(text) for _, text in readable]
    limit = min(faults) + INCOHERENCE_TOLERATED
    best = next(name for (name, _), fault in zip(readable, faults, strict=True) if fault <= limit)
    return _latin2_or_windows(sample, best)


def _is_plainly_korean(data: bytes) -> bool:
    """Read as CP949 nearly all letters are Hangul and many of them the commonest: no need to ask the detector."""
    shown = data[:_N_BYTES_FOR_KOREAN].decode("cp949", "replace")
    letters = [char for char in shown if char >= "\x80"]
    n_hangul = len(_HANGUL.findall(shown))
    if n_hangul < max(_LEAST_HANGUL, _SHARE_OF_HANGUL * len(letters)):
        return False
    return len(_COMMON_HANGUL.findall(shown)) >= _SHARE_OF_COMMON * n_hangul


def codec_name(name: str | None) -> str:
    """Python's name of the codec to decode `name` with (its superset in real use), "" for none."""
    try:
        codec = codecs.lookup(_ALIASES.get((name or "").lower(), name or "")).name
        "".encode(codec)
    except (LookupError, ValueError):
        return ""
    return _SUPERSETS.get(codec, codec)


def _latin2_or_windows(sample: bytes, name: str) -> str:
    """Which of two encodings that differ in few letters; chardet answers Windows-1250 to both."""
    if name not in ("cp1250", "iso8859-2"):
        return name
    if _LOW_WINDOWS_BYTES.search(sample):
        return "cp1250"
    is_czech = b"\xb9" in sample and _CZECH_BYTES.search(sample) and not _POLISH_BYTES.search(sample)
    return "iso8859-2" if _LATIN2_LETTERS.search(sample) or is_czech else "cp1250"


def incoherence(text: str) -> float:
    """How often neighbouring letters do not belong together: mixed scripts, capitals or signs inside a word, ..."""
    n_faults, previous, before = 0, "", ""
    for char in text[:8192]:
        kind = _kind(char)
        if kind == "?":
            n_faults += 3
        elif kind.isalpha() and previous.isalpha():
            n_faults += kind.lower() != previous.lower() or (kind.isupper() and previous.islower())
        elif kind.isalpha() and previous == "+" and before.isalpha():
            n_faults += 1
        before, previous = previous, kind
    return n_faults / (len(text[:8192]) or 1)


def _kind(char: str) -> str:
    """One letter for the script of a letter (capital for a capital), "+" for a non-ASCII sign, "?" for a misfit."""
    if char < "\x80":
        return ("L" if char.isupper() else "l") if char.isalpha() else " "
    category = unicodedata.category(char)
    if category in ("Cc", "Cn", "Co", "Cs") or char == "\ufffd":
        return "?"
    if category[0] != "L":
        return "+" if char < "\u0250" and char not in "\u00a0\u00ad\u00b7" and category[0] in "SP" else " "
    if char >= "\u2e80":
        return "c"
    script = unicodedata.name(char, "?").split(" ", 1)[0]
    letter = {"LATIN": "l", "CYRILLIC": "k", "GREEK": "g", "ARABIC": "a", "HEBREW": "h", "THAI": "t"}.get(script, "o")
    return letter.upper() if category == "Lu" else letter
