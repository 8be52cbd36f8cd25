"""The page as axe-core sees it in a real browser: no finding of any impact, in both languages, light and dark.

axe-core is not part of this repository. The test takes the file named by THEMES_AXE, or one installed by npm in
node_modules, and is skipped where there is neither.
"""

from __future__ import annotations

import html
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.classify.quoting import Quoted
from pipeline.report.build import ReportOptions, build_report
from pipeline.report.evidence import on_page
from pipeline.report.page import render_page
from pipeline.report.tags import make_tags
from pipeline.types import Counts, Taxonomy
from tests.report.conftest import RUN as RECORD
from tests.report.conftest import make_frame
from tests.report.test_browser import CHROMIUM, browse

PLACES = (os.environ.get("THEMES_AXE", ""), "node_modules/axe-core/axe.min.js")
AXE = next((Path(place) for place in PLACES if place and Path(place).is_file()), None)
CHECK = """<script>axe.run().then(function (found) {
var pre = document.createElement("pre"); pre.id = "axe";
pre.textContent = JSON.stringify({paper: getComputedStyle(document.body).backgroundColor,
passed: found.passes.length, violations: found.violations.map(function (one) {
return [one.id, one.impact, one.nodes[0].html]; })});
document.body.appendChild(pre); });</script></body>"""
LIGHT, DARK = "rgb(253, 253, 252)", "rgb(17, 23, 29)"
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(AXE is None, reason="no axe-core: set THEMES_AXE to its axe.min.js, or `npm install axe-core`"),
]


def with_axe(page: str) -> str:
    """The page with everything unfolded and axe-core in it; its policy would forbid a script that is not its own."""
    assert AXE is not None
    script = AXE.read_text(encoding="utf-8").replace("</script", "<\\/script")
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    page = page.replace("<details>", "<details open>")
    return page.replace("</body>", f"<script>{script}</script>{CHECK}")


@pytest.mark.parametrize(
    ("language", "paper", "flags"),
    [
        ("en", LIGHT, ()),
        ("ko", LIGHT, ("--window-size=360,800",)),
        ("ko", DARK, ("--blink-settings=preferredColorScheme=0",)),
    ],
    ids=["light", "phone", "dark"],
)
def test_nothing_is_found(
    language: str, paper: str, flags: tuple[str, ...], taxonomy: Taxonomy, quality: list[Counts], tmp_path: Path
) -> None:
    options = ReportOptions(language=language, n_draws=20, n_examples=1)
    report = build_report(make_tags(make_frame(40), run=RECORD), taxonomy=taxonomy, quality=quality, options=options)
    shown = on_page(report.tables["evidence"])
    keys = zip(shown["doc_id"], shown["theme"], shown["evidence"], strict=True)
    contexts = {(one, theme): Quoted("Before.", text, "After.", ((0, 5), (8, 12))) for one, theme, text in keys}
    (tmp_path / "page.html").write_text(with_axe(render_page(replace(report, contexts=contexts))), encoding="utf-8")
    built = browse(tmp_path / "page.html", tmp_path / "profile", "--dump-dom", "--virtual-time-budget=30000", *flags)
    found: dict[str, Any] = json.loads(html.unescape(re.findall(r'<pre id="axe">(.*?)</pre>', built, re.DOTALL)[0]))
    assert found["paper"] == paper
    assert found["passed"] > 20
    assert found["violations"] == []
