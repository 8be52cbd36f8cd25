"""CPU time and memory of a whole report on made-up tags.

    python benchmarks/report_speed.py [--documents 100000] [--out FOLDER]

Thirteen themes, 200 sources of very unequal size, five languages, seven years, 40 % of the documents with a theme.
The table is written as CSV first; measured are reading it, counting, and writing every table and the page.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

THEMES = tuple(f"theme-{number}" for number in range(13))


def make_tags_table(n_documents: int) -> pd.DataFrame:
    random = np.random.default_rng(0)
    number = np.arange(n_documents)
    months = random.integers(0, 84, n_documents)
    documents = pd.DataFrame(
        {
            "doc_id": [f"d{one:07}" for one in number],
            "sha256": "0" * 64,
            "title": [f"Release {one} of the press office on the talks of the day" for one in number],
            "source": [f"source-{one % 200}" for one in random.zipf(1.3, n_documents)],
            "language": random.choice(["en", "ko", "fr", "ar", "zh"], n_documents),
            "pub_date": [f"{2018 + month // 12}-{month % 12 + 1:02}-11" for month in months],
            "date_precision": "day",
            "date_origin": "url",
        }
    )
    n_themes = np.maximum(random.integers(-2, 3, n_documents), 0)
    rows = documents.loc[documents.index.repeat(np.maximum(n_themes, 1))].reset_index(drop=True)
    has_theme = np.repeat(n_themes > 0, np.maximum(n_themes, 1))
    place = rows.groupby("doc_id", sort=False).cumcount().to_numpy()
    theme = (np.repeat(random.integers(0, 13, n_documents), np.maximum(n_themes, 1)) + place) % 13
    rows["theme"] = np.array(THEMES)[theme]
    rows["label_en"] = rows["label_ko"] = rows["theme"]
    rows["probability"] = np.where(has_theme, random.uniform(0.5, 1, len(rows)), 0.2)
    rows["threshold"] = 0.5
    rows["decision"] = np.where(has_theme, "assigned", "not")
    rows["evidence"] = (
        "In " + rows["doc_id"] + " the two sides agreed to warn each other of intrusions within a day." * 2
    )
    return rows.assign(start=0, end=140, contribution=0.4, model="made-up", taxonomy_version="1")


def make_probabilities(n_documents: int) -> pd.DataFrame:
    values = np.random.default_rng(1).beta(0.3, 2.0, (n_documents, len(THEMES))).round(6)
    return pd.DataFrame(values, columns=list(THEMES)).assign(doc_id=[f"d{one:07}" for one in range(n_documents)])


def measure(table: Path, out: Path) -> None:
    started = time.process_time()
    from pipeline.report.build import build_report
    from pipeline.report.tags import read_tags
    from pipeline.report.write import save_report
    from pipeline.types import Counts, ProbabilitySums

    tags = read_tags(table)
    read = time.process_time()
    quality = [Counts(theme, language, 80, 10, 20, 300) for theme in THEMES for language in ("all", "en", "ko")]
    sums = [ProbabilitySums(one.theme, one.language, 100, 75.0, 62.0, 310, 20.0, 5.0) for one in quality]
    report = build_report(tags, quality=quality, sums=sums)
    counted = time.process_time()
    files = save_report(report, out)
    done = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"read {read - started:.1f} s, count {counted - read:.1f} s, write {done - counted:.1f} s of CPU")
    print(f"in all {done - started:.1f} s of CPU, {peak:.2f} GB, page of {files.page.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.out or Path(scratch)
        if arguments.measure:
            measure(arguments.measure, out)
            return
        from pipeline.report.storage import write_table
        from pipeline.report.write import write_doc_tags

        write_table(make_probabilities(arguments.documents), out / "probabilities.csv")
        table = write_doc_tags(make_tags_table(arguments.documents), out / "doc_tags.csv")
        # A process of its own, so that making the table does not count.
        command = [sys.executable, __file__, "--measure", str(table), "--out", str(out / "report")]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
