"""How similar made copies of documents are: `python benchmarks/duplicates.py data/labeled`.

Each document of 800 to 6,000 characters is changed as releases are when they are published again; then documents that
follow each other get the same ending. Prints the Jaccard similarity of their 5-grams and the share that counts as one.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from pipeline.ingest.shingles import read_words, shingles_of
from pipeline.ingest.signatures import DEFAULT_SIMILARITY, jaccard

LENGTHS = range(800, 6_001)
RNG = random.Random(0)
CONTACT = (
    "For more information contact the press office of the ministry at the usual number or write to the spokesperson."
)


def similarity(first: str, second: str) -> float:
    return jaccard(*(shingles_of(read_words(text)) for text in (first, second)))


def changed(share: float) -> Callable[[str], str]:
    """Replaces that share of the words by another."""

    def change(text: str) -> str:
        words = text.split(" ")
        for place in RNG.sample(range(len(words)), round(share * len(words))):
            words[place] = "changed"
        return " ".join(words)

    return change


def made_word() -> str:
    return "".join(RNG.choices("abcdefghiklmnoprstu", k=RNG.randint(2, 9)))


COPIES: dict[str, Callable[[str], str]] = {
    "a dateline put before": lambda text: f"GENEVA, 5 May 2024 - {text}",
    "headline and dateline": lambda text: f"A new headline for the same release\nSeoul (18 July 2023) - {text}",
    "contact paragraph added": lambda text: f"{text}\n\n{CONTACT}",
    "1 word in 100 changed": changed(0.01),
    "1 word in 45 changed": changed(1 / 45),
    "1 word in 20 changed": changed(0.05),
    "last paragraph cut": lambda text: text.rstrip().rsplit("\n", 1)[0],
}


def row(name: str, values: list[float]) -> str:
    values.sort()
    share = sum(value >= DEFAULT_SIMILARITY for value in values) / len(values)
    picked = (values[len(values) // 20], values[len(values) // 2], values[len(values) * 19 // 20])
    return f"| {name} | {' | '.join(f'{value:.2f}' for value in picked)} | {100 * share:.1f} % |"


def main(folder: Path) -> None:
    rows = [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    texts = [item["text"] for item in rows if len(item["text"]) in LENGTHS]
    spaced = [text for text in texts if len(text.split()) > 100]
    print(f"{len(texts)} documents, {len(spaced)} of them of more than 100 words with spaces\n")
    print("| what differs | 5 % below | median | 95 % below | counted as one |\n|---|---|---|---|---|")
    for name, copy in COPIES.items():
        print(row(name, [similarity(text, copy(text)) for text in spaced]))
    for n_words in (40, 80):
        ending = " ".join(made_word() for _ in range(n_words))
        pairs = pairwise(spaced)
        found = [similarity(f"{first}\n{ending}", f"{second}\n{ending}") for first, second in pairs]
        print(row(f"another release, same {n_words} words at the end", found), f"highest {max(found):.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
