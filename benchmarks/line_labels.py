"""Which lines of a page are its main text, by its gold text alone: each stretch of gold is claimed by one line."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

_DENSE = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0e7f"
TOKEN = re.compile(rf"[{_DENSE}]|[^\W{_DENSE}]+")
"""A word, or one character of a script without spaces."""
_N = 4
_LEAST_SHARE = 0.6
_SHORT = 6
_NEAR = 3
_MAX_PLACES = 300
_MAX_MATCHES = 6000


def tokenize(text: str) -> list[str]:
    return TOKEN.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Matches:
    """Places in the gold where whole lines stand: line, first and past-the-last token, in order of lines."""

    line: np.ndarray
    start: np.ndarray
    end: np.ndarray


def label_lines(lines: list[str], gold: str) -> list[bool]:
    """Which of `lines` are main text by `gold`; of lines that stand twice, only those gold has room for."""
    wanted = tokenize(gold)
    tokens = [tokenize(line) for line in lines]
    grams = {tuple(wanted[i : i + _N]) for i in range(len(wanted) - _N + 1)}
    labels = [_share(line, grams) >= _LEAST_SHARE for line in tokens]
    matches = _find_matches(tokens, wanted)
    if not len(matches.line):
        return labels
    chosen = _best_chain(matches)
    kept_texts = {tuple(tokens[row]) for row in chosen}
    ordered = np.array(sorted(chosen))
    for row in set(matches.line.tolist()):
        if row in chosen:
            labels[row] = len(tokens[row]) >= _N or _gap(ordered, row) <= _NEAR
        elif tuple(tokens[row]) in kept_texts or (len(tokens[row]) <= _SHORT and _gap(ordered, row) > _NEAR):
            labels[row] = False
    return labels


def _share(tokens: list[str], grams: set[tuple[str, ...]]) -> float:
    if len(tokens) < _N:
        return 0.0
    own = [tuple(tokens[i : i + _N]) for i in range(len(tokens) - _N + 1)]
    return sum(gram in grams for gram in own) / len(own)


def _gap(ordered: np.ndarray, row: int) -> int:
    others = ordered[ordered != row]
    return int(np.abs(others - row).min()) if len(others) else 0


def _find_matches(tokens: list[list[str]], wanted: list[str]) -> Matches:
    places: dict[str, list[int]] = defaultdict(list)
    for i, token in enumerate(wanted):
        places[token].append(i)
    found: list[tuple[int, int, int]] = []
    for row, line in enumerate(tokens):
        if not line:
            continue
        rarest = min(range(len(line)), key=lambda i: len(places.get(line[i], ())))
        starts = [place - rarest for place in places.get(line[rarest], ()) if place >= rarest]
        if len(starts) <= _MAX_PLACES:
            found += [(row, s, s + len(line)) for s in reversed(starts) if wanted[s : s + len(line)] == line]
    table = np.array(found[:_MAX_MATCHES], np.int64).reshape(-1, 3)
    return Matches(table[:, 0], table[:, 1], table[:, 2])


def _best_chain(matches: Matches) -> set[int]:
    """Lines of the chain of matches, ascending in page and gold, that claims most gold tokens; neighbours preferred."""
    n = len(matches.line)
    claimed = (matches.end - matches.start).astype(np.float64)
    before = np.full(n, -1)
    for i in range(n):
        usable = np.flatnonzero((matches.line[:i] < matches.line[i]) & (matches.end[:i] <= matches.start[i]))
        if not len(usable):
            continue
        adjoins = matches.end[usable] == matches.start[i]
        distance = np.minimum(matches.line[i] - matches.line[usable], 200)
        value = claimed[usable] + 0.5 * adjoins - 0.001 * distance
        best = int(np.argmax(value))
        if value[best] > 0:
            claimed[i] += value[best]
            before[i] = usable[best]
    chain, i = set(), int(np.argmax(claimed))
    while i >= 0:
        chain.add(int(matches.line[i]))
        i = int(before[i])
    return chain
