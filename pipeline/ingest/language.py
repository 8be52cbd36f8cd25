"""The language of clean texts: by their scripts, by what shows it plainly (`plain_languages`), else by py3langid.

Every step is made for all texts at once: what it needs is called, and is in the processor's caches, once a batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.ingest.mixed_languages import LEAST_CHARS, MIXED_SHARE, languages_of_stretches, stretches
from pipeline.ingest.plain_languages import N_CHARS, plain_languages
from pipeline.ingest.scripts import SCRIPTS, script_amounts, words_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.ingest.language_model import LanguageModel

N_SAMPLED_CHARS = 270
"""py3langid's time grows with the length; on 320 web pages 300 characters named as many languages rightly as 2,000."""
N_SAMPLED_OF_OTHERS = N_SAMPLED_CHARS * 2 // 3
"""Letters of other scripts than Latin take two or three bytes."""
MIN_MODEL_LETTERS = 24
LEAST_CHARS_OF_WIDER = 2_000
"""Of a text so long a part of a sample twice as large is still no more than what may be in a second language."""
EVENNESS_OF_WIDER = 0.75
"""Half as many common words as a language has stand in a neighbouring language, which longer parts would hide."""

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


_Found = tuple[str, float, bool]
"""A language, its probability, and whether each of three parts of a sample looks like it."""


class _Part(NamedTuple):
    """What of a text is in one script: how much, in letters, and whether that is (nearly) all of the text."""

    text: str
    script: str
    amount: float
    is_alone: bool


class _Named(NamedTuple):
    """The languages of a part with their shares of it, and the probability of the first."""

    probability: float
    found: list[tuple[str, float]]


def language_of(text: str) -> Language:
    """The main language of `text` by amount; others from a share of `MIXED_SHARE` on in `others`."""
    return languages_of([text])[0]


def languages_of(texts: Sequence[str]) -> list[Language]:
    """What `language_of` gives for each."""
    if not texts:
        return []
    amounts = script_amounts(texts)
    totals = amounts.cumsum(axis=1)[:, -1].tolist()
    parts = [_parts_of(*found) for found in zip(texts, _scripts(amounts), totals, strict=True)]
    named = iter(_name([part for own in parts for part in own]))
    return [
        _language([(part, next(named)) for part in own], total) if own else UNDETERMINED
        for own, total in zip(parts, totals, strict=True)
    ]


def _scripts(amounts: NDArray[np.float64]) -> Iterator[list[tuple[str, float]]]:
    """Of each text the scripts with their amounts, the largest first."""
    order = np.argsort(-amounts, axis=1, kind="stable")
    of_texts, places = np.nonzero(np.take_along_axis(amounts, order, axis=1))
    found = order[of_texts, places]
    values = zip(map(SCRIPTS.__getitem__, found.tolist()), amounts[of_texts, found].tolist(), strict=True)
    for n in np.bincount(of_texts, minlength=len(amounts)).tolist():
        yield [next(values) for _ in range(n)]


def _parts_of(text: str, scripts: Sequence[tuple[str, float]], total: float) -> list[_Part]:
    """The part in the script of most of the text, then those in others that are much of it."""
    return [
        _Part(text, script, amount, not place and amount > 0.9 * total)
        for place, (script, amount) in enumerate(scripts)
        if not place or amount >= MIXED_SHARE * total
    ]


def _language(parts: Sequence[tuple[_Part, _Named]], total: float) -> Language:
    if len(parts) == 1 and len(parts[0][1].found) == 1:
        part, named = parts[0]
        return _only(named.found[0][0], round(named.probability * min(1.0, part.amount / total * 1.25), 3))
    shares = [(code, share * part.amount / total) for part, named in parts for code, share in named.found]
    (main, share), *rest = shares
    others = tuple([(code, round(part, 2)) for code, part in rest if code not in (main, "und")])
    return Language(main, round(parts[0][1].probability * min(1.0, share * 1.25), 3), others)


@lru_cache(maxsize=1024)
def _only(code: str, probability: float) -> Language:
    return Language(code, probability)


def _name(parts: Sequence[_Part]) -> list[_Named]:
    """The languages of parts of texts."""
    named = [_by_script(part) for part in parts]
    rest = [place for place, found in enumerate(named) if not found]
    texts = [part.text if part.is_alone else words_in(part.script, part.text) for part in map(parts.__getitem__, rest)]
    found = iter(_by_words(texts, [parts[place].script for place in rest]))
    return [own or next(found) for own in named]


