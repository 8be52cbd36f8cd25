"""Ids that repeat get numbers, duplicates the id of what they repeat, whichever ids are remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.links import UniqueIds, find_links
from pipeline.ingest.signatures import signatures_of


def test_repeated_ids_get_numbers() -> None:
    ids = UniqueIds()
    own = ["a", "b", "a", "a-2", "a", "b-2", "b"]
    assert [ids.of(one) for one in own] == ["a", "b", "a-2", "a-2-2", "a-3", "b-2", "b-3"]


@given(st.lists(st.from_regex(r"[ab](-[0-3]){0,2}", fullmatch=True), max_size=12))
def test_ids_that_cannot_repeat_need_not_be_remembered(own: list[str]) -> None:
    texts = [f"text number {number} has its own words" for number in range(len(own))]

    def some(positions: Sequence[int]) -> Iterator[str]:
        return (texts[position] for position in positions)

    links = find_links([(own, b"".join(signatures_of(texts)))], some)
    ids = UniqueIds()
    found = [links.of(position, one).id for position, one in enumerate(own)]
    assert found == [ids.of(one) for one in own]
    assert len(set(found)) == len(found)


def test_a_duplicate_names_what_it_repeats() -> None:
    texts = [
        "one text of some words",
        "another text of other words",
        "One text of some words!",
        "one text of some words",
    ]
    links = find_links(((["x"], signature) for signature in signatures_of(texts)), lambda _: iter(()))
    named = [tuple(links.of(position, "x")) for position in range(len(texts))]
    assert named == [("x", ""), ("x-2", ""), ("x-3", "x"), ("x-4", "x")]
