"""A text as received becomes a Document: cleaned, with its language, title, date, source and id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from pipeline.ingest.date_lines import DateLine, date_lines, lines_with_years
from pipeline.ingest.date_mentions import DateOrder
from pipeline.ingest.date_order import slash_order
from pipeline.ingest.dates import date_of_cell, date_of_file_name, date_of_opening, date_of_text
from pipeline.ingest.language import Language, languages_of
from pipeline.ingest.normal_text import normalized
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.page_facts import date_of_markup, date_of_page, site_of_page, title_element
from pipeline.ingest.received import Received
from pipeline.ingest.titles import N_LINES_TRIED, first_line, page_title, tidy_title
from pipeline.types import Cleaned, Document, PublicationDate, Removed, Skipped, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.ingest.recurring import Recurring


LEAST_BYTES_OF_A_SENTENCE = 60
_DAY_MAY_BE_SECOND = frozenset(("en", "tl", "ko", "ja", "zh", "und"))
_KEPT_WHOLE = "cleaning found no main text; the text is kept as received"


@dataclass(frozen=True, slots=True)
class CleanedText:
    """A text as received but with its characters normalized, and what cleaning made of it."""

    received: Received
    cleaned: Cleaned


def clean(received: Received, options: ReadOptions, recurring: Recurring | None = None) -> CleanedText:
    """Clean one text or page; with `options.clean` false a text stays as it is and a page is only flattened.

    A text that cleaning would drop whole, though it has lines as long as sentences, is kept whole with a warning.
    """
    content = normalized(received.content)
    if content is not received.content:
        received = replace(received, content=content)
    return clean_normalized([received], options, [recurring])[0]


def clean_normalized(
    items: Sequence[Received], options: ReadOptions, recurring: Sequence[Recurring | None]
) -> list[CleanedText]:
    """`clean` of texts that are `normalized` already, each with the lines that recur in its source."""
    dumps = [(item.content, counts) for item, counts in zip(items, recurring, strict=True) if not item.is_html]
    of_dumps = iter(_clean_dumps(dumps) if options.clean else [_unchanged(content) for content, _ in dumps])
    return [
        _or_whole(item, _main_text(item, counts) if item.is_html else next(of_dumps), options)
        for item, counts in zip(items, recurring, strict=True)
    ]


def _clean_dumps(dumps: Sequence[tuple[str, Recurring | None]]) -> list[Cleaned]:
    from pipeline.ingest.clean import clean_texts

    return clean_texts([content for content, _ in dumps], [counts for _, counts in dumps])


def _main_text(page: Received, recurring: Recurring | None) -> Cleaned:
    from pipeline.ingest.clean import clean_html

    return clean_html(page.content, recurring=recurring)


def _or_whole(received: Received, cleaned: Cleaned, options: ReadOptions) -> CleanedText:
    """What cleaning made of a text; all of it where that is wanted, or where it dropped sentences and kept nothing."""
    if (cleaned.text or not _has_sentence(cleaned)) if options.clean else not received.is_html:
        return CleanedText(received, cleaned)
    if options.clean and _KEPT_WHOLE not in received.warning:
        received = replace(received, warning="; ".join(filter(None, (received.warning, _KEPT_WHOLE))))
    whole = "\n".join(all_lines(cleaned)) if received.is_html else received.content
    return CleanedText(received, _unchanged(whole, cleaned.title))


def _has_sentence(cleaned: Cleaned) -> bool:
    return any(len(removed.line.encode()) >= LEAST_BYTES_OF_A_SENTENCE for removed in cleaned.removed)


def _unchanged(content: str, title: str | None = None) -> Cleaned:
    """All of `content` but the blanks around it."""
    text = content.strip()
    return Cleaned(text, (), title, (Span(0, len(content) - len(content.lstrip()), len(text)),))


def document(item: CleanedText) -> Document | Skipped:
    """The finished document, or a Skipped when cleaning left no text."""
    return documents([item])[0]


def documents(items: Sequence[CleanedText]) -> list[Document | Skipped]:
    """The finished documents, each as `document` gives it.

    A fact is found for all before the next one is: the processor's caches then hold what it needs.
    """
    kept = [item for item in items if not _is_blank(item)]
    languages = languages_of([item.cleaned.text for item in kept])
    titles = [title_of(item.received, item.cleaned) for item in kept]
    dates = publication_dates(kept, [language.code for language in languages])
    found = map(_document, kept, languages, titles, dates)
    return [_left_out(item.received) if _is_blank(item) else next(found) for item in items]


def _is_blank(item: CleanedText) -> bool:
    text = item.cleaned.text
    return not text or text.isspace()


def _left_out(received: Received) -> Skipped:
    reason = "no main text: every line looks like page furniture" if received.content.strip() else "empty"
    return Skipped(received.source, reason, received.location)


def _document(item: CleanedText, language: Language, title: str, date: PublicationDate) -> Document:
    received, cleaned = item.received, item.cleaned
    return Document(
        id=received.id or document_id(received.source, cleaned.text),
        text=cleaned.text,
        title=title,
        language=language.code,
        other_languages=tuple([code for code, _ in language.others]),
        date=date,
        source=received.source,
        location=received.location,
        sha256=received.sha256,
        removed=_with_warning(cleaned.removed, received.warning),
    )


def title_of(received: Received, cleaned: Cleaned) -> str:
    """What a field or an envelope says, else the page's own title or heading, else how the text begins."""
    title = received.title or cleaned.title or ""
    if title and received.is_html and not received.title:
        above = all_lines(cleaned, before=_start(cleaned)) + cleaned.text[:2_000].split("\n")[:N_LINES_TRIED]
        title = page_title(title, title_element(received.content), above)
    return tidy_title(title) or first_line(cleaned.text)


