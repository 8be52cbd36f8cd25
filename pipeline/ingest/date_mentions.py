"""Dates as they are written in a line: patterns for many languages, digits and calendars."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.ingest.month_names import MONTHS
from pipeline.types import NO_DATE, DateOrigin, DatePrecision, PublicationDate

DateOrder = Literal["day", "month", ""]
"""What comes first in 4/5/2023; "" where that is not known."""

FIRST_YEAR = 1945
N_YEARS_PER_LINE = 4
MOST_WORDS = 10
"""More than any pattern takes in."""
N_CHARS_BEFORE_YEAR, N_CHARS_AFTER_YEAR = 32, 26

LONGEST_REMEMBERED, _QUARTER_OF_AN_HOUR = 120, 900
_LETTER = r"(?:[^\W\d_]|[\u0900-\u0963\u0981-\u09cd\u0e01-\u0e4e])"  # Indian and Thai vowels are no \w
_NAME = rf"(?:(?:كانون|تشرين)\s\w+|{_LETTER}{{2,14}})"  # any word: `MONTHS` decides
_BOTH_NAMES = rf"(?:\s?[/(–-]\s?{_NAME}\)?)?"  # Arabic texts often give the month's two names
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_DAY_OF_MONTH = r"(?P<d>[0-3]?\d)"
ERAS = {"民國": 1911, "民国": 1911, "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_YEAR_FIRST, _YEAR_AND_UNIT, _ERA_YEAR, _DAY_NAME, _NAME_DAY, _YEAR_LAST, _NAME_ALONE, _NUMBERED_MONTH = (
    re.compile(pattern, re.I)
    for pattern in (
        # 2023-07-18, 2023.12.05., 2023/7/18, 2023. 12. 5.; also the first part of 2023-07-18T09:00
        rf"(?<![\d.]){_YEAR}\s?(?P<s>[-./])\s?(?P<m>[01]?\d)\s?(?P=s)\s?{_DAY_OF_MONTH}(?!\d)\.?",
        # 2023년 12월 5일, 2023年12月5日
        rf"(?<!\d){_YEAR}\s?[년年]\s?(?P<m>[01]?\d)\s?[월月](?:\s?{_DAY_OF_MONTH}\s?[일日])?",
        # 令和5年12月5日, 令和元年, 民國112年12月5日
        rf"(?P<era>{'|'.join(ERAS)})\s?(?P<y>[0-9]{{1,3}}|元)\s?年\s?(?P<m>[01]?\d)\s?月(?:\s?{_DAY_OF_MONTH}\s?日)?",
        # 18 July 2023, 18. Juli 2023, 18 de julio de 2023, 18 июля 2023 года, 18 يوليو 2023
        rf"(?<!\d){_DAY_OF_MONTH}(?:st|nd|rd|th|er|º)?\.?\s(?:de\s|of\s)?(?P<n>{_NAME}){_BOTH_NAMES}\.?,?\s(?:de\s|del\s|พ\.ศ\.\s)?{_YEAR}(?!\d)",
        # July 18, 2023
        rf"\b(?P<n>{_NAME}){_BOTH_NAMES}\.?\s{_DAY_OF_MONTH}(?:st|nd|rd|th)?,?\s{_YEAR}(?!\d)",
        # 18/07/2023, 18.07.2023, 7/18/2023
        rf"(?<![\d./]){_DAY_OF_MONTH}(?P<s>[./-])(?P<m>[0-3]?\d)(?P=s){_YEAR}(?!\d)",
        # July 2023, julio de 2023
        rf"\b(?P<n>{_NAME}){_BOTH_NAMES}\.?,?\s(?:de\s|of\s|del\s|พ\.ศ\.\s)?{_YEAR}(?!\d)",
        # ngày 18 tháng 7 năm 2023
        rf"(?<!\d)(?:{_DAY_OF_MONTH}\s)?tháng\s(?P<m>[01]?\d)(?:,?\snăm\s|/|-){_YEAR}(?!\d)",
    )
)
LETTERS = re.compile(rf"{_LETTER}+")
MONTH_WORDS = frozenset(name.split()[0] for name in MONTHS)
_ERA = re.compile("|".join(ERAS))
ZEROS = "٠۰０०০๐"
"""Of the other digits that are read."""
_DIGITS = {ord(zero) + digit: str(digit) for zero in ZEROS for digit in range(10)}
_OTHER_DIGITS = re.compile(f"[{''.join(map(chr, _DIGITS))}]")
_BUDDHIST_YEAR = re.compile(r"(?<=[\u0e01-\u0e4e.]\s)2[45]\d\d(?!\d)")
_SPACES = re.compile("[\u00a0\u2000-\u200f\u202a-\u202f\u3000]")
_OTHER_CENTURIES = tuple("١٢۱۲１２१२১২๑๒")
"""With one of these digits a year begins that is not written in Western ones."""
_NARROW_SPACES = re.compile(rb"\xe2\x80[\x80-\x8f\xaa-\xaf]")
BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u3000"
)
"""White space, and what `plain` makes spaces of."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A date as it stands in a line: `value` and the [start, end) of its characters."""

    value: str
    precision: DatePrecision
    start: int
    end: int


