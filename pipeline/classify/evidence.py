"""Scores of texts with their evidence: for each score the sentence that adds most to it, found as the text is scored.

Few texts go through the plain path of `contributions`, which the compiled one must equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.contributions import sentence_contributions
from pipeline.classify.features import batches
from pipeline.classify.scorer import LinearScorer, Scored


class Evidence(NamedTuple):
    """The sentence that adds most to each score of each text, the first of equals; shape (n_texts, n_outputs).

    [starts, ends) int64, in code points of the text; contributions float64. Without a sentence, -1, -1 and 0.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    contributions: NDArray[np.float64]

    def rows(self, rows: slice) -> Evidence:
        """Views of the rows of some texts."""
        return Evidence(self.starts[rows], self.ends[rows], self.contributions[rows])


def score_with_evidence(scorer: LinearScorer, texts: Sequence[str]) -> tuple[Scored, Evidence]:
    """Score texts in order, by whichever path is faster for their size."""
    if not scorer.is_worth_the_kernel(texts):
        return scorer.score_by_reference(texts), evidence_by_reference(scorer, texts)
    return _score_by_kernel(scorer, texts)


def evidence_by_reference(scorer: LinearScorer, texts: Sequence[str]) -> Evidence:
    """The specification: sentences and their contributions one text at a time."""
    evidence = no_evidence(len(texts), scorer.n_outputs)
    for row, text in enumerate(texts):
        sentences, contributions = sentence_contributions(scorer, text)
        if sentences:
            best = np.argmax(contributions, axis=0)
            evidence.starts[row], evidence.ends[row] = np.array(sentences)[best].T
            evidence.contributions[row] = np.max(contributions, axis=0)
    return evidence


def _score_by_kernel(scorer: LinearScorer, texts: Sequence[str]) -> tuple[Scored, Evidence]:
    from pipeline.classify import kernel, sentence_kernel
    from pipeline.classify.splitting import Split

    scored, evidence = scorer.unscored(len(texts)), no_evidence(len(texts), scorer.n_outputs)
    row = 0
    for batch in batches(texts):
        rows = slice(row, row + len(batch))
        codes, offsets = kernel.pack(batch)
        sentences = sentence_kernel.find_sentences(batch, offsets)
        split = Split(sentences.sentence_of, np.zeros((len(sentences.spans), scorer.n_outputs)))
        scorer.score_packed(codes, offsets, scored.rows(rows), split)
        sentence_kernel.pick_strongest(split.sums, sentences, evidence.rows(rows))
        row = rows.stop
    return scored, evidence


def no_evidence(n_texts: int, n_outputs: int) -> Evidence:
    """Evidence that is still to be found: as for texts without sentences."""
    shape = n_texts, n_outputs
    return Evidence(np.full(shape, -1), np.full(shape, -1), np.zeros(shape))
