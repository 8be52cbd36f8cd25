"""Why a line was dropped, in words a reader can check on the page."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.ingest.title_search import find_title as find_title

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_MENU_LINES = 3
MENU_LINE_LENGTH = 40
BEFORE, AFTER, BETWEEN = "before the main text", "after the main text", "between parts of the main text"
NO_MAIN_TEXT = "on a page without a main text"


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
