"""Languages that show plainly in a sample, by their commonest words or their letters: the model need not be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from pipeline.ingest.text_work import PLAIN_KERNEL, kernel_for

N_CHARS = 600
LEAST_WORDS, LEAST_LETTERS = 40, 200
EVENNESS = 0.5
_BETWEEN = "\0"


@dataclass(frozen=True, slots=True)
class Words:
    """`common` make up `least_share` of the words of a text, all of `needed` are among them and none of `foreign`."""

    common: frozenset[str]
    least_share: float
    needed: frozenset[str]
    foreign: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LATIN = {
    "en": Words(
        _words("the of and to that is for with by was has this from it be are at"),
        0.12,
        _words("the and"),
    ),
    "fr": Words(
        _words("de la le les et des en du un une que qui dans pour par sur au aux est ont sont cette avec ce il"),
        0.25,
        _words("et les"),
        _words("i y els amb los the und della"),
    ),
    "es": Words(
        _words("de la que el en y los las del se por con una para su al un es como más fue han"),
        0.25,
        _words("y los"),
        _words("els amb os uma unha não the und les"),
    ),
}


@dataclass(frozen=True, slots=True)
class Letters:
    """A text in `code` has the letter `needed`, `in_each` part of it or in one, and none that are `foreign`."""

    code: str
    needed: str
    foreign: frozenset[str]
    in_each: bool


_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
LETTERS = {
    "Cyrl": Letters("ru", "ы", frozenset(map(chr, range(0x400, 0x530))) - _RUSSIAN, in_each=True),
    # Letters of Persian, Urdu, Pashto, Kurdish, Uyghur and Sindhi that Arabic has not.
    "Arab": Letters("ar", "ة", frozenset("پچژگکیںےٹڈڑۆەێڕڵڤھہۃۀۇېۍښږډڼټځڅۈۋڭڪٿٻڄڃڇڌڍڊڏڦڻ"), in_each=False),
}


class Plain(NamedTuple):
    """The ISO 639-1 code of what a sample is plainly in, "" for none, and whether each of its parts looks like it."""

    code: str
    is_even: bool = True


NOT_PLAIN = Plain("")


def plain_languages(
    samples: Sequence[Sequence[str]], scripts: Sequence[str], evenness: float = EVENNESS
) -> list[Plain]:
    """What `plain_language` gives for each sample, mostly in the script at its place."""
    if kernel := kernel_for(sum(map(len, chain.from_iterable(samples))), PLAIN_KERNEL):
        found: list[Plain] = kernel.plain_languages(samples, scripts, evenness)
        return found
    return [plain_language(*sample, evenness) for sample in zip(samples, scripts, strict=True)]


def plain_language(parts: Sequence[str], script: str, evenness: float = EVENNESS) -> Plain:
    """The language that a sample in parts, mostly in `script` (ISO 15924), is plainly in.

    A part looks like it with `evenness` times the share of common words that the sample needs.
    """
    if script == "Latn":
        sample = _BETWEEN.join(parts).lower().replace("’", "'").replace("l'", "la ")
        return _by_words([part.split() for part in sample.split(_BETWEEN)], evenness)
    return _by_letters(parts, LETTERS[script]) if script in LETTERS else NOT_PLAIN


def _by_letters(parts: Sequence[str], own: Letters) -> Plain:
    if sum(map(len, parts)) < LEAST_LETTERS:
        return NOT_PLAIN
    letters = [set(part.lower()) for part in parts]
    every = set().union(*letters)
    if own.needed not in every or own.foreign & every:
        return NOT_PLAIN
    return Plain(own.code, not own.in_each or all(own.needed in part for part in letters))


def _by_words(parts: Sequence[list[str]], evenness: float) -> Plain:
    n_words = sum(map(len, parts))
    if n_words < LEAST_WORDS:
        return NOT_PLAIN
    different = set().union(*parts)
    for code, own in LATIN.items():
        if own.needed <= different and not own.foreign & different:
            n_common = [len(list(filter(own.common.__contains__, part))) for part in parts]
            if sum(n_common) >= own.least_share * n_words:
                least = evenness * own.least_share
                return Plain(code, all(n >= least * len(part) for n, part in zip(n_common, parts, strict=True)))
    return NOT_PLAIN
