from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.title_search import MAX_TITLE_WIDTH, find_title, units_of, width_of

ENGLISH = [
    "Officials of both governments reviewed how repairs of cables are agreed and who guards the landing stations.",
    "The ministry will host the next round of talks in the autumn, and the operators of the cables will be invited.",
]
KOREAN = [
    "외교부는 겨울철을 맞아 해외로 떠나는 여행객에게 안전한 여행을 위한 유의사항을 안내하였다.",
    "여행객은 방문국의 여행경보를 확인하고 여권의 유효기간을 살펴야 하며 귀국할 때에는 유의해야 한다.",
]
JAPANESE = [
    "政府は海底ケーブルの防護に関する法案を閣議で決定し、監視の体制を整えることにした。",
    "海底ケーブルが切れた場合に備え、修理船を共同で使う協定も検討されている。",
]
RUSSIAN = [
    "Миссия передала министерству новое оборудование, которое позволит безопасно хранить оружие на складах.",
    "Во второй половине года заведующие складами пройдут обучение у инспекторов миссии.",
]


@pytest.mark.parametrize(
    ("above", "body", "title"),
    [
        (["Home", "Newsroom", "Talks on the repair of cables", "24 May 2022"], ENGLISH, 2),
        (["Home", "24 May 2022", "Ministry hosts talks on cables"], ENGLISH, 2),
        (["외교부 소식", "안전공지", "겨울철 해외여행객 안전 유의사항 안내", "등록일 2022-12-19"], KOREAN, 2),
        (["トップ", "社会", "海底ケーブル防護の法案決定", "令和7年2月7日"], JAPANESE, 2),
        (["Home", "Newsroom", "Передача оборудования для безопасного хранения оружия"], RUSSIAN, 2),
        (["Menu", "Search"], ENGLISH, None),
        (["- Talks on the repair of cables", "Talks on the repair of cables were held."], ENGLISH, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_kept", [False, True])
def test_title_above_or_at_the_head_of_the_text(
    above: list[str], body: list[str], title: int | None, is_kept: bool
) -> None:
    lines = [*above, *body]
    first = max(0, len(above) - 2) if is_kept and title is not None else len(above)
    found = find_title(lines, range(first, len(lines)))
    assert found == (None if title is None else above[title])


def test_a_heading_with_a_date_below_is_preferred() -> None:
    other = "Repairs of cables and landing stations"
    title = "Ministry hosts talks on repairs of cables"
    assert find_title([other, "24 May 2022", "Share", "Print", title, *ENGLISH], [5, 6]) == other
    assert find_title([title, "By Ann Example", "Share", "Print", "Text", "Mail", other, *ENGLISH], [7, 8]) == title


def test_a_path_is_no_title() -> None:
    title = "Ministry hosts talks on repairs of cables"
    assert find_title([f"News > Cables > {title}", title, *ENGLISH], [2, 3]) == title


def test_a_line_called_subject_is_the_title() -> None:
    lines = ["Governments of both countries on cables", "Subject: Talks on repairs of cables", *ENGLISH]
    assert find_title(lines, range(4)) == lines[1]


def test_standfirst_and_caption_below_the_title_are_none() -> None:
    caption = "A ship repairs cables near the landing stations of both governments"
    lines = ["Governments agree on repairs of cables", caption, *ENGLISH]
    assert find_title(lines, range(4)) == lines[0]


def test_line_wider_than_a_title_is_none() -> None:
    long = " ".join(ENGLISH)[: MAX_TITLE_WIDTH + 1]
    assert find_title([long, *ENGLISH], [1, 2]) is None


def test_page_of_one_line_has_no_title() -> None:
    assert find_title(["Talks on cables", ENGLISH[0]], [1]) is None


def test_units_leave_out_endings_and_particles() -> None:
    assert units_of("Officials of the EU") == ("offic", " the")
    assert units_of("안전을 AI") == ("안전", "전을")
    assert width_of("안전 AI") == 7


@given(st.lists(st.text(min_size=1).filter(str.strip).map(str.strip), min_size=1, max_size=30))
def test_title_is_a_line_of_the_page_or_none(lines: list[str]) -> None:
    kept = [row for row in range(len(lines)) if row % 3]
    found = find_title(lines, kept)
    assert found is None or found in lines
