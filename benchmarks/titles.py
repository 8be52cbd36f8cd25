"""How often a title is found in pages dumped as text: `python benchmarks/titles.py PAGES_DIR`.

PAGES_DIR holds `lines.dev.jsonl.gz` (id, lang, text) and `html.dev.jsonl.gz` (id, html, gold), and the same of `train`.
The truth is the longest line with which the HTML's own title (og:title, else its title element) begins, if that is at
least four tenths of it. The weights were chosen on half of the pages; the other half is held out. Also printed: how
often the only full date in the first paragraph is the day of publication.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.ingest.clean import clean_text
from pipeline.ingest.date_mentions import mentions
from pipeline.ingest.page_facts import date_of_page, title_element
from pipeline.ingest.titles import first_line

N_TRAIN_PAGES = 1_500
LEAST_SHARE_OF_TITLE = 0.4
OG_TITLE = re.compile(r'<meta[^>]{1,200}og:title[^>]{1,200}content="([^"]{1,500})"')


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def folded(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def true_title(page: str, lines: list[str]) -> str:
    """The title folded, or "" where no line of the page is it."""
    named = OG_TITLE.search(page)
    title = folded(html.unescape(named[1]) if named else title_element(page))
    starts = [line for line in map(folded, lines) if len(line) > 7 and title.startswith(line)]
    best = max(starts, key=len, default="")
    return best if len(best) >= LEAST_SHARE_OF_TITLE * len(title) else ""


def half_of(identity: str) -> str:
    return "chosen on" if int(hashlib.md5(identity.encode()).hexdigest(), 16) % 2 else "held out"


def measure_titles(folder: Path, pages: dict[str, str]) -> None:
    n_pages, n_found = Counter[str](), Counter[str]()
    train = [item for item, _ in zip(rows(folder / "lines.train.jsonl.gz"), range(N_TRAIN_PAGES), strict=False)]
    for item in [*rows(folder / "lines.dev.jsonl.gz"), *train]:
        truth = true_title(pages.get(item["id"], ""), item["text"].split("\n"))
        cleaned = clean_text(item["text"])
        if truth and cleaned.text:
            found = folded(cleaned.title or first_line(cleaned.text)) == truth
            for slice_ in (item["lang"], half_of(item["id"]), "all"):
                n_pages[slice_] += 1
                n_found[slice_] += found
    for slice_, n in n_pages.most_common():
        print(f"titles, {slice_}: {n_found[slice_] / n:.3f} of {n}")


def measure_first_dates(texts: dict[str, str], pages: dict[str, str]) -> None:
    n = Counter[str]()
    for identity, page in pages.items():
        published = date_of_page(page)
        first = next((line for line in texts[identity].split("\n") if len(line) > 80), "")
        found = {mention.value for mention in mentions(first[:600]) if mention.precision == "day"}
        if published.precision == "day" and len(found) == 1:
            value = found.pop()
            n["pages"] += 1
            n["same day"] += value == published.value
            n["same month"] += value[:7] == published.value[:7]
            n["later than publication"] += value > published.value
    print("the only full date in the first paragraph:", dict(n))


def main(folder: Path) -> None:
    pages: dict[str, str] = {}
    texts: dict[str, str] = {}
    for part in ("dev", "train"):
        for item in rows(folder / f"html.{part}.jsonl.gz"):
            pages[item["id"]], texts[item["id"]] = item["html"], item["gold"]
    measure_titles(folder, pages)
    measure_first_dates(texts, pages)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
