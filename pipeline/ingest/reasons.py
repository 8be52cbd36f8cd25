"""Why a line was dropped, in words a reader can check on the page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipeline.ingest.title_search import find_title as find_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST_MENU_LINES = 3
MENU_LINE_LENGTH = 40
BEFORE, AFTER, BETWEEN = "before the main text", "after the main text", "between parts of the main text"
NO_MAIN_TEXT = "on a page without a main text"


def explain_drops(lines: Sequence[str], kept: Sequence[int]) -> dict[int, str]:
    """Row and reason of each line not in `kept` (ascending rows), in page order."""
    repeats = {line: times for line, times in Counter(lines).items() if times > 1}
    reasons: dict[int, str] = {}
    first = 0
    for last in (*kept, len(lines)):
        if first < last:
            reasons |= _explain_run(lines[first:last], first, _place(first, kept), repeats)
        first = last + 1
    return reasons


def _explain_run(run: Sequence[str], first: int, place: str, repeats: Mapping[str, int]) -> dict[int, str]:
    """The reasons for a run of dropped lines, of which `first` is the first row."""
    unlike = f"unlike the main text in form and place, {place}"
    of_menu = f"menu, link list or form: short lines in a row, {place}"
    longest = 2 * MENU_LINE_LENGTH if _is_menu(run) else 0
    return {
        row: f"copyright notice, {place}"
        if "©" in line
        else f"stands {repeats[line]} times on the page, {place}"
        if line in repeats
        else of_menu
        if len(line) < longest
        else unlike
        for row, line in enumerate(run, first)
    }


def _place(row: int, kept: Sequence[int]) -> str:
    if not kept:
        return NO_MAIN_TEXT
    if row < kept[0]:
        return BEFORE
    return AFTER if row > kept[-1] else BETWEEN


def _is_menu(run: Sequence[str]) -> bool:
    return len(run) >= LEAST_MENU_LINES and sum(map(len, run)) < MENU_LINE_LENGTH * len(run)