def _by_script(part: _Part) -> _Named | None:
    if part.script in _LANGUAGE_OF_SCRIPT:
        return _Named(1.0, [(_LANGUAGE_OF_SCRIPT[part.script], 1.0)])
    if part.amount < MIN_MODEL_LETTERS:
        return _Named(0.5, [(_FALLBACK_OF_SCRIPT.get(part.script, "und"), 1.0)])
    return None


def _by_words(texts: Sequence[str], scripts: Sequence[str]) -> list[_Named]:
    """The languages of texts, each in one script that several are written in."""
    named = [(code, 1.0, is_even) for code, is_even in plain_languages([_samples(text) for text in texts], scripts)]
    for place, found in _in_wider_samples(texts, scripts, named):
        named[place] = found
    unknown = [place for place, (code, _, _) in enumerate(named) if not code]
    for place, found in zip(unknown, _by_model([(texts[place], scripts[place]) for place in unknown]), strict=True):
        named[place] = found
    mixed = [place for place, found in enumerate(named) if not found[2] and len(texts[place]) >= LEAST_CHARS]
    results = [_Named(probability, [(code, 1.0)]) for code, probability, _ in named]
    for place, own in zip(mixed, _of_stretches([(texts[place], scripts[place]) for place in mixed]), strict=True):
        results[place] = results[place]._replace(found=languages_of_stretches(own, named[place][0]))
    return results


def _in_wider_samples(
    texts: Sequence[str], scripts: Sequence[str], named: Sequence[_Found]
) -> Iterator[tuple[int, _Found]]:
    """What shows plainly and evenly in twice as much of the longer texts whose first samples were not plain or even."""
    asked = [
        place
        for place, (code, _, is_even) in enumerate(named)
        if not (code and is_even) and len(texts[place]) >= LEAST_CHARS_OF_WIDER
    ]
    samples = [_samples(texts[place], 2 * N_CHARS) for place in asked]
    found = plain_languages(samples, [scripts[place] for place in asked], EVENNESS_OF_WIDER)
    for place, (code, is_even) in zip(asked, found, strict=True):
        if code and is_even and named[place][0] in ("", code):
            yield place, (code, 1.0, True)


def _by_model(texts: Sequence[tuple[str, str]]) -> list[_Found]:
    """Of texts, each with its script: the language, its probability, and whether each of three parts is in it."""
    samples = [_samples(text, N_SAMPLED_CHARS if script == "Latn" else N_SAMPLED_OF_OTHERS) for text, script in texts]
    asked = [
        [" ".join(parts), *(parts if len(text) >= LEAST_CHARS else ())]
        for (text, _), parts in zip(texts, samples, strict=True)
    ]
    found = iter(_classify([sample for own in asked for sample in own]))
    named = ([next(found) for _ in own] for own in asked)
    return [(*first, all(code == first[0] for code, _ in parts)) for first, *parts in named]


def _of_stretches(texts: Sequence[tuple[str, str]]) -> list[list[tuple[str, float]]]:
    """The languages of stretches of texts, each with its script, and their probabilities."""
    own = [list(stretches(text)) for text, _ in texts]
    cut = [stretch for some in own for stretch in some]
    scripts = [script for some, (_, script) in zip(own, texts, strict=True) for _ in some]
    named = [(code, 1.0) for code, _ in plain_languages([(stretch,) for stretch in cut], scripts)]
    unknown = [place for place, (code, _) in enumerate(named) if not code]
    for place, found in zip(unknown, _classify([cut[place] for place in unknown]), strict=True):
        named[place] = found
    every = iter(named)
    return [[next(every) for _ in some] for some in own]


def _samples(text: str, n_chars: int = N_CHARS) -> tuple[str, ...]:
    """Three stretches from the beginning, middle and end, so that a long quotation does not decide."""
    if len(text) <= n_chars:
        return (text,)
    part = n_chars // 3
    middle = (len(text) - part) // 2
    return text[:part], text[middle : middle + part], text[-part:]


def _classify(texts: Sequence[str]) -> list[tuple[str, float]]:
    return _model().classify(texts) if texts else []


@lru_cache(maxsize=1)
def _model() -> LanguageModel:
    """py3langid's model; 0.1 to 0.7 s to load, hence only when a text needs it."""
    from pipeline.ingest.language_model import load_model

    return load_model()
