"""Pages to train the line scorer on: as they are, and made over so that what is learnt holds beyond these sites.

Made over: the body of one page within the chrome of another (often in another language), bodies with little or no
chrome, a few lines of body in much chrome, bodies broken up by chrome, chrome alone, hard-wrapped lines, lists, verses
and tables, statements, and letters swapped for those of another script.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from line_labels import label_lines
from line_statements import write_statement


@dataclass(frozen=True)
class Page:
    """Non-blank lines of one page and which of them are main text."""

    lines: list[str]
    labels: list[bool]
    language: str = ""
    site: str = ""
    gold: str = ""
    key: str = ""

    @property
    def body(self) -> list[str]:
        return [line for line, main in zip(self.lines, self.labels, strict=True) if main]

    @property
    def edges(self) -> tuple[int, int]:
        """First and past-the-last row of the body."""
        rows = np.flatnonzero(self.labels)
        return (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, 0)


def read_rows(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def label_page(lines: list[str], row: dict) -> Page:
    language, site, key = (row.get(name, "") for name in ("lang", "site", "id"))
    return Page(lines, label_lines(lines, row["gold"]), language, site, row["gold"], key)


def make_over(pages: list[Page], rng: np.random.Generator, share: float = 1.0) -> list[Page]:
    """About `share` made-over pages for each of `pages`."""
    usable = [page for page in pages if 2 <= sum(page.labels) <= 400 and len(page.lines) < 1500]
    ways = (_mixed, _mixed, _little_chrome, _little_chrome, _little_chrome_of_another, _body_only, _wrapped, _snippet,
            _chrome_only, _short_lines, _small_body, _interrupted, _interrupted, _statement, _statement, _statement,
            _statement, _other_script, _other_script)  # fmt: skip
    made = []
    for _ in range(int(share * len(pages))):
        page, other = (usable[int(i)] for i in rng.integers(0, len(usable), 2))
        made.append(ways[int(rng.integers(len(ways)))](page, other, rng))
    return [page for page in made if page.lines]


def mix_pages(pages: list[Page], n: int, seed: int) -> list[Page]:
    """`n` pages whose chrome is in another language than their body."""
    rng = np.random.default_rng(seed)
    usable = [page for page in pages if 4 <= sum(page.labels) <= 400 and len(page.lines) < 1500]
    mixed: list[Page] = []
    while len(mixed) < n:
        page, other = (usable[int(i)] for i in rng.integers(0, len(usable), 2))
        if page.language != other.language:
            mixed.append(_mixed(page, other, rng))
    return mixed


def _mixed(page: Page, other: Page, rng: np.random.Generator) -> Page:
    start, end = other.edges
    before = _without_body(other, 0, start)
    after = _without_body(other, end, len(other.lines))
    return _around(page, before, after, rng)


def _around(page: Page, before: list[str], after: list[str], rng: np.random.Generator) -> Page:
    start, end = page.edges
    if rng.random() < 0.5:
        lines, labels = page.lines[start:end], page.labels[start:end]
    else:
        lines, labels = page.body, [True] * len(page.body)
    return replace(page, lines=[*before, *lines, *after], labels=[False] * len(before) + labels + [False] * len(after))


def _without_body(page: Page, start: int, end: int) -> list[str]:
    return [line for line, main in zip(page.lines[start:end], page.labels[start:end], strict=True) if not main]


def _little_chrome(page: Page, other: Page, rng: np.random.Generator) -> Page:
    return _trimmed(page, page, rng)


def _little_chrome_of_another(page: Page, other: Page, rng: np.random.Generator) -> Page:
    return _trimmed(page, other, rng)


def _trimmed(page: Page, other: Page, rng: np.random.Generator) -> Page:
    """A few lines of chrome before and after: the head of a menu, or what stands next to the body."""
    start, end = other.edges
    n_before, n_after = int(rng.integers(0, 8)), int(rng.integers(0, 8))
    above = _without_body(other, 0, start)
    below = _without_body(other, end, len(other.lines))
    before = above[:n_before] if rng.random() < 0.5 else above[len(above) - min(n_before, len(above)) :]
    after = below[:n_after] if rng.random() < 0.7 else below[len(below) - min(n_after, len(below)) :]
    return _around(page, before, after, rng)


def _body_only(page: Page, other: Page, rng: np.random.Generator) -> Page:
    return replace(page, lines=page.body, labels=[True] * len(page.body))


def _snippet(page: Page, other: Page, rng: np.random.Generator) -> Page:
    body = page.body
    first = int(rng.integers(0, len(body))) if rng.random() < 0.7 else 0
    lines = body[first : first + int(rng.integers(1, 5))]
    return replace(page, lines=lines, labels=[True] * len(lines))


def _small_body(page: Page, other: Page, rng: np.random.Generator) -> Page:
    """A few lines of the body within all the chrome of a page."""
    first = int(rng.integers(0, len(page.body))) if rng.random() < 0.3 else 0
    body = page.body[first : first + int(rng.integers(1, 7))]
    small = replace(page, lines=body, labels=[True] * len(body))
    source = page if rng.random() < 0.5 else other
    start, end = source.edges
    return _around(small, _without_body(source, 0, start), _without_body(source, end, len(source.lines)), rng)


def _interrupted(page: Page, other: Page, rng: np.random.Generator) -> Page:
    """A body broken up: by one short line again and again, or by a few lines of chrome."""
    source = page if rng.random() < 0.5 else _trimmed(page, page, rng)
    of_chrome = page if rng.random() < 0.5 else other
    chrome = _without_body(of_chrome, 0, len(of_chrome.lines))
    short = [line for line in chrome if len(line) < 40]
    if not short:
        return source
    start, end = source.edges
    breaks = np.sort(rng.integers(start + 1, max(end, start + 2), int(rng.integers(1, 7)))).tolist()
    again = [short[int(rng.integers(len(short)))]] if rng.random() < 0.5 else []
    lines, labels = [], []
    for position, at in zip([0, *breaks], [*breaks, len(source.lines)], strict=True):
        first = int(rng.integers(len(chrome)))
        strange = (again or chrome[first : first + int(rng.integers(1, 6))]) if at in breaks else []
        lines += [*source.lines[position:at], *strange]
        labels += [*source.labels[position:at], *[False] * len(strange)]
    return replace(source, lines=lines, labels=labels)


def _statement(page: Page, other: Page, rng: np.random.Generator) -> Page:
    """A statement made of the body's words, in all the chrome of a page, in what stands at its ends, or in none."""
    lines = write_statement(page.body, rng)
    if rng.random() < 0.25:
        made = replace(page, lines=lines, labels=[True] * len(lines))
        return _in_other_script(made, rng) if rng.random() < 0.4 else made
    source = page if rng.random() < 0.5 else other
    start, end = source.edges
    before, after = _without_body(source, 0, start), _without_body(source, end, len(source.lines))
    if rng.random() < 0.7:
        before, after = before[: int(rng.integers(0, 12))], after[-int(rng.integers(1, 12)) :]
    labels = [False] * len(before) + [True] * len(lines) + [False] * len(after)
    made = replace(page, lines=before + lines + after, labels=labels)
    return _in_other_script(made, rng) if rng.random() < 0.4 else made


