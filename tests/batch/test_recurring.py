"""Recurring lines: the same counts in one class of hashes or in many, kept apart by source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.recurring import as_counts, line_keys, recurring_keys, shared

LINES = st.lists(st.sampled_from(["Home", "News 1", "news 2", "Contact", "Body", "연락처"]), max_size=6)


@given(st.lists(LINES, max_size=12), st.integers(1, 40))
def test_lines_on_three_documents_recur(documents: list[list[str]], most: int) -> None:
    keys = [line_keys(lines, "site") for lines in documents]
    found = recurring_keys(lambda: iter(keys), sum(map(len, keys)), most)
    plain = {"News 1": "news 2"}
    on = {line: sum(plain.get(line, line) in {plain.get(x, x) for x in lines} for lines in documents) for line in plain}
    on |= {line: sum(line in lines for lines in documents) for line in ("Home", "Contact", "Body", "연락처")}
    expected = np.sort(np.concatenate([np.zeros(0, np.uint64), *(line_keys([x], "site") for x in on if on[x] >= 3)]))
    assert found.tolist() == expected.tolist()


def test_other_sources_do_not_count() -> None:
    keys = [line_keys(["Home"], source) for source in ("a", "a", "b")]
    assert not len(recurring_keys(lambda: iter(keys), 3))


@pytest.mark.parametrize("source", ["", "site", "외교부"])
def test_the_cleaner_meets_its_own_hashes(source: str) -> None:
    counts = as_counts(line_keys(["Home", "Page 3 of 9"], source), source)
    assert counts is not None
    assert counts.recurs("home")
    assert counts.recurs("Page 12 of 44")
    assert not counts.recurs("Away")


def test_shared() -> None:
    recurring = np.array([3, 5, 9], np.uint64)
    assert shared(np.array([1, 5, 9, 12], np.uint64), recurring).tolist() == [5, 9]
    assert not len(shared(recurring, np.zeros(0, np.uint64)))
