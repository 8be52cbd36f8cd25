"""A text's scores taken apart: what n-grams, words and sentences add, and what it would score without some of them.

The plain reference scores a text by what it finds in it; here every find keeps its place. A word's n-grams and its part
of the word pairs it stands in are taken together; a term of the codebook counts as itself; where words are not spaced,
every n-gram does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.alignment import number_parts
from pipeline.classify.features import CHARS, WORDS
from pipeline.classify.ngrams import IDEOGRAPHS, SEPARATOR, Run, character_kind, normalize, runs
from pipeline.classify.scorer import LEXICON, UNKNOWN, LinearScorer, readable
from pipeline.classify.sentences import split_sentences

BLOCKS = (WORDS, CHARS, LEXICON)
Stretch = tuple[int, int]


class Item(NamedTuple):
    """What an explanation names: a word or, where words are not spaced, an n-gram; or a term of the codebook."""

    text: str
    is_term: bool


@dataclass(frozen=True)
class Finds:
    """All that a scorer finds in a normalised text.

    rows: of the coefficients, int64 (m,), `UNKNOWN` for n-grams without one; starts, ends: [start, end) of each find;
    blocks: int8 (m,), of each.
    """

    text: str
    rows: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    blocks: NDArray[np.int8]

    def surface(self, find: int) -> str:
        """The stretch of the text that a find stands on."""
        return self.text[self.starts[find] : self.ends[find]]


def find_all(scorer: LinearScorer, text: str) -> Finds:
    """Everything that counts in a text."""
    normalized = normalize(text)
    found = [scorer.occurrences(normalized, block) for block in BLOCKS]
    places = np.array([place for places in found for place in places], np.int64).reshape(-1, 3)
    blocks = np.repeat(np.array(BLOCKS, np.int8), [len(places) for places in found])
    return Finds(normalized, places[:, 0], places[:, 1], places[:, 2], blocks)


def values(scorer: LinearScorer, finds: Finds, kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    """What each find (m,) multiplies its row of the coefficients by, if only those kept stood in the text.

    A feature found n times gives each find a n-th of its value; unknown n-grams and finds not kept have 0.
    """
    shares = np.zeros(len(finds.rows))
    for block in BLOCKS:
        own = np.flatnonzero(kept & (finds.blocks == block))
        known = own[finds.rows[own] != UNKNOWN]
        rows, feature_of, counts = np.unique(finds.rows[known], return_inverse=True, return_counts=True)
        weighed = scorer.weigh(block, rows, counts, n_unknown=len(own) - len(known))
        shares[known] = (weighed / counts)[feature_of]
    return shares


def scores(scorer: LinearScorer, finds: Finds, kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The scores (n_outputs,) of the text if only the finds kept stood in it."""
    shares = values(scorer, finds, kept)
    counted = np.flatnonzero(shares)
    return np.asarray(scorer.intercepts + shares[counted] @ scorer.coefficients[finds.rows[counted]])


def name_of(scorer: LinearScorer, finds: Finds, find: int) -> str:
    """A find as shown to people: its n-gram, or the codebook's term as the text has it."""
    row = int(finds.rows[find])
    return readable(scorer.vocabulary.terms[row]) if row < len(scorer.vocabulary) else finds.surface(find)


