"""The tables in a real spreadsheet program: every cell arrives as it was, and no cell is a formula."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from pipeline.report.csvio import write_csv

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
CELLS = (
    "한국어 제목", "العربية", '=HYPERLINK("x")', "+82 2", "-1", "@sum", 'say "so", twice', "two\nlines", "NA", "0012",
    "<script>", "plain",
)  # fmt: skip
UTF8_COMMA_QUOTED_TEXT = "44,34,76,1,,0,true,false,false"


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine")
def test_spreadsheet_shows_text_and_counts_numbers(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"title": CELLS, "share": [-0.25] * len(CELLS)}), tmp_path / "table.csv")
    command = [
        str(OFFICE), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "fods",
        f"--infilter=CSV:{UTF8_COMMA_QUOTED_TEXT}", "--outdir", str(tmp_path), str(tmp_path / "table.csv"),
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, timeout=180, check=True)
    sheet = (tmp_path / "table.fods").read_text(encoding="utf-8")
    assert "table:formula" not in sheet
    assert sheet.count('office:value-type="float" office:value="-0.25"') == len(CELLS)
    for cell in ("한국어 제목", "العربية", "say &quot;so&quot;, twice", "0012", "&lt;script&gt;"):
        assert f"<text:p>{cell}</text:p>" in sheet or f"<text:p>{cell.replace('&quot;', chr(34))}</text:p>" in sheet
    assert "<text:p>two</text:p><text:p>lines</text:p>" in sheet
