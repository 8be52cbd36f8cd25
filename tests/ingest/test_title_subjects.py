"""Titles of resolutions, acts and circulars: the subject line, not the organ above it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipeline.ingest.clean import clean_text
from pipeline.ingest.title_subjects import COMMAS, find_subject, with_continuation
from pipeline.ingest.titles import first_line, tidy_title

CASES = tomllib.loads((Path(__file__).parent / "subjects.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("menu", ["", "Home\nAbout us\nNews\nContact\n\n"], ids=["bare", "below a menu"])
@pytest.mark.parametrize(("title", "text"), [(case["title"], case["text"]) for case in CASES])
def test_the_title_is_the_subject(title: str, text: str, menu: str) -> None:
    cleaned = clean_text(menu + text)
    assert (tidy_title(cleaned.title or "") or first_line(cleaned.text)) == title


PARAGRAPH = "The members of the group reported on what had been done since the last meeting, and thanked the chair."


@pytest.mark.parametrize(
    "lines",
    [
        ["Related topics", "Palestine,", "Protests,", "London,", PARAGRAPH],
        ["Protests", "A march in London", "Protests,", "Short"],
        ["A letter to the minister", "Dear Minister,", PARAGRAPH],
        ["General Assembly", "The General Assembly,"],
        ["General Assembly", "The General Assembly,", PARAGRAPH],
        [PARAGRAPH],
    ],
)
def test_other_commas_name_no_subject(lines: list[str]) -> None:
    commas = [row for row, line in enumerate(lines) if line.endswith(COMMAS)]
    assert find_subject(lines, commas, 0) is None


@pytest.mark.parametrize(
    ("lines", "row", "title"),
    [
        (["REGULATION (EU) 2025/1", "on cables", "x"], 0, "REGULATION (EU) 2025/1 on cables"),
        (
            ["RÈGLEMENT (UE) 2025/1", "du 3 mai 2025", "sur les câbles"],
            2,
            "RÈGLEMENT (UE) 2025/1 du 3 mai 2025 sur les câbles",
        ),
        (["A heading in small letters", "on cables"], 0, "A heading in small letters"),
        (["A heading in small letters", "on cables"], 1, "on cables"),
        (["CABLES AT RISK", "Ministers met on Tuesday"], 0, "CABLES AT RISK"),
        (["CABLES AT RISK"], 0, "CABLES AT RISK"),
    ],
)
def test_a_heading_in_capitals_goes_on_below(lines: list[str], row: int, title: str) -> None:
    assert with_continuation(lines, row) == title
