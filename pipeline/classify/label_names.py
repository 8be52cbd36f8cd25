"""The words that say what a theme is, where no terms do: its name, and its definition.

A label called "palm-oil" or "Applications: Education" tells what its documents are about; `fitting` lets the machines
start from there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.types import Taxonomy

LEVELS = re.compile("[:>|»]")
HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
BETWEEN_WORDS = re.compile(r"[\W_]+")


def words_of_names(names: Sequence[str]) -> list[str]:
    """Each name as plain words: "Harms: FinancialLoss" gives "Financial Loss", "palm-oil" gives "palm oil".

    Of several levels the last is taken, unless other names end alike; "" where a name holds no word.
    """
    levels = [[level for part in LEVELS.split(name) if (level := _words(part))] for name in names]
    n_ending_so = Counter(parts[-1].lower() for parts in levels if parts)
    return [
        "" if not parts else parts[-1] if n_ending_so[parts[-1].lower()] == 1 else " ".join(parts) for parts in levels
    ]


def names_of(taxonomy: Taxonomy) -> list[str]:
    """The words of each theme's labels, in all languages, and its definition; "" for a theme that has terms."""
    languages = sorted({language for theme in taxonomy for language in theme.labels})
    of_language = [words_of_names([theme.labels.get(language, "") for theme in taxonomy]) for language in languages]
    said = [
        [*(words[position] for words in of_language), theme.definition.strip()]
        for position, theme in enumerate(taxonomy)
    ]
    return [
        "" if any(theme.terms.values()) else "\n".join(dict.fromkeys(filter(None, own)))
        for theme, own in zip(taxonomy, said, strict=True)
    ]


def _words(part: str) -> str:
    words = BETWEEN_WORDS.sub(" ", HUMP.sub(" ", part)).strip()
    return words if any(map(str.isalpha, words)) else ""
