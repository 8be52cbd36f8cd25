"""The lines of texts in which a date may stand, by compiled code; importing this module loads numba.

`date_lines.lines_with_years` says which lines have years. Of these are left out those where no sign or name of a month
stands beside a year, so that `date_mentions.mentions` finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from pipeline.ingest import date_lines as lines
from pipeline.ingest.code_points import in_batches, joined_code_points
from pipeline.ingest.date_lines import DateLine, lines_with_years
from pipeline.ingest.date_mentions import (
    BLANKS,
    ERAS,
    LETTERS,
    MONTH_WORDS,
    N_CHARS_AFTER_YEAR,
    N_CHARS_BEFORE_YEAR,
    ZEROS,
    plain,
)

N_CHARS, MOST_CHARS = 65_536, 20_000
"""Longer texts are read without compiled code, which would read all of them."""
AROUND_START, NEAR_END, N_NEAR_END = lines.N_CHARS_AROUND_START, lines.N_CHARS_NEAR_END, lines.N_LINES_NEAR_END
BEFORE_START, AFTER_START, FAR = lines.N_LINES_BEFORE_START, lines.N_LINES_AFTER_START, lines.FAR
BEFORE_DATE, MOST_READ = lines.N_CHARS_BEFORE_DATE, lines.MOST_CHARS
U32 = np.uint32
LINE_FEED, STOP_SIGN, ZERO, ONE, TWO, FOUR, FIVE, NINE = (U32(ord(sign)) for sign in "\n.012459")
YEAR_SIGN, DOTTED_I = U32(ord("年")), U32(ord("İ"))
SIGNS, UNITS, THANG = (tuple(U32(ord(sign)) for sign in signs) for signs in ("-./", "년年", "há"))
ERA_NAMES = tuple((U32(ord(name[0])), U32(ord(name[1]))) for name in ERAS)
OTHER_ZEROS = tuple(U32(ord(zero)) for zero in ZEROS)
THAI = U32(0x0E01), U32(0x0E4E - 0x0E01)
N_LOWERED, FINAL_SIGMA, IDEOGRAPHIC_SPACE = 0x2200, 0x3C2, 0x3000
"""All letters of months are below the first, in either case."""
N_HASHES, MASK, BLOCK = 1 << 16, (1 << 40) - 1, 32
TEXT, FIRST, START, STOP, FIRST_YEAR, LAST_YEAR, DISTANCE, IS_NEAR_START, IS_NEAR_END, N_FIELDS = range(10)
LEAST_OF_LINE = 3
"""The name of an era and the end of the line."""


def date_lines(texts: Sequence[str], body_starts: Sequence[int]) -> list[list[DateLine]]:
    """As `date_lines.date_lines`."""
    found = [
        [] if len(text) <= MOST_CHARS else list(lines_with_years(text, start))
        for text, start in zip(texts, body_starts, strict=True)
    ]
    short = [place for place, text in enumerate(texts) if len(text) <= MOST_CHARS]
    done = 0
    for batch in in_batches([texts[place] for place in short], N_CHARS):
        places = short[done : done + len(batch)]
        done += len(batch)
        rows, is_odd = _look(*joined_code_points(batch), np.array([body_starts[place] for place in places]), _tables())
        for text, *fields in rows.tolist():
            found[places[text]].append(_line(batch[text], fields))
        for text in np.flatnonzero(is_odd).tolist():
            found[places[text]] = list(lines_with_years(batch[text], body_starts[places[text]]))
    return found


def _line(text: str, fields: Sequence[int]) -> DateLine:
    first, start, stop, first_year, last_year, distance, is_near_start, is_near_end = fields
    read = plain(text[start:stop]).strip()
    return DateLine(text, first, start, first_year, last_year, read, distance, bool(is_near_start), bool(is_near_end))


class Tables(NamedTuple):
    """Of code points the small letter, 0 for none, whether it is blank, or a digit; hashes of the names of months."""

    lowered: NDArray[np.uint16]
    is_blank: NDArray[np.bool_]
    is_digit: NDArray[np.bool_]
    is_month: NDArray[np.bool_]


@cache
def _tables() -> Tables:
    letters = [chr(code) if LETTERS.match(chr(code)) else "" for code in range(N_LOWERED)]
    lowered = np.array([ord(letter.lower()[0]) if letter else 0 for letter in letters], np.uint16)
    lowered[FINAL_SIGMA] = ord("σ")
    is_blank, is_month = np.zeros(IDEOGRAPHIC_SPACE + 1, np.bool_), np.zeros(N_HASHES, np.bool_)
    is_blank[list(map(ord, BLANKS))] = True
    is_digit = np.array([chr(code).isdecimal() for code in range(IDEOGRAPHIC_SPACE)])
    for word in MONTH_WORDS:
        found = 0
        for letter in word:
            found = _hashed(found, int(lowered[ord(letter)]))
        is_month[found & N_HASHES - 1] = True
    return Tables(lowered, is_blank, is_digit, is_month)


def _hashed(value: Any, letter: Any) -> Any:
    return (value * 31 + letter) & MASK


_hash_on = numba.njit(_hashed, inline="always")


@numba.njit(cache=True, nogil=True)
def _look(codes: Any, ends: Any, body_starts: Any, tables: Any) -> Any:
    """Fields of lines, int32 (n_lines, N_FIELDS), and of each text whether it is to be read without compiled code."""
    n_texts, most = len(ends) - 1, 0
    for text in range(n_texts):
        most += 2 * (min(ends[text + 1] - ends[text], 2 * AROUND_START) // LEAST_OF_LINE + 1)
    rows, is_odd, n = np.empty((most, N_FIELDS), np.int32), np.zeros(n_texts, np.bool_), 0
    for text in range(n_texts):
        own, body_start, n_before = codes[ends[text] : ends[text + 1]], body_starts[text], n
        first, last = max(0, body_start - AROUND_START), body_start + AROUND_START
        if last >= len(own):
            n = _look_at(own, (first, len(own), body_start, True), tables, rows, n)
        else:
            n = _look_at(own, (first, last, body_start, False), tables, rows, n)
            if n >= 0:
                n = _look_at(own, (max(0, len(own) - NEAR_END), len(own), np.int64(-1), True), tables, rows, n)
        if n < 0:
            is_odd[text], n = True, n_before
        rows[n_before:n, TEXT] = text
    return rows[:n], is_odd


@numba.njit
def _look_at(codes: Any, part: Any, tables: Any, rows: Any, n: Any) -> Any:
    """Write the lines of a part, n of which are there already; how many there are then, -1 if the text is odd.

    part: where it begins and ends, where the main text begins or -1 if this is the end alone, whether it is the end.
    """
    first, last, body_start, is_end = part
    if _is_odd(codes[first:last]):
        return np.int64(-1)
    stop = last
    while is_end and stop > first and _in(codes[stop - 1], tables.is_blank):
        stop -= 1
    has_eras = _holds(codes[first:stop], YEAR_SIGN)
    near_end = _last_lines(codes, first, stop) if is_end else stop
    year = _next_year(codes, first, stop, has_eras)
    while year < stop:
        start, end, first_year, last_year, may_hold = year, year, year, year, False
        while start > first and codes[start - 1] != LINE_FEED:
            start -= 1
        while end < stop and codes[end] != LINE_FEED:
            end += 1
        read = min(end, start + MOST_READ)
        while year < end:
            last_year = year
            may_hold = may_hold or (year < read and _may_be_dated(codes, year, (start, read), tables))
            year = _next_year(codes, year + 1, stop, has_eras)
        if may_hold and first_year - start <= BEFORE_DATE:
            row = rows[n]
            row[FIRST], row[START], row[STOP] = first, start, read
            row[FIRST_YEAR], row[LAST_YEAR] = first_year, last_year
            distance = FAR if body_start < 0 else _count_feeds(codes, body_start, start)
            row[DISTANCE], row[IS_NEAR_START] = abs(distance), -BEFORE_START <= distance <= AFTER_START
            row[IS_NEAR_END] = is_end and end > near_end
            n += 1
    return n


@numba.njit
def _is_odd(codes: Any) -> Any:
    """It holds a digit or letter that `plain` reads otherwise, or what may be a year of Thailand: ". 25"."""
    odd: Any = False
    for i in range(len(codes)):
        code = U32(codes[i])
        odd |= U32(code - THAI[0]) <= THAI[1]
        for zero in OTHER_ZEROS:
            odd |= U32(code - zero) <= U32(9)
    for i in range(len(codes) - 3):
        is_after_stop = (codes[i] == STOP_SIGN) & (codes[i + 2] == TWO)
        odd |= is_after_stop & ((codes[i + 3] == FOUR) | (codes[i + 3] == FIVE))
    return odd


@numba.njit
def _holds(codes: Any, sign: Any) -> Any:
    found: Any = False
    for code in codes:
        found |= code == sign
    return found


@numba.njit
def _next_year(codes: Any, i: Any, last: Any, has_eras: Any) -> Any:
    """Where the next year begins from i on, as `date_mentions.year_places` says; `last` if there is none."""
    while i < last:
        while not has_eras and i + BLOCK < last and not _has_century(codes[i : i + BLOCK + 1]):
            i += BLOCK
        for place in range(i, min(i + BLOCK, last)):
            if _is_year(codes, place, last) or (has_eras and _is_era(codes, place, last)):
                return place
        i += BLOCK
    return last


@numba.njit(inline="always")
def _has_century(codes: Any) -> Any:
    found: Any = False
    for i in range(BLOCK):
        found |= _is_century(codes[i], codes[i + 1])
    return found


@numba.njit
def _count_feeds(codes: Any, first: Any, last: Any) -> Any:
    """How many line feeds stand between, less than none if `last` comes first."""
    n = 0
    for code in codes[min(first, last) : max(first, last)]:
        n += code == LINE_FEED
    return n if first <= last else -n


@numba.njit
def _last_lines(codes: Any, first: Any, last: Any) -> Any:
    """Where the line feed stands that begins the last `N_NEAR_END` lines, or before `first` if there is none."""
    n_feeds = 0
    for i in range(last - 1, first - 1, -1):
        n_feeds += codes[i] == LINE_FEED
        if n_feeds == N_NEAR_END:
            return i
    return first - 1


@numba.njit(inline="always")
def _skip_blank(codes: Any, i: Any, last: Any, is_blank: Any) -> Any:
    return i + 1 if i < last and _in(codes[i], is_blank) else i


@numba.njit(inline="always")
def _in(code: Any, kind: Any) -> Any:
    return code < len(kind) and kind[code]


@numba.njit(inline="always")
def _is_era(codes: Any, i: Any, last: Any) -> Any:
    found: Any = False
    if i + 1 < last:
        for one, other in ERA_NAMES:
            found |= (codes[i] == one) & (codes[i + 1] == other)
    return found


@numba.njit(inline="always")
def _is_year(codes: Any, i: Any, last: Any) -> Any:
    """At the end of a part three digits are enough."""
    if i + 2 >= last or not _is_century(codes[i], codes[i + 1]):
        return False
    return _is_digit(codes[i + 2]) and (i + 3 >= last or _is_digit(codes[i + 3]))


@numba.njit(inline="always")
def _is_century(first: Any, second: Any) -> Any:
    return ((first == TWO) & (second == ZERO)) | ((first == ONE) & (second == NINE))


@numba.njit(inline="always")
def _is_digit(code: Any) -> Any:
    return U32(code - ZERO) <= U32(9)


@numba.njit
def _may_be_dated(codes: Any, year: Any, line: Any, tables: Any) -> Any:
    """Whether a sign, a unit or the name of a month stands by a year, as patterns of dates need it."""
    first, last = max(line[0], year - N_CHARS_BEFORE_YEAR), min(line[1], year + N_CHARS_AFTER_YEAR)
    after = _skip_blank(codes, year + 4, last, tables.is_blank)
    if after < last and (codes[after] in SIGNS or codes[after] in UNITS):
        after = _skip_blank(codes, after + 1, last, tables.is_blank)
        if after < last and _in(codes[after], tables.is_digit):
            return True
    if year - 2 >= first and codes[year - 1] in SIGNS and _in(codes[year - 2], tables.is_digit):
        return True
    is_named, word = year > first and _in(codes[year - 1], tables.is_blank), 0
    for i in range(first, last):
        code = U32(codes[i])
        if code in (YEAR_SIGN, DOTTED_I) or (i >= first + 2 and code == THANG[1] and codes[i - 1] == THANG[0]):
            return True
        letter = np.int64(tables.lowered[code]) if code < U32(N_LOWERED) else 0
        if letter:
            word = _hash_on(word, letter)
        if word and (not letter or i + 1 == last):
            if is_named and tables.is_month[word & (N_HASHES - 1)]:
                return True
            word = 0
    return False
