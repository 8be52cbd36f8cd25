from __future__ import annotations

from pipeline.ingest.recurring import count_lines, keys_of, line_key

PAGES = ("Home\nOne", "Home\nTwo\nHome", "home \nThree")


def test_a_line_counts_once_a_document() -> None:
    counts = count_lines(PAGES, "site")
    assert (counts.n_documents, counts.times("HOME"), counts.times("One")) == (3, 3, 1)
    assert counts.recurs("Home")
    assert not counts.recurs("One")


def test_digits_do_not_tell_lines_apart() -> None:
    assert line_key("Views: 12") == line_key("Views: 9,103".replace(",", ""))
    assert line_key("Views: 12") != line_key("Hits: 12")


def test_keys_are_of_lines_not_of_blanks() -> None:
    assert keys_of("Home\n\n  Home \nOne\n") == {line_key("Home"), line_key("One")}
