from __future__ import annotations

import re
import string
from importlib.resources import files

import pytest

from pipeline.errors import InputError
from pipeline.report.wording import LANGUAGES, load_wording

ROOT = files("pipeline.report")


def _keys(language: str) -> dict[str, frozenset[str | None]]:
    sentences = load_wording(language).sentences
    return {
        f"{section}.{name}": frozenset(field for _, field, _, _ in string.Formatter().parse(text) if field)
        for section, words in sentences.items()
        for name, text in words.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same(language: str) -> None:
    assert _keys(language) == _keys("en")


def test_every_sentence_asked_for_is_there() -> None:
    sources = [
        path for folder in (ROOT, ROOT / "templates") for path in folder.iterdir() if path.name.endswith((".py", ".j2"))
    ]
    asked = {
        key for path in sources for key in re.findall(r'\bt\("([a-z_]+\.[a-z_0-9]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 60
    assert asked <= set(_keys("en"))


def test_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="'xx'"):
        load_wording("xx")
