"""Make the README's pictures: the report's first screen and a terminal with the main commands.

python docs/pictures.py        (or: make pictures; needs Chromium)
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

DOCS = Path(__file__).parent
COMMANDS = (
    ("themes", "run", "data/raw", "--out", "{out}"),
    ("themes", "explain", "data/raw/osce-mission/border-screening-safeguards.txt", "--theme", "human-rights"),
)
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars",
)  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "reports"
        photograph_terminal(out)
        photograph_page(out / "report.html", DOCS / "report.png", Path(folder) / "profile")


def photograph_terminal(out: Path) -> None:
    console = Console(record=True, width=110, file=tempfile.TemporaryFile("w"))  # noqa: SIM115
    for command in COMMANDS:
        shown = " ".join(command).replace(" --out {out}", "")
        console.print(Text(f"$ {shown}", style="bold green"))
        arguments = [part.format(out=out) for part in command]
        text = subprocess.run(arguments, capture_output=True, text=True, check=True, cwd=DOCS.parent).stdout
        console.print(Text(text.replace(str(out), "reports")))
    svg = console.export_svg(title="themes")
    offline = re.sub(r"@font-face\s*{[^}]*}", "", svg)  # the picture must not fetch fonts
    (DOCS / "terminal.svg").write_text(offline, encoding="utf-8")


def photograph_page(page: Path, picture: Path, profile: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium was found: install it to photograph the report")
    target = (f"--user-data-dir={profile}", "--window-size=1000,1250", f"--screenshot={picture}", page.as_uri())
    subprocess.run([chromium, *QUIET, *target], check=True, capture_output=True)


if __name__ == "__main__":
    main()
