"""Which line of a page is its title: one whose words come again in the text below it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING

from pipeline.ingest.title_lines import FIELD_NAME, is_dateline, is_no_title, tells_date_or_author
from pipeline.ingest.title_subjects import find_subject, with_continuation

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TITLE_WIDTH = 160
"""A longer line is a standfirst or a caption; a Hangul, kana or Han character is two wide."""
MAX_HEADING_CHARS = 250
_LEAST_BYTES = 8
_REACH = 35
_N_HEAD_LINES = 6
_N_LINES_BELOW, _N_CHARS_BELOW = 12, 2000
_LEAST_LINES = 2
# Chosen on half of 1,500 public web pages (en, zh, ru, pl, el, de) whose HTML names the title.
_LEAST_FOUND, _LEAST_SHARE = 2, 0.25
_SHARE_POWER, _COUNT_POWER = 2.0, 0.7
_FEW_UNITS, _OF_FEW, _OF_FIRST_KEPT, _OF_FARTHEST = 4, 0.15, 2.5, 0.5
_OF_DATED, _OF_REPEATED, _OF_PATH, _N_LINES_TO_DATE = 5.0, 2.0, 0.25, 5
_PATH = re.compile(r"\s[>»›→/|]\s|[»›〉>]{1,2}\S|\s::\s")
_ITEM_STARTS = "-–—•·*°※○■▶□ㅇ◦"
_SENTENCE_ENDS = (".", "。", "．", "।", "۔", ":", "：", ";", "!", "！", ",", "，")
_STEM = 5
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@cache
def _dense() -> re.Pattern[str]:  # sets of so many characters take milliseconds to compile
    return re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af\uf900-\ufaff]+")


@cache
def _wide() -> re.Pattern[str]:
    return re.compile("[\u1100-\uffdf]")


def find_title(lines: Sequence[str], kept: Sequence[int]) -> str | None:
    """The subject a document states, else of the lines above and at the head of the main text the likeliest heading.

    It is the one most of whose words stand in the text below.

    `kept` are the rows of `lines` that are main text, in order. The first heading of the main text, lines near it and
    lines above a date or an author count more, lines of few words less; dates, by-lines, labels ("Press release") and
    list items are no titles.
    """
    if len(kept) < _LEAST_LINES:
        return None
    subject = find_subject(lines, kept[0])
    if subject:
        return subject
    head = list(takewhile(lambda row: _is_heading(lines[row]), kept[:_N_HEAD_LINES]))
    above = [row for row in range(max(0, kept[0] - _REACH), kept[0]) if _has_shape_of_title(lines[row])]
    inside = [row for row in head if _has_shape_of_title(lines[row]) and not is_no_title(lines[row])]
    if not above and not inside:
        return None
    below = (lines[row][:_N_CHARS_BELOW] for row in kept[len(head) : len(head) + _N_LINES_BELOW])
    body = f" {' '.join(below)[:_N_CHARS_BELOW]}".casefold()
    near = lines[max(0, kept[0] - _REACH) : kept[0] + _REACH]
    scores = {row: score for row in (*above, *inside) if (score := _evidence(lines[row], body))}
    for row in scores:
        scores[row] *= _OF_FIRST_KEPT if row in inside[:1] else _by_distance(kept[0] - row)
    best, most = None, 0.0
    for row in sorted(scores, key=lambda row: -scores[row]):
        if scores[row] * _OF_DATED * _OF_REPEATED <= most:
            break  # whatever company it and those after it keep
        score = scores[row] * _by_company(lines[row], lines[row + 1 : row + 1 + _N_LINES_TO_DATE], near)
        if score > most and (row >= kept[0] or not is_no_title(lines[row])):
            best, most = row, score
    return None if best is None else with_continuation(lines, best)


def _by_distance(n_lines_above: int) -> float:
    return 1 - (1 - _OF_FARTHEST) * max(0, n_lines_above) / _REACH


def _by_company(line: str, below: Sequence[str], near: Sequence[str]) -> float:
    """A title is called one, has a date or an author below it, stands twice; a path ("News > World > ...") is none."""
    share = _OF_DATED if FIELD_NAME.match(line) or any(map(tells_date_or_author, below)) else 1.0
    if near.count(line) > 1:
        share *= _OF_REPEATED
    return share * _OF_PATH if _PATH.search(line) else share


def _is_heading(line: str) -> bool:
    """Too short for a paragraph and not a sentence; "2025. 3. 4." is none either."""
    return len(line) < MAX_HEADING_CHARS and (not line.endswith(_SENTENCE_ENDS) or is_dateline(line))


@lru_cache(maxsize=4096)  # the lines of menus come again on every page of a site
def _has_shape_of_title(line: str) -> bool:
    n_chars = len(line)
    if n_chars > MAX_TITLE_WIDTH or line[0] in _ITEM_STARTS or line.endswith(_SENTENCE_ENDS):
        return False
    if line.isascii():
        return n_chars >= _LEAST_BYTES
    n_bytes = len(line.encode("utf-8", "surrogatepass"))
    return n_bytes >= _LEAST_BYTES and width_of(line) <= MAX_TITLE_WIDTH


def width_of(text: str) -> int:
    """Number of characters, those of the East Asian scripts counted twice."""
    return len(text) if text.isascii() else len(text) + len(_wide().findall(text))


def _evidence(line: str, body: str) -> float:
    """How surely the line is the title by how many, and which share, of its units stand in `body`."""
    units = units_of(line)
    if len(units) < _LEAST_FOUND:
        return 0.0
    n_found = len([unit for unit in units if unit in body])
    if n_found < _LEAST_FOUND or n_found < _LEAST_SHARE * len(units):
        return 0.0
    score = float((n_found / len(units)) ** _SHARE_POWER * n_found**_COUNT_POWER)
    return score * _OF_FEW if len(units) < _FEW_UNITS or _is_hangul_name(line) else score


def _is_hangul_name(line: str) -> bool:
    """One or two words of Hangul, whose pairs of characters are many: an office, a section."""
    return line.count(" ") < 2 and "\uac00" <= line[0] <= "\ud7a3"


@lru_cache(maxsize=4096)
def units_of(line: str) -> tuple[str, ...]:
    """What to look for of each word: its beginning, without the ending that grammar gives it.

    Of Hangul, kana, Han and Thai every pair of neighbouring characters, since particles and other words are written to
    the word; words of one or two letters are left out.
    """
    folded = line.casefold()
    pairs: list[str] = []
    if not folded.isascii():
        pairs = [run[i : i + 2] for run in _dense().findall(folded) for i in range(len(run) - 1)]
        folded = _dense().sub(" ", folded) if pairs else folded
    words = [word for word in _WORD.findall(folded) if len(word) > 2]
    return (*pairs, *(word[:_STEM] if len(word) >= _STEM else f" {word}" for word in words))
