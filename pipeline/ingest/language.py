"""The language of a clean text: by its script, by what shows it plainly (`plain_languages`), else by py3langid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.mixed_languages import LEAST_CHARS, MIXED_SHARE, languages_of_stretches
from pipeline.ingest.plain_languages import N_CHARS, plain_language
from pipeline.ingest.text_work import kernel_for

if TYPE_CHECKING:
    from pipeline.ingest.language_model import LanguageModel

N_SAMPLED_CHARS = 270
"""py3langid's time grows with the length; on 320 web pages 300 characters named as many languages rightly as 2,000."""
MIN_MODEL_LETTERS = 24
N_CHARS_WEIGHED = 20_000

# (first, last code point, script, weight): a Han character carries about as much as three letters.
_RANGES = (
    (0x0041, 0x02AF, "Latn", 1.0),
    (0x0370, 0x03FF, "Grek", 1.0),
    (0x0400, 0x052F, "Cyrl", 1.0),
    (0x0540, 0x058F, "Armn", 1.0),
    (0x05C0, 0x05FF, "Hebr", 1.2),
    (0x0600, 0x077F, "Arab", 1.2),
    (0x0900, 0x097F, "Deva", 1.2),
    (0x0980, 0x09FF, "Beng", 1.2),
    (0x0A00, 0x0A7F, "Guru", 1.2),
    (0x0A80, 0x0AFF, "Gujr", 1.2),
    (0x0B80, 0x0BFF, "Taml", 1.2),
    (0x0C00, 0x0C7F, "Telu", 1.2),
    (0x0C80, 0x0CFF, "Knda", 1.2),
    (0x0D00, 0x0D7F, "Mlym", 1.2),
    (0x0D80, 0x0DFF, "Sinh", 1.2),
    (0x0E00, 0x0E7F, "Thai", 1.0),
    (0x0E80, 0x0EFF, "Laoo", 1.0),
    (0x1000, 0x107F, "Mymr", 1.2),
    (0x10C0, 0x10FF, "Geor", 1.0),
    (0x1200, 0x137F, "Ethi", 2.0),
    (0x1780, 0x17FF, "Khmr", 1.2),
    (0x1E00, 0x1EFF, "Latn", 1.0),
    (0x1F00, 0x1FFF, "Grek", 1.0),
    (0x3040, 0x30FF, "Kana", 2.0),
    (0x3400, 0x9FFF, "Hani", 3.0),
    (0xAC00, 0xD7AF, "Hang", 2.5),
    (0xFB40, 0xFDFF, "Arab", 1.2),
    (0xFE80, 0xFEFF, "Arab", 1.2),
)
_WEIGHTS = {script: weight for _, _, script, weight in _RANGES}
_SCRIPTS = ("", *sorted(_WEIGHTS))
# Scripts that (nearly) one language is written in; the others ask the model.
_LANGUAGE_OF_SCRIPT = {
    "Grek": "el", "Armn": "hy", "Hebr": "he", "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Sinh": "si",
    "Thai": "th", "Laoo": "lo", "Mymr": "my", "Geor": "ka", "Khmr": "km", "Guru": "pa", "Gujr": "gu",
    "Hang": "ko", "Kana": "ja", "Hani": "zh",
}  # fmt: skip
_FALLBACK_OF_SCRIPT = {"Cyrl": "und", "Arab": "ar", "Deva": "hi", "Beng": "bn", "Ethi": "am", "Latn": "und"}


@dataclass(frozen=True, slots=True)
class Language:
    """`code` (ISO 639-1, "und" if unknown) of most of the text, its `probability`; `others` with their share of it."""

    code: str
    probability: float = 1.0
    others: tuple[tuple[str, float], ...] = ()


UNDETERMINED = Language("und", 0.0)


def language_of(text: str) -> Language:
    """The main language of `text` by amount; others from a share of `MIXED_SHARE` on in `others`."""
    amounts = _script_amounts(text)
    total = sum(amounts.values())
    if not total:
        return UNDETERMINED
    (first, most), *rest = sorted(amounts.items(), key=lambda item: -item[1])
    probability, found = _languages_in(text, first, most, is_alone=most > 0.9 * total)
    shares = [(code, share * most / total) for code, share in found]
    for script, amount in rest:
        if amount >= MIXED_SHARE * total:
            _, found = _languages_in(text, script, amount)
            shares += [(code, share * amount / total) for code, share in found]
    main, share = shares[0]
    others = tuple((code, round(part, 2)) for code, part in shares[1:] if code not in (main, "und"))
    return Language(main, round(probability * min(1.0, share * 1.25), 3), others)


