from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.title_lines import is_dateline, is_label, is_no_title


@pytest.mark.parametrize(
    "line",
    [
        "24 May 2022",
        "Tuesday, 24 May 2022",
        "Geneva, 24 May 2022",
        "17 апреля 2024 года",
        "15 de agosto de 2023",
        "Redacción · 15 de agosto de 2023",
        "By A. Name • December 5, 2023 • 3 min read",
        "Publié le 21 juin 2022",
        "20 تشرين الثاني/نوفمبر 2024",
        "등록일 2025-09-04",
        "2023년 12월 5일(화)",
        "令和7年2月7日",
        "发布日期：2023-11-08",
    ],
)
def test_line_of_a_date(line: str) -> None:
    assert is_dateline(line)


@pytest.mark.parametrize(
    "line", ["Contact: Press Office, +1 202 555 0100", "Tel.: +41 22 917 0000", "문의 : 02-2100-0000"]
)
def test_line_of_a_contact(line: str) -> None:
    assert is_label(line)


def test_a_title_about_contacts_is_one() -> None:
    assert not is_label("Contact group meets in Brussels")


@pytest.mark.parametrize(
    "line",
    [
        "Border officials train together on watch lists, 24 May 2022",
        "Report of the group of experts on cables for the year 2023",
        "Call for visiting fellows 2023",
        "2025 서울 신흥안보 포럼 결과",
        "제2차 한-에스토니아 사이버정책협의회(2024.3.28.) 개최 결과 보고",
        "Talks on cables",
    ],
)
def test_heading_is_no_line_of_a_date(line: str) -> None:
    assert not is_no_title(line)


@pytest.mark.parametrize(
    "line",
    ["Press Release", "PRESS RELEASES:", "Communiqué de presse", "新闻稿", "보도자료", "[보도자료]", "Пресс-релиз",
     "بيان صحفي", "By Jane Example", "조회수 1774", "작성자 국제안보과",
     "첨부파일 250904 포럼.hwpx", "Source: The Agency"],
)  # fmt: skip
def test_label(line: str) -> None:
    assert is_label(line)


@pytest.mark.parametrize(
    "line",
    ["Press release on cables", "Statement by the Chair of the group", "By 2030, all cables are to be watched",
     "News of the war reaches the islands", "보도자료 작성 지침 개정 안내", "Author and reader of the treaty"],
)  # fmt: skip
def test_heading_is_no_label(line: str) -> None:
    assert not is_label(line)


@given(st.text(max_size=200))
def test_any_line_is_answered(line: str) -> None:
    assert is_no_title(line) == (is_label(line) or is_dateline(line))
