"""What the README shows is what the product does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HELP_COMMAND = "import sys; sys.argv = ['themes', *sys.argv[1:]]; from pipeline.cli import main; main()"


def help_of(*command: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", HELP_COMMAND, *command, "--help"],
        capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip
    return ran.stdout


def stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def test_the_help_shown_is_the_help_given() -> None:
    blocks = re.findall(r"^```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    shown = [block for block in blocks if block.lstrip().startswith("Usage: themes [")]
    assert len(shown) == 1, "the README must show the output of `COLUMNS=100 themes --help` in one ```text block"
    assert stripped(shown[0]) == stripped(help_of())


def test_every_command_shown_exists() -> None:
    shown = set(re.findall(r"^\s*(?:\$ )?themes ([a-z]+)", README, re.MULTILINE))
    listed = set(re.findall(r"^  ([a-z]+)  ", help_of().split("Commands:")[1], re.MULTILINE))
    assert shown - {"help"} <= listed
    assert {"run", "tag", "train"} <= listed


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", README))))
def test_links_lead_somewhere(target: str) -> None:
    assert (ROOT / target).exists()
