"""Finds the codebook's terms in texts of any script, inflected too: what lets one language learn from another.

A term is cut into runs as `ngrams` cuts texts. A run of letters is matched by its stem, a short one or an abbreviation
whole; Hangul may go on (particles), ideographs stand anywhere; separators between runs may differ. The terms form a
trie, so that a text is read once whatever the number of terms. `matching` must equal `Lexicon.matches`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.classify.ngrams import HANGUL, IDEOGRAPHS, LETTERS, SEPARATOR, character_kind, normalize, runs
from pipeline.types import Taxonomy

TermsByLanguage = Mapping[str, Sequence[str]]
AT_START, ANYWHERE = ROOTS = (0, 1)
"""Roots of the trie: terms found at the start of a run only, and those also found within one."""
GAP_WHOLE, GAP_STEM, END_WHOLE, END_STEM = range(0x110000, 0x110004)
"""Symbols after a run: go on to the next run, or the term ends; the run in the text must end here, or may go on."""
SYMBOL_BITS = 21
LETTERS_OF_EVERY_STEM = 4
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


class Trie(NamedTuple):
    """Terms symbol by symbol.

    `children` leads from (node << `SYMBOL_BITS` | symbol) to the node below; `columns` are those of a node's term.
    """

    children: dict[int, int]
    columns: dict[int, tuple[int, ...]]

    @property
    def n_nodes(self) -> int:
        """Nodes are numbered from 0; every one but the two roots is the child of one other."""
        return len(self.children) + len(ROOTS)


class Lexicon:
    """The terms of a taxonomy, ready to be looked for.

    A term is put into the trie when it is first needed: of thousands, few may stand in one text.
    """

    def __init__(self, terms: Iterable[tuple[str, int]]) -> None:
        """`terms`: pairs of a term and the column of its theme."""
        self._trie = Trie({}, {})
        self._waiting: dict[str, list[tuple[str, int]]] = {}
        self.terms = tuple(terms)
        for term, column in self.terms:
            self._waiting.setdefault(_opening(normalize(term)), []).append((term, column))

    def trie(self, text: str | None = None) -> Trie:
        """A trie of all terms, or at least of those that may stand in a normalised text."""
        for opening in [opening for opening in self._waiting if text is None or opening in text]:
            for term, column in self._waiting.pop(opening):
                self._insert(term, column)
        return self._trie

    def matches(self, text: str) -> list[Match]:
        """Terms in a normalised text, leftmost first, the longest where several begin, none overlapping."""
        self.trie(text)
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

    def _longest(self, text: str, start: int, root: int) -> Match:
        best = Match(start, start, ())
        waiting = [(root, start)]
        below = self._trie.children.get
        while waiting:
            node, position = waiting.pop()
            own = node << SYMBOL_BITS
            if position < len(text) and (child := below(own | ord(text[position]))) is not None:
                waiting.append((child, position + 1))
            for gap, end, may_go_on in ((GAP_WHOLE, END_WHOLE, False), (GAP_STEM, END_STEM, True)):
                onward, term = below(own | gap), below(own | end)
                if onward is None and term is None:
                    continue
                stop = _run_end(text, position, may_go_on)
                if stop < 0:
                    continue
                if term is not None and stop > best.end:
                    best = Match(start, stop, self._trie.columns[term])
                if onward is not None:
                    waiting += [(onward, after) for after in _after_gap(text, stop)]
        return best

    def _insert(self, term: str, column: int) -> None:
        pieces = _pieces(term)
        if not pieces:
            return
        children, columns = self._trie
        node = ANYWHERE if pieces[0].anywhere else AT_START
        for position, piece in enumerate(pieces):
            last = position == len(pieces) - 1
            symbols = (END_WHOLE, END_STEM) if last else (GAP_WHOLE, GAP_STEM)
            for symbol in (*map(ord, piece.text), symbols[piece.may_go_on]):
                node = children.setdefault(node << SYMBOL_BITS | symbol, len(children) + len(ROOTS))
        columns[node] = tuple(sorted({*columns.get(node, ()), column}))


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


def _opening(normalized: str) -> str:
    """Characters that any text with this term holds; "" where none are sure.

    Four plain letters belong to one run, and no stem is shorter.
    """
    opening = normalized[:LETTERS_OF_EVERY_STEM]
    if len(opening) == LETTERS_OF_EVERY_STEM and opening.isascii() and opening.isalpha():
        return opening
    first = normalized.removeprefix(ARABIC_ARTICLE)[:1]
    return first if first.isalnum() else ""


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
