"""Recurring lines: the same counts in one class of hashes or in many, kept apart by source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch import recurring
from pipeline.batch.recurring import as_counts, is_among, recurring_keys
from pipeline.ingest.recurring import keys_of


def line_keys(text: str, source: str) -> recurring.Lines:
    (keys,) = recurring.line_keys([text], [source])
    return np.frombuffer(keys, np.uint64)


LINES = st.lists(st.sampled_from(["Home", "News 1", "news 2", "Contact", "Body", "연락처"]), max_size=6)


@given(st.lists(LINES, max_size=12), st.integers(1, 40))
def test_lines_on_three_documents_recur(documents: list[list[str]], most: int) -> None:
    keys = [line_keys("\n".join(lines), "site") for lines in documents]
    found = recurring_keys(lambda: iter(keys), most)
    plain = {"News 1": "news 2"}
    on = {line: sum(plain.get(line, line) in {plain.get(x, x) for x in lines} for lines in documents) for line in plain}
    on |= {line: sum(line in lines for lines in documents) for line in ("Home", "Contact", "Body", "연락처")}
    expected = np.sort(np.concatenate([np.zeros(0, np.uint64), *(line_keys(x, "site") for x in on if on[x] >= 3)]))
    assert found.tolist() == expected.tolist()


def test_other_sources_do_not_count() -> None:
    keys = [line_keys("Home", source) for source in ("a", "a", "b")]
    assert not len(recurring_keys(lambda: iter(keys)))


@pytest.mark.parametrize("source", ["", "site", "외교부"])
def test_the_cleaner_meets_its_own_hashes(source: str) -> None:
    lines = line_keys("Home\nPage 3 of 9\nA line of its own", source)
    recurring = line_keys("Home\nPage 3 of 9\nAway", source)
    counts = as_counts(lines.tobytes(), recurring.tobytes(), source)
    assert counts is not None
    assert counts.recurs(keys_of("home"))
    assert counts.recurs(keys_of("Page 12 of 44"))
    assert not counts.recurs(keys_of("A line of its own"))
    assert not counts.recurs(keys_of("Away"))


@given(st.lists(LINES.map("\n".join), max_size=5))
def test_keys_of_texts_together_are_those_of_each_alone(texts: list[str]) -> None:
    sources = [("site", "other")[len(text) % 2] for text in texts]
    found = recurring.line_keys(texts, sources)
    assert found == [line_keys(*own).tobytes() for own in zip(texts, sources, strict=True)]
    assert found == [
        np.unique(np.array(keys_of(text), np.uint64) ^ recurring._mask(source)).tobytes()
        for text, source in zip(texts, sources, strict=True)
    ]


def test_nothing_recurs() -> None:
    lines = line_keys("Home", "site").tobytes()
    assert as_counts(lines, b"", "site") is None
    assert as_counts(lines, line_keys("Away", "site").tobytes(), "site") is None
    assert as_counts(b"", lines, "site") is None


@given(st.lists(st.integers(0, 2**64 - 1)), st.sets(st.integers(0, 2**64 - 1)), st.data())
def test_is_among(keys: list[int], recurring: set[int], data: st.DataObject) -> None:
    if recurring:
        keys += data.draw(st.lists(st.sampled_from(sorted(recurring))))
    found = is_among(np.array(keys, np.uint64), np.array(sorted(recurring), np.uint64))
    assert found.tolist() == [key in recurring for key in keys]
