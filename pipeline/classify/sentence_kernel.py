"""The compiled twin of `sentences.split_sentences`, which is its specification: sentences of whole batches of texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.classify import packing
from pipeline.classify.alignment import number_parts
from pipeline.classify.kept_tables import kept_tables
from pipeline.classify.ngrams import normalize
from pipeline.classify.packing import ASSIGNED, IRREGULAR, assigned_characters, folding_table, join_terms
from pipeline.classify.sentences import LONGEST_BEFORE, THREE_LETTERS

N_POINTS = 0x110000
SPACE, LETTER, DIGIT, LOWER, UPPER, CAPITAL, SMALL, OPENING = (1 << bit for bit in range(8))
POINT, WIDE, LINE, POINT_CLOSER, WIDE_CLOSER, BEFORE_GUILLEMET = (1 << bit for bit in range(8, 14))
STOP = POINT | WIDE | LINE
CASED_BELOW, OTHERS_BELOW = 0x20000, 0x10000
"""Letters with case, and all but letters and digits, are below these code points."""
FULL_STOP, GUILLEMET, BRACKET = np.uint32(ord(".")), np.uint32(ord("»")), np.uint32(ord("("))
ABBREVIATIONS = np.array([[*map(ord, word)] for word in THREE_LETTERS], np.uint32)
MOST_FIGURES = 3
PATTERNS = (
    (SPACE, r"\s"),
    (LETTER, r"[^\W\d_]"),
    (DIGIT, r"\d"),
    (CAPITAL, "[A-ZÀ-ÞА-Я]"),
    (SMALL, "[a-zà-ÿа-я]"),
    (OPENING, r"[\s(“\"']"),
    (POINT, "[.!?…؟۔।]"),
    (WIDE, "[。！？｡]"),
    (LINE, r"\n"),
    (POINT_CLOSER, r"[\"'”’»)\]]"),
    (WIDE_CLOSER, r"[」』”’）)\]]"),
    (BEFORE_GUILLEMET, "[ \u00a0\u202f]"),
)


@cache
def character_classes() -> NDArray[np.uint16]:
    """What matters of every code point to where sentences end: flags, shape (0x110000,)."""
    return kept_tables("classes", b"", (__file__, packing.__file__), lambda: {"": _classes()})[""]


def _classes() -> NDArray[np.uint16]:
    classes = np.zeros(N_POINTS, np.uint16)
    characters = assigned_characters()
    for flag, pattern in PATTERNS:
        among = characters if flag in (LETTER, DIGIT) else characters[:OTHERS_BELOW]
        for match in re.finditer(f"{pattern}+", among):
            classes[ASSIGNED[match.start() : match.end()]] |= flag
    cased = characters[:CASED_BELOW]
    is_lower = np.fromiter(map(str.islower, cased), bool, CASED_BELOW)
    is_cased = is_lower | np.fromiter(map(str.istitle, cased), bool, CASED_BELOW)
    classes[:CASED_BELOW] |= np.where(is_lower, LOWER, np.where(is_cased, UPPER, 0)).astype(np.uint16)
    return classes


class Sentences(NamedTuple):
    """Sentences of a batch of texts, text after text.

    spans: int64 (n, 2), each from the beginning of its text; first: int64 (n_texts + 1,), the first of each text;
    sentence_of: int32 (n_codes,), the number of the one that each code point of the packed batch belongs to.
    """

    spans: NDArray[np.int64]
    first: NDArray[np.int64]
    sentence_of: NDArray[np.int32]


def find_sentences(texts: Sequence[str], packed_offsets: NDArray[np.int64]) -> Sentences:
    """The sentences of texts, and where they stand among the code points that `packing.pack` makes of them."""
    codes, offsets = join_terms(texts)
    spans, first = np.empty((len(codes) + 1, 2), np.int64), np.zeros(len(offsets), np.int64)
    _split_texts(codes, offsets, character_classes(), spans, first)
    found = Sentences(spans[: first[-1]].copy(), first, np.zeros(packed_offsets[-1], np.int32))
    lengths, is_odd = np.empty(first[-1], np.int64), np.zeros(first[-1], np.bool_)
    _measure(codes, offsets, folding_table(), found, lengths, is_odd)
    for text in np.unique(np.searchsorted(first, np.flatnonzero(is_odd), side="right") - 1).tolist():
        _mend(text, texts[text], packed_offsets, found, lengths, is_odd)
    _number_codes(packed_offsets, found, lengths)
    return found


def _mend(text: int, content: str, packed_offsets: Any, found: Sentences, lengths: Any, is_odd: Any) -> None:
    """Give the odd sentences of a text the lengths that they have normalised; as `alignment.number_parts`."""
    first, end = found.first[text : text + 2].tolist()
    for sentence in (first + np.flatnonzero(is_odd[first:end])).tolist():
        start = found.spans[sentence, 0] if sentence > first else 0
        lengths[sentence] = len(normalize(content[start : start + lengths[sentence]]))
    if lengths[first:end].sum() != packed_offsets[text + 1] - packed_offsets[text] - 1:
        numbers = number_parts(content, found.spans[first:end, 0].tolist())
        lengths[first:end] = np.bincount(numbers, minlength=end - first)


@numba.njit(cache=True, nogil=True)
def pick_strongest(sums: Any, sentences: Any, evidence: Any) -> None:
    """For each text and column of `sums` (n_sentences, k), put the first sentence with the largest into `evidence`."""
    spans, first, _ = sentences
    for text in range(len(first) - 1):
        for column in range(sums.shape[1]):
            best = first[text]
            for sentence in range(first[text] + 1, first[text + 1]):
                if sums[sentence, column] > sums[best, column]:
                    best = sentence
            if best < first[text + 1]:
                evidence.starts[text, column], evidence.ends[text, column] = spans[best, 0], spans[best, 1]
                evidence.contributions[text, column] = sums[best, column]


@numba.njit(cache=True, nogil=True)
def _measure(codes: Any, offsets: Any, folding: Any, found: Any, lengths: Any, is_odd: Any) -> None:
    """Length of each sentence up to the next one, and whether normalising may change it."""
    spans, first, _ = found
    for text in range(len(offsets) - 1):
        start = 0
        for sentence in range(first[text], first[text + 1]):
            end = spans[sentence + 1, 0] if sentence + 1 < first[text + 1] else offsets[text + 1] - offsets[text]
            lengths[sentence] = end - start
            highest = np.uint32(0)
            for position in range(offsets[text] + start, offsets[text] + end):
                highest = max(highest, folding[codes[position]])
            is_odd[sentence], start = highest == IRREGULAR, end


@numba.njit(cache=True, nogil=True)
def _number_codes(packed_offsets: Any, found: Any, lengths: Any) -> None:
    """Number the code points of sentences that follow each other in these lengths."""
    _, first, sentence_of = found
    for text in range(len(first) - 1):
        start = packed_offsets[text]
        for sentence in range(first[text], first[text + 1]):
            sentence_of[start : start + lengths[sentence]] = sentence
            start += lengths[sentence]


@numba.njit(cache=True, nogil=True)
def _split_texts(codes: Any, offsets: Any, classes: Any, spans: Any, first: Any) -> None:
    n = 0
    for text in range(len(offsets) - 1):
        n = _split(codes, offsets[text], offsets[text + 1], classes, spans, n)
        first[text + 1] = n


@numba.njit(inline="always")
def _split(codes: Any, start: int, end: int, classes: Any, spans: Any, n: int) -> int:
    """Add the sentences of codes[start:end] to the n spans."""
    begin = position = start
    while position < end:
        if not classes[codes[position]] & STOP:
            position += 1
            continue
        stop, onward = _stop_at(codes, position, (start, end), classes)
        if stop < 0 or (
            stop == position + 1
            and codes[position] == FULL_STOP
            and _goes_on(codes, (start, begin, position, end), classes)
        ):
            position = onward
            continue
        n = _append(codes, begin, stop, start, classes, spans, n)
        begin = position = stop
    return _append(codes, begin, end, start, classes, spans, n)


@numba.njit(inline="always")
def _stop_at(codes: Any, position: int, within: tuple[int, int], classes: Any) -> tuple[int, int]:
    """Where a sentence that stops at a mark ends, -1 if it does not, and where to go on reading."""
    start, end = within
    kind, onward = classes[codes[position]], position + 1
    if kind & LINE:
        onward = _past(codes, onward, end, classes, SPACE)
        return onward, onward
    if kind & WIDE:
        onward = _past(codes, onward, end, classes, WIDE)
        onward = _past(codes, onward, end, classes, WIDE_CLOSER)
        return onward, onward
    onward = _past(codes, onward, end, classes, POINT)
    if position > start and classes[codes[position - 1]] & POINT:
        return -1, onward
    stop, closed = -1, onward
    while closed < end:
        if classes[codes[closed]] & POINT_CLOSER:
            closed += 1
        elif classes[codes[closed]] & BEFORE_GUILLEMET and closed + 1 < end and codes[closed + 1] == GUILLEMET:
            stop, closed = closed, closed + 2
        else:
            break
    if closed < end and classes[codes[closed]] & SPACE:
        stop = closed
    return stop, onward if stop < 0 else stop


@numba.njit(inline="always")
def _past(codes: Any, position: int, end: int, classes: Any, flag: int) -> int:
    """The first place from `position` on that has not the flag."""
    while position < end and classes[codes[position]] & flag:
        position += 1
    return position


@numba.njit(cache=True, nogil=True)
def _goes_on(codes: Any, places: tuple[int, int, int, int], classes: Any) -> bool:
    """Whether a sentence goes on after a full stop. places: where text, sentence, stop and text's end are."""
    start, begin, stop, end = places
    number = _past(codes, begin, stop, classes, SPACE)
    number += number < stop and codes[number] == BRACKET
    if 0 < stop - number <= MOST_FIGURES and _past(codes, number, stop, classes, DIGIT) == stop:
        return True
    after = 0
    for position in range(stop + 1, min(stop + 3, end)):
        after |= classes[codes[position]]
    if after & LOWER and not after & UPPER:
        return True
    return _is_abbreviation(codes, max(start, stop - LONGEST_BEFORE), stop, classes)