def mentions(line: str, order: DateOrder = "") -> tuple[Mention, ...]:
    """The dates in `line`, in order; each by the first pattern that matches around its year.

    A lone year is none; of "4/5/2023" the year is all that is sure, unless the order is known.
    """
    return mentions_in_plain(plain(line), order)


def mentions_in_plain(line: str, order: DateOrder = "") -> tuple[Mention, ...]:
    """`mentions` of a line that went through `plain`."""
    if len(line) > LONGEST_REMEMBERED:
        return tuple(_mentions_in(line, order))
    return _remembered(line, order, quarter_of_an_hour())


@lru_cache(maxsize=4096)  # a short line that may be a date is asked about while looking for the title and for the date
def _remembered(line: str, order: DateOrder, _now: int) -> tuple[Mention, ...]:
    return tuple(_mentions_in(line, order))


def quarter_of_an_hour() -> int:
    """In what is remembered about dates, since one that lies ahead is none; in no place do days begin between."""
    return int(time.time()) // _QUARTER_OF_AN_HOUR


def _mentions_in(line: str, order: DateOrder) -> Iterator[Mention]:
    done = 0
    for place in year_places(line)[:N_YEARS_PER_LINE]:
        if place < done:
            continue
        start = max(done, place - N_CHARS_BEFORE_YEAR)
        window = line[start : place + N_CHARS_AFTER_YEAR]
        found = _first_match(window, place - start)
        if not found:
            continue
        done = start + found.end()
        mention = _mention(found, start, order)
        if mention:
            yield mention


def year_places(text: str) -> list[int]:
    """Where four digits of a year from 1900 to 2099, or a Japanese era, begin; in order. Four times a regex's pace."""
    places = []
    for century in ("20", "19"):
        place = text.find(century)
        while place >= 0:
            last = text[place + 2 : place + 4]
            if last.isdecimal() and last.isascii():
                places.append(place)
            place = text.find(century, place + 1)
    if "年" in text:
        places += [found.start() for found in _ERA.finditer(text)]
    return sorted(places)


def _first_match(window: str, year_at: int) -> re.Match[str] | None:
    """The first pattern that takes in the year at `year_at`."""
    for pattern in _patterns_for(window, year_at):
        for found in pattern.finditer(window):
            if found.start() <= year_at < found.end() and _names_a_month(found):
                return found
    return None


def _patterns_for(window: str, year_at: int) -> Iterator[re.Pattern[str]]:
    """Those that the signs beside the year allow, in the order of preference."""
    before, after = window[max(0, year_at - 1) : year_at], window[year_at + 4 : year_at + 6]
    sign = after[1:] if after[:1].isspace() else after[:1]
    is_after_space = before.isspace() and not MONTH_WORDS.isdisjoint(LETTERS.findall(window.lower()))
    if sign and sign in "-./":
        yield _YEAR_FIRST
    elif sign and sign in "년年":
        yield _YEAR_AND_UNIT
    if "年" in window:
        yield _ERA_YEAR
    if "tháng" in window:
        yield _NUMBERED_MONTH
    if is_after_space:
        yield from (_DAY_NAME, _NAME_DAY, _NAME_ALONE)
    elif before and before in "-./":
        yield _YEAR_LAST


