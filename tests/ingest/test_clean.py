from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
from builders import count_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.clean import N_AT_ONCE, clean_html, clean_text, clean_texts
from pipeline.ingest.compiled import CompiledPage, keep_lines
from pipeline.ingest.html_features import N_HTML_FEATURES

BODY = (
    "Delegates from forty states met in the capital on Tuesday to discuss rules for the use of autonomous systems.",
    "The chair said that the draft had been shared with all parties in advance, and that comments were still welcome.",
    "“We are closer to agreement than a year ago,” she told reporters after the second session had ended on Tuesday.",
    "A further round of talks, which will look at verification, is planned for the autumn in the same city.",
)
KOREAN_MENU = ("본문으로 이동", "전체 메뉴", "로그인", "회원가입", "사이트맵")
TAIL = ("Leave a comment", "Your name", "Your email", "Post comment")
MESSY = st.text(alphabet=st.sampled_from("ab 가漢.\n\r\t|-–:\u2028\x00\ud800Aé9"), max_size=400)

PLAIN = {
    "one line": "Minister meets ambassador",
    "two lines": "Statement on space security\nWe call on all states to refrain from tests.",
    "Korean": "외교부 장관은 5일 유엔 사무총장과 통화하였다.\n양측은 사이버 안보 협력을 강화하기로 하였다.",
    "bullets": "- exchange researchers\n- open a joint office\n- meet every spring",
    "agenda": "1. Opening remarks\n2. Adoption of the agenda\n3. General debate\n4. Other matters",
    "verse": "The river runs below the hill,\nthe evening light is low and still,\nand someone sings a song of rain",
    "table": "Country\tVotes\nFrance\t12\nGermany\t14\nJapan\t9",
    "release": "\n".join(
        (
            "SEOUL, 5 December —",
            "The minister met the ambassador of Norway on Tuesday to discuss cooperation in the Arctic and shipping.",
            "They agreed to hold annual talks.",
            "“We share the same values”",
            "The two sides will:",
            "- exchange researchers",
            "- open a joint office",
        )
    ),
}


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Compile before time is taken."""
    CompiledPage(BODY[0]).settle([0])
    keep_lines([BODY[0]], np.zeros((1, N_HTML_FEATURES), np.float32), "html_scorer")


def page(*parts: str) -> str:
    return "\n".join(parts)


def test_keeps_the_body_and_drops_a_menu_in_another_language() -> None:
    cleaned = clean_text(page(*KOREAN_MENU, "", *BODY, "", *TAIL))
    assert cleaned.text.split("\n") == list(BODY)
    assert [removed.line for removed in cleaned.removed] == [*KOREAN_MENU, *TAIL]
    assert all(removed.reason for removed in cleaned.removed)


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN.keys())
def test_keeps_a_document_without_chrome_whole(text: str) -> None:
    cleaned = clean_text(text)
    assert (cleaned.text, cleaned.removed) == (text, ())


def test_chrome_alone_leaves_nothing_and_says_why() -> None:
    lines = (
        "Home",
        "About",
        "News",
        "Contact",
        "Sign in",
        "Search",
        "Menu",
        "Home",
        "Share",
        "Print",
        "Privacy",
        "Terms",
    )
    cleaned = clean_text(page(*lines))
    assert cleaned.text == ""
    assert [removed.line for removed in cleaned.removed] == list(lines)


def test_shows_a_paragraph_that_stands_twice_once() -> None:
    cleaned = clean_text(page(*BODY, BODY[0]))
    assert cleaned.text.count(BODY[0]) == 1
    assert "2 times" in cleaned.removed[-1].reason


@given(MESSY)
@settings(max_examples=150, deadline=None)
def test_cleaning_is_idempotent_and_loses_no_line_in_silence(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned.text).text == cleaned.text
    kept = [text[span.original : span.original + span.length] for span in cleaned.spans]
    assert kept == [cleaned.text[span.cleaned : span.cleaned + span.length] for span in cleaned.spans]
    assert all(text[gone.start : gone.end] == gone.line for gone in cleaned.removed)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert sorted([*kept, *(gone.line for gone in cleaned.removed)]) == sorted(lines)


@given(st.permutations([*KOREAN_MENU, *BODY, *TAIL]))
@settings(max_examples=40, deadline=None)
def test_cleaning_is_idempotent_on_shuffled_pages(lines: list[str]) -> None:
    once = clean_text(page(*lines)).text
    assert clean_text(once).text == once


def test_dropped_lines_are_like_a_tuple() -> None:
    removed = clean_text(page(*KOREAN_MENU, "", *BODY, "", *TAIL)).removed
    explained = tuple(removed)
    assert len(removed) == len(explained) > 0
    assert (removed, hash(removed), repr(removed)) == (explained, hash(explained), repr(explained))
    assert (removed[0], removed[1:]) == (explained[0], explained[1:])
    assert removed == clean_text(page(*KOREAN_MENU, "", *BODY, "", *TAIL)).removed != ()
    assert pickle.loads(pickle.dumps(removed)) == explained


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_empty_text_stays_empty(text: str) -> None:
    assert clean_text(text).text == ""
    assert clean_text(text).removed == ()


def test_title_above_the_body_is_found() -> None:
    title = "Delegates discuss rules for autonomous systems"
    assert clean_text(page(*KOREAN_MENU, title, *BODY)).title == title


def test_lines_seen_on_other_documents_of_the_source_go() -> None:
    closing = "This office was founded in 1952 and answers the questions of the press on every working day of the year."
    others = [page(f"Report {n} was laid before the house today.", closing) for n in ("a", "b", "c")]
    text = page(*BODY, closing)
    assert closing in clean_text(text).text
    cleaned = clean_text(text, recurring=count_lines(others))
    assert cleaned.text == page(*BODY)
    assert cleaned.removed[-1].reason == "repeats on other documents of this source: 3 of 3"


def test_a_document_met_before_is_left_whole() -> None:
    text = page(*BODY)
    assert clean_text(text, recurring=count_lines([text] * 5)).text == text


def test_many_texts_are_cleaned_as_each_alone() -> None:
    menu, dumps = "\n".join(KOREAN_MENU), ["", *PLAIN.values(), "\n\n".join(BODY)]
    texts = [f"{menu}\n{dump}\n{BODY[number % 4]}" for number, dump in enumerate(dumps)] * 3
    counts = [count_lines([BODY[number % 4]] * 3) if number % 3 else None for number in range(len(texts))]
    assert len(texts) > N_AT_ONCE
    alone = [clean_text(text, recurring=of_text) for text, of_text in zip(texts, counts, strict=True)]
    assert clean_texts(texts, counts) == alone
    assert any("repeats on other documents" in removed.reason for cleaned in alone for removed in cleaned.removed)


HTML = (
    "<html><head><title>Talks | Ministry</title></head><body><nav><ul>"
    + "".join(f"<li><a href=/{i}>{line}</a></li>" for i, line in enumerate(KOREAN_MENU))
    + "</ul></nav><article><h1>Talks on autonomous systems</h1>"
    + "".join(f"<p>{line}</p>" for line in BODY)
    + "</article><footer><a href=/p>Privacy</a> <a href=/t>Terms</a></footer></body></html>"
)


def test_html_keeps_the_article_and_takes_the_page_title() -> None:
    cleaned = clean_html(HTML)
    assert all(line in cleaned.text for line in BODY)
    assert not any(line in cleaned.text for line in (*KOREAN_MENU, "Privacy"))
    assert cleaned.title == "Talks on autonomous systems"


@pytest.mark.parametrize("html", [f"<p>{BODY[0]}</p>", f"<p>{BODY[0]}<p>{BODY[1]}", BODY[0]])
def test_html_without_chrome_is_kept(html: str) -> None:
    assert BODY[0] in clean_html(html).text


HOSTILE = {
    "deep": "<div>" * 100_000 + BODY[0],
    "deep and closed": "<div>" * 50_000 + BODY[0] + "</div>" * 50_000,
    "unfinished tags": "<a " * 20_000,
    "open links": "<a href=x>t " * 20_000,
    "no body": "<frameset><frame src=x></frameset>",
    "NUL": "<p>a\x00b</p>",
    "surrogate": "<p>a\ud800b</p>",
    "nothing": "",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_html_is_answered_in_time(html: str) -> None:
    started = time.process_time()
    cleaned = clean_html(html)
    assert time.process_time() - started < 5
    if BODY[0] in html:
        assert BODY[0] in page(cleaned.text, *(gone.line for gone in cleaned.removed))


@pytest.mark.parametrize("text", ["x" * 20_000_000, "some line\n" * 100_000], ids=["one line", "many lines"])
def test_large_text_is_answered_in_time(text: str) -> None:
    started = time.process_time()
    cleaned = clean_text(text)
    assert time.process_time() - started < 10
    assert cleaned.text or cleaned.removed
