"""The subject line of resolutions and acts: what stands above "The General Assembly," or below "REGULATION (EU) ...".

Found by form: an organ that speaks stands alone on a line that ends in a comma, and is named above or set in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.ingest.title_lines import is_no_title, tells_date_or_author

N_LINES_AFTER = 25
"""So far below the beginning of the main text an organ may speak."""
_MAX_ORGAN_CHARS = 90
_LEAST_BYTES_OF_PARAGRAPH = 60
_N_LINES_UP = 5
_N_PARTS, _LONGEST_PREPOSITION = 3, 6
_LEAST_SUBJECT = 8
COMMAS = (",", "،", "，")
_BRACKETS = "([（［{"
_NUMBER = re.compile(r"(?:\d{1,4}/\d{1,4}|\d{1,4}\s?\(\d{4}\)|[IVXLC]{1,6})(?:\s?[A-Z])?\s?[.:–—-]\s?(?=\S)")
_FIRST_WORD = re.compile(r"^(?:\w{1,3}\s|\w['’])")


def find_subject(lines: Sequence[str], commas: Sequence[int], start: int) -> str | None:
    """The subject above the first of the rows `commas` where an organ speaks, looked for from row `start` on."""
    for row in commas:
        if _is_organ(lines, row, start):
            return _above(lines, row, start)
    return None


def with_continuation(lines: Sequence[str], row: int) -> str:
    """A title in capitals with the "on ..." below it, or the other way round; else the line itself."""
    line = lines[row]
    if _is_in_capitals(line) and _goes_on(lines[row + 1] if row + 1 < len(lines) else ""):
        return f"{line} {lines[row + 1]}"
    return " ".join(_parts_before(lines, row)) if _goes_on(line) else line


def _is_organ(lines: Sequence[str], row: int, start: int) -> bool:
    """Whether somebody speaks whom the heading names, and a paragraph follows."""
    line = lines[row]
    below = lines[row + 1].encode("utf-8", "surrogatepass") if row + 1 < len(lines) else b""
    if len(line) > _MAX_ORGAN_CHARS or len(below) < _LEAST_BYTES_OF_PARAGRAPH:
        return False
    name = line[:-1].strip()
    if _is_in_capitals(name):
        return True
    core = _FIRST_WORD.sub("", name.casefold(), count=1)
    return len(core) > 1 and any(core in above.casefold() for above in lines[start:row])


def _above(lines: Sequence[str], organ: int, start: int) -> str | None:
    """The nearest line above the organ that is no date, label, bracket or adoption ("Adopted by ... on 5 May 2020")."""
    for row in range(organ - 1, max(start, organ - 1 - _N_LINES_UP) - 1, -1):
        line = lines[row]
        if line[0] in _BRACKETS or line.endswith(COMMAS) or is_no_title(line):
            continue
        found = _NUMBER.sub("", line, count=1)
        if len(found) < _LEAST_SUBJECT or tells_date_or_author(line):
            continue
        return with_continuation(lines, row) if found == line else found
    return None


def _parts_before(lines: Sequence[str], row: int) -> Sequence[str]:
    """A line that goes on, after the line in capitals and the date above it that it belongs to."""
    first = row
    while first and row - first < _N_PARTS and _goes_on(lines[first]):
        first -= 1
    return lines[first : row + 1] if _is_in_capitals(lines[first]) else lines[row : row + 1]


def _goes_on(line: str) -> bool:
    """It begins with a short word in small letters ("on", "vom", "sur")."""
    word, _, rest = line.partition(" ")
    return bool(rest) and len(word) <= _LONGEST_PREPOSITION and word.islower()


def _is_in_capitals(line: str) -> bool:
    n_letters = sum(map(str.isalpha, line))
    return " " in line and 2 * sum(map(str.isupper, line)) > n_letters > _LEAST_SUBJECT
