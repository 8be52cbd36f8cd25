"""Languages that show plainly, by compiled code; importing this module loads numba.

`plain_languages.plain_language` is its specification.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.code_points import Units, joined_code_points
from pipeline.ingest.plain_languages import LATIN, LEAST_LETTERS, LEAST_WORDS, LETTERS, NOT_PLAIN, Plain

U32, U64 = np.uint32, np.uint64
_WORDS = frozenset(chain.from_iterable((*own.common, *own.needed, *own.foreign) for own in LATIN.values()))
_ALPHABET = sorted(set("".join(_WORDS)))
OTHER, BLANK, BREAK, APOSTROPHE, FIRST_LETTER = range(5)
"""Signs of characters: of the letters of words the last one and those after it; `BREAK` ends a part."""
A_SIGN, L_SIGN = (U32(FIRST_LETTER + _ALPHABET.index(letter)) for letter in "al")
BITS_OF_SIGN, LONGEST_WORD = U64(5), max(map(len, _WORDS))
N_SIGNS, N_LETTERS = 0x3001, 0x700
"""What comes later is no blank, and no letter that is looked for, in any case."""
N_SLOTS, SLOT_SHIFT, SLOT_FACTOR = 512, U64(55), U64(0x9E3779B97F4A7C15)
FOREIGN_BIT, NEEDED_BIT = 8, 16
"""Bits of a word: n where it is common in the n-th language, n + 8 where it is foreign to it, and one if needed."""
IS_NEEDED, IS_FOREIGN = np.uint8(1), np.uint8(2)


def plain_languages(samples: Sequence[Sequence[str]], scripts: Sequence[str], evenness: float) -> list[Plain]:
    """As `plain_languages.plain_languages`."""
    found = [NOT_PLAIN] * len(samples)
    for script in ("Latn", *LETTERS):
        places = [place for place, own in enumerate(scripts) if own == script]
        name = _of_latin if script == "Latn" else _of_letters
        codes, evens = name([samples[place] for place in places], script, evenness) if places else ([], [])
        for place, code, is_even in zip(places, codes, evens, strict=True):
            found[place] = Plain(code, is_even) if code else NOT_PLAIN
    return found


def _of_latin(samples: Sequence[Sequence[str]], _script: str, evenness: float) -> tuple[list[str], list[bool]]:
    languages = ("", *LATIN)
    codes, evens = _by_words(*_joined(samples), _signs(), _word_table(), _rules(evenness))
    return [languages[code] for code in codes.tolist()], evens.tolist()


def _of_letters(samples: Sequence[Sequence[str]], script: str, _evenness: float) -> tuple[list[str], list[bool]]:
    own = LETTERS[script]
    found, evens = _by_letters(*_joined(samples), _letters(script), own.in_each)
    return [own.code if is_found else "" for is_found in found.tolist()], evens.tolist()


def _joined(samples: Sequence[Sequence[str]]) -> tuple[Units, NDArray[np.int64], NDArray[np.int64]]:
    """Code points of all parts, where each part ends in them, and where each sample ends among the parts."""
    codes, ends = joined_code_points(list(chain.from_iterable(samples)))
    return codes, ends, np.cumsum([0, *map(len, samples)])


@cache
def _signs() -> NDArray[np.uint8]:
    """The sign of each code point of a text in Latin letters, uint8 (N_SIGNS,)."""
    of_letters = {letter: FIRST_LETTER + number for number, letter in enumerate(_ALPHABET)}
    of_others = {"\0": BREAK, "'": APOSTROPHE, "’": APOSTROPHE}
    lowered = [chr(code).lower() for code in range(N_SIGNS)]
    return np.array(
        [BLANK if letter.isspace() else (of_letters | of_others).get(letter, OTHER) for letter in lowered], np.uint8
    )


@cache
def _word_table() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Words as numbers, 0 for none, and their bits, each in the slot where it is looked for or in the next free one."""
    words, bits = np.zeros(N_SLOTS, np.uint64), np.zeros(N_SLOTS, np.uint64)
    for word, said in _bits_of_words().items():
        value = 0
        for letter in word:
            value = (value << int(BITS_OF_SIGN)) + FIRST_LETTER + _ALPHABET.index(letter)
        slot = (value * int(SLOT_FACTOR) & (1 << 64) - 1) >> int(SLOT_SHIFT)
        while words[slot]:
            slot = (slot + 1) % N_SLOTS
        words[slot], bits[slot] = value, said
    return words, bits


def _bits_of_words() -> dict[str, int]:
    needed = sorted(set().union(*(own.needed for own in LATIN.values())))
    found = dict.fromkeys(_WORDS, 0)
    for number, own in enumerate(LATIN.values()):
        for word in _WORDS:
            found[word] |= (word in own.common) << number | (word in own.foreign) << FOREIGN_BIT + number
    for number, word in enumerate(needed):
        found[word] |= 1 << NEEDED_BIT + number
    return found


