"""Languages that show plainly in a sample, by their commonest words or their letters: the model need not be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

N_CHARS = 600
_LEAST_WORDS = 40
_BETWEEN = "\0"
_LEAST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class _Words:
    """`common` make up `least_share` of the words of a text, all of `needed` are among them and none of `foreign`."""

    common: frozenset[str]
    least_share: float
    needed: frozenset[str]
    foreign: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LATIN = {
    "en": _Words(
        _words("the of and to that is for with by was has this from it be are at"),
        0.12,
        _words("the and"),
    ),
    "fr": _Words(
        _words("de la le les et des en du un une que qui dans pour par sur au aux est ont sont cette avec ce il"),
        0.25,
        _words("et les"),
        _words("i y els amb los the und della"),
    ),
    "es": _Words(
        _words("de la que el en y los las del se por con una para su al un es como más fue han"),
        0.25,
        _words("y los"),
        _words("els amb os uma unha não the und les"),
    ),
}
_RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_CYRILLIC = frozenset(map(chr, range(0x400, 0x530)))
# Letters of Persian, Urdu, Pashto, Kurdish, Uyghur and Sindhi that Arabic has not.
_NOT_ARABIC = frozenset("پچژگکیںےٹڈڑۆەێڕڵڤھہۃۀۇېۍښږډڼټځڅۈۋڭڪٿٻڄڃڇڌڍڊڏڦڻ")


class Plain(NamedTuple):
    """The ISO 639-1 code of what a sample is plainly in, "" for none, and whether each of its parts looks like it."""

    code: str
    is_even: bool = True


_NOT_PLAIN = Plain("")


def plain_language(parts: Sequence[str], script: str) -> Plain:
    """The language that a sample in parts, mostly in `script` (ISO 15924), is plainly in."""
    if script == "Latn":
        sample = _BETWEEN.join(parts).lower().replace("’", "'").replace("l'", "la ")
        return _by_words([part.split() for part in sample.split(_BETWEEN)])
    if sum(map(len, parts)) < _LEAST_LETTERS:
        return _NOT_PLAIN
    letters = [set(part.lower()) for part in parts]
    every = set().union(*letters)
    if script == "Cyrl" and "ы" in every and not (every & _CYRILLIC) - _RUSSIAN:
        return Plain("ru", all("ы" in part for part in letters))
    if script == "Arab" and "ة" in every and not every & _NOT_ARABIC:
        return Plain("ar")
    return _NOT_PLAIN


def _by_words(parts: Sequence[list[str]]) -> Plain:
    n_words = sum(map(len, parts))
    if n_words < _LEAST_WORDS:
        return _NOT_PLAIN
    different = set().union(*parts)
    for code, own in _LATIN.items():
        if own.needed <= different and not own.foreign & different:
            n_common = [len(list(filter(own.common.__contains__, part))) for part in parts]
            if sum(n_common) >= own.least_share * n_words:
                halves = zip(n_common, parts, strict=True)  # half of that share, or more, in each part
                return Plain(code, all(2 * n >= own.least_share * len(part) for n, part in halves))
    return _NOT_PLAIN
