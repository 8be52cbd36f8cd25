"""Where the letters of a PDF page stand, by PDFium: boxes of runs of letters, or of every letter, turned upright."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ctypes import c_double
from importlib import import_module
from math import degrees
from typing import Any, NamedTuple

N_ANGLES = 50
"""So many letters of a page are asked for the angle that they stand at."""


class Box(NamedTuple):
    """A rectangle in points, of text that reads from left to right; `text` is "" where it was not asked for."""

    left: float
    bottom: float
    right: float
    top: float
    text: str = ""

    @property
    def middle(self) -> float:
        """Halfway between bottom and top."""
        return (self.bottom + self.top) / 2


def angle_of(text_page: Any) -> int:
    """The angle that most letters are turned by: 0, 90, 180 or 270 degrees, clockwise."""
    raw = import_module("pypdfium2.raw")
    n_chars = raw.FPDFText_CountChars(text_page)
    places = range(0, n_chars, max(1, n_chars // N_ANGLES))
    angles = Counter(round(degrees(raw.FPDFText_GetCharAngle(text_page, place)) / 90) * 90 % 360 for place in places)
    return angles.most_common(1)[0][0] if angles else 0


def boxes_of_runs(text_page: Any, angle: int) -> list[Box]:
    """Boxes of the runs that PDFium reads as one, in its order; cheap."""
    raw = import_module("pypdfium2.raw")
    left, top, right, bottom = (c_double() for _ in range(4))
    found = []
    for number in range(raw.FPDFText_CountRects(text_page, 0, -1)):
        raw.FPDFText_GetRect(text_page, number, left, top, right, bottom)
        found.append(Box(*_upright(left.value, bottom.value, right.value, top.value, angle)))
    return found


def boxes_of_letters(text_page: Any, angle: int) -> Iterator[Box]:
    """Boxes of all letters, blanks and line ends in PDFium's order."""
    raw = import_module("pypdfium2.raw")
    left, right, bottom, top = (c_double() for _ in range(4))
    high = 0
    for number in range(raw.FPDFText_CountChars(text_page)):
        code = raw.FPDFText_GetUnicode(text_page, number)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
        high = 0
        raw.FPDFText_GetCharBox(text_page, number, left, right, bottom, top)
        yield Box(*_upright(left.value, bottom.value, right.value, top.value, angle), chr(code))


def _upright(left: float, bottom: float, right: float, top: float, angle: int) -> tuple[float, float, float, float]:
    if angle == 90:
        return -top, left, -bottom, right
    if angle == 180:
        return -right, -top, -left, -bottom
    if angle == 270:
        return bottom, -right, top, -left
    return left, bottom, right, top
