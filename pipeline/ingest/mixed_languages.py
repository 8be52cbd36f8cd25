"""Texts in two languages of one script, as a release with its translation below: found by naming stretches of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

LEAST_CHARS = 800
"""A shorter text is taken to be in one language."""
MIXED_SHARE = 0.2
"""From this share of the text on, a second language is reported; one in the same script from about this share on."""
_STRETCH, _MOST_STRETCHES, _LEAST_STRETCHES, _LEAST_SHARE = 250, 12, 2, 0.15
_N_CHARS_SEARCHED = 20_000
_LEAST_PROBABILITY, _LEAST_OF_ALIKE = 0.9, 0.999
# Languages that lists of names, quotations and old spellings are taken for are not among them.
_COMMON = {
    "af", "ar", "az", "be", "bg", "bs", "ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fa", "fi",
    "fr", "ga", "gl", "ha", "hi", "hr", "hu", "id", "is", "it", "kk", "ky", "lt", "lv", "mk", "mn", "mr",
    "ms", "mt", "ne", "nl", "no", "pl", "ps", "pt", "ro", "ru", "sk", "sl", "so", "sq", "sr", "sv", "sw",
    "tg", "tk", "tl", "tr", "ug", "uk", "ur", "uz", "vi",
}  # fmt: skip
_ALIKE = (
    {"da", "no", "sv"}, {"bs", "hr", "sl", "sr"}, {"cs", "sk"}, {"id", "ms", "tl"}, {"es", "gl", "pt", "ca", "it"},
    {"bg", "mk", "sr", "ru"}, {"ru", "uk", "be"}, {"af", "nl", "de"}, {"kk", "ky", "tg", "tk", "tr", "az", "uz", "ug"},
    {"fa", "ps", "ur", "ar"}, {"hi", "mr", "ne"}, {"et", "fi"},
)  # fmt: skip
"""Languages that stretches of one another are sometimes taken for."""


def languages_of_stretches(named: Iterable[tuple[str, float]], main: str) -> list[tuple[str, float]]:
    """The languages of a text with their shares of it, most of it first; only `main` unless another is surely there.

    named: the language of each of its `stretches` and how likely it is.
    """
    found = Counter(language for name in named if (language := _certain(*name, main)))
    n_named = found.total()
    other = [
        language
        for language, n in found.items()
        if language != main and n >= max(_LEAST_STRETCHES, _LEAST_SHARE * n_named)
    ]
    if not other or found[main] < _LEAST_STRETCHES:
        return [(main, 1.0)]
    return [(language, n / n_named) for language, n in found.most_common() if language in (main, *other)]


def _certain(language: str, probability: float, main: str) -> str:
    """The language of a stretch, "" where it is not certain enough beside the main one."""
    if language == main:
        return language
    is_alike = any(main in group and language in group for group in _ALIKE)
    least = _LEAST_OF_ALIKE if is_alike else _LEAST_PROBABILITY
    return language if language in _COMMON and probability >= least else ""


def stretches(text: str) -> Iterator[str]:
    """Stretches of whole words at even distances."""
    text = text[:_N_CHARS_SEARCHED]
    n_stretches = min(_MOST_STRETCHES, len(text) // _STRETCH)
    for number in range(n_stretches):
        start = number * (len(text) - _STRETCH) // max(1, n_stretches - 1)
        start = text.find(" ", start, start + _STRETCH // 2) + 1 or start
        yield text[start : start + _STRETCH]
