from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.errors import InputError
from pipeline.ingest.recurring import count_lines, line_key, load_recurring

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ("Home\nOne", "Home\nTwo\nHome", "home \nThree")


def test_a_line_counts_once_a_document() -> None:
    counts = count_lines(PAGES, "site")
    assert (counts.n_documents, counts.times("HOME"), counts.times("One")) == (3, 3, 1)
    assert counts.recurs("Home")
    assert not counts.recurs("One")


def test_digits_do_not_tell_lines_apart() -> None:
    assert line_key("Views: 12") == line_key("Views: 9,103".replace(",", ""))
    assert line_key("Views: 12") != line_key("Hits: 12")


def test_counts_of_two_batches_add_up() -> None:
    merged = count_lines(PAGES[:1]).merge(count_lines(PAGES[1:]))
    assert merged == count_lines(PAGES)


def test_saved_counts_come_back(tmp_path: Path) -> None:
    counts = count_lines(PAGES, "site")
    counts.save(tmp_path / "lines.json")
    assert load_recurring(tmp_path / "lines.json") == counts
    assert [path.name for path in tmp_path.iterdir()] == ["lines.json"]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "other"}', "{"])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lines.json"
    path.write_text(content)
    with pytest.raises(InputError, match=r"lines\.json"):
        load_recurring(path)
