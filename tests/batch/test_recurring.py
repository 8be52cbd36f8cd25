"""Recurring lines: the same counts in one class of hashes or in many, kept apart by source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch import recurring
from pipeline.batch.packing import ReceivedRow
from pipeline.batch.recurring import is_among, part_lines, recurring_keys, rows_that_recur
from pipeline.ingest.recurring import RecurringRows, keys_of


def line_keys(text: str, source: str) -> recurring.Lines:
    (keys,) = recurring.line_keys([text], [source])
    return np.frombuffer(keys, np.uint64)


LINES = st.lists(st.sampled_from(["Home", "News 1", "news 2", "Contact", "Body", "연락처"]), max_size=6)


@given(st.lists(LINES, max_size=12), st.integers(1, 40))
def test_lines_on_three_documents_recur(documents: list[list[str]], most: int) -> None:
    keys = [np.unique(line_keys("\n".join(lines), "site")) for lines in documents]
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
def test_the_cleaner_is_told_which_rows_recur(source: str) -> None:
    texts = ["Home\n\nPage 3 of 9\nA line of its own", "", "Nothing here recurs", "Body\n home"]
    lines = recurring.line_keys(texts, [source] * 4)
    own = [line_keys("Home\nPage 12 of 44", source), line_keys("Away\nHome", source)]
    found = rows_that_recur(lines, [own[0].tobytes(), b"", b"", own[1].tobytes()])
    assert found == [RecurringRows(frozenset({0, 1}), 3), None, None, RecurringRows(frozenset({1}), 2)]


@given(st.lists(LINES.map("\n".join), max_size=5))
def test_keys_of_texts_together_are_those_of_each_alone(texts: list[str]) -> None:
    sources = [("site", "other")[len(text) % 2] for text in texts]
    found = recurring.line_keys(texts, sources)
    assert found == [line_keys(*own).tobytes() for own in zip(texts, sources, strict=True)]
    assert found == [
        (np.array(keys_of(text), np.uint64) ^ recurring._mask(source)).tobytes()
        for text, source in zip(texts, sources, strict=True)
    ]


@given(st.lists(LINES.map("\n".join), max_size=5))
def test_lines_of_a_part_are_distinct(texts: list[str]) -> None:
    rows = [
        ReceivedRow(n, text, "", f"{n:064x}", False, "", "", "", "site", "", "", "", line_keys(text, "site").tobytes())
        for n, text in enumerate(texts)
    ]
    found = part_lines("part", rows)
    with_lines = [row for row in rows if row.lines]
    assert found.items.tolist() == [row.item for row in with_lines]
    keys = [np.unique(np.frombuffer(row.lines, np.uint64)).tolist() for row in with_lines]
    assert found.sizes.tolist() == list(map(len, keys))
    assert found.keys.tolist() == [key for own in keys for key in own]


def test_nothing_recurs() -> None:
    lines = line_keys("Home", "site").tobytes()
    assert rows_that_recur([lines], [b""]) == [None]
    assert rows_that_recur([lines], [line_keys("Away", "site").tobytes()]) == [None]
    assert rows_that_recur([b""], [lines]) == [None]
    assert rows_that_recur([], []) == []


@given(st.lists(st.integers(0, 2**64 - 1)), st.sets(st.integers(0, 2**64 - 1)), st.data())
def test_is_among(keys: list[int], recurring: set[int], data: st.DataObject) -> None:
    if recurring:
        keys += data.draw(st.lists(st.sampled_from(sorted(recurring))))
    found = is_among(np.array(keys, np.uint64), np.array(sorted(recurring), np.uint64))
    assert found.tolist() == [key in recurring for key in keys]
