"""What those who see a page's HTML say of its text dump (generalised distillation, Lopez-Paz et al. 2016)."""

from __future__ import annotations

from difflib import SequenceMatcher

import numpy as np
from line_pages import Page
from line_teaching import Trainer


def said_of_dumps(dumps: list[Page], html: Trainer) -> list[np.ndarray]:
    """Of each line of `dumps`, the chance of main text by the teacher of HTML that has not seen its site.

    A dump and its HTML have one key; nan where a dump, or a line of it, has no twin among the HTML pages.
    """
    said = html.said(html.teachers())
    twins = {page.page.key: (page.page.lines, chances) for page, chances in zip(html.pages, said, strict=True)}
    return [_carried_over(dump.lines, *twins.get(dump.key, ([], np.zeros(0)))) for dump in dumps]


def _carried_over(lines: list[str], others: list[str], chances: np.ndarray) -> np.ndarray:
    """The chances of `others` for those of `lines` that stand there in the same order."""
    found = np.full(len(lines), np.nan)
    texts = ([_letters(line) for line in side] for side in (lines, others))
    for block in SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks():
        found[block.a : block.a + block.size] = chances[block.b : block.b + block.size]
    return found


def _letters(line: str) -> str:
    return "".join(filter(str.isalnum, line.lower()))
