"""Kept tables are the tables that were made; whatever is wrong with a file, they are made again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.classify import kept_tables, packing
from pipeline.classify.kept_tables import Tables
from pipeline.classify.model import ThemeModel
from pipeline.classify.scorer import LinearScorer

MADE = {"a": np.arange(12, dtype=np.uint16).reshape(3, 4), "b": np.array([True, False]), "none": np.empty(0, np.int32)}
CODE = (__file__,)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "new" / "cache"
    monkeypatch.setattr(kept_tables, "_folder", lambda: folder)
    return folder


class Maker:
    """Makes the tables and counts how often."""

    def __init__(self) -> None:
        self.n_made = 0

    def __call__(self) -> Tables:
        self.n_made += 1
        return MADE

    def ask(self, made_from: bytes = b"x") -> Tables:
        return kept_tables.kept_tables("some", made_from, CODE, self)


def same(one: Tables, other: Tables) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(values, other[name]) and values.dtype == other[name].dtype for name, values in one.items()
    )


def test_what_is_kept_is_what_was_made(cache: Path) -> None:
    maker = Maker()
    assert same(maker.ask(), MADE)
    found = maker.ask()
    assert same(found, MADE)
    assert maker.n_made == 1
    assert all(values.flags.writeable and values.flags.c_contiguous for values in found.values())
    maker.ask(b"y")
    assert maker.n_made == 2
    assert len(list(cache.iterdir())) == 2


def test_other_code_makes_other_tables(cache: Path, tmp_path: Path) -> None:
    code, maker = tmp_path / "code.py", Maker()
    for text in ("one", "one", "two"):
        code.write_text(text)
        kept_tables.kept_tables("some", b"x", [str(code)], maker)
    assert maker.n_made == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
        lambda content: hashlib.sha256(b"text").digest() + b"text",
    ],
)
def test_a_damaged_file_is_made_again(cache: Path, damage: Callable[[bytes], bytes]) -> None:
    maker = Maker()
    maker.ask()
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert same(maker.ask(), MADE)
    assert maker.n_made == 2
    assert path.read_bytes() == whole


def test_tables_are_made_where_nothing_can_be_kept(cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_text("a file, not a folder")
    maker = Maker()
    assert same(maker.ask(), MADE)
    assert same(maker.ask(), MADE)
    assert maker.n_made == 2


def test_the_oldest_are_forgotten(cache: Path) -> None:
    maker = Maker()
    for number in range(kept_tables.MOST_KEPT + 3):
        known = set(cache.glob("*"))
        maker.ask(str(number).encode())
        (new,) = set(cache.glob("*")) - known
        os.utime(new, (number, number))
    assert len(list(cache.iterdir())) == kept_tables.MOST_KEPT
    maker.ask(str(kept_tables.MOST_KEPT + 2).encode())
    assert maker.n_made == kept_tables.MOST_KEPT + 3


def copy_of(scorer: LinearScorer, *, keeps_tables: bool) -> LinearScorer:
    """The same scorer without its tables."""
    return replace(scorer, keeps_tables=keeps_tables)


def test_a_model_scores_alike_from_kept_tables(cache: Path, model: ThemeModel) -> None:
    texts = ["A satellite and its malware.", "사이버 공격과 malware", "网络攻击"]
    plain = copy_of(model.scorer, keeps_tables=False).score_by_kernel(texts)
    assert not cache.exists()
    for _ in range(2):
        kept = copy_of(model.scorer, keeps_tables=True).score_by_kernel(texts)
        assert np.array_equal(kept.scores, plain.scores)
        assert np.array_equal(kept.known_words, plain.known_words)
        assert [path.name.split("-")[0] for path in cache.iterdir()] == ["model"]


def test_other_terms_are_other_tables(cache: Path, model: ThemeModel) -> None:
    texts = ["A satellite and its malware."]
    scorer = copy_of(model.scorer, keeps_tables=True)
    fewer = replace(scorer, lexicon=type(scorer.lexicon)(scorer.lexicon.terms[:1]))
    before = scorer.score_by_kernel(texts), fewer.score_by_kernel(texts)
    assert len(list(cache.iterdir())) == 2
    after = copy_of(scorer, keeps_tables=True).score_by_kernel(texts), replace(fewer).score_by_kernel(texts)
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one.scores, other.scores)


def test_tables_of_characters_are_kept(cache: Path) -> None:
    for table in (packing.kind_table, packing.folding_table):
        made, kept = table.__wrapped__(), table.__wrapped__()
        assert np.array_equal(made, kept)
        assert made.dtype == kept.dtype
    assert len(list(cache.iterdir())) == 2
