"""Scripts of texts, and what py3langid's model says of them, by compiled code; importing this module loads numba.

What each function is to give is said by plain code: `scripts` and `language_model`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.code_points import in_batches, joined_code_points
from pipeline.ingest.language_model import LOGS, LanguageModel
from pipeline.ingest.scripts import SCRIPTS, script_of_block

U32 = np.uint32


def count_scripts(texts: Sequence[str]) -> NDArray[np.int64]:
    """As `scripts.count_scripts`."""
    counts = np.zeros((len(texts), len(SCRIPTS)), np.int64)
    first = 0
    for batch in in_batches(texts):
        _count_scripts(*joined_code_points(batch), script_of_block(), counts[first : first + len(batch)])
        first += len(batch)
    return counts


def evidence(texts: Sequence[bytes], model: LanguageModel) -> NDArray[np.float32]:
    """As `language_model.evidence`."""
    automaton = model.moves, model.rows, model.outputs
    ends = np.cumsum([0, *map(len, texts)])
    found: NDArray[np.float32] = _evidence(
        np.frombuffer(b"".join(texts), np.uint8), ends, automaton, model.weights, LOGS
    )
    return found


@numba.njit(cache=True, nogil=True)
def _count_scripts(codes: Any, ends: Any, script_of_block: Any, counts: Any) -> None:
    n_blocks = len(script_of_block)
    of_blocks = np.zeros((2, n_blocks + 1), np.uint32)  # in turns, since a count waits for the one before it
    for text in range(len(counts)):
        of_blocks[:] = 0
        highest: Any = U32(0)
        for i in range(ends[text], ends[text + 1]):
            block = min(codes[i] >> U32(6), U32(n_blocks))
            highest = max(highest, block)
            of_blocks[i & 1, block] += U32(1)
        for block in range(min(highest + 1, n_blocks)):
            counts[text, script_of_block[block]] += of_blocks[0, block] + of_blocks[1, block]
        counts[text, 0] = 0


@numba.njit(cache=True, nogil=True)
def _evidence(data: Any, ends: Any, automaton: Any, weights: Any, logs: Any) -> Any:
    scores = np.zeros((len(ends) - 1, weights.shape[1]), np.float32)
    for text in range(len(scores)):
        _weigh(_features(data[ends[text] : ends[text + 1]], automaton), weights, logs, scores[text])
    return scores


@numba.njit
def _features(data: Any, automaton: Any) -> Any:
    """The features that the automaton finds, sorted."""
    moves, rows, outputs = automaton
    found = np.empty(len(data), np.int32)
    n, state = 0, U32(0)
    for byte in data:
        state = moves[(np.int64(rows[state]) << 8) + byte]
        feature = outputs[state]
        if feature >= 0:
            found[n] = feature
            n += 1
    return np.sort(found[:n])


@numba.njit
def _weigh(found: Any, weights: Any, logs: Any, scores: Any) -> None:
    first, n = 0, len(found)
    for i in range(1, n + 1):
        if i == n or found[i] != found[first]:
            share, row = logs[min(i - first, len(logs) - 1)], weights[found[first]]
            for j in range(len(scores)):
                scores[j] += share * np.float32(row[j])
            first = i
