from __future__ import annotations

import time

import pytest

from pipeline.ingest.page_facts import date_of_markup, date_of_page, site_of_page


@pytest.mark.parametrize(
    ("head", "value", "origin"),
    [
        ('<meta property="article:published_time" content="2023-07-18T09:00:00Z">', "2023-07-18", "meta"),
        ("<meta content='2023.07.18' name='date'>", "2023-07-18", "meta"),
        ("<META NAME=DC.Date.Issued CONTENT=2023-07-18>", "2023-07-18", "meta"),
        ('<script type="application/ld+json">{"datePublished": "2023-07-18"}</script>', "2023-07-18", "meta"),
        ('<time class="x" datetime="2023-07-18">yesterday</time>', "2023-07-18", "meta"),
        ('<meta name="last-modified" content="2023-07-18">', "", "none"),
        ('<link rel="canonical" href="https://www.example.org/2023/07/18/a">', "2023-07-18", "url"),
        ('<meta property="og:url" content="https://example.org/news/2023/07/a">', "2023-07", "url"),
        ('<meta name="date" content="soon">', "", "none"),
        ("<title>18 July 2023</title>", "", "none"),
    ],
)
def test_date_of_page(head: str, value: str, origin: str) -> None:
    date = date_of_page(f"<html><head>{head}</head><body>text</body></html>")
    assert (date.value, date.origin) == (value, origin)


def test_publication_comes_before_other_dates() -> None:
    head = '<meta name="date" content="2024-01-01"><meta property="article:published_time" content="2023-07-18">'
    assert date_of_page(head).value == "2023-07-18"


@pytest.mark.parametrize(
    ("markup", "value"),
    [
        ('<span class="story-date"> May 31, 2024</span>', "2024-05-31"),
        ("<td id=pubtime>2012年01月12日 10:09</td>", "2012-01-12"),
        ('<div class="x entry_date"><div> October 12, 2017 </div></div>', "2017-10-12"),
        ('<div class="updated-date">May 31, 2024</div>', ""),
        ('<div class="candidate">May 31, 2024</div>', ""),
        ("<div>May 31, 2024</div>", ""),
    ],
)
def test_date_of_markup(markup: str, value: str) -> None:
    assert date_of_markup(markup).value == value


@pytest.mark.parametrize(
    ("head", "site"),
    [
        ('<link href="https://www.example.org/a" rel="canonical">', "example.org"),
        ('<meta property="og:url" content="http://news.example.or.kr:80/b">', "news.example.or.kr"),
        ('<link rel="canonical" href="/a">', ""),
        ('<link rel="canonical" href="http://[broken">', ""),
        ("", ""),
    ],
)
def test_site_of_page(head: str, site: str) -> None:
    assert site_of_page(head) == site


@pytest.mark.parametrize(
    "piece", ["<a ", "<meta ", "<meta name=", '<time "', "<link rel='", "<p class=date ", "<p class=date><b>"]
)
def test_hostile_markup_takes_no_time(piece: str) -> None:
    start = time.process_time()
    date_of_page(piece * (200_000 // len(piece)))
    date_of_markup(piece * (200_000 // len(piece)))
    site_of_page(piece * (200_000 // len(piece)))
    assert time.process_time() - start < 2