@cache
def _rules(evenness: float) -> tuple[NDArray[np.float64], NDArray[np.uint64], NDArray[np.float64]]:
    """Of each language the least share of common words, the bits of needed words, the least share in a part."""
    bits = _bits_of_words()
    needed = [sum(bits[word] >> NEEDED_BIT << NEEDED_BIT for word in own.needed) for own in LATIN.values()]
    shares = np.array([own.least_share for own in LATIN.values()])
    return shares, np.array(needed, np.uint64), evenness * shares


@cache
def _letters(script: str) -> NDArray[np.uint8]:
    """What each code point is in a text in this script, uint8 (N_LETTERS,)."""
    own = LETTERS[script]
    lowered = [set(chr(code).lower()) for code in range(N_LETTERS)]
    said = [IS_NEEDED * (own.needed in letters) | IS_FOREIGN * bool(own.foreign & letters) for letters in lowered]
    return np.array(said, np.uint8)


@numba.njit(cache=True, nogil=True)
def _by_words(codes: Any, ends: Any, samples: Any, signs: Any, table: Any, rules: Any) -> Any:
    """The number of the language of each sample, 0 for none, and whether each part looks like it."""
    shares, needed, shares_of_part = rules
    found, is_even = np.zeros(len(samples) - 1, np.int64), np.ones(len(samples) - 1, np.bool_)
    n_common, n_of_part = np.empty(len(shares), np.int64), np.empty(len(shares), np.int64)
    evens = np.empty(len(shares), np.bool_)
    for sample in range(len(found)):
        n_common[:], n_of_part[:], evens[:] = 0, 0, True
        n_words, n_words_of_part, seen = 0, 0, U64(0)
        for part in range(samples[sample], samples[sample + 1]):
            start, end = ends[part], ends[part + 1]
            while start <= end:
                start, value, is_break = _next_word(codes, start, end, signs)
                if value:
                    n_words_of_part += 1
                    said = _bits_of(value, table)
                    seen |= said
                    for i in range(len(shares)):
                        n_of_part[i] += np.int64((said >> U64(i)) & U64(1))
                if is_break:
                    n_words += n_words_of_part
                    for i in range(len(shares)):
                        evens[i] &= n_of_part[i] >= shares_of_part[i] * n_words_of_part
                        n_common[i] += n_of_part[i]
                        n_of_part[i] = 0
                    n_words_of_part = 0
        if n_words < LEAST_WORDS:
            continue
        for i in range(len(shares)):
            is_foreign = (seen >> U64(FOREIGN_BIT + i)) & U64(1)
            if not is_foreign and seen & needed[i] == needed[i] and n_common[i] >= shares[i] * n_words:
                found[sample], is_even[sample] = i + 1, evens[i]
                break
    return found, is_even


@numba.njit(inline="always")
def _next_word(codes: Any, i: Any, end: Any, signs: Any) -> Any:
    """Where to go on, the next word as a number (0: there is none, 1: one that no table has), and whether a part ends.

    A part ends at `end` and at each NUL, which is then one code point further.
    """
    value, n, last, is_break = U64(0), 0, U32(OTHER), False
    is_other: Any = False
    while True:
        sign = U32(BREAK)
        if i < end:
            sign = U32(signs[codes[i]]) if codes[i] < U32(N_SIGNS) else U32(OTHER)
        i += 1
        if sign == U32(BREAK):
            is_break = True
            break
        if sign == U32(BLANK):
            if n:
                break
            continue
        n += 1
        if sign == U32(APOSTROPHE) and last == L_SIGN:  # as if it were "la "
            value = (value << BITS_OF_SIGN) + U64(A_SIGN)
            break
        is_other |= sign < U32(FIRST_LETTER)
        value, last = (value << BITS_OF_SIGN) + U64(sign), sign
    if not n:
        return i, U64(0), is_break
    return i, U64(1) if is_other or n > LONGEST_WORD else value, is_break


@numba.njit(inline="always")
def _bits_of(word: Any, table: Any) -> Any:
    words, bits = table
    slot = np.int64((word * SLOT_FACTOR) >> SLOT_SHIFT)
    while words[slot] and words[slot] != word:
        slot = (slot + 1) & (N_SLOTS - 1)
    return bits[slot]


@numba.njit(cache=True, nogil=True)
def _by_letters(codes: Any, ends: Any, samples: Any, letters: Any, in_each: Any) -> Any:
    """Whether each sample is in the language of these letters, and whether each part looks like it."""
    found, is_even = np.zeros(len(samples) - 1, np.bool_), np.ones(len(samples) - 1, np.bool_)
    for sample in range(len(found)):
        first, last = samples[sample], samples[sample + 1]
        if ends[last] - ends[first] < LEAST_LETTERS:
            continue
        every, each = np.uint8(0), IS_NEEDED
        for part in range(first, last):
            said = np.uint8(0)
            for code in codes[ends[part] : ends[part + 1]]:
                if code < U32(N_LETTERS):
                    said |= letters[code]
            every |= said
            each &= said
        found[sample] = every == IS_NEEDED
        is_even[sample] = not in_each or each == IS_NEEDED or not found[sample]
    return found, is_even