def _chrome_only(page: Page, other: Page, rng: np.random.Generator) -> Page:
    lines = _without_body(page, 0, len(page.lines))
    first = int(rng.integers(0, max(1, len(lines) - 6)))
    lines = [line for line in lines[first : first + int(rng.integers(8, 80))] if len(line) < 120]
    return replace(page, lines=lines, labels=[False] * len(lines)) if len(lines) >= 8 else _snippet(page, other, rng)


def _wrapped(page: Page, other: Page, rng: np.random.Generator) -> Page:
    """Lines broken at a fixed width, as in mail and plain-text releases."""
    source = page if rng.random() < 0.5 else _trimmed(page, page, rng)
    width = int(rng.integers(56, 100))
    lines, labels = [], []
    for line, main in zip(source.lines, source.labels, strict=True):
        pieces = _wrap(line, width)
        lines += pieces
        labels += [main] * len(pieces)
    return replace(page, lines=lines[:1500], labels=labels[:1500])


def _wrap(line: str, width: int) -> list[str]:
    words = line.split(" ")
    if len(words) < 4:
        return [line]
    pieces, current = [], words[0]
    for word in words[1:]:
        if len(current) + 1 + len(word) > width:
            pieces.append(current)
            current = word
        else:
            current += " " + word
    return [piece for piece in (*pieces, current) if piece.strip()]