@dataclass(frozen=True)
class Split:
    """Finds divided among items: part i gives the item `item_of[i]` the share `fractions[i]` of the find `find_of[i]`.

    stretches: for each item, where it stands in the normalised text, [start, end).
    """

    items: tuple[Item, ...]
    stretches: tuple[frozenset[Stretch], ...]
    find_of: NDArray[np.int64]
    item_of: NDArray[np.int64]
    fractions: NDArray[np.float64]

    def sums(self, contributions: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each item adds, from what each find (m,) does."""
        sums = np.bincount(self.item_of, self.fractions * contributions[self.find_of], len(self.items))
        return sums.astype(np.float64)


class _Part(NamedTuple):
    item: Item
    stretch: Stretch
    fraction: float


def split_by_item(finds: Finds) -> Split:
    """Divide a text's finds among its words and the terms of the codebook."""
    word_of: list[Run | None] = [None] * len(finds.text)
    for word in runs(finds.text):
        word_of[word.start : word.end] = [word] * (word.end - word.start)
    numbers: dict[Item, int] = {}
    stretches: list[set[Stretch]] = []
    parts: list[tuple[int, int, float]] = []
    places = zip(finds.starts.tolist(), finds.ends.tolist(), (finds.blocks == LEXICON).tolist(), strict=True)
    for find, (start, end, is_term) in enumerate(places):
        text = finds.text[start:end]
        found = [_Part(Item(text, True), (start, end), 1.0)] if is_term else _parts(finds.text, (start, end), word_of)
        for part in found:
            number = numbers.setdefault(part.item, len(numbers))
            if number == len(stretches):
                stretches.append(set())
            stretches[number].add(part.stretch)
            parts.append((find, number, part.fraction))
    columns = np.array(parts, np.float64).reshape(-1, 3)
    find_of, item_of = columns[:, 0].astype(np.int64), columns[:, 1].astype(np.int64)
    return Split(tuple(numbers), tuple(map(frozenset, stretches)), find_of, item_of, columns[:, 2])


def _parts(text: str, span: Stretch, word_of: Sequence[Run | None]) -> list[_Part]:
    """An n-gram's words by how much of it they are; the whole of it where none of them is spaced."""
    start, end = span
    first = word_of[start]
    if first is not None and first is word_of[end - 1] and first.kind != IDEOGRAPHS:
        return [_Part(Item(text[first.start : first.end], False), (first.start, first.end), 1.0)]
    touched = Counter(word for word in word_of[start:end] if word is not None)
    if all(word.kind == IDEOGRAPHS for word in touched):
        own = "".join(text[place] for place in range(start, end) if word_of[place] is not None)
        return [_Part(Item(own, False), span, 1.0)]
    n = touched.total()
    return [
        _Part(Item(text[stretch[0] : stretch[1]], False), stretch, n_covered / n)
        for word, n_covered in touched.items()
        for stretch in [_own_stretch(word, span)]
    ]


def _own_stretch(word: Run, span: Stretch) -> Stretch:
    """A spaced word whole; of ideographs, what the n-gram holds of them."""
    if word.kind != IDEOGRAPHS:
        return word.start, word.end
    return max(word.start, span[0]), min(word.end, span[1])


def without(finds: Finds, stretches: Iterable[Stretch]) -> NDArray[np.bool_]:
    """Which finds (m,) are left when stretches of the text are taken out."""
    taken = np.zeros(len(finds.text) + 1, np.int64)
    for start, end in stretches:
        taken[start + 1 : end + 1] = 1
    n_taken = np.cumsum(taken)
    return np.asarray(n_taken[finds.ends] == n_taken[finds.starts])


def sentences_of(text: str) -> tuple[list[Stretch], NDArray[np.int64]]:
    """Spans of the sentences, and the number of the one that each code point of the normalised text stands in."""
    sentences = split_sentences(text)
    return sentences, number_parts(text, [start for start, _ in sentences])


def sentence_contributions(scorer: LinearScorer, text: str) -> tuple[list[Stretch], NDArray[np.float64]]:
    """Spans of the sentences, and float64 (n_sentences, n_outputs): how much of the scores stands in each.

    By the compiled kernel where it is at work, for every document tagged.
    """
    sentences, sentence_of = sentences_of(text)
    if not sentences:
        return [], np.zeros((0, scorer.n_outputs))
    return sentences, scorer.score_parts(text, sentence_of, len(sentences))


def sum_by_part(
    finds: Finds, shares: NDArray[np.float64], part_of: NDArray[np.int64], n_parts: int
) -> NDArray[np.float64]:
    """What each part of the text adds, from what each find (m,) does; as `LinearScorer.score_parts` divides them.

    part_of: the part, one stretch, of each code point of the normalised text.
    """
    counting = np.flatnonzero(shares)
    first, last = part_of[finds.starts[counting]], part_of[finds.ends[counting] - 1]
    within = first == last
    sums = np.bincount(first[within], shares[counting[within]], n_parts).astype(np.float64)
    for find in counting[~within].tolist():
        covered = [
            part_of[place]
            for place in range(finds.starts[find], finds.ends[find])
            if character_kind(finds.text[place]) != SEPARATOR
        ]
        np.add.at(sums, covered, shares[find] / len(covered))
    return sums
