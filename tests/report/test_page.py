from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from pipeline.classify.quoting import Quoted
from pipeline.report.build import ReportOptions, build_report
from pipeline.report.evidence import on_page
from pipeline.report.page import render_charts, render_page
from pipeline.report.tags import Tags, make_tags
from pipeline.types import Counts, ProbabilitySums, Taxonomy

VOID = {"meta", "link", "br", "img", "input", "hr", "col"}


class Outline(HTMLParser):
    """What a browser would build: tags with their attributes, and the text of scripts and of SVG titles."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module", params=["en", "ko"])
def page(request: pytest.FixtureRequest, tags: Tags, taxonomy: Taxonomy, quality: list[Counts]) -> str:
    options = ReportOptions(language=request.param, n_draws=100)
    return render_page(build_report(tags, taxonomy=taxonomy, quality=quality, options=options))


@pytest.fixture(scope="module")
def outline(page: str) -> Outline:
    return Outline(page)


def test_page_is_well_formed(outline: Outline) -> None:
    assert outline.open == []


def test_only_our_script_is_there_and_allowed(page: str, outline: Outline) -> None:
    assert len(outline.all("script")) == 1
    script = "".join(outline.text["script"])
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page


def test_nothing_of_a_document_becomes_markup(page: str, outline: Outline) -> None:
    assert not outline.all("b") or all(not attributes for attributes in outline.all("b"))
    assert outline.all("img") == []
    assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on")]
    assert "&lt;script&gt;alert" in page
    assert "<b>Institute" not in page


@pytest.mark.parametrize(
    "nasty", ["{{ 7 * 7 }}", "</title></style><script>x()</script>", '"><img src=x onerror=x()>', "]]>"]
)
def test_hostile_text_in_any_column_is_only_shown(nasty: str, frame: pd.DataFrame) -> None:
    hostile = frame.assign(
        **dict.fromkeys(("title", "source", "theme", "label_en", "evidence", "model", "language"), nasty)
    )
    page = render_page(
        build_report(make_tags(hostile, run={nasty: nasty}), options=ReportOptions(title=nasty, n_draws=10))
    )
    outline = Outline(page)
    assert (len(outline.all("script")), outline.all("img"), outline.open) == (1, [], [])
    assert nasty in "".join(outline.text["title"])
    assert nasty in "".join(outline.text["cite"])


def test_nothing_is_loaded_from_elsewhere(page: str, outline: Outline) -> None:
    targets = [value for _, attributes in outline.tags for name, value in attributes.items() if name in ("src", "href")]
    assert targets
    assert all(str(target).startswith("#") for target in targets)
    assert "url(" not in re.sub(r"url\(#", "", page)
    assert "@import" not in page


def test_ids_are_unique_and_links_lead_somewhere(outline: Outline) -> None:
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(attributes["href"])[1:] for attributes in outline.all("a")} <= set(map(str, ids))
    named = [str(attributes["aria-labelledby"]) for _, attributes in outline.tags if "aria-labelledby" in attributes]
    assert {one for value in named for one in value.split()} <= set(map(str, ids))


def test_every_chart_has_words_in_its_place(outline: Outline) -> None:
    svgs = outline.all("svg")
    assert len(svgs) == 3 + 2 * 4
    assert all(attributes["role"] == "img" for attributes in svgs)
    assert len(outline.text["desc"]) == len(svgs)
    assert all(len(text) > 20 for text in outline.text["desc"])


def test_headings_descend_one_step_at_a_time(outline: Outline) -> None:
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_headers(outline: Outline) -> None:
    assert len(outline.all("caption")) == len(outline.all("table"))
    assert all(attributes.get("scope") in ("col", "row") for attributes in outline.all("th"))


def test_page_speaks_its_language(page: str, outline: Outline) -> None:
    language = outline.all("html")[0]["lang"]
    assert ("사이버 안보" in page, "The answer" in page) == (language == "ko", language == "en")


def test_shares_say_how_they_were_made(tags: Tags, taxonomy: Taxonomy, quality: list[Counts]) -> None:
    corrected = render_page(build_report(tags, taxonomy=taxonomy, quality=quality, options=ReportOptions(n_draws=100)))
    raw = render_page(build_report(tags, taxonomy=taxonomy, options=ReportOptions(n_draws=100)))
    assert "not assessed" in corrected
    assert "exceeds classifier error" in corrected
    assert "as tagged, not corrected" in raw
    assert "exceeds classifier error" not in raw
    assert "was not assessed: the classifier" in raw


def test_no_document_still_makes_a_page(frame: pd.DataFrame, taxonomy: Taxonomy) -> None:
    report = build_report(make_tags(frame.head(0)), taxonomy=taxonomy)
    assert Outline(render_page(report)).open == []
    assert render_charts(report) == {}


def test_one_document_makes_a_page(frame: pd.DataFrame) -> None:
    page = render_page(build_report(make_tags(frame.head(1))))
    assert "100% of the 1 documents" in page or "0% of the 1 documents" in page


def test_charts_are_pictures(tags: Tags, taxonomy: Taxonomy) -> None:
    found = render_charts(build_report(tags, taxonomy=taxonomy, options=ReportOptions(n_draws=50)))
    assert set(found) == {"ranking", "time", "sources", "together"}
    assert all(picture.startswith(b"\x89PNG") for picture in found.values())


def test_sentences_stand_in_context_with_their_words_marked(tags: Tags, taxonomy: Taxonomy) -> None:
    report = build_report(tags, taxonomy=taxonomy, options=ReportOptions(n_draws=10))
    shown = on_page(report.tables["evidence"]).iloc[0]
    context = Quoted("<i>Before.", shown["evidence"], "After.", ((0, 3),))
    page = render_page(replace(report, contexts={(shown["doc_id"], shown["theme"]): context}))
    assert '<span class="context">&lt;i&gt;Before. </span>' in page
    assert f"<mark>{shown['evidence'][:3]}</mark>" in page
    assert '<span class="context"> After.</span>' in page
    assert Outline(page).open == []


def test_both_ways_to_correct_are_shown_where_both_are_known(
    tags: Tags, taxonomy: Taxonomy, quality: list[Counts], sums: list[ProbabilitySums]
) -> None:
    options = ReportOptions(n_draws=20)
    both = render_page(build_report(tags, taxonomy=taxonomy, quality=quality, sums=sums, options=options))
    one = render_page(build_report(tags, taxonomy=taxonomy, quality=quality, options=options))
    assert "From probabilities" in both
    assert "From probabilities" not in one
