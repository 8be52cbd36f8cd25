"""Reports as they were last accepted. THEMES_ACCEPT=1 writes today's in their place (`make accept`)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from pipeline.report.build import ReportOptions
from pipeline.report.tags import Tags
from pipeline.report.write import write_report
from pipeline.types import Counts, ProbabilitySums, Taxonomy

GOLDEN = Path(__file__).parent.parent / "golden" / "report"
NAMES = (
    "coverage.csv", "change.csv", "cooccurrence.csv", "evidence.csv", "doubtful.csv", "unassigned.csv", "quality.csv",
    "skipped.csv", "duplicates.csv", "theme_matrix.csv", "run.json", "report.en.html", "report.ko.html",
)  # fmt: skip


@pytest.fixture(scope="module")
def written(
    tags: Tags,
    taxonomy: Taxonomy,
    quality: list[Counts],
    sums: list[ProbabilitySums],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    found = {}
    for language in ("ko", "en"):
        out = tmp_path_factory.mktemp(language)
        options = ReportOptions(language=language, n_draws=200, grain="quarter")
        files = write_report(tags, out=out, taxonomy=taxonomy, quality=quality, sums=sums, options=options)
        found |= {path.name: path.read_bytes().decode() for path in (*files.tables.values(), files.run)}
        found[f"report.{language}.html"] = _without_pictures(files.page.read_text(encoding="utf-8"))
    return found


def _without_pictures(page: str) -> str:
    """Drawing differs from one release of the renderer to the next: only the words of a chart are held to."""
    page = re.sub(r"(</desc>).*?(</svg>)", r"\1\2", page, flags=re.DOTALL)
    page = re.sub(r"<svg [^>]*>", "<svg>", page)
    return re.sub(r"<(style|script)>.*?</\1>|'sha256-[^']*'", r"<\1>", page, flags=re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_report_is_as_accepted(name: str, written: dict[str, str]) -> None:
    path = GOLDEN / name
    if os.environ.get("THEMES_ACCEPT") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written[name].encode())
        pytest.skip(f"accepted as {path.name}")
    assert written[name] == path.read_bytes().decode()
