"""Which line of a page is its title: one whose words come again in the text below it.

`look_around` is the specification of `title_kernel.look_around`, for pages that compiled code has read.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from pipeline.ingest.title_lines import FIELD_NAME, is_dateline, is_no_title, tells_date_or_author
from pipeline.ingest.title_subjects import COMMAS, N_LINES_AFTER, find_subject, with_continuation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_TITLE_WIDTH = 160
"""A longer line is a standfirst or a caption; a Hangul, kana or Han character is two wide."""
MAX_HEADING_CHARS = 250
LEAST_BYTES = 8
REACH = 35
_N_HEAD_LINES = 6
N_LINES_BELOW, N_CHARS_BELOW = 12, 2000
_LEAST_LINES = 2
# Chosen on half of 1,500 public web pages (en, zh, ru, pl, el, de) whose HTML names the title.
LEAST_FOUND, LEAST_SHARE = 2, 0.25
_SHARE_POWER, _COUNT_POWER = 2.0, 0.7
_FEW_UNITS, _OF_FEW, _OF_FIRST_KEPT, _OF_FARTHEST = 4, 0.15, 2.5, 0.5
_OF_DATED, _OF_REPEATED, _OF_PATH, _N_LINES_TO_DATE = 5.0, 2.0, 0.25, 5
_PATH = re.compile(r"\s[>»›→/|]\s|[»›〉>]{1,2}\S|\s::\s")
ITEM_STARTS = "-–—•·*°※○■▶□ㅇ◦"
SENTENCE_ENDS = (".", "。", "．", "।", "۔", ":", "：", ";", "!", "！", ",", "，")
DENSE_RANGES = ((0x0E00, 0x0E7F), (0x1100, 0x11FF), (0x3040, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF))
"""Thai, Hangul, kana and Han: written without spaces, or with other words joined to them."""
WIDE_RANGE = (0x1100, 0xFFDF)
N_LETTERS_COMPARED, LEAST_LETTERS = 5, 3
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@cache
def _dense() -> re.Pattern[str]:  # sets of so many characters take milliseconds to compile
    return re.compile(f"[{''.join(f'{chr(first)}-{chr(last)}' for first, last in DENSE_RANGES)}]+")


@cache
def _wide() -> re.Pattern[str]:
    return re.compile("[{}-{}]".format(*map(chr, WIDE_RANGE)))


class Heading(NamedTuple):
    """A line shaped as a title: how many units it has, and how many of them stand below; how often it is met."""

    row: int
    n_units: int
    n_found: int
    n_times: int


class Around(NamedTuple):
    """The lines around the beginning of the main text.

    `headings`: lines that may be the title by their shape and their words; `heads`: the rows of the main text that have
    the shape of one; `commas`: the rows of lines that end in a comma.
    """

    headings: list[Heading]
    heads: list[int]
    commas: list[int]


def find_title(lines: Sequence[str], kept: Sequence[int], look: Callable[[int], Around] | None = None) -> str | None:
    """The subject a document states, else of the lines above and at the head of the main text the likeliest heading.

    It is the one most of whose words stand in the text below.

    `kept` are the rows of `lines` that are main text, in order. The first heading of the main text, lines near it and
    lines above a date or an author count more, lines of few words less; dates, by-lines, labels ("Press release") and
    list items are no titles. `look`: `look_around` of these lines, where another way than that is faster.
    """
    if len(kept) < _LEAST_LINES:
        return None
    n_head = len(list(takewhile(_is_heading, (lines[row] for row in kept[:_N_HEAD_LINES]))))
    headings, heads, commas = look(n_head) if look else look_around(lines, kept, n_head)
    subject = find_subject(lines, commas, max(0, kept[0] - REACH))
    if subject:
        return subject
    heads = [row for row in heads if not is_no_title(lines[row])]
    scored = [(_score(lines[heading.row], heading, kept[0], heads), heading) for heading in headings]
    scored = [(score, heading) for score, heading in scored if heading.row < kept[0] or heading.row in heads]
    best, most = None, 0.0
    for score, (row, _, _, n_times) in sorted(scored, key=lambda found: -found[0]):
        if score * _OF_DATED * _OF_REPEATED <= most:
            break  # whatever company it and those after it keep
        line = lines[row]
        score *= _by_company(line, lines[row + 1 : row + 1 + _N_LINES_TO_DATE]) * (_OF_REPEATED if n_times > 1 else 1)
        if score > most and (row >= kept[0] or not is_no_title(line)):
            best, most = row, score
    return None if best is None else with_continuation(lines, best)


def look_around(lines: Sequence[str], kept: Sequence[int], n_head: int) -> Around:
    """What is to be known of the lines above the main text, and of its first `n_head` lines, to choose a title."""
    first = max(0, kept[0] - REACH)
    near = lines[first : kept[0] + REACH]
    below = (lines[row][:N_CHARS_BELOW] for row in kept[n_head : n_head + N_LINES_BELOW])
    body = f" {' '.join(below)[:N_CHARS_BELOW]}".casefold()
    heads = [row for row in kept[:n_head] if _has_shape_of_title(lines[row])]
    headings = []
    for row in (*(row for row in range(first, kept[0]) if _has_shape_of_title(lines[row])), *heads):
        units = units_of(lines[row])
        n_found = len([unit for unit in units if unit in body])
        if n_found >= LEAST_FOUND and n_found >= LEAST_SHARE * len(units):
            headings.append(Heading(row, len(units), n_found, near.count(lines[row])))
    until = kept[0] + N_LINES_AFTER
    commas = [row for row, line in enumerate(near, first) if row < until and line.endswith(COMMAS)]
    return Around(headings, heads, commas)


def _score(line: str, heading: Heading, first_kept: int, heads: Sequence[int]) -> float:
    """How surely the line is the title, by how many, and which share, of its units stand below, and by its place."""
    row, n_units, n_found, _ = heading
    score = float((n_found / n_units) ** _SHARE_POWER * n_found**_COUNT_POWER)
    score *= _OF_FEW if n_units < _FEW_UNITS or _is_hangul_name(line) else 1.0
    return score * (_OF_FIRST_KEPT if row in heads[:1] else _by_distance(first_kept - row))


def _by_distance(n_lines_above: int) -> float:
    return 1 - (1 - _OF_FARTHEST) * max(0, n_lines_above) / REACH


def _by_company(line: str, below: Sequence[str]) -> float:
    """A title is called one or has a date or an author below it; a path ("News > World > ...") is none."""
    share = _OF_DATED if FIELD_NAME.match(line) or any(map(tells_date_or_author, below)) else 1.0
    return share * _OF_PATH if _PATH.search(line) else share


def _is_heading(line: str) -> bool:
    """Too short for a paragraph and not a sentence; "2025. 3. 4." is none either."""
    return len(line) < MAX_HEADING_CHARS and (not line.endswith(SENTENCE_ENDS) or is_dateline(line))


@lru_cache(maxsize=4096)  # the lines of menus come again on every page of a site
def _has_shape_of_title(line: str) -> bool:
    n_chars = len(line)
    if n_chars > MAX_TITLE_WIDTH or line[0] in ITEM_STARTS or line.endswith(SENTENCE_ENDS):
        return False
    if line.isascii():
        return n_chars >= LEAST_BYTES
    n_bytes = len(line.encode("utf-8", "surrogatepass"))
    return n_bytes >= LEAST_BYTES and width_of(line) <= MAX_TITLE_WIDTH


def width_of(text: str) -> int:
    """Number of characters, those of the East Asian scripts counted twice."""
    return len(text) if text.isascii() else len(text) + len(_wide().findall(text))


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
    words = [word for word in _WORD.findall(folded) if len(word) >= LEAST_LETTERS]
    stem = N_LETTERS_COMPARED
    return (*pairs, *(word[:stem] if len(word) >= stem else f" {word}" for word in words))
