"""Whether 4/5/2023 is a day of April or of May, by what else a document and its address say."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator

from pipeline.ingest.date_mentions import DateOrder, written_dates

N_CHARS_SEARCHED = 20_000

_SLASHED = re.compile(r"(?<![\d./])(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?!\d)")
_HOST = re.compile(r"(?:^|[/@\s])(?:[\w-]+\.)+([a-z]{2,4})(?=$|[/:\s])", re.I)
# fmt: off
_DAY_FIRST_HOSTS = frozenset({
    "uk", "au", "nz", "ie", "in", "za", "eu", "sg", "my", "hk", "pk", "ng", "ke", "gh", "lk", "bd", "mt",
    "cy", "ug", "tz",
})
# fmt: on
_MONTH_FIRST_HOSTS = frozenset({"us", "gov", "mil", "edu", "ph"})
_BRITISH = re.compile(r"\b(?:defence|centre|programme|labour|colour|favour|behaviour|neighbour|honour)s?\b", re.I)
_AMERICAN = re.compile(r"\b(?:defense|center|labor|color|favor|behavior|neighbor|honor)s?\b", re.I)


def slash_order(text: str, source: str) -> DateOrder:
    """Which part comes first in the slashed dates of a text from `source` (a host, if known); "" where none can tell.

    The first evidence that is all of one kind counts: the same date written out; other slashed dates ("25/4/2023"); the
    source's country; how dates are written out ("25 April" or "April 25"); British or American spelling.
    """
    text = text[:N_CHARS_SEARCHED]
    slashed = [(int(first), int(second), int(year)) for first, second, year in _SLASHED.findall(text)]
    written = list(written_dates(text))
    evidence: tuple[Iterable[DateOrder], ...] = (
        _meant(slashed, {value for value, _ in written}),
        _unambiguous(slashed),
        _of_host(source),
        (order for _, order in written),
        _of_spelling(text),
    )
    for found in map(set, evidence):
        if len(found) == 1:
            return found.pop()
    return ""


def _meant(slashed: Iterable[tuple[int, int, int]], written: set[str]) -> Iterator[DateOrder]:
    for first, second, year in slashed:
        readings: dict[DateOrder, str] = {"day": _iso(year, second, first), "month": _iso(year, first, second)}
        if readings["day"] != readings["month"]:
            yield from (order for order, value in readings.items() if value and value in written)


def _iso(year: int, month: int, day: int) -> str:
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""


def _unambiguous(slashed: Iterable[tuple[int, int, int]]) -> Iterator[DateOrder]:
    for first, second, _ in slashed:
        if first > 12 >= second:
            yield "day"
        elif second > 12 >= first:
            yield "month"


def _of_host(source: str) -> Iterator[DateOrder]:
    found = _HOST.search(source)
    country = found[1].lower() if found else ""
    if country in _DAY_FIRST_HOSTS:
        yield "day"
    elif country in _MONTH_FIRST_HOSTS:
        yield "month"


def _of_spelling(text: str) -> Iterator[DateOrder]:
    if _BRITISH.search(text):
        yield "day"
    if _AMERICAN.search(text):
        yield "month"
