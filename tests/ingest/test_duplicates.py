from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import signatures
from pipeline.ingest.band_index import MAX_CANDIDATES
from pipeline.ingest.duplicates import link_duplicates
from pipeline.ingest.shingles import Hashes
from pipeline.ingest.signatures import jaccard
from pipeline.types import Document


def documents(*texts: str) -> list[Document]:
    return [Document(id=f"d{row}", text=text) for row, text in enumerate(texts)]


def links(*texts: str, similarity: float = 0.8) -> list[str]:
    return [item.duplicate_of for item in link_duplicates(documents(*texts), similarity=similarity)]


def some_text(seed: int, n_words: int = 200) -> str:
    rng = random.Random(seed)
    return " ".join("".join(rng.choices("abcdefghiklmnoprstu", k=rng.randint(2, 9))) for _ in range(n_words))


def test_exact_duplicates_are_linked_to_the_first() -> None:
    assert links("One text.", "Another text.", "one  text", "ONE TEXT!") == ["", "", "d0", "d0"]


def test_near_duplicate_is_linked_and_a_release_with_the_same_ending_is_not() -> None:
    text, ending = some_text(1), some_text(2, 60)
    other = some_text(3)
    words = text.split()
    words[100] = "changed"
    found = links(f"{text} {ending}", f"{other} {ending}", f"Seoul, 5 May {' '.join(words)} {ending}")
    assert found == ["", "", "d0"]


@pytest.mark.parametrize(
    ("copy", "is_one"),
    [
        (lambda text: f"A new headline of the release. Seoul (18 July 2023) - {text}", True),
        (lambda text: f"{text} {some_text(9, 18)}", True),
        (lambda text: " ".join(text.split()[:120]), False),
        (lambda text: f"{some_text(8)} {' '.join(text.split()[-80:])}", False),
    ],
    ids=["headline and dateline", "contact paragraph", "shortened", "same ending"],
)
def test_what_counts_as_one_text(copy: Callable[[str], str], is_one: bool) -> None:
    text = some_text(1)
    assert links(text, copy(text)) == ["", "d0" if is_one else ""]


def test_unspaced_scripts() -> None:
    text = "外交部发言人表示，成员国已经通过联合声明。下一次会议将于十月在日内瓦举行，主要讨论外层空间的安全。"
    assert links(text, text.replace("十月", "十月底"), "两国签署了新的贸易协定，自明年一月起取消部分关税。") == [
        "",
        "d0",
        "",
    ]


def test_links_are_one_step_long() -> None:
    text = some_text(5)
    assert links(text, text + " end", text + " end", text + " the end") == ["", "d0", "d0", "d0"]


def test_texts_without_words_are_alike_only_when_equal() -> None:
    assert links("—", "…", "—") == ["", "", "d0"]


def test_similarity_is_what_decides() -> None:
    text = some_text(7, 100)
    words = text.split()
    for place in (20, 50, 80):
        words[place] = "changed"
    changed = " ".join(words)
    assert links(text, changed, similarity=0.7) == ["", "d0"]
    assert links(text, changed, similarity=0.9) == ["", ""]


def test_meaningless_similarity() -> None:
    with pytest.raises(ValueError, match="similarity"):
        link_duplicates([], similarity=0)


def test_jaccard() -> None:
    empty = np.array([], dtype=np.uint64)
    assert jaccard(np.array([1, 2], dtype=np.uint64), np.array([2, 3], dtype=np.uint64)) == pytest.approx(1 / 3)
    assert jaccard(empty, empty) == 0.0


def test_every_near_duplicate_among_many_is_found() -> None:
    texts = [some_text(seed) for seed in range(150)]
    copies = [text.replace(" ", " , ", 3) + " more words at the end" for text in texts]
    assert links(*texts, *copies) == [""] * 150 + [f"d{row}" for row in range(150)]


def test_thousands_made_from_one_form_take_no_quadratic_time(monkeypatch: pytest.MonkeyPatch) -> None:
    n_compared = 0

    def counted(first: Hashes, second: Hashes) -> float:
        nonlocal n_compared
        n_compared += 1
        return jaccard(first, second)

    monkeypatch.setattr(signatures, "jaccard", counted)
    form = some_text(4, 22)
    texts = [f"{form} {some_text(seed, 3)}" for seed in range(1_000)]
    found = links(*texts, f"{texts[17]}")
    assert found[-1] == found[17] or found[-1] == "d17"
    assert n_compared <= 1_000 * MAX_CANDIDATES


@given(st.lists(st.text(alphabet="ab ", max_size=12), max_size=12))
def test_leads_are_earlier_and_no_duplicates_themselves(texts: list[str]) -> None:
    found = link_duplicates(documents(*texts))
    by_id = {item.id: item for item in found}
    for row, item in enumerate(found):
        if item.duplicate_of:
            assert by_id[item.duplicate_of].duplicate_of == ""
            assert int(item.duplicate_of[1:]) < row
