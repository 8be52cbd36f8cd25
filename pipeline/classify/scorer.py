"""Linear scores of texts: the plain reference for a few, the compiled kernel for many; equal within rounding."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.features import CHARS, WORDS, FeatureSettings, Vocabulary, batches
from pipeline.classify.lexicon import Lexicon
from pipeline.classify.ngrams import EDGE, SEPARATOR, Ngram, char_ngrams, character_kind, normalize, word_ngrams

if TYPE_CHECKING:
    from pipeline.classify.splitting import Split

KERNEL = "pipeline.classify.kernel"
KERNEL_FROM_CODES = 60_000
"""Texts shorter than this in all are scored by the reference: loading the compiled kernel would take longer."""
LEXICON = 2
UNKNOWN = NO_PART = -1


class Scored(NamedTuple):
    """scores float64 (n_texts, n_outputs); known_words int64 (n_texts, 2): word n-grams, distinct known ones."""

    scores: NDArray[np.float64]
    known_words: NDArray[np.int64]

    def rows(self, rows: slice) -> Scored:
        """Views of the rows of some texts."""
        return Scored(self.scores[rows], self.known_words[rows])


class TextValues(NamedTuple):
    """Features of one text: rows of the coefficients, values float64, and how often each was found."""

    rows: NDArray[np.int64]
    values: NDArray[np.float64]
    counts: NDArray[np.int64]


class _Rows(dict[str, int]):
    """The rows of a block's terms, searched for as they are met: a few texts do not need a table of all."""

    def __init__(self, terms: Sequence[str], block: slice) -> None:
        self._terms, self._block = terms, block

    def __missing__(self, term: str) -> int:
        row = bisect_left(self._terms, term, self._block.start, self._block.stop)
        if row == self._block.stop or self._terms[row] != term:
            return UNKNOWN
        self[term] = row
        return row


