"""The page in a real browser: its script runs, and nothing of a document does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.report.build import ReportOptions
from pipeline.report.tags import Tags
from pipeline.report.write import write_report
from pipeline.types import Counts, Taxonomy

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def browse(path: Path, profile: Path, *options: str) -> str:
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", *options, path.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True).stdout


@pytest.fixture(scope="module")
def page(tags: Tags, taxonomy: Taxonomy, quality: list[Counts], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("page")
    options = ReportOptions(n_draws=50)
    return write_report(tags, out=out, taxonomy=taxonomy, quality=quality, options=options).page


def test_our_script_runs_and_theirs_does_not(page: Path, tmp_path: Path) -> None:
    probe = page.with_name("probe.html")
    probe.write_text(page.read_text(encoding="utf-8").replace("<title>", "<title>kept ", 1), encoding="utf-8")
    built = browse(probe, tmp_path, "--dump-dom")
    assert "<title>kept How the themes are covered</title>" in built
    assert built.count('<option value="') == 1 + 5
    assert '<button type="button" title="Sort by Theme">Theme</button>' in built


LONG = "a theme with a name that is so long that no phone has room for it on one line"
FRAME = """<iframe id="page" src="{}" width="390" height="800"></iframe><script>
window.addEventListener("load", function () {{
  var page = document.getElementById("page").contentDocument.documentElement;
  document.title = page.scrollWidth > page.clientWidth ? "too wide" : "fits";
}});</script>"""


def test_page_fits_a_phone(page: Path, tmp_path: Path) -> None:
    shown = page.read_text(encoding="utf-8").replace('data-label="', f'data-label="{LONG}')
    assert LONG in shown
    page.with_name("long.html").write_text(shown, encoding="utf-8")
    frame = page.with_name("frame.html")
    frame.write_text(FRAME.format("long.html"), encoding="utf-8")
    built = browse(frame, tmp_path, "--allow-file-access-from-files", "--virtual-time-budget=5000", "--dump-dom")
    assert "<title>fits</title>" in built


def test_page_prints(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    browse(page, tmp_path / "profile", f"--print-to-pdf={target}")
    assert target.read_bytes().startswith(b"%PDF")
