"""The words of the page in the languages it speaks; one TOML file a language in `words/`, all with the same keys."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from pipeline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "ko")


@dataclass(frozen=True, eq=False)
class Wording:
    """`wording("answer.any", share="4%")` is that sentence, filled in."""

    language: str
    sentences: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, **values: object) -> str:
        section, name = key.split(".", 1)
        return self.sentences[section][name].format(**values)

    def language_name(self, code: str) -> str:
        """A language by its code; the code itself where the page has no word for it."""
        return self.sentences["language"].get(code, code)


def load_wording(language: str) -> Wording:
    """Words for `language`, one of `LANGUAGES`. Raises `InputError` for another."""
    if language not in LANGUAGES:
        raise InputError(f"no words for the language {language!r}", where="--lang", expected=" or ".join(LANGUAGES))
    text = (files("pipeline.report") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    return Wording(language, tomllib.loads(text))