@dataclass(frozen=True)
class LinearScorer:
    """Features and weights of all themes: score = intercept + sum of value * coefficient over the features.

    coefficients: float32 (n_terms + n_columns, n_outputs), the last n_columns rows for the lexicon's columns;
    intercepts: float64 (n_outputs,); keeps_tables: whether what is made for the kernel stays in the user's cache.
    """

    settings: FeatureSettings
    vocabulary: Vocabulary
    lexicon: Lexicon
    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float64]
    keeps_tables: bool = False

    @property
    def n_outputs(self) -> int:
        """Machines: one for each theme, and with a hurdle one for having any."""
        return len(self.intercepts)

    def score(self, texts: Sequence[str]) -> Scored:
        """Score texts in order, by whichever path is faster for their size."""
        return self.score_by_kernel(texts) if self.is_worth_the_kernel(texts) else self.score_by_reference(texts)

    def is_worth_the_kernel(self, texts: Sequence[str]) -> bool:
        """Whether the compiled path is the faster for texts: it has been loaded, or there are many."""
        return KERNEL in sys.modules or sum(map(len, texts)) >= KERNEL_FROM_CODES

    def score_by_reference(self, texts: Sequence[str]) -> Scored:
        """The specification: plain n-grams, counted and weighed one text at a time."""
        scored = self.unscored(len(texts))
        for row, text in enumerate(texts):
            normalized = normalize(text)
            for block in (WORDS, CHARS, LEXICON):
                features = self.values(normalized, block)
                scored.scores[row] += features.values @ self.coefficients[features.rows]
                if block == WORDS:
                    scored.known_words[row] = len(self.grams(normalized, WORDS)), len(features.rows)
        return scored

    def values(self, normalized: str, block: int) -> TextValues:
        """The features of one block of a normalised text."""
        found = Counter(row for row, _, _ in self.occurrences(normalized, block))
        n_unknown = found.pop(UNKNOWN, 0)
        rows, counts = np.array([*found], np.int64), np.array([*found.values()], np.int64)
        return TextValues(rows, self.weigh(block, rows, counts, n_unknown=n_unknown), counts)

    def weigh(
        self, block: int, rows: NDArray[np.int64], counts: NDArray[np.int64], *, n_unknown: int
    ) -> NDArray[np.float64]:
        """Values (n,) of a block's distinct features found `counts` times, beside n_unknown n-grams without a row."""
        if block == LEXICON:
            return np.asarray(self.settings.lexicon_weight * np.log1p(counts))
        values = (1.0 + np.log(counts)) * self.vocabulary.idf[rows]
        norm = np.sqrt(values @ values + n_unknown * self.vocabulary.unknown_idf**2)
        return np.asarray(values * (self.settings.block_weights[block] / norm if norm > 0 else 0.0))

    def grams(self, normalized: str, block: int) -> list[Ngram]:
        """The n-grams of the word or of the character block in a normalised text."""
        if block == WORDS:
            return list(word_ngrams(normalized, self.settings.word_ngrams, self.settings.prefixes))
        return list(char_ngrams(normalized, self.settings.char_ranges))

    def score_by_kernel(self, texts: Sequence[str]) -> Scored:
        """The same figures from compiled code, batch by batch."""
        from pipeline.classify import kernel

        scored, row = self.unscored(len(texts)), 0
        for batch in batches(texts):
            self.score_packed(*kernel.pack(batch), scored.rows(slice(row, row + len(batch))))
            row += len(batch)
        return scored

    def unscored(self, n_texts: int) -> Scored:
        """The intercepts alone."""
        scored = Scored(np.empty((n_texts, self.n_outputs)), np.zeros((n_texts, 2), np.int64))
        scored.scores[:] = self.intercepts
        return scored

    def score_packed(
        self, codes: NDArray[np.uint32], offsets: NDArray[np.int64], scored: Scored, split: Split | None = None
    ) -> None:
        """Score one batch as `kernel.pack` gives it, on top of the intercepts; `split` receives what its parts add."""
        from pipeline.classify import kernel, splitting

        tables = kernel.kind_table(), self.settings.ranges, self._compiled
        kernel.score_batch(codes, offsets, *tables, *scored, split or splitting.NO_SPLIT)

    def score_parts(self, text: str, part_of: NDArray[np.int64], n_parts: int) -> NDArray[np.float64]:
        """Split one text's scores over its parts: (n_parts, n_outputs), summing to the scores less the intercepts.

        part_of: int64, the part of each code point of the normalised text; a part is one stretch. A term that occurs n
        times gives each occurrence a n-th of its contribution, spread evenly over its characters but separators.
        """
        if KERNEL not in sys.modules:
            return self.score_parts_by_reference(text, part_of, n_parts)
        from pipeline.classify import kernel, splitting

        split = splitting.Split(np.append(part_of, 0).astype(np.int32), np.zeros((n_parts, self.n_outputs)))
        self.score_packed(*kernel.pack([text]), self.unscored(1), split)
        return split.sums

    def score_parts_by_reference(self, text: str, part_of: NDArray[np.int64], n_parts: int) -> NDArray[np.float64]:
        """The specification of `score_parts`."""
        out = np.zeros((n_parts, self.n_outputs))
        normalized = normalize(text)
        part_at = [
            part if character_kind(character) != SEPARATOR else NO_PART
            for part, character in zip(part_of.tolist(), normalized, strict=False)
        ]
        for block in (WORDS, CHARS, LEXICON):
            features = self.values(normalized, block)
            shares = features.values / features.counts
            share = dict(zip(features.rows.tolist(), shares.tolist(), strict=True))
            for row, start, end in self.occurrences(normalized, block):
                if row != UNKNOWN:
                    parts = _parts_of(part_at[start:end])
                    for part in parts:
                        out[part] += share[row] / len(parts) * self.coefficients[row]
        return out

    def occurrences(self, normalized: str, block: int) -> list[tuple[int, int, int]]:
        """Row of the coefficients (`UNKNOWN` for none) and [start, end) of everything a block finds in a text."""
        if block != LEXICON:
            return [(self._row(gram, block), gram.start, gram.end) for gram in self.grams(normalized, block)]
        first = len(self.vocabulary)
        matches = self.lexicon.matches(normalized)
        return [(first + column, match.start, match.end) for match in matches for column in match.columns]

    def _row(self, gram: Ngram, block: int) -> int:
        return self._rows[block][gram.term]

    @cached_property
    def _rows(self) -> tuple[_Rows, _Rows]:
        words, chars = self.vocabulary.blocks()
        return _Rows(self.vocabulary.terms, words), _Rows(self.vocabulary.terms, chars)

    @cached_property
    def _compiled(self) -> Any:
        from pipeline.classify.tables import compile_model

        return compile_model(self)


def _parts_of(stretch: Sequence[int]) -> Sequence[int]:
    """The part of each character of a stretch, separators left out; one for all where it lies within one part."""
    return stretch[:1] if stretch[0] == stretch[-1] else [part for part in stretch if part != NO_PART]


def readable(term: str) -> str:
    """A term as shown to people: the edge of a word as `·`."""
    return "·".join([""] * term.startswith(EDGE) + [term.strip(EDGE)] + [""] * term.endswith(EDGE))
