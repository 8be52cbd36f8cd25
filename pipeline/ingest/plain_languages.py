"""Languages that show plainly in a sample, by their commonest words or their letters: the model need not be asked."""

from __future__ import annotations

from dataclasses import dataclass

N_CHARS = 600
_LEAST_WORDS = 40
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


def plain_language(sample: str, script: str) -> str:
    """ISO 639-1 code of the language that `sample`, mostly in `script` (ISO 15924), is plainly in, else ""."""
    if script == "Latn":
        return _by_words(sample.lower().replace("’", "'").replace("l'", "la ").split())
    if len(sample) < _LEAST_LETTERS:
        return ""
    letters = set(sample.lower())
    if script == "Cyrl" and "ы" in letters and not (letters & _CYRILLIC) - _RUSSIAN:
        return "ru"
    if script == "Arab" and "ة" in letters and not letters & _NOT_ARABIC:
        return "ar"
    return ""


def _by_words(words: list[str]) -> str:
    if len(words) < _LEAST_WORDS:
        return ""
    different = set(words)
    for code, own in _LATIN.items():
        if own.needed <= different and not own.foreign & different:
            n_common = sum(map(words.count, own.common & different))
            if n_common >= own.least_share * len(words):
                return code
    return ""
