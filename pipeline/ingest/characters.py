"""Kinds of characters, as one lookup table: the only thing the line scorer knows about a script."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SCRIPTS = (
    "latin",
    "cyrillic",
    "greek",
    "hebrew",
    "arabic",
    "indic",
    "southeast_asian",
    "hangul",
    "kana",
    "han",
    "rest",
)
_SCRIPT_RANGES = {
    "cyrillic": ((0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)),
    "greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "hebrew": ((0x590, 0x5FF), (0xFB1D, 0xFB4F)),
    "arabic": ((0x600, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
    "indic": ((0x900, 0xDFF),),
    "southeast_asian": ((0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF)),
    "hangul": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF)),
    "kana": ((0x3040, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
    "han": ((0x2E80, 0x2FDF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)),
    "rest": ((0x530, 0x58F), (0x780, 0x89F), (0xF00, 0xFFF), (0x10A0, 0x10FF), (0x1200, 0x177F), (0x1800, 0x1C7F)),
}

MARKS = (
    "space", "digit", "full_stop", "question", "comma", "colon", "quote", "bracket", "dash", "bullet",
    "separator", "at", "copyright", "currency", "other",
)  # fmt: skip
_MARK_CHARACTERS = {
    "full_stop": ".。．｡।۔։።…",
    "question": "?!？！؟¿¡",
    "comma": ",，、､،;；؛",
    "colon": ":：",
    "quote": "\"'“”„‟‘’‚‛«»‹›「」『』〝〞″＂",
    "bracket": "()[]{}（）［］【】〔〕〈〉《》",
    "dash": "-–—‐‑―−－",
    "bullet": "•·∙●○◦▪■□◆◇▶►▷※☞★☆*°",
    "separator": "|/\\>→←↑↓▼▲＞｜¦~+=_#<^",
    "at": "@",
    "copyright": "©®™℗",
}

UPPER, LOWER, UNCASED = (tuple(range(i * len(SCRIPTS), (i + 1) * len(SCRIPTS))) for i in range(3))
"""Columns of the kinds of letters: one for each case and script."""
MARK = {name: 3 * len(SCRIPTS) + i for i, name in enumerate(MARKS)}
"""Column of each kind of mark."""
N_KINDS = 3 * len(SCRIPTS) + len(MARKS)
_FIRST_ASTRAL_HAN = 0x20000
_ALL_UNCASED = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3))
_SURROGATES_AND_PRIVATE = (0xD800, 0xF8FF)
_CASED = (
    (0, 0x600),
    (0x10A0, 0x1100),
    (0x13A0, 0x1400),
    (0x1C80, 0x2200),
    (0x2C00, 0x2E00),
    (0xA640, 0xAC00),
    (0xFF21, 0xFF5B),
)


def kinds_of(points: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The kind (column, below `N_KINDS`) of each code point."""
    return _table()[np.minimum(points, _FIRST_ASTRAL_HAN)]


@cache
def _table() -> NDArray[np.uint8]:
    letters, marks = _kind_of_category()
    table = np.full(_FIRST_ASTRAL_HAN + 1, MARK["other"], np.uint8)
    table[0x10000:0x1F000] = UNCASED[SCRIPTS.index("rest")]
    scripts = _scripts()
    for first, last in _ALL_UNCASED:
        table[first : last + 1] = 2 * len(SCRIPTS) + scripts[first : last + 1]
    for point in _points_to_ask_about():
        category = unicodedata.category(chr(point))
        if category in letters:
            table[point] = letters[category] + scripts[point]
        elif category in marks:
            table[point] = marks[category]
    for name, characters in _MARK_CHARACTERS.items():
        table[list(map(ord, characters))] = MARK[name]
    table[_FIRST_ASTRAL_HAN] = UNCASED[SCRIPTS.index("han")]
    return table


def _scripts() -> NDArray[np.uint8]:
    scripts = np.zeros(0x10000, np.uint8)
    for name, ranges in _SCRIPT_RANGES.items():
        for first, last in ranges:
            scripts[first : last + 1] = SCRIPTS.index(name)
    return scripts


def _kind_of_category() -> tuple[dict[str, int], dict[str, int]]:
    letters = {"Lu": UPPER[0], "Lt": UPPER[0], "Ll": LOWER[0]}
    letters |= dict.fromkeys(("Lo", "Lm", "Mn", "Mc", "Me"), UNCASED[0])
    marks = dict.fromkeys(("Nd", "Nl", "No"), "digit") | dict.fromkeys(("Zs", "Zl", "Zp", "Cc", "Cf"), "space")
    marks |= {"Pi": "quote", "Pf": "quote", "Ps": "bracket", "Pe": "bracket", "Pd": "dash", "Sc": "currency"}
    return letters, {category: MARK[name] for category, name in marks.items()}


def _points_to_ask_about() -> Iterator[int]:
    first = 0
    for start, end in (*_ALL_UNCASED, _SURROGATES_AND_PRIVATE):
        yield from range(first, start)
        first = end + 1
    yield from range(first, 0x10000)


@cache
def groups() -> dict[str, NDArray[np.float32]]:
    """Indicators, float32 (N_KINDS,), by name: each mark, each script, "letter", "upper", "dense" (no spaces)."""
    found = {name: [MARK[name]] for name in MARKS}
    found |= {name: [case[i] for case in (UPPER, LOWER, UNCASED)] for i, name in enumerate(SCRIPTS)}
    found |= {"upper": list(UPPER), "lower": list(LOWER), "letter": [*UPPER, *LOWER, *UNCASED]}
    found["dense"] = [UNCASED[SCRIPTS.index(name)] for name in ("southeast_asian", "kana", "han")]
    indicators = {name: np.zeros(N_KINDS, np.float32) for name in found}
    for name, columns in found.items():
        indicators[name][columns] = 1
    return indicators


def case_free(points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Code points with simple lower-casing and all digits as 0, good enough to compare words."""
    return _lower()[np.minimum(points, _FIRST_ASTRAL_HAN)]


@cache
def _lower() -> NDArray[np.uint32]:
    points = np.arange(_FIRST_ASTRAL_HAN + 1, dtype=np.uint32)
    for first, last in _CASED:
        lowered = [chr(point).lower() for point in range(first, last)]
        points[first:last] = [ord(low) if len(low) == 1 else first + i for i, low in enumerate(lowered)]
    points[_table() == MARK["digit"]] = ord("0")
    return points
