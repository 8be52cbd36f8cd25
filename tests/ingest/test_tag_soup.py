"""Pages that take a parser quadratic time or memory are told before they are parsed, and keep their text."""

from __future__ import annotations

import time

import pytest

from pipeline.ingest.clean import clean_html
from pipeline.ingest.tag_soup import cut_tags, is_tag_soup

BODY = "<p>The delegations agreed to share reports on cables under the sea and to meet again in the spring.</p>" * 3
SOUPS = {
    "open tags": "<div>" * 20_000,
    "marks that open again in each paragraph": "".join(f"<p><b a={n}><i b={n}>x</p></x></y>" for n in range(4_000)),
    "options": "<select>" + "<option>one</option>" * 50_000 + "</select>",
    "options in capitals": "<SELECT>" + "<OPTION>one" * 50_000,
    "attributes": "<div " + " ".join(f"a{n}" for n in range(100_000)) + ">",
    "attributes with values": "<div " + "".join(f'a{n}="x y"' for n in range(100_000)) + ">",
    "attributes parted by strokes": "<div " + "/".join(f"a<{n}" for n in range(100_000)) + ">",
}
PAGES = {
    "plain": BODY * 3_000,
    "a list of countries": "<select>" + "<option>one</option>" * 2_000 + "</select>" + BODY,
    "a picture in the page": f'<img src="data:image/png;base64,{"A" * 500_000}">{BODY}',
    "data in a script": f'<script type="application/json">{{"a": [{"1, " * 100_000}1]}}</script>{BODY}',
    "data in an attribute": f"""<div data-a='{'{"k": 1}, ' * 50_000}'>{BODY}</div>""",
    "a few marks left open": "<p><b>One <i>two</p>" * 20 + BODY * 200,
}


@pytest.mark.parametrize("name", SOUPS)
def test_is_told_and_read_in_time(name: str) -> None:
    page = SOUPS[name] + BODY
    assert is_tag_soup(page)
    assert is_tag_soup(page.encode())
    start = time.process_time()
    cleaned = clean_html(page)
    assert any("meet again in the spring" in line for line in (cleaned.text, *(row.line for row in cleaned.removed)))
    assert time.process_time() - start < 10


@pytest.mark.parametrize("name", PAGES)
def test_other_pages_are_parsed(name: str) -> None:
    assert not is_tag_soup(PAGES[name])


def test_choices_of_forms_are_no_text() -> None:
    assert cut_tags("a<option value=1>one</option>b<p>c &amp; d").split("\n") == ["a", "", "b", "c & d"]
