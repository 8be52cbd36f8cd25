"""Measures cleaning beside its peers on the same pages in the same run: quality by language, and documents a second.

    python benchmarks/cleaning.py PAGES_DIR [--split dev] [--limit N]

PAGES_DIR holds lines.SPLIT.jsonl.gz and html.SPLIT.jsonl.gz (rows with `text` or `html`, `gold`, `lang`). Quality is
precision, recall and F1 of runs of four tokens, as means over pages. "Mixed" pages are made here: the body of one page
within the chrome of another page in another language. Peers that are not installed are left out, with a word.
Time is CPU time of one process with one thread.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import html
import importlib.metadata
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from line_labels import tokenize
from line_pages import label_page, mix_pages, read_rows
from score_pages import precision_recall, summary, token_shares

from pipeline.ingest.clean import clean_html, clean_text
from pipeline.ingest.lines import split_lines

Cleaner = Callable[[str], str]
N_MIXED = 200
N_WARM_UP = 20
JUSTEXT_LANGUAGES = {"en": "English", "ru": "Russian", "pl": "Polish", "de": "German", "el": "Greek"}


@dataclass(frozen=True)
class Case:
    """One page to clean and the text wanted from it."""

    page: str
    gold: str
    language: str


def best_segment(text: str) -> str:
    """Peer without learning: the run of lines with the highest sum of length less a fixed price."""
    lines = split_lines(text).text
    if not lines:
        return ""
    gain = np.array([min(len(line), 300) - 60 for line in lines])
    sums = np.cumsum(gain)
    lowest = np.minimum.accumulate(np.concatenate([[0], sums[:-1]]))
    end = int(np.argmax(sums - lowest))
    start = int(np.argmin(np.concatenate([[0], sums[:end]])))
    return "\n".join(lines[start : end + 1])


def text_cleaners() -> dict[str, Cleaner]:
    found: dict[str, Cleaner] = {
        "themes": lambda text: clean_text(text).text,
        "keep everything": lambda text: text,
        "best segment": best_segment,
    }
    as_html = html_cleaners()
    if "justext" in as_html:
        found["justext"] = lambda text: as_html["justext"](_as_paragraphs(text))
    return found


def _as_paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())


def html_cleaners() -> dict[str, Cleaner]:
    found: dict[str, Cleaner] = {"themes": lambda page: clean_html(page).text}
    peers = {
        "trafilatura": _trafilatura,
        "justext": _justext,
        "resiliparse": _resiliparse,
        "readability-lxml": _readability,
    }
    for name, load in peers.items():
        try:
            found[name] = load()
        except ImportError:
            print(f"{name}: not installed, left out")
    return found


def _trafilatura() -> Cleaner:
    from trafilatura import extract

    return lambda page: extract(page, include_comments=False) or ""


def _justext() -> Cleaner:
    import justext

    stop_words = frozenset().union(*(justext.get_stoplist(name) for name in JUSTEXT_LANGUAGES.values()))

    def clean(page: str) -> str:
        try:
            return "\n".join(part.text for part in justext.justext(page, stop_words) if not part.is_boilerplate)
        except Exception:  # a peer's crash counts as an empty answer
            return ""

    return clean


def _resiliparse() -> Cleaner:
    from resiliparse.extract.html2text import extract_plain_text

    return lambda page: extract_plain_text(page, main_content=True)


def _readability() -> Cleaner:
    from lxml.html import fromstring
    from readability import Document

    def clean(page: str) -> str:
        try:
            return "\n".join(fromstring(Document(page).summary()).itertext())
        except Exception:  # a peer's crash counts as an empty answer
            return ""

    return clean


def measure(name: str, clean: Cleaner, cases: list[Case], *, tokens: bool) -> None:
    for case in cases[:N_WARM_UP]:
        clean(case.page)
    started = time.process_time()
    cleaned = [clean(case.page) for case in cases]
    seconds = time.process_time() - started
    by_language: dict[str, list] = {"all": []}
    for case, text in zip(cases, cleaned, strict=True):
        pair = precision_recall(text, case.gold)
        by_language["all"].append(pair)
        by_language.setdefault(case.language, []).append(pair)
    precision, recall, f1 = summary(by_language.pop("all"))
    line = f"{name:17s} P {precision:.3f} R {recall:.3f} F1 {f1:.3f}  {len(cases) / seconds:8.0f} docs/s "
    line += " ".join(f"{language} {summary(pairs)[2]:.3f}" for language, pairs in sorted(by_language.items()))
    if tokens:
        shares = [
            token_shares(text, case.page, case.gold)
            for text, case in zip(cleaned, cases, strict=True)
            if tokenize(case.gold)
        ]
        kept, removed = np.mean(shares, axis=0)
        line += f"  body kept {kept:.3f} chrome removed {removed:.3f}"
    print(line, flush=True)


def mixed_cases(rows: list[dict]) -> list[Case]:
    pages = [label_page(split_lines(row["text"]).text, row) for row in rows if row["text"].strip()]
    mixed = mix_pages(pages, N_MIXED, seed=5)
    return [Case("\n".join(page.lines), "\n".join(page.body), page.language) for page in mixed]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages_dir", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--limit", type=int)
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}; " + _versions())
    rows = read_rows(given.pages_dir / f"lines.{given.split}.jsonl.gz")[: given.limit]
    cases = [Case(row["text"], row["gold"], row["lang"]) for row in rows]
    print(f"\ntext dumps ({given.split}, {len(cases)} pages)")
    for name, clean in text_cleaners().items():
        measure(name, clean, cases, tokens=True)
    mixed = mixed_cases(rows)
    print(f"\ntext dumps, chrome in another language than the body ({len(mixed)} pages made from the above)")
    for name, clean in text_cleaners().items():
        measure(name, clean, mixed, tokens=True)
    rows = read_rows(given.pages_dir / f"html.{given.split}.jsonl.gz")[: given.limit]
    cases = [Case(row["html"], row["gold"], row["lang"]) for row in rows]
    print(f"\nHTML ({given.split}, {len(cases)} pages)")
    for name, clean in html_cleaners().items():
        measure(name, clean, cases, tokens=False)


def _versions() -> str:
    found = []
    for name in ("numpy", "selectolax", "trafilatura", "justext", "resiliparse", "readability-lxml"):
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} absent")
    return ", ".join(found)


if __name__ == "__main__":
    main()
