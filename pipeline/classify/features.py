"""TF-IDF features of words and characters, weighed as scikit-learn's `TfidfVectorizer` does, from compiled counts.

The value of a term in a text is (1 + ln count) * idf with idf = ln((1 + n) / (1 + df)) + 1; each block (words,
characters) is scaled to unit length, then by the block's weight. A third block counts the lexicon's terms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.lexicon import Lexicon
from pipeline.classify.ngrams import EDGE, IDEOGRAPHS, PREFIX_MARK, CharRanges, NgramRange, runs
from pipeline.ingest.code_points import in_batches

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WORDS, CHARS = 0, 1
BATCH_CODES = 1 << 18


@dataclass(frozen=True)
class FeatureSettings:
    """What a feature is.

    word_ngrams: smallest and largest n, (0, 0) for none; char_ngrams, hangul_ngrams, ideograph_ngrams: the same for
    characters within runs of letters or digits, of Hangul, of Han and Kana; min_documents: texts a term must stand in;
    prefixes: characters of each word's prefix in letters and digits, and in Hangul, 0 for none; word_weight,
    char_weight: length of each block's vector; unknown: whether unknown n-grams count towards that length;
    lexicon_weight: scale of the lexicon's block.
    """

    word_ngrams: tuple[int, int] = (1, 1)
    char_ngrams: tuple[int, int] = (3, 5)
    hangul_ngrams: tuple[int, int] = (1, 2)
    ideograph_ngrams: tuple[int, int] = (2, 3)
    prefixes: tuple[int, int] = (5, 2)
    min_documents: int = 2
    word_weight: float = 0.63
    char_weight: float = 0.77
    unknown: bool = True
    lexicon_weight: float = 0.06

    @property
    def char_ranges(self) -> CharRanges:
        return self.char_ngrams, self.hangul_ngrams, self.ideograph_ngrams

    @property
    def ranges(self) -> tuple[NgramRange, ...]:
        return self.word_ngrams, *self.char_ranges, self.prefixes

    @property
    def block_weights(self) -> tuple[float, float]:
        return self.word_weight, self.char_weight


@dataclass(frozen=True)
class Vocabulary:
    """The terms known: `terms[:n_words]` are word n-grams, the rest character n-grams; `idf` float32 (n_terms,).

    Each of the two is in the order of its code points.
    `unknown_idf` is the weight of an unknown n-gram in the length of its block, 0 if those do not count.
    """

    terms: tuple[str, ...]
    n_words: int
    idf: NDArray[np.float32]
    unknown_idf: float = 0.0

    def __len__(self) -> int:
        return len(self.terms)

    def blocks(self) -> tuple[slice, slice]:
        """The columns of the word block and of the character block."""
        return slice(0, self.n_words), slice(self.n_words, len(self.terms))


def fit_features(
    texts: Sequence[str],
    settings: FeatureSettings,
    *,
    languages: Sequence[str],
    lexicon: Lexicon,
    n_columns: int,
) -> tuple[Vocabulary, csr_matrix]:
    """Learn the vocabulary of `texts` and return it with their features, float32 (n_texts, n_terms + n_columns).

    Terms of each block are in alphabetical order, so that the same texts give the same columns. The last n_columns
    hold the lexicon's block: lexicon_weight * ln(1 + how often terms of that column occur). A term is as rare as it is
    in the languages it occurs in: with few Russian texts among many English ones, a Russian "and" still weighs little.
    """
    from scipy.sparse import csr_matrix, hstack

    fitted = [_fit_block(texts, settings, block) for block in (WORDS, CHARS)]
    n_peers = _n_of_same_language(languages)
    idf = np.concatenate([_idf(block.counts, n_peers) for block in fitted])
    unknown_idf = float(np.log(1 + n_peers.mean()) + 1) if settings.unknown else 0.0
    vocabulary = Vocabulary((*fitted[WORDS].terms, *fitted[CHARS].terms), len(fitted[WORDS].terms), idf, unknown_idf)
    parts = [
        _weigh(block.counts, idf[columns], block.n_unknown * unknown_idf**2, weight)
        for block, columns, weight in zip(fitted, vocabulary.blocks(), settings.block_weights, strict=True)
    ]
    found = csr_matrix(settings.lexicon_weight * np.log1p(_count_lexicon(texts, lexicon, n_columns)))
    return vocabulary, hstack([*parts, found], "csr", dtype=np.float32)


def _weigh(
    counts: csr_matrix, idf: NDArray[np.float32], unknown_squares: NDArray[np.float64], weight: float
) -> csr_matrix:
    values = counts.astype(np.float64)
    values.data = (1.0 + np.log(values.data)) * idf[values.indices]
    norms = np.sqrt(_row_sums(values.multiply(values)) + unknown_squares)
    values.data *= np.repeat(weight / np.where(norms > 0, norms, 1.0), np.diff(values.indptr))
    return values


def _row_sums(matrix: Any) -> NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=1), np.float64).ravel()


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut `texts` into stretches of about `BATCH_CODES` code points."""
    return in_batches(texts, BATCH_CODES)