_BULLETS = ("- ", "• ", "* ", "– ", "° ", "※ ", "○ ", "■ ", "")


def _short_lines(page: Page, other: Page, rng: np.random.Generator) -> Page:
    """A list, verse or table of the body's own words; alone or between the body's paragraphs."""
    words = " ".join(page.body).split(" ")
    kind, bullet = int(rng.integers(4)), _BULLETS[int(rng.integers(len(_BULLETS)))]
    lines, position = [], int(rng.integers(0, max(1, len(words) // 2)))
    for number in range(1, int(rng.integers(4, 18))):
        n = int(rng.integers(3, 12))
        piece = words[position : position + n]
        position += n
        if len(piece) < 2:
            break
        lines.append(_short_line(piece, kind, bullet if kind else f"{number}. ", rng))
    if rng.random() < 0.5:
        at = int(rng.integers(0, len(page.body) + 1))
        lines = [*page.body[:at], *lines, *page.body[at:]]
    return replace(page, lines=lines, labels=[True] * len(lines))


def _short_line(piece: list[str], kind: int, bullet: str, rng: np.random.Generator) -> str:
    if kind < 2:
        return bullet + " ".join(piece) + (";" if rng.random() < 0.3 else "")
    if kind == 2:
        return " ".join(piece) + ("," if rng.random() < 0.5 else "")
    numbers = [f"{rng.integers(1, 5000)}" for _ in range(int(rng.integers(1, 4)))]
    return ("\t", " | ", ", ", "  ")[int(rng.integers(4))].join([" ".join(piece[:3]), *numbers])


_ALPHABETS = {
    "hangul": [chr(0xAC00 + 28 * i) for i in range(0, 399, 3)],
    "kana": [chr(0x3042 + i) for i in range(80)],
    "arabic": [chr(0x627 + i) for i in range(36) if i not in range(20, 26)],
    "hebrew": [chr(0x5D0 + i) for i in range(27)],
    "devanagari": [chr(0x905 + i) for i in range(53)],
    "thai": [chr(0xE01 + i) for i in range(46)],
    "georgian": [chr(0x10D0 + i) for i in range(33)],
    "greek": [chr(0x3B1 + i) for i in range(25)],
    "cyrillic": [chr(0x430 + i) for i in range(32)],
    "latin": [chr(0x61 + i) for i in range(26)],
}
_LETTERS_A_CHARACTER = {"hangul": 2, "kana": 2}
_NO_SPACES = ("kana", "thai")


def _other_script(page: Page, other: Page, rng: np.random.Generator) -> Page:
    """The same page, or a mixed one, as if written in another script."""
    return _in_other_script(page if rng.random() < 0.7 else _mixed(page, other, rng), rng)


def _in_other_script(source: Page, rng: np.random.Generator) -> Page:
    """Letters, case, spacing and length change, of body and chrome alike or of each in its own way."""
    names = list(_ALPHABETS)
    name, name_of_chrome = (names[int(i)] for i in rng.integers(0, len(names), 2))
    if rng.random() < 0.6:
        name_of_chrome = name
    tables = {True: _Swap(name, rng), False: _Swap(name_of_chrome, rng)}
    lines = [tables[main](line) for line, main in zip(source.lines, source.labels, strict=True)]
    return replace(source, lines=lines, language=name)


class _Swap:
    """Writes text in another script, letter by letter, the same way each time."""

    def __init__(self, script: str, rng: np.random.Generator) -> None:
        self.alphabet = _ALPHABETS[script]
        self.every = _LETTERS_A_CHARACTER.get(script, 1)
        self.spaces = script not in _NO_SPACES
        self.order = rng.permutation(len(self.alphabet))

    def __call__(self, line: str) -> str:
        letters = []
        for word in line.split(" "):
            kept = [c for i, c in enumerate(word) if not c.isalpha() or i % self.every == 0 or ord(c) > 0x2E80]
            letters.append("".join(self._letter(c) for c in kept))
        swapped = (" " if self.spaces else "").join(letters)
        return swapped if swapped.strip() else line

    def _letter(self, character: str) -> str:
        if not character.isalpha():
            return character
        new = self.alphabet[self.order[ord(character.lower()[0]) % len(self.alphabet)]]
        return new.upper() if character.isupper() and len(new.upper()) == 1 else new
