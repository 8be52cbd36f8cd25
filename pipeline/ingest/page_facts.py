"""What an HTML page says about itself: publication date and site, from its metadata and its address."""

from __future__ import annotations

import html
import re
from itertools import islice
from urllib.parse import urlsplit

from pipeline.ingest.date_mentions import mentions
from pipeline.ingest.dates import date_of_address, date_of_meta
from pipeline.types import NO_DATE, PublicationDate

N_CHARS_SEARCHED = 200_000

_TAG = re.compile(r"<(?:meta|link)\s[^<>]{1,2000}>", re.I)
_ATTRIBUTE = re.compile(r"""([a-z][\w:.-]{0,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_JSON_DATE = re.compile(r'"(datePublished|dateCreated|uploadDate)"\s*:\s*"([^"]{4,40})"')
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{1,600})</title", re.I)
_TIME = re.compile(r"<time\s[^<>]{0,500}>", re.I)
_DATED = re.compile(
    r"""<[a-z]{1,6}\s[^<>]{0,200}?\b(?:class|id)=["']?([\w\s:.-]{0,80}?(?:date|pubtime|publish)[\w\s:.-]{0,80})[^<>]{0,300}>"""
    r"""(?:\s|<(?:div|span|p|b|i|em|strong)\b[^<>]{0,100}>){0,4}([^<>]{6,60})<""",
    re.I,
)
_OTHER_DATE = re.compile("updat|modif|edit|expir|event|start|end|birth|valid|candidate|today|current", re.I)
# The sooner in the list, the surer that it is the day of publication.
_DATE_NAMES = (
    "article:published_time", "datepublished", "citation_publication_date", "citation_date", "dc.date.issued",
    "dcterms.issued", "dcterms.date", "dc.date", "parsely-pub-date", "sailthru.date", "publishdate", "publish-date",
    "pubdate", "publication_date", "og:published_time", "date", "dcterms.created", "dc.date.created", "datecreated",
)  # fmt: skip


def date_of_page(page: str) -> PublicationDate:
    """Publication date by metadata (origin `meta`), else by the page's own address (`url`), else `NO_DATE`."""
    head = page[:N_CHARS_SEARCHED]
    metadata = _metadata(head)
    stated = [metadata[name] for name in _DATE_NAMES[:7] if name in metadata]
    stated += [value for name, value in _JSON_DATE.findall(head) if name == "datePublished"]
    stated += [metadata[name] for name in _DATE_NAMES[7:] if name in metadata]
    stated += [value for tag in _TIME.findall(head)[:3] if (value := _attributes(tag).get("datetime", ""))]
    for value in stated:
        date = date_of_meta(value)
        if date.value:
            return date
    address = _address(metadata)
    return date_of_address(urlsplit(address).path) if address else NO_DATE


def date_of_markup(page: str) -> PublicationDate:
    """The date in the first element whose class or id calls it one (`<span class="pubdate">`): surer than nothing."""
    for kind, shown in islice(_DATED.findall(page), 20):
        if not _OTHER_DATE.search(kind):
            for mention in mentions(html.unescape(shown)):
                return PublicationDate(mention.value, mention.precision, "meta")
    return NO_DATE


def title_element(page: str) -> str:
    """The text of the page's title element, else ""."""
    found = _TITLE.search(page, 0, N_CHARS_SEARCHED)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def site_of_page(page: str) -> str:
    """Host of the page's canonical address, without "www.", else ""."""
    try:
        host = urlsplit(_address(_metadata(page[:N_CHARS_SEARCHED]))).hostname
    except ValueError:
        return ""
    return (host or "").removeprefix("www.")


def _address(metadata: dict[str, str]) -> str:
    address = metadata.get("canonical") or metadata.get("og:url") or ""
    try:
        return address if urlsplit(address).netloc else ""
    except ValueError:
        return ""


def _metadata(head: str) -> dict[str, str]:
    """Content of `meta` by its name or property in lower case (the first of each), and the canonical link."""
    found: dict[str, str] = {}
    for tag in _TAG.findall(head)[:300]:
        attributes = _attributes(tag)
        if "canonical" in attributes.get("rel", "").lower():
            found.setdefault("canonical", attributes.get("href", ""))
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        if name:
            found.setdefault(name.lower(), attributes.get("content", ""))
    return found


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): html.unescape(a or b or c).strip() for name, a, b, c in _ATTRIBUTE.findall(tag)}