class _Block(NamedTuple):
    """Terms in alphabetical order, their counts (n_texts, n_terms), and occurrences of all else in each text."""

    terms: list[str]
    counts: csr_matrix
    n_unknown: NDArray[np.float64]


def _fit_block(texts: Sequence[str], settings: FeatureSettings, block: int) -> _Block:
    none = (0, 0)
    words, chars = (settings.word_ngrams, none, none, none, settings.prefixes), (none, *settings.char_ranges, none)
    ranges = words if block == WORDS else chars
    hashes, counts = _count(texts, ranges, block)
    frequent = np.flatnonzero(np.bincount(counts.indices, minlength=counts.shape[1]) >= settings.min_documents)
    names = _name_terms(texts, ranges, block, hashes[frequent])
    order = sorted(range(len(names)), key=names.__getitem__)
    known = counts[:, frequent[order]]
    return _Block([names[i] for i in order], known, _row_sums(counts) - _row_sums(known))


def _count(texts: Sequence[str], ranges: Any, block: int) -> tuple[NDArray[np.uint64], csr_matrix]:
    """The distinct hashes of a block's n-grams, and a matrix (n_texts, n_hashes) of their counts."""
    from scipy.sparse import csr_matrix

    from pipeline.classify import counting, kernel

    parts = [counting.count_block(*kernel.pack(b), kernel.kind_table(), ranges, block) for b in batches(texts)]
    hashes = np.concatenate([part[0] for part in parts]) if parts else np.empty(0, np.uint64)
    counts = np.concatenate([part[1] for part in parts]) if parts else np.empty(0, np.int32)
    lengths = np.concatenate([np.diff(part[2]) for part in parts]) if parts else np.empty(0, np.int64)
    numbers, distinct = counting.number_hashes(hashes)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return distinct, csr_matrix((counts, numbers, starts), shape=(len(texts), len(distinct)))


def _count_lexicon(texts: Sequence[str], lexicon: Lexicon, n_columns: int) -> NDArray[np.float64]:
    """How often the terms of each column occur in each text, (n_texts, n_columns)."""
    from pipeline.classify import kernel, matching, trie_table

    counts = np.zeros((len(texts), n_columns), np.int64)
    trie = trie_table.build_trie(lexicon)
    row = 0
    for batch in batches(texts):
        codes, offsets = kernel.pack(batch)
        matching.count_terms(codes, offsets, kernel.kind_table(), trie, counts[row : row + len(batch)])
        row += len(batch)
    return counts.astype(np.float64)


def _name_terms(texts: Sequence[str], ranges: Any, block: int, hashes: NDArray[np.uint64]) -> list[str]:
    """The term behind each hash, read off the first text it stands in."""
    from pipeline.classify import counting, kernel

    names = [""] * len(hashes)
    table = kernel.build_table(hashes, table_bits(len(hashes)))
    spans = np.full((len(hashes), 3), -1, np.int64)
    for batch in batches(texts):
        before = spans[:, 0].copy()
        codes, offsets = kernel.pack(batch)
        counting.locate_terms(codes, offsets, kernel.kind_table(), ranges, table, spans)
        text = codes.tobytes().decode("utf-32-le", "surrogatepass")
        for term in np.flatnonzero((before < 0) & (spans[:, 0] >= 0)):
            start, end, edges = spans[term].tolist()
            names[term] = _term(text[start:end], edges, block)
    return names


def _term(stretch: str, edges: int, block: int) -> str:
    if block == CHARS:
        return EDGE * (edges & 1) + stretch + EDGE * (edges >> 1)
    return stretch + PREFIX_MARK if edges else _word_term(stretch)


def _word_term(stretch: str) -> str:
    if stretch.isalpha() and stretch.isascii():
        return stretch
    words: list[str] = []
    for kind, start, end in runs(stretch):
        words += stretch[start:end] if kind == IDEOGRAPHS else [stretch[start:end]]
    return " ".join(words)


def table_bits(n_terms: int) -> int:
    """Size, in bits, of a hash table that is at most half full."""
    return max(4, int(2 * n_terms).bit_length())


def _n_of_same_language(languages: Sequence[str]) -> NDArray[np.float64]:
    """For each text, how many texts are in its language."""
    n_of = Counter(languages)
    return np.array([n_of[language] for language in languages], np.float64)


def _idf(counts: csr_matrix, n_peers: NDArray[np.float64]) -> NDArray[np.float32]:
    """ln((1 + n) / (1 + df)) + 1, n being the mean of `n_peers` over the texts a term stands in."""
    n_documents = np.bincount(counts.indices, minlength=counts.shape[1])
    row_of = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    n_texts = np.bincount(counts.indices, n_peers[row_of], counts.shape[1]) / np.maximum(1, n_documents)
    return np.asarray(np.log((1 + n_texts) / (1 + np.minimum(n_documents, n_texts))) + 1, np.float32)