def document_id(source: str, text: str) -> str:
    """16 hexadecimal digits of the SHA-256 of source and clean text: the same on every machine and in every run."""
    return sha256(f"{source}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def publication_dates(items: Sequence[CleanedText], languages: Sequence[str]) -> list[PublicationDate]:
    """What `publication_date` gives for each text and its language."""
    texts = [place for place, item in enumerate(items) if not item.received.is_html and not item.received.date]
    shown = [items[place].received.content for place in texts]
    lines = dict(zip(texts, date_lines(shown, [_start(items[place].cleaned) for place in texts]), strict=True))
    found = enumerate(zip(items, languages, strict=True))
    return [publication_date(item.received, item.cleaned, code, lines.get(place)) for place, (item, code) in found]


def publication_date(
    received: Received, cleaned: Cleaned, language: str, lines: Sequence[DateLine] | None = None
) -> PublicationDate:
    """The first that is found: the table's or front matter's field, the page's metadata, its address, the text, ...

    Where 4/5/2023 can be read both ways, the rest of the document tells how, or the year is all that is known. `lines`:
    those of the text that may hold a date, where they are known.
    """
    order: DateOrder = "" if language in _DAY_MAY_BE_SECOND else "day"
    date = _date(received, cleaned, order, lines)
    if date.precision == "year" and not order and (date.origin == "text" or "/" in received.date):
        order = slash_order(f"{received.date}\n{received.content}", received.source)
        date = _date(received, cleaned, order, lines) if order else date
    return date


def _date(received: Received, cleaned: Cleaned, order: DateOrder, lines: Sequence[DateLine] | None) -> PublicationDate:
    if received.date:
        date = date_of_cell(received.date, order)
        if date.value:
            return date
    if received.is_html:
        date = date_of_page(received.content)
        if date.value:
            return date
    date = date_of_text(_lines(received, cleaned) if lines is None else lines, cleaned.text, order=order)
    if not date.value and received.is_html:
        date = date_of_markup(received.content)
    if not date.value and received.name:
        date = date_of_file_name(received.name)
    return date if date.value else date_of_opening(cleaned.text)


def _lines(received: Received, cleaned: Cleaned) -> Iterable[DateLine]:
    """Those of the text as received, of a page as it is shown, that may hold a date."""
    if not received.is_html:
        return lines_with_years(received.content, _start(cleaned))
    start = sum(len(line) + 1 for line in all_lines(cleaned, before=_start(cleaned))) if cleaned.spans else 0
    return lines_with_years("\n".join(all_lines(cleaned)), start)


def _start(cleaned: Cleaned) -> int:
    return cleaned.spans[0].original if cleaned.spans else 0


def source_of(received: Received) -> str:
    """A table's source column, else the page's own site, else what the folder stands for."""
    return (site_of_page(received.content) if received.is_html else "") or received.source


def all_lines(cleaned: Cleaned, *, before: int | None = None) -> list[str]:
    """Every line of the original, dropped ones included, in the original's order; only those before a position."""
    lines = [(removed.start, removed.line) for removed in cleaned.removed]
    lines += [(span.original, cleaned.text[span.cleaned : span.cleaned + span.length]) for span in cleaned.spans]
    return [line for start, line in sorted(lines) if before is None or start < before]


def _with_warning(removed: Sequence[Removed], warning: str) -> Sequence[Removed]:
    """What cleaning removed, after a warning about damage: a `Removed` of no line."""
    return (Removed("", f"warning: {warning}"), *removed) if warning else removed
