"""Arabic and Hebrew of a PDF in the order of reading, from where the letters stand.

PDFs hold what is to be drawn, in any order, and PDFium turns round some words of a line and not others. The order is
found as the Unicode Bidirectional Algorithm (Unicode Standard Annex 9) would have displayed it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from pipeline.ingest.pdf_boxes import Box

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT = r"[^\W\d_\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_DIGITS = r"\d(?:[.,:/\u066a-\u066c%+-]*\d)*%?"
_FOREIGN = re.compile(
    rf"(?:\d*{_LEFT_TO_RIGHT}(?:[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]*(?:{_LEFT_TO_RIGHT}|\d))?|{_DIGITS})"
)
"""What stands from left to right among letters that do not: words with all between them, and single numbers."""
LEAST_SHARE_OF_BLANK = 0.5
"""A gap between two words is at least so wide as half the middle one of its line."""
_SHAPES = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]+")
_FACING = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_LAST = r"[\u0629\u0649\u05da\u05dd\u05df\u05e3\u05e5]"
_BEGINS_RIGHT = re.compile(rf"\b\u0627\u0644|{_LAST}\b")
_BEGINS_WRONG = re.compile(rf"\b{_LAST}\w|\w\w\u0644\u0627\b")
"""Letters that only end a word, and the Arabic article; what they are in a text that is turned round."""


def is_right_to_left(text: str) -> bool:
    """Whether at least half of the letters are of a script that is read from right to left."""
    return 2 * len(RIGHT_TO_LEFT.findall(text)) >= max(1, sum(map(str.isalpha, text)))


def in_reading_order(boxes: Sequence[Box], *, from_right: bool) -> str:
    """The text of the letters and blanks of one line of a page that is read from the right, or from the left."""
    shown = _as_shown(boxes)
    if not (from_right and RIGHT_TO_LEFT.search(shown)) and not is_right_to_left(shown):
        return _plain(re.sub(rf"{RIGHT_TO_LEFT.pattern}+", lambda found: found[0][::-1], shown))
    pieces, end = [], 0
    for found in _FOREIGN.finditer(shown):
        pieces += [_turned(shown[end : found.start()]), found[0]]
        end = found.end()
    return _plain("".join(reversed([*pieces, _turned(shown[end:])])))


def reads_better(text: str, other: str) -> bool:
    """Whether words of `text` begin and end as they do in Arabic and Hebrew more often than those of `other`."""
    return _evidence(text) > _evidence(other)


def _evidence(text: str) -> int:
    return len(_BEGINS_RIGHT.findall(text)) - len(_BEGINS_WRONG.findall(text))


def _turned(shown: str) -> str:
    return shown[::-1].translate(_FACING)


def _as_shown(boxes: Iterable[Box]) -> str:
    """Letters from left to right, and as many blanks as there are, in the widest gaps: where they stand is not told."""
    letters, n_blanks, was_blank = [], 0, True
    for box in boxes:
        is_blank = box.text.isspace()
        n_blanks += is_blank and not was_blank
        was_blank = is_blank
        if not is_blank:
            letters.append(box)
    letters.sort(key=_place)
    gaps = [(after.left - reached, number) for number, (after, reached) in enumerate(_after(letters), 1)]
    widest = sorted(gaps, reverse=True)[: n_blanks - was_blank]
    least = LEAST_SHARE_OF_BLANK * widest[len(widest) // 2][0] if widest else 0.0
    begins = {number for gap, number in widest if gap >= least}
    return "".join(f" {box.text}" if number in begins else box.text for number, box in enumerate(letters))


def _after(letters: Sequence[Box]) -> Iterator[tuple[Box, float]]:
    """Each letter but the first, with how far those before it reach."""
    reached = accumulate((letter.right for letter in letters), max)
    return zip(letters[1:], reached, strict=False)


def _place(box: Box) -> float:
    """Where a letter stands in its line; a mark to the left of the letter that it is above."""
    return box.left if unicodedata.combining(box.text) else (box.left + box.right) / 2


def _plain(text: str) -> str:
    """Letters instead of their shapes within words, and single blanks."""
    return " ".join(_SHAPES.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text).split())
