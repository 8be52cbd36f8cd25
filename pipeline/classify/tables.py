"""What the kernel reads of a scorer. Its tables of terms take long to make; those of a stored model are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import hashing, kernel, lexicon, ngrams, term_table, trie_table
from pipeline.classify.kept_tables import kept_tables
from pipeline.classify.term_table import TermTable
from pipeline.classify.trie_table import Trie

if TYPE_CHECKING:
    from pipeline.classify.features import Vocabulary
    from pipeline.classify.lexicon import Lexicon
    from pipeline.classify.scorer import LinearScorer

CODE = [str(module.__file__) for module in (hashing, lexicon, ngrams, term_table, trie_table)] + [__file__]
OF_TERMS, OF_TRIE = "terms.", "trie."


def compile_model(scorer: LinearScorer) -> kernel.CompiledModel:
    """The arrays of a scorer for the kernel, from the tables in the user's cache if the scorer's are kept."""
    vocabulary, settings = scorer.vocabulary, scorer.settings
    if scorer.keeps_tables:
        made_from = _made_from(vocabulary, scorer.lexicon)
        tables = kept_tables("model", made_from, CODE, lambda: _make(vocabulary, scorer.lexicon))
    else:
        tables = _make(vocabulary, scorer.lexicon)
    order, n_terms = tables["order"], len(vocabulary)
    idf = vocabulary.idf[order]
    return kernel.CompiledModel(
        TermTable(**_under(OF_TERMS, tables)),
        kernel.padded(scorer.coefficients[order] * idf[:, None], idf),
        vocabulary.n_words,
        settings.block_weights,
        vocabulary.unknown_idf**2,
        np.ascontiguousarray(settings.lexicon_weight * scorer.coefficients[n_terms:], np.float32),
        Trie(**_under(OF_TRIE, tables)),
    )


def _made_from(vocabulary: Vocabulary, codebook: Lexicon) -> bytes:
    """All that the tables depend on, but for code."""
    listed = "\n".join(f"{column} {term}" for term, column in codebook.terms)
    parts = (str(vocabulary.n_words), "\n".join(vocabulary.terms), listed)
    return "\0".join(parts).encode("utf-8", "surrogatepass") + vocabulary.idf.tobytes()


def _make(vocabulary: Vocabulary, codebook: Lexicon) -> dict[str, NDArray[Any]]:
    """The tables of terms and of the lexicon, and the row of the vocabulary that each number stands for.

    Terms are numbered by their frequency, words first, so that the common ones lie together.
    """
    codes, offsets = kernel.join_terms(vocabulary.terms)
    is_char = np.arange(len(vocabulary)) >= vocabulary.n_words
    hashes = np.empty(len(vocabulary), np.uint64)
    kernel.hash_terms(codes, offsets, ~is_char, hashes)
    order = np.lexsort((vocabulary.idf, is_char)).astype(np.uint32)
    terms, trie = kernel.build_terms(hashes[order]), trie_table.build_trie(codebook)
    named = {OF_TERMS + name: values for name, values in terms._asdict().items()}
    return {"order": order, **named, **{OF_TRIE + name: values for name, values in trie._asdict().items()}}


def _under(prefix: str, tables: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): values for name, values in tables.items() if name.startswith(prefix)}
