"""Publication dates in texts, table cells, file names and addresses, each with its precision and its origin."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.ingest.date_mentions import (
    BLANKS,
    MOST_WORDS,
    N_CHARS_BEFORE_YEAR,
    DateOrder,
    Mention,
    mentions_in_plain,
    plain,
    valid_date,
    with_western_years,
    year_places,
)
from pipeline.types import NO_DATE, PublicationDate

N_CHARS_AROUND_START = 1500
N_CHARS_NEAR_END = 400
N_LINES_BEFORE_START, N_LINES_AFTER_START = 25, 15
N_LINES_NEAR_END = 6
FAR = 1000
"""The distance of lines that stand elsewhere, near the end of the text."""
N_CHARS_OF_LABEL = 30
MOST_WORDS_AROUND = 12
"""A by-line has at most so many words beside its date."""
N_CHARS_BEFORE_DATE = 150
"""How near the beginning of the main text, or the end of the page, a line must stand that is only a date."""

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
_REVISION = re.compile("|".join(_REVISIONS), re.I)
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


def date_of_text(received: str, body: str, *, body_start: int = 0, order: DateOrder = "") -> PublicationDate:
    """The publication date that the text itself states: a labelled date, a dateline, a line that is a date.

    Looks at the text as received, since cleaning may drop the line; `body` is the cleaned text, which begins at
    `body_start` of the text received. Of several the best stated counts, then the nearest to the beginning. A date that
    is merely mentioned is not a publication date. `order` tells how 4/5/2023 is to be read.
    """
    opening = plain(body[:160])
    ranked = [
        found
        for part in _parts(received, body_start)
        for line in _lines_with_years(part.text)
        for found in _rated(line, part, opening, order)
    ]
    if not ranked:
        return NO_DATE
    *_, mention = min(ranked, key=lambda found: found[:2])
    return PublicationDate(mention.value, mention.precision, "text")


def date_of_opening(body: str) -> PublicationDate:
    """A full date at the very beginning of the text ("On 18 July 2023, the Council ..."): the last resort."""
    first = plain(body.lstrip().split("\n", 1)[0][:120])
    for mention in mentions_in_plain(first):
        if mention.precision == "day" and _OPENING.match(first[: mention.start]):
            return PublicationDate(mention.value, "day", "text")
    return NO_DATE


class _Part(NamedTuple):
    """A part of the text received, in Western digits, and at how many lines from its beginning the main text begins.

    `is_end` tells that it is looked at for being the end of the text alone, far from the beginning of the main text.
    """

    text: str
    n_lines_before: int
    reaches_end: bool
    is_end: bool = False


class _Line(NamedTuple):
    """A line with years: its text, its [start, end) in the part, and where its first and its last year begin."""

    text: str
    start: int
    end: int
    first_year: int
    last_year: int


def _parts(text: str, body_start: int) -> Iterator[_Part]:
    """What is near the beginning of the main text, and near the end of `text`."""
    first = max(0, body_start - N_CHARS_AROUND_START)
    last = body_start + N_CHARS_AROUND_START
    reaches_end = last >= len(text)
    part = with_western_years(text[first:last])
    n_lines_before = part.count("\n", 0, body_start - first)
    yield _Part(part.rstrip(BLANKS) if reaches_end else part, n_lines_before, reaches_end)
    if not reaches_end:
        end = with_western_years(text[-N_CHARS_NEAR_END:]).rstrip(BLANKS)
        yield _Part(end, 0, reaches_end=True, is_end=True)


def _lines_with_years(part: str) -> Iterator[_Line]:
    places = year_places(part)
    while places:
        start = part.rfind("\n", 0, places[0]) + 1
        end = part.find("\n", places[0])
        end = len(part) if end < 0 else end
        n_years = bisect_left(places, end)
        if places[0] - start <= N_CHARS_BEFORE_DATE:
            text = plain(part[start : min(end, start + 300)]).strip()
            yield _Line(text, start, end, places[0], places[n_years - 1])
        places = places[n_years:]


def _rated(line: _Line, part: _Part, opening: str, order: DateOrder) -> Iterator[tuple[int, int, Mention]]:
    """Dates of `line` that may be the publication date.

    Each with a rank (0 labelled, 1 dateline, 2 a line of its own near the start, 3 near the end) and its distance.
    """
    text = line.text
    may_be_dateline = text[:20] in opening
    if not may_be_dateline and _has_many_words(text) and not _may_be_labelled(line, part):
        return
    for mention in mentions_in_plain(text, order):
        before, after = text[: mention.start], text[mention.end :]
        previous = _previous(line, part) if not before.strip() else ""
        distance, near_start, near_end = _distance(line, part)
        if _is_labelled(before, previous):
            rank = 0
        elif may_be_dateline and mention.start <= 60 and _AFTER_DATELINE.match(after) and len(after) > 40:
            rank = 1
        elif (near_start or near_end) and _is_date_line(text, mention):
            rank = 2 if near_start else 3
        else:
            continue
        if not (_tells_revision(before[-N_CHARS_OF_LABEL:]) or _tells_revision(previous[-N_CHARS_OF_LABEL:])):
            yield rank, distance, mention


def _has_many_words(text: str) -> bool:
    """More than a line has that is little more than a date."""
    most = MOST_WORDS_AROUND + MOST_WORDS
    return len(text) > 2 * most and len(text.split(None, most)) > most


def _may_be_labelled(line: _Line, part: _Part) -> bool:
    """Whether a label may stand before a date of the line, or on the line above where nothing else does."""
    first = max(line.start, line.first_year - N_CHARS_BEFORE_YEAR - N_CHARS_OF_LABEL)
    if _holds_label(plain(part.text[first : line.last_year])):
        return True
    begins_with_date = len(part.text[line.start : line.first_year].lstrip(BLANKS)) <= N_CHARS_BEFORE_YEAR
    return begins_with_date and _holds_label(_previous(line, part)[:N_CHARS_OF_LABEL])


def _previous(line: _Line, part: _Part) -> str:
    """The line above."""
    before = part.text[max(0, line.start - 200) : line.start].rstrip(BLANKS)
    return plain(before[before.rfind("\n") + 1 :]).strip()


def _distance(line: _Line, part: _Part) -> tuple[int, bool, bool]:
    """How many lines from the main text's beginning, whether that is near, and whether the end of the text is."""
    near_end = part.reaches_end and part.text.count("\n", line.end) < N_LINES_NEAR_END
    if part.is_end:
        return FAR, False, near_end
    distance = part.text.count("\n", 0, line.start) - part.n_lines_before
    return abs(distance), -N_LINES_BEFORE_START <= distance <= N_LINES_AFTER_START, near_end


def _tells_revision(text: str) -> bool:
    if text.isascii():
        return bool(text) and any(map(text.lower().__contains__, _REVISIONS))
    return _REVISION.search(text) is not None


def _is_labelled(before: str, previous: str) -> bool:
    """A label like "Published:" stands just before the date or, where nothing does, alone on the line above."""
    if before.strip():
        return _ends_in_label(before[-N_CHARS_OF_LABEL:])
    return len(previous) < N_CHARS_OF_LABEL and _ends_in_label(previous)


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
