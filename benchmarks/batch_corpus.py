"""A corpus made for benchmarks of the batch layer: dumps of web pages of about 300 words, and tables of short texts.

The words are sentences of the labelled documents, drawn anew for each text; the chrome is that of eight made-up sites.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

N_WORDS = 300
MENU = ("Home", "About us", "News", "Events", "Publications", "Contact", "Search", "Site map", "Careers", "Languages")
FOOTER = ("Privacy notice", "Terms of use", "Accessibility", "Follow us", "Back to top", "Print this page", "Share")
SITES = ("ministry", "agency", "mission", "institute", "library", "police", "parliament", "newsroom")
SHARES = {"en": 6, "fr": 1, "es": 1, "ko": 1, "ru": 1}


class Corpus:
    """Texts drawn from the sentences of a folder of labelled documents, the same ones for the same seed."""

    def __init__(self, labelled: Path, seed: int = 0) -> None:
        self._chance = random.Random(seed)
        self._sentences = {language: _sentences(labelled / f"{language}.jsonl") for language in SHARES}

    def write_dumps(self, folder: Path, n: int) -> Path:
        """`n` text files in a folder for each site."""
        for number in range(n):
            site = SITES[number % len(SITES)]
            (folder / site).mkdir(parents=True, exist_ok=True)
            (folder / site / f"{number:07d}.txt").write_text(self._dump(site, number), encoding="utf-8")
        return folder

    def write_short(self, path: Path, n: int) -> Path:
        """`n` rows of one or two sentences in a JSON lines or Parquet file."""
        rows = ({"id": f"r{number}", "text": " ".join(self._some(1 + number % 2))} for number in range(n))
        return _write_jsonl(path, rows) if path.suffix == ".jsonl" else _write_parquet(path, rows)

    def _some(self, n: int) -> list[str]:
        language = self._chance.choices(tuple(SHARES), tuple(SHARES.values()))[0]
        return self._chance.choices(self._sentences[language], k=n)

    def _dump(self, site: str, number: int) -> str:
        language = self._chance.choices(tuple(SHARES), tuple(SHARES.values()))[0]
        pool, paragraphs, n_words = self._sentences[language], list[str](), 0
        while n_words < N_WORDS:
            paragraphs.append(" ".join(self._chance.choices(pool, k=3)))
            n_words += len(paragraphs[-1].split())
        title = self._chance.choice(pool)[:80]
        date = f"{1 + number % 28} March {2015 + number % 10}"
        menu, footer = self._chance.sample(MENU, 8), self._chance.sample(FOOTER, 5)
        rights = f"Copyright {2015 + number % 10} {site}. All rights reserved."
        return "\n".join([*menu, "", title, date, "", "\n\n".join(paragraphs), "", *footer, rights, ""])


def _sentences(path: Path) -> list[str]:
    found = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            text = " ".join(json.loads(line)["text"].split())
            found += [sentence for sentence in re.split(r"(?<=[.!?])\s+", text) if 40 <= len(sentence) <= 400]
    return found


def _write_jsonl(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path


def _write_parquet(path: Path, rows: Iterator[dict[str, str]]) -> Path:
    from itertools import islice

    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    with parquet.ParquetWriter(path, schema) as writer:
        while group := list(islice(rows, 50_000)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
    return path
