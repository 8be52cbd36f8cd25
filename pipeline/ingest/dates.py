"""Publication dates in texts, table cells, file names and addresses, each with its precision and its origin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from pipeline.ingest.date_lines import DateLine
from pipeline.ingest.date_mentions import (
    BLANKS,
    LONGEST_REMEMBERED,
    MOST_WORDS,
    N_CHARS_BEFORE_YEAR,
    DateOrder,
    Mention,
    mentions_in_plain,
    plain,
    quarter_of_an_hour,
    valid_date,
)
from pipeline.types import NO_DATE, PublicationDate

N_CHARS_OF_LABEL = 30
LEAST_AFTER_DATELINE = 40
"""A text goes on behind its dateline."""
MOST_WORDS_AROUND = 12
"""A by-line has at most so many words beside its date."""

# What stands before a date, besides "date" and "dated", with at most a preposition between.
_LABELS = (
    "published|publication date|posted|released|release date|issued|"
    "작성일|등록일|게시일|배포일|보도일|보도일시|배포일시|일자|날짜|입력|발행일|"
    "发布时间|发布日期|日期|时间|發布日期|發布時間|発表日|公開日|掲載日|投稿日|配信日|日付|"
    "дата|опубликовано|дата публикации|publié|publiée|date de publication|mis en ligne|"
    "fecha|publicado|publicada|veröffentlicht|erschienen|datum|pubblicato|data|opublikowano|publicerad|"
    "تاريخ|تاريخ النشر|نشر|نُشر|yayın tarihi|tarih"
)
_LABEL = re.compile(rf"(?:\bdated?|{_LABELS})\W{{0,4}}(?:on|le|el|am|in data|a|em|den|в|:|：)?\W{{0,3}}$", re.I)
_IN_LABELS = ("date", *_LABELS.split("|"))
_IN_LABELS = tuple(label for label in _IN_LABELS if not any(part in label for part in _IN_LABELS if part != label))
"""One of them is in each of the labels."""
_SEPARATORS = ("•", "|", "·", "―", "–", "—")
_REVISIONS = (
    "update", "modif", "revis", "수정", "更新", "변경", "aktualis", "actualis", "обновл", "access", "retrieved",
    "copyright", "©",
)  # fmt: skip
_REVISIONS_IN_ASCII = tuple(filter(str.isascii, _REVISIONS))
_AFTER_DATELINE = re.compile(r"^\s*(?:\([^)]{1,40}\)\s*)?\.?\s?(?:[—–―:：)）\]】/|]|-{1,2}\s|[电電]|$)")
_OPENING = re.compile(r"^(?:on|le|el|am|op|em|il|den|w dniu|в|В)?\s*(?:\w+day\s)?$", re.I)
_FILE_DATE = re.compile(
    r"(?<![0-9A-Za-z])(20\d\d|19\d\d)([-_.]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?(?![0-9A-Za-z])"
)
_ADDRESS_DATE = re.compile(r"/(20\d\d|19\d\d)([-/]?)(0?[1-9]|1[0-2])(?:\2(0?[1-9]|[12]\d|3[01]))?(?=[-/_.]|$)")
_YEAR_ALONE = re.compile(r"^\D{0,3}((?:19|20)\d\d)(?:\.0)?\D{0,3}$")
_COMPACT = re.compile(r"^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_MONTH_ALONE = re.compile(r"^((?:19|20)\d\d)[-./](0?[1-9]|1[0-2])\.?$")


def date_of_cell(value: str, order: DateOrder = "") -> PublicationDate:
    """The date in a table's date column, however it is written; a lone year counts here."""
    value = plain(value.strip())
    for mention in mentions_in_plain(value, order):
        return PublicationDate(mention.value, mention.precision, "field")
    for pattern in (_COMPACT, _MONTH_ALONE, _YEAR_ALONE):
        found = pattern.match(value)
        if found:
            return valid_date(found.groups(), "field")
    return NO_DATE


def date_of_meta(value: str) -> PublicationDate:
    """The date in a page's metadata."""
    found = date_of_cell(value)
    return PublicationDate(found.value, found.precision, "meta") if found.value else NO_DATE


def date_of_file_name(name: str) -> PublicationDate:
    """`2023-07-18 statement.txt`, `release_20230718.html`, `2023-07.txt`; digits inside a hash do not count."""
    found = _FILE_DATE.search(name)
    if not found or (not found[4] and not found[2]):
        return NO_DATE
    return valid_date((found[1], found[3], found[4]), "file")


def date_of_address(url: str) -> PublicationDate:
    """`https://example.org/2023/07/18/statement`."""
    found = _ADDRESS_DATE.search(url)
    if not found or (not found[4] and found[2] != "/"):
        return NO_DATE
    return valid_date((found[1], found[3], found[4]), "url")


