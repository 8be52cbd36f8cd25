from __future__ import annotations

import random
import textwrap
from pathlib import Path

import pytest
from pdf_builders import letters_at, pdf_of, placed

from pipeline.ingest.options import DEFAULT_OPTIONS
from pipeline.ingest.pdf import read_pdf
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile

TITLE = "Cables under the sea: a title over all the columns"
PROSE = (
    "The delegations met in Geneva on Tuesday to discuss how cables under the sea might be kept from sabotage, and who "
    "would pay for the repair ships that are needed.",
    "Ministers agreed that an attack on a cable is an attack on critical infrastructure. They asked the secretariat "
    "for a list of landing stations before the end of the year.",
    "Several states doubted whether sanctions would deter those who drag anchors across the seabed, and called for "
    "patrols by coast guards instead.",
)
TABLE = (
    ("Country", "Cables in 2023", "Change"),
    ("Norway", "12", "+2"),
    ("Iceland", "4", "none"),
    ("Chile", "9", "-1"),
)
Line = tuple[float, float, str]


def text_of(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    (item,) = read_pdf(InputFile(path, path.name, "folder"), DEFAULT_OPTIONS)
    assert isinstance(item, Received), item
    return item.content


def columns(n: int, chars: int, *, top: float = 740, n_times: int = 4) -> list[list[Line]]:
    """Paragraphs that differ in their number, set in `n` columns of equal length."""
    lines = [line for text in paragraphs(n_times) for line in textwrap.wrap(text, chars)]
    length = -(-len(lines) // n)
    width = 510 / n
    return [
        [(50 + column * width, top - 14 * row, line) for row, line in enumerate(lines[column * length :][:length])]
        for column in range(n)
    ]


def paragraphs(n_times: int = 4) -> list[str]:
    return [f"{number}{text[:3]} {text}" for number in range(n_times) for text in PROSE]


def row_by_row(lines: list[list[Line]]) -> list[Line]:
    return sorted((line for column in lines for line in column), key=lambda line: (-line[1], line[0]))


def shuffled(lines: list[list[Line]]) -> list[Line]:
    found = row_by_row(lines)
    random.Random(1).shuffle(found)
    return found


def column_by_column(lines: list[list[Line]]) -> list[Line]:
    return [line for column in lines for line in column]


@pytest.mark.parametrize("rotated", [0, 90])
@pytest.mark.parametrize("order", [column_by_column, row_by_row, shuffled])
@pytest.mark.parametrize(("n", "chars"), [(2, 46), (3, 29)])
def test_columns_are_read_one_after_the_other(tmp_path: Path, n: int, chars: int, order: object, rotated: int) -> None:
    assert callable(order)
    lines: list[Line] = [(50, 790, TITLE), *order(columns(n, chars)), (290, 30, "7")]
    read = text_of(tmp_path / "a.pdf", pdf_of([placed(lines)], rotated=rotated))
    assert read.split() == " ".join([TITLE, *paragraphs()]).split()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("rotated", [0, 90, 180, 270])
def test_turned_pages_are_read(tmp_path: Path, turned: int, rotated: int) -> None:
    content = placed(columns(1, 70)[0], turned=turned)
    assert text_of(tmp_path / "a.pdf", pdf_of([content], rotated=rotated)).split("\n") == paragraphs()


def test_columns_between_text_over_the_whole_page(tmp_path: Path) -> None:
    above = [(50.0, 790.0 - 14 * row, line) for row, line in enumerate(textwrap.wrap(PROSE[1], 95))]
    below = [(50.0, 80.0 - 14 * row, line) for row, line in enumerate(textwrap.wrap(PROSE[2], 95))]
    lines = [*above, *row_by_row(columns(2, 46, top=720)), *below]
    assert text_of(tmp_path / "a.pdf", pdf_of([placed(lines)])).split("\n") == [PROSE[1], *paragraphs(), PROSE[2]]


def test_hyphens_and_running_heads_are_mended_in_columns_too(tmp_path: Path) -> None:
    contents = []
    for page in range(4):
        left, right = columns(2, 46)
        left[-1] = (*left[-1][:2], "the secretariat will publish its recommenda-")
        right[0] = (*right[0][:2], "tions on the protection of cables next year, as")
        lines = [(50.0, 810.0, "Monthly review of cables"), *row_by_row([left, right]), (290.0, 30.0, f"Page {page}")]
        contents.append(placed(lines))
    read = text_of(tmp_path / "a.pdf", pdf_of(contents))
    assert read.count("publish its recommendations on the protection") == 4
    assert "Monthly review" not in read
    assert "Page" not in read


def test_tables_stay_in_the_order_of_their_rows(tmp_path: Path) -> None:
    lines = [(50.0 + 170 * column, 760.0 - 14 * row, cell) for row, cells in enumerate(TABLE * 5)
             for column, cell in enumerate(cells)]  # fmt: skip
    words = text_of(tmp_path / "a.pdf", pdf_of([placed(lines)])).split()
    assert words == [word for cells in TABLE * 5 for cell in cells for word in cell.split()]


def test_terms_stay_beside_what_explains_them(tmp_path: Path) -> None:
    lines: list[Line] = []
    for text in paragraphs(2):
        wrapped = textwrap.wrap(text, 70)
        lines.append((50, 780 - 14 * len(lines), f"Term {text[:4].upper()}"))
        lines += [(150, lines[-1][1] - 14 * row, line) for row, line in enumerate(wrapped)]
    read = text_of(tmp_path / "a.pdf", pdf_of([placed(lines)]))
    places = [read.index(word) for text in paragraphs(2) for word in (f"Term {text[:4].upper()}", text[:4])]
    assert places == sorted(places)


def test_a_password_is_told(tmp_path: Path) -> None:
    from pipeline.ingest.formats import read_file

    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of([placed([(50, 700, PROSE[0])])], password="secret"))
    (item,) = read_file(InputFile(path, path.name, "folder"), DEFAULT_OPTIONS)
    assert getattr(item, "reason", "") == "protected by a password"


ARABIC = "اجتمعت الوفود في جنيف يوم الثلاثاء"


@pytest.mark.parametrize("words_turned", [(), (0, 2, 3), (0, 1, 2, 3, 4, 5)])
def test_arabic_is_read_as_it_is_shown(tmp_path: Path, words_turned: tuple[int, ...]) -> None:
    """However the letters of a word follow each other in the file: as they are read, or from left to right."""
    codes = {letter: code for code, letter in enumerate(sorted(set(ARABIC)))}
    content = []
    for row in range(3):
        x = 550.0
        for number, word in enumerate(ARABIC.split()):
            shown = [(x - 5 * (place + 1), 700.0 - 20 * row, letter) for place, letter in enumerate(word)]
            content += shown[::-1] if number in words_turned else shown
            x -= 5 * (len(word) + 1)
            content.append((x, 700.0 - 20 * row, " "))
    data = pdf_of([letters_at(content, codes)], letters="".join(codes))
    assert text_of(tmp_path / "a.pdf", data).split() == ARABIC.split() * 3