def _names_a_month(found: re.Match[str]) -> bool:
    name = found.groupdict().get("n")
    return name is None or name.lower() in MONTHS


def plain(text: str) -> str:
    """Western digits and plain spaces, and the Thai years of our era, character for character."""
    if text.isascii():
        return text
    data = text.encode("utf-8", "surrogatepass")
    if _may_hold_digits(data):
        return _plain(text)
    has_spaces = b"\xc2\xa0" in data or b"\xe3\x80\x80" in data or _NARROW_SPACES.search(data)
    return _SPACES.sub(" ", text) if has_spaces else text


def with_western_years(text: str) -> str:
    """As `plain`, but what is no part of a year may be left as it is, which saves most of its time."""
    if text.isascii():
        return text
    has_years = any(map(text.__contains__, _OTHER_CENTURIES)) or "24" in text or "25" in text
    return _plain(text) if has_years and _may_hold_digits(text.encode("utf-8", "surrogatepass")) else text


def _may_hold_digits(data: bytes) -> bool:
    """Whether UTF-8 may hold other digits or Thai letters: so these begin; in a tenth of the time of a pattern."""
    return b"\xd9" in data or b"\xdb" in data or b"\xe0" in data or b"\xef" in data


def _plain(text: str) -> str:
    text = _SPACES.sub(" ", text.translate(_DIGITS) if _OTHER_DIGITS.search(text) else text)
    return _BUDDHIST_YEAR.sub(lambda year: str(int(year[0]) - 543), text)


def _mention(found: re.Match[str], offset: int, order: DateOrder) -> Mention | None:
    parts = found.groupdict()
    year = parts["y"]
    if parts.get("era"):
        year = str(ERAS[parts["era"]] + (1 if year == "元" else int(year)))
    name = parts.get("n")
    month: str | None = str(MONTHS[name.lower()]) if name else str(parts["m"])
    day: str | None = parts.get("d")
    if parts.get("s") == "/" and found.start("d") < found.start("m"):
        month, day = _slashed(str(month), str(day), order)
    date = valid_date((year, month, day), "text")
    return Mention(date.value, date.precision, found.start() + offset, found.end() + offset) if date.value else None


def _slashed(month: str, day: str, order: DateOrder) -> tuple[str | None, str | None]:
    """Month and day of "4/29/2012" (American) or "29/4/2012"; neither where both make a date and none is known."""
    if int(month) > 12:
        return day, month
    if int(day) > 12 or int(day) == int(month) or order == "day":
        return month, day
    return (day, month) if order == "month" else (None, None)


def written_dates(text: str) -> Iterator[tuple[str, DateOrder]]:
    """The days written out with the name of a month: ISO 8601, and what comes first, the day or the month."""
    patterns: tuple[tuple[DateOrder, re.Pattern[str]], ...] = (("day", _DAY_NAME), ("month", _NAME_DAY))
    text = plain(text)
    for order, pattern in patterns:
        for found in pattern.finditer(text):
            mention = _mention(found, 0, order) if _names_a_month(found) else None
            if mention:
                yield mention.value, order


def valid_date(parts: tuple[str | None, ...], origin: DateOrigin) -> PublicationDate:
    """A `PublicationDate` of (year, month or None, day or None), or `NO_DATE` if there is no such day (yet)."""
    year, month, day = (int(part) if part else None for part in (*parts, None, None)[:3])
    try:
        value = datetime.date(year or 0, month or 1, day or 1)
    except ValueError:
        return NO_DATE
    today = datetime.date.today()
    if value.year < FIRST_YEAR or (value > today and value > today + datetime.timedelta(days=2)):
        return NO_DATE
    precision: DatePrecision = "day" if day else "month" if month else "year"
    return PublicationDate(value.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]], precision, origin)