@numba.njit(inline="always")
def _is_abbreviation(codes: Any, start: int, stop: int, classes: Any) -> bool:
    """Whether an initial, or a short abbreviation, stands before a full stop; nothing before `start` is looked at."""
    first = stop - 1
    if first < start or not classes[codes[first]] & LETTER:
        return False
    if _opens(codes, first, start, classes):
        return True
    while first - 2 >= start and codes[first - 1] == FULL_STOP and classes[codes[first - 2]] & LETTER:
        first -= 2
    if first < stop - 1 and (
        _opens(codes, first, start, classes)
        or (first > start and classes[codes[first - 1]] & LETTER and _opens(codes, first - 1, start, classes))
    ):
        return True
    if (
        stop - 2 >= start
        and classes[codes[stop - 2]] & CAPITAL
        and classes[codes[stop - 1]] & SMALL
        and _opens(codes, stop - 2, start, classes)
    ):
        return True
    if stop - 3 < start or not _opens(codes, stop - 3, start, classes):
        return False
    for word in range(len(ABBREVIATIONS)):
        known = ABBREVIATIONS[word]
        if known[0] == codes[stop - 3] and known[1] == codes[stop - 2] and known[2] == codes[stop - 1]:
            return True
    return False


@numba.njit(inline="always")
def _opens(codes: Any, position: int, start: int, classes: Any) -> bool:
    """Whether a word may begin here."""
    return position == start or (classes[codes[position - 1]] & OPENING) != 0


@numba.njit(inline="always")
def _append(codes: Any, begin: int, end: int, start: int, classes: Any, spans: Any, n: int) -> int:
    begin = _past(codes, begin, end, classes, SPACE)
    while end > begin and classes[codes[end - 1]] & SPACE:
        end -= 1
    spans[n, 0], spans[n, 1] = begin - start, end - start
    return n + 1 if begin < end else n
