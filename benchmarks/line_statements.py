"""Statements as ministries write them, made of the words of a body in any language: lines that look unlike paragraphs.

A heading, a date line, short paragraphs, points with a line that leads in, a quotation, a subheading, a table. Public
sets of web pages hold few of these, and a scorer that has seen only news takes such lines for a menu.
"""

from __future__ import annotations

import re

import numpy as np

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")
_QUOTES = ("“”", "«»", "„“", '""', "「」", "‘’", "”“")
_NUMBERINGS = ("{}. ", "{}) ", "({}) ", "{} ", "- ", "• ", "– ", "※ ", "○ ", "◦ ", "* ", "")
_COLONS = (":", ":", "：", " :")
_ITEM_ENDS = (";", "", ".", ",")
_CELL_BORDERS = ("\t", " | ", "  ", "; ")
_DATES = (
    "{day} {word} {year}",
    "{word}, {day} {word} {year}",
    "{day}.{month}.{year}",
    "{year}-{month}-{day}",
    "{word}, {day}/{month}/{year}",
    "{year}年{month}月{day}日",
    "{year}. {month}. {day}.",
    "{word}, {word} {day}, {year}",
    "{word}, {day}. {word} {year}",
    "{word}, {day} {word} —",
    "({word}) {year}.{month}.{day}",
)
_LONG = 60
_MARKS = " .,;:!?。，、；：！？«»“”\"'"


class Words:
    """Short runs of words of a body, one after another; of a script without spaces, runs of characters."""

    def __init__(self, body: list[str], rng: np.random.Generator) -> None:
        text = " ".join(body)
        self.dense = text.count(" ") * 12 < len(text)
        self.words = list(text.replace(" ", "")) if self.dense else text.split(" ")
        self.rng = rng
        self.position = int(rng.integers(0, max(1, len(self.words) // 2)))

    def __call__(self, fewest: int, most: int) -> str:
        n = int(self.rng.integers(fewest, most + 1)) * (2 if self.dense else 1)
        run = self.words[self.position : self.position + n] or self.words[:n]
        self.position = (self.position + n) % max(1, len(self.words))
        return ("" if self.dense else " ").join(run).strip(_MARKS) or "1"


def write_statement(body: list[str], rng: np.random.Generator) -> list[str]:
    """Lines of a statement in the words of `body` (at least one line)."""
    words = Words(body, rng)
    lines = _paragraphs(body, rng)
    for make, chance in ((_points, 0.8), (_quotation, 0.4), (_subheading, 0.3), (_table, 0.4), (_points, 0.2)):
        if rng.random() < chance:
            at = int(rng.integers(1, len(lines) + 1))
            lines[at:at] = make(words, rng)
    if rng.random() < 0.85:
        lines.insert(0, words(4, 12))
    if rng.random() < 0.6:
        lines.insert(min(1, len(lines)), _date(words, rng))
    return [line for line in lines if line.strip()]


def _paragraphs(body: list[str], rng: np.random.Generator) -> list[str]:
    """One to six paragraphs, most cut to a sentence or two."""
    long = [line for line in body if len(line) > _LONG] or body
    first, cut = int(rng.integers(0, len(long))), rng.random() < 0.7
    found = []
    for line in long[first : first + int(rng.integers(1, 7))]:
        sentences = [part for part in _SENTENCE_END.split(line) if part.strip()]
        found.append(" ".join(sentences[: int(rng.integers(1, 3))]) if cut and sentences else line)
    return found


def _points(words: Words, rng: np.random.Generator) -> list[str]:
    numbering, end = _one_of(_NUMBERINGS, rng), _one_of(_ITEM_ENDS, rng)
    lead_in = [words(2, 12) + _one_of(_COLONS, rng)] if rng.random() < 0.7 else []
    n = int(rng.integers(2, 8))
    return lead_in + [numbering.format(i) + words(3, 14) + (end if i < n else end and ".") for i in range(1, n + 1)]


def _quotation(words: Words, rng: np.random.Generator) -> list[str]:
    left, right = _one_of(_QUOTES, rng)
    return [f"{left}{words(4, 16)}{right}" + _one_of(("", ".", f", {words(2, 5)}."), rng)]


def _subheading(words: Words, rng: np.random.Generator) -> list[str]:
    return [words(1, 6)]


def _table(words: Words, rng: np.random.Generator) -> list[str]:
    border, n_columns, n_rows = _one_of(_CELL_BORDERS, rng), int(rng.integers(1, 4)), int(rng.integers(2, 8))
    return [border.join([words(1, 3), *map(str, rng.integers(1, 2000, n_columns))]) for _ in range(n_rows)]


def _date(words: Words, rng: np.random.Generator) -> str:
    year, month, day = int(rng.integers(1998, 2030)), int(rng.integers(1, 13)), int(rng.integers(1, 32))
    date = _one_of(_DATES, rng).format(day=day, month=month, year=year, word=words(1, 1))
    return date.upper() if rng.random() < 0.2 else date


def _one_of(choices: tuple[str, ...], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]
