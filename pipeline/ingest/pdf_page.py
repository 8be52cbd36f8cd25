"""The text of one page of a PDF in the order of reading."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from pipeline.ingest.pdf_boxes import Box, angle_of, boxes_of_letters, boxes_of_runs
from pipeline.ingest.pdf_columns import Row, columns_in_turns, height_of, lines_of, stretches_of
from pipeline.ingest.pdf_right_to_left import RIGHT_TO_LEFT, in_reading_order, is_right_to_left, reads_better


def text_of_page(page: Any, *, by_place: bool = True) -> str:
    """PDFium's text of a page, but for columns that it mixes and for scripts that read from right to left.

    A line a line; an empty one between blocks of text where they are known.
    For these every letter is asked for its place, which takes several times as long; not with `by_place` false.
    """
    with closing(page.get_textpage()) as text_page:
        angle = angle_of(text_page)
        if page.get_rotation() == -angle % 360:
            return _in_order(text_page, angle) if by_place else _text(text_page)
    page.set_rotation(-angle % 360)  # PDFium mixes up lines that do not stand upright
    with closing(page.get_textpage()) as text_page:
        return _in_order(text_page, angle) if by_place else _text(text_page)


def _in_order(text_page: Any, angle: int) -> str:
    text = _text(text_page)
    if not RIGHT_TO_LEFT.search(text):
        return _by_columns(text_page, angle) or text
    from_right = is_right_to_left(text)
    own = _by_letters(text_page, angle, from_right)
    is_better = reads_better(own, text) or (from_right and not reads_better(text, own))
    return own if is_better else text


def _text(text_page: Any) -> str:
    lines = text_page.get_text_range().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line for line in lines if line.strip())


def _by_letters(text_page: Any, angle: int, from_right: bool) -> str:
    letters = list(boxes_of_letters(text_page, angle))
    height = height_of(letters)
    stretches = stretches_of(letters, height)
    blocks = columns_in_turns(stretches, height, right_first=from_right) or [lines_of(stretches, height)]
    return "\n\n".join(
        "\n".join(in_reading_order(_boxes(row), from_right=from_right) for row in block) for block in blocks
    )


def _by_columns(text_page: Any, angle: int) -> str:
    """Column by column where that is not PDFium's order, else ""."""
    runs = boxes_of_runs(text_page, angle)
    height = height_of(runs)
    if columns_in_turns(stretches_of(runs, height), height) is None:
        return ""
    blocks = columns_in_turns(stretches_of(boxes_of_letters(text_page, angle), height), height) or []
    return "\n\n".join("\n".join("".join(box.text for box in _boxes(row)) for row in block) for block in blocks)


def _boxes(row: Row) -> list[Box]:
    """Boxes of a row, a blank after each stretch."""
    return [box for stretch in row for box in (*stretch.boxes, stretch.boxes[-1]._replace(text=" "))]
