"""Finds the codebook's terms in texts of any script, inflected too: what lets one language learn from another.

A term is cut into runs as `ngrams` cuts texts. A run of letters is matched by its stem, a short one or an abbreviation
whole; Hangul may go on (particles), ideographs stand anywhere; separators between runs may differ. The terms form a
trie, so that a text is read once whatever the number of terms. `matching` must equal `Lexicon.matches`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from pipeline.classify.ngrams import HANGUL, IDEOGRAPHS, LETTERS, SEPARATOR, character_kind, normalize, runs
from pipeline.types import Taxonomy

TermsByLanguage = Mapping[str, Sequence[str]]
AT_START, ANYWHERE = 0, 1
"""Roots of the trie: terms found at the start of a run only, and those also found within one."""
GAP_WHOLE, GAP_STEM, END_WHOLE, END_STEM = range(0x110000, 0x110004)
"""Symbols after a run: go on to the next run, or the term ends; the run in the text must end here, or may go on."""
LONGEST_ENDING = 5
LONGEST_GAP = 3
LONGEST_CLITIC = 3
SHORTEST_HANGUL_WITHIN = 3
ARABIC = range(0x0600, 0x0780)
ARABIC_ARTICLE = "ال"


class Match(NamedTuple):
    """A term at [start, end) of a normalised text; `columns` are the themes it stands for."""

    start: int
    end: int
    columns: tuple[int, ...]


class Lexicon:
    """The terms of a taxonomy, ready to be looked for."""

    def __init__(self, terms: Iterable[tuple[str, int]]) -> None:
        """`terms`: pairs of a term and the column of its theme."""
        self.children: list[dict[int, int]] = [{}, {}]
        self.columns: dict[int, tuple[int, ...]] = {}
        for term, column in terms:
            self._insert(term, column)

    @property
    def is_empty(self) -> bool:
        return not self.columns

    def matches(self, text: str) -> list[Match]:
        """Terms in a normalised text, leftmost first, the longest where several begin, none overlapping."""
        if self.is_empty:
            return []
        found: list[Match] = []
        free_from = 0
        for run in runs(text):
            for start in range(run.start, run.end):
                roots = _roots(text, run.start, start, run.kind)
                if start < free_from or not roots:
                    continue
                match = max((self._longest(text, start, root) for root in roots), key=lambda match: match.end)
                if match.columns:
                    found.append(match)
                    free_from = match.end
        return found

    def counts(self, text: str, n_columns: int) -> list[int]:
        """How often the terms of each theme occur in a normalised text."""
        counts = [0] * n_columns
        for match in self.matches(text):
            for column in match.columns:
                counts[column] += 1
        return counts

    def _longest(self, text: str, start: int, root: int) -> Match:
        best = Match(start, start, ())
        waiting = [(root, start)]
        while waiting:
            node, position = waiting.pop()
            children = self.children[node]
            if position < len(text) and (child := children.get(ord(text[position]), -1)) >= 0:
                waiting.append((child, position + 1))
            for gap, end, may_go_on in ((GAP_WHOLE, END_WHOLE, False), (GAP_STEM, END_STEM, True)):
                if gap not in children and end not in children:
                    continue
                stop = _run_end(text, position, may_go_on)
                if stop < 0:
                    continue
                if end in children and stop > best.end:
                    best = Match(start, stop, self.columns[children[end]])
                if gap in children:
                    waiting += [(children[gap], after) for after in _after_gap(text, stop)]
        return best

    def _insert(self, term: str, column: int) -> None:
        pieces = _pieces(term)
        if not pieces:
            return
        node = ANYWHERE if pieces[0].anywhere else AT_START
        for position, piece in enumerate(pieces):
            for character in piece.text:
                node = self._child(node, ord(character))
            last = position == len(pieces) - 1
            symbols = (END_WHOLE, END_STEM) if last else (GAP_WHOLE, GAP_STEM)
            node = self._child(node, symbols[piece.may_go_on])
        self.columns[node] = tuple(dict.fromkeys((*self.columns.get(node, ()), column)))

    def _child(self, node: int, symbol: int) -> int:
        if symbol not in self.children[node]:
            self.children[node][symbol] = len(self.children)
            self.children.append({})
        return self.children[node][symbol]

    @cached_property
    def edges(self) -> list[tuple[int, int, int]]:
        """(node, symbol, child) of the whole trie: what the kernel builds its table from."""
        return [(node, symbol, child) for node, own in enumerate(self.children) for symbol, child in own.items()]


class _Piece(NamedTuple):
    text: str
    may_go_on: bool
    anywhere: bool


def terms_of(taxonomy: Taxonomy) -> list[TermsByLanguage]:
    """Each theme's terms by language, in the taxonomy's order."""
    return [theme.terms for theme in taxonomy]


def lexicon_of_terms(terms: Sequence[TermsByLanguage]) -> Lexicon:
    """All terms of all languages, with the columns of their themes."""
    return Lexicon(
        (term, column) for column, by_language in enumerate(terms) for listed in by_language.values() for term in listed
    )


def _pieces(term: str) -> list[_Piece]:
    normalized = normalize(term)
    abbreviation = term.isupper()
    return [_piece(normalized[start:end], kind, abbreviation) for kind, start, end in runs(normalized)]


def _piece(word: str, kind: int, abbreviation: bool) -> _Piece:
    if kind == IDEOGRAPHS:
        return _Piece(word, True, True)
    if kind == HANGUL:
        return _Piece(word, True, len(word) >= SHORTEST_HANGUL_WITHIN)
    if kind != LETTERS or abbreviation:
        return _Piece(word, False, False)
    arabic = ord(word[0]) in ARABIC
    if arabic and word.startswith(ARABIC_ARTICLE) and len(word) > 4:
        word = word.removeprefix(ARABIC_ARTICLE)
    if len(word) < 5:
        return _Piece(word, False, arabic)
    return _Piece(word[: -2 if len(word) >= (9 if word.isascii() else 7) else -1], True, arabic)


def _roots(text: str, run_start: int, start: int, kind: int) -> Sequence[int]:
    """Where in the trie a match that begins at `start` may begin."""
    if start == run_start:
        return (AT_START, ANYWHERE)
    within = kind in (HANGUL, IDEOGRAPHS) or (
        kind == LETTERS and start - run_start <= LONGEST_CLITIC and ord(text[start]) in ARABIC
    )
    return (ANYWHERE,) if within else ()


def _run_end(text: str, position: int, may_go_on: bool) -> int:
    """Where the run that ends a piece at `position` ends in the text; -1 if it goes on longer than it may."""
    kind = character_kind(text[position - 1])
    if kind == IDEOGRAPHS or position == len(text) or character_kind(text[position]) != kind:
        return position
    if not may_go_on:
        return -1
    if kind == HANGUL:
        return position
    stop = position
    while stop < len(text) and character_kind(text[stop]) == kind:
        stop += 1
        if stop - position > LONGEST_ENDING:
            return -1
    return stop


def _after_gap(text: str, position: int) -> list[int]:
    """Where the next run of a term may begin: past a few separators, in Arabic past a clitic too."""
    start = position
    while start < len(text) and start - position <= LONGEST_GAP and character_kind(text[start]) == SEPARATOR:
        start += 1
    if start == len(text) or start - position > LONGEST_GAP:
        return []
    if ord(text[start]) in ARABIC and character_kind(text[start]) == LETTERS:
        return [start + skipped for skipped in range(LONGEST_CLITIC + 1) if start + skipped < len(text)]
    return [start]