def _script_amounts(text: str) -> dict[str, float]:
    """Amount of text per script, in letters; Han goes to the East Asian script it stands with."""
    text = text[:N_CHARS_WEIGHED]
    kernel = kernel_for(len(text))
    counts = (kernel.count_scripts if kernel else count_scripts)(text, _script_of_block())[: len(_SCRIPTS)].tolist()
    amounts = {script: n * _WEIGHTS[script] for script, n in zip(_SCRIPTS, counts, strict=False) if n and script}
    han, kana, hangul = (amounts.get(script, 0.0) for script in ("Hani", "Kana", "Hang"))
    if han and kana >= 0.05 * (han + kana):
        amounts["Kana"] = kana + amounts.pop("Hani")
    elif han and hangul > han:
        amounts["Hang"] = hangul + amounts.pop("Hani")
    return amounts


def count_scripts(text: str, script_of_block: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many code points of `text` are in each script, by blocks of 64: `script_of_block` (1024,) has its number."""
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    return np.bincount(script_of_block[units >> 6])


@lru_cache(maxsize=1)
def _script_of_block() -> NDArray[np.uint8]:
    """Place in `_SCRIPTS` of the script of each block of 64 code points, shape (1024,); surrogates are in none."""
    scripts = np.zeros(1024, np.uint8)
    for first, last, script, _ in _RANGES:
        scripts[first >> 6 : (last >> 6) + 1] = _SCRIPTS.index(script)
    return scripts


def _only(text: str, script: str) -> str:
    """The words of `text` in one script."""
    ranges = "".join(f"{chr(first)}-{chr(last)}" for first, last, name, _ in _RANGES if name == script)
    return " ".join(re.findall(f"[{ranges}]+", text[:N_CHARS_WEIGHED]))


def _languages_in(
    text: str, script: str, n_letters: float, *, is_alone: bool = False
) -> tuple[float, list[tuple[str, float]]]:
    """The languages of the words in one script with their shares of these, after the probability of the first."""
    if script in _LANGUAGE_OF_SCRIPT:
        return 1.0, [(_LANGUAGE_OF_SCRIPT[script], 1.0)]
    if n_letters < MIN_MODEL_LETTERS:
        return 0.5, [(_FALLBACK_OF_SCRIPT.get(script, "und"), 1.0)]
    text = text if is_alone else _only(text, script)
    code, is_even = plain_language(_parts(text, N_CHARS), script)
    probability = 1.0
    if not code:
        n_sampled = N_SAMPLED_CHARS if script == "Latn" else N_SAMPLED_CHARS * 2 // 3  # others take two or three bytes
        parts = _parts(text, n_sampled)
        looked_at = parts if len(text) >= LEAST_CHARS else ()
        (code, probability), *found = _model().classify([" ".join(parts), *looked_at])
        is_even = all(language == code for language, _ in found)
    if is_even or len(text) < LEAST_CHARS:
        return probability, [(code, 1.0)]
    return probability, languages_of_stretches(text, code, lambda stretch: _named(stretch, script))


def _named(stretch: str, script: str) -> tuple[str, float]:
    code, _ = plain_language([stretch], script)
    return (code, 1.0) if code else _model().classify([stretch])[0]


def _parts(text: str, n_chars: int) -> tuple[str, ...]:
    """Three stretches from the beginning, middle and end, so that a long quotation does not decide."""
    if len(text) <= n_chars:
        return (text,)
    part = n_chars // 3
    middle = (len(text) - part) // 2
    return text[:part], text[middle : middle + part], text[-part:]


@lru_cache(maxsize=1)
def _model() -> LanguageModel:
    """py3langid's model; 0.1 to 0.7 s to load, hence only when a text needs it."""
    from pipeline.ingest.language_model import load_model

    return load_model()
