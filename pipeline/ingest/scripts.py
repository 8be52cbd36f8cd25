"""How much of a text is in each script, so that its language, or the question which it may be, is known by that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.ingest.text_work import LANGUAGE_KERNEL, kernel_for

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
_WEIGHT_OF = {script: weight for _, _, script, weight in _RANGES}
SCRIPTS = ("", *sorted(_WEIGHT_OF))
_WEIGHTS = np.array([_WEIGHT_OF.get(script, 0.0) for script in SCRIPTS])
_HAN, _KANA, _HANGUL = map(SCRIPTS.index, ("Hani", "Kana", "Hang"))
_LEAST_KANA = 0.05


def script_amounts(texts: Sequence[str]) -> NDArray[np.float64]:
    """(n_texts, len(SCRIPTS)): amount of text in each script, in letters; Han is counted to what it stands with."""
    heads = [text[:N_CHARS_WEIGHED] for text in texts]
    kernel = kernel_for(sum(map(len, heads)), LANGUAGE_KERNEL)
    amounts: NDArray[np.float64] = (kernel.count_scripts if kernel else count_scripts)(heads) * _WEIGHTS
    han, kana, hangul = (amounts[:, place].copy() for place in (_HAN, _KANA, _HANGUL))
    is_japanese = (han > 0) & (kana >= _LEAST_KANA * (han + kana))
    is_korean = (han > 0) & ~is_japanese & (hangul > han)
    amounts[:, _KANA] += han * is_japanese
    amounts[:, _HANGUL] += han * is_korean
    amounts[is_japanese | is_korean, _HAN] = 0
    return amounts


def count_scripts(texts: Sequence[str]) -> NDArray[np.int64]:
    """(n_texts, len(SCRIPTS)): how many code points of each text are in each script, by blocks of 64."""
    counts = np.zeros((len(texts), len(SCRIPTS)), np.int64)
    for row, text in zip(counts, texts, strict=True):
        units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16)
        row += np.bincount(script_of_block()[units >> 6], minlength=len(SCRIPTS))
    counts[:, 0] = 0
    return counts


@lru_cache(maxsize=1)
def script_of_block() -> NDArray[np.uint8]:
    """Place in `SCRIPTS` of the script of each block of 64 code points, shape (1024,); surrogates are in none."""
    scripts = np.zeros(1024, np.uint8)
    for first, last, script, _ in _RANGES:
        scripts[first >> 6 : (last >> 6) + 1] = SCRIPTS.index(script)
    return scripts


def words_in(script: str, text: str) -> str:
    """The words of `text` in one script."""
    ranges = "".join(f"{chr(first)}-{chr(last)}" for first, last, name, _ in _RANGES if name == script)
    return " ".join(re.findall(f"[{ranges}]+", text[:N_CHARS_WEIGHED]))
