from __future__ import annotations

import pytest

from pipeline.ingest.pdf_boxes import Box
from pipeline.ingest.pdf_right_to_left import RIGHT_TO_LEFT, in_reading_order, reads_better

FACING = str.maketrans("()«»", ")(»«")


def line_of(pieces: list[str], *, base: str) -> list[Box]:
    """Letters of pieces of one direction each as they are shown, the blanks at the end: where they are is not told."""
    shown = [piece[::-1].translate(FACING) if _is_turned(piece, base) else piece for piece in pieces]
    text = "".join(reversed(shown) if base == "right" else shown)
    letters = [Box(5.0 * place, 0, 5.0 * place + 4.5, 7, letter) for place, letter in enumerate(text) if letter != " "]
    n_blanks = text.count(" ")
    places = [number * len(letters) // (n_blanks + 1) for number in range(1, n_blanks + 1)]
    for place in reversed(places):
        letters.insert(place, Box(0, 0, 0, 0, " "))
    return letters


def _is_turned(piece: str, base: str) -> bool:
    return RIGHT_TO_LEFT.search(piece) is not None or (base == "right" and not any(map(str.isalnum, piece)))


@pytest.mark.parametrize(
    ("pieces", "base"),
    [
        (["اجتمعت الوفود في جنيف"], "right"),
        (["اعتمد القرار ", "2231", " (", "2015", ") في ", "20", " تموز/يوليه ", "2015", "، وطلب"], "right"),
        (["قال: «إن ", "45%", " من الهجمات (نحو ", "1,200", " هجوم) وقعت»."], "right"),
        (["بلغت ", "3.5", " مليار دولار بتاريخ ", "12/05/2023", " وفق ", "A/78/123", " الصادر"], "right"),
        (["تنظيم مكتب ", "UN Office for Disarmament Affairs", " في نيويورك"], "right"),
        (["شبكة ", "5G", " في المدينة"], "right"),
        (["השרים הסכימו כי התקפה על כבל (", "2023", "), לפי ", "NATO", "."], "right"),
        (["The word ", "سلام", " means peace in Arabic."], "left"),
    ],
)  # fmt: skip
def test_a_line_in_the_order_of_reading(pieces: list[str], base: str) -> None:
    assert in_reading_order(line_of(pieces, base=base), from_right=base == "right") == "".join(pieces)


def test_shapes_become_letters() -> None:
    shown = [Box(5.0 * place, 0, 5.0 * place + 4.5, 7, letter) for place, letter in enumerate("\ufe8d\ufef1\ufefb")]
    assert in_reading_order(shown, from_right=True) == "لايا"


@pytest.mark.parametrize("text", ["الوفود في مدينة جنيف", "השרים הסכימו"])
def test_a_text_reads_better_than_the_same_turned_round(text: str) -> None:
    turned = " ".join(word[::-1] for word in text.split())
    assert reads_better(text, turned)
    assert not reads_better(turned, text)