def date_of_text(lines: Iterable[DateLine], body: str, *, order: DateOrder = "") -> PublicationDate:
    """The publication date that the text itself states: a labelled date, a dateline, a line that is a date.

    Of the text as received, since cleaning may drop the line, `lines` are those that may hold a date
    (`date_lines.lines_with_years`); `body` is the cleaned text. Of several the best stated counts, then the nearest to
    the beginning. A date that is merely mentioned is not a publication date. `order` tells how 4/5/2023 is to be read.
    """
    ranked = [found for line in lines for found in _rated(line, body, order)]
    return min(ranked, key=itemgetter(0, 1))[2] if ranked else NO_DATE


def date_of_opening(body: str) -> PublicationDate:
    """A full date at the very beginning of the text ("On 18 July 2023, the Council ..."): the last resort."""
    first = plain(body.lstrip().split("\n", 1)[0][:120])
    for mention in mentions_in_plain(first):
        if mention.precision == "day" and _OPENING.match(first[: mention.start]):
            return PublicationDate(mention.value, "day", "text")
    return NO_DATE


class _Reading(NamedTuple):
    """A date of a line and what the line says of it.

    `begins`: nothing stands before it; `is_labelled`: a label does; `is_dateline`: it is written as one where a text
    begins; `is_alone`: the line is little more than the date; `is_revision`: the day of a change.
    """

    date: PublicationDate
    begins: bool
    is_labelled: bool
    is_dateline: bool
    is_alone: bool
    is_revision: bool


def _rated(line: DateLine, body: str, order: DateOrder) -> Iterator[tuple[int, int, PublicationDate]]:
    """Dates of `line` that may be the publication date.

    Each with a rank (0 labelled, 1 dateline, 2 a line of its own near the start, 3 near the end) and its distance.
    """
    text = line.text
    may_be_dateline = len(text) > LEAST_AFTER_DATELINE and text[:20] in plain(body[:160])
    if not may_be_dateline and _has_many_words(text) and not _may_be_labelled(line):
        return
    for said in _readings(text, order):
        above = line.above() if said.begins else ""
        if said.is_labelled or (said.begins and len(above) < N_CHARS_OF_LABEL and _ends_in_label(above)):
            rank = 0
        elif may_be_dateline and said.is_dateline:
            rank = 1
        elif said.is_alone and (line.is_near_start or line.is_near_end):
            rank = 2 if line.is_near_start else 3
        else:
            continue
        if not (said.is_revision or _tells_revision(above[-N_CHARS_OF_LABEL:])):
            yield rank, line.distance, said.date


def _readings(text: str, order: DateOrder) -> tuple[_Reading, ...]:
    if len(text) > LONGEST_REMEMBERED:
        return tuple(_read(text, order))
    return _remembered(text, order, quarter_of_an_hour())


@lru_cache(maxsize=4096)  # releases of one day say it in the same line
def _remembered(text: str, order: DateOrder, _now: int) -> tuple[_Reading, ...]:
    return tuple(_read(text, order))


def _read(text: str, order: DateOrder) -> Iterator[_Reading]:
    for mention in mentions_in_plain(text, order):
        before, after = text[: mention.start], text[mention.end :]
        is_dateline = len(after) > LEAST_AFTER_DATELINE and mention.start <= 60 and _AFTER_DATELINE.match(after)
        yield _Reading(
            PublicationDate(mention.value, mention.precision, "text"),
            not before.strip(),
            bool(before.strip()) and _ends_in_label(before[-N_CHARS_OF_LABEL:]),
            bool(is_dateline),
            _is_date_line(text, mention),
            _tells_revision(before[-N_CHARS_OF_LABEL:]),
        )


def _has_many_words(text: str) -> bool:
    """More than a line has that is little more than a date."""
    most = MOST_WORDS_AROUND + MOST_WORDS
    return len(text) > 2 * most and len(text.split(None, most)) > most


def _may_be_labelled(line: DateLine) -> bool:
    """Whether a label may stand before a date of the line, or on the line above where nothing else does."""
    first = max(line.start, line.first_year - N_CHARS_BEFORE_YEAR - N_CHARS_OF_LABEL)
    if _holds_label(plain(line.shown[first : line.last_year])):
        return True
    begins_with_date = len(line.shown[line.start : line.first_year].lstrip(BLANKS)) <= N_CHARS_BEFORE_YEAR
    return begins_with_date and _holds_label(line.above()[:N_CHARS_OF_LABEL])


def _tells_revision(text: str) -> bool:
    words = _REVISIONS_IN_ASCII if text.isascii() else _REVISIONS
    return bool(text) and any(map(text.lower().__contains__, words))


def _ends_in_label(text: str) -> bool:
    return _holds_label(text) and _LABEL.search(text) is not None


def _holds_label(text: str) -> bool:
    """In a tenth of the time that the pattern takes."""
    text = text.lower()
    return any(map(text.__contains__, _IN_LABELS))


def _is_date_line(text: str, mention: Mention) -> bool:
    """The line is little more than the date ("Geneva, 18 July 2023"), or a by-line with separators."""
    before, after = text[: mention.start].rstrip(), text[mention.end :].lstrip()
    n_words_around = len(before.split()) + len(after.split())
    if before.endswith(_SEPARATORS) or after.startswith(_SEPARATORS):
        return n_words_around <= MOST_WORDS_AROUND
    return n_words_around <= 4 and len(before) + len(after) <= 40
