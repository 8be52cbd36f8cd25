"""Why a line was dropped, in words a reader can check on the page; and which line is the page's title."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST_MENU_LINES = 3
MENU_LINE_LENGTH = 40
BEFORE, AFTER, BETWEEN = "before the main text", "after the main text", "between parts of the main text"
NO_MAIN_TEXT = "on a page without a main text"
_TITLE_LENGTHS = range(8, 250)
_TITLE_REACH = 15
_TITLE_LEAST_SHARE = 0.4
_TITLE_HEAD = 4
_TITLE_EVIDENCE = 12
_LEAST_LINES_FOR_TITLE = 2
_ITEM_STARTS = "-–—•·*°※○■▶"
_SENTENCE_ENDS = (".", "。", "．", "।", "۔", ":", "：", ";", "!", "！", ",", "，")


def explain_drops(lines: Sequence[str], kept: Sequence[int]) -> dict[int, str]:
    """Row and reason of each line not in `kept` (ascending rows), in page order."""
    stay = set(kept)
    repeats = Counter(lines)
    reasons = {}
    for is_kept, run in groupby(range(len(lines)), stay.__contains__):
        if is_kept:
            continue
        rows = list(run)
        place = _place(rows[0], kept)
        menu = _is_menu([lines[row] for row in rows])
        for row in rows:
            reasons[row] = _reason(lines[row], place, menu=menu, times=repeats[lines[row]])
    return reasons


def _place(row: int, kept: Sequence[int]) -> str:
    if not kept:
        return NO_MAIN_TEXT
    if row < kept[0]:
        return BEFORE
    return AFTER if row > kept[-1] else BETWEEN


def _is_menu(run: Sequence[str]) -> bool:
    return len(run) >= LEAST_MENU_LINES and sum(map(len, run)) < MENU_LINE_LENGTH * len(run)


def _reason(line: str, place: str, *, menu: bool, times: int) -> str:
    if "©" in line:
        return f"copyright notice, {place}"
    if times > 1:
        return f"stands {times} times on the page, {place}"
    if menu and len(line) < 2 * MENU_LINE_LENGTH:
        return f"menu, link list or form: short lines in a row, {place}"
    return f"unlike the main text in form and place, {place}"


def find_title(lines: Sequence[str], kept: Sequence[int]) -> str | None:
    """Of the lines just above and at the head of the main text, the one most of whose words stand in the text below.

    On a tie the upper line; a line that starts like a list item is none.
    """
    if len(kept) < _LEAST_LINES_FOR_TITLE:
        return None
    head = _head(lines, kept)
    above = range(max(0, kept[0] - _TITLE_REACH), kept[0])
    candidates = [row for row in (*above, *head) if _looks_like_title(lines[row])]
    if not candidates:
        return None
    below = (lines[row] for row in kept[len(head) : len(head) + _TITLE_EVIDENCE])
    body = {word for line in below for word in words_of(line)}
    best = max(candidates, key=lambda row: _share_in(body, lines[row]))
    return lines[best] if _share_in(body, lines[best]) >= _TITLE_LEAST_SHARE else None


def _head(lines: Sequence[str], kept: Sequence[int]) -> list[int]:
    """Kept rows before the first that reads like a paragraph."""
    return list(takewhile(lambda row: _looks_like_title(lines[row]), kept[:_TITLE_HEAD]))


def _looks_like_title(line: str) -> bool:
    return len(line) in _TITLE_LENGTHS and line[0] not in _ITEM_STARTS and not line.endswith(_SENTENCE_ENDS)


def _share_in(body: set[str], line: str) -> float:
    words = list(words_of(line))
    return sum(word in body for word in words) / len(words) if len(words) > 1 else 0.0


def words_of(line: str) -> Iterator[str]:
    """Words of a line; of scripts without spaces each pair of neighbouring characters."""
    for word in line.casefold().split():
        if word.isascii() or not _is_dense(word):
            yield word.strip("\"'“”‘’«»()[].,:;!?")
        else:
            yield from (word[i : i + 2] for i in range(len(word) - 1))


def _is_dense(word: str) -> bool:
    return any("\u3040" <= character <= "\u9fff" or "\u0e00" <= character <= "\u0e7f" for character in word)
