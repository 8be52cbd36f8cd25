"""Compiled code for facts is loaded once a process has met much text, and from then on for every text."""

from __future__ import annotations

import sys

import pytest

from pipeline.ingest import text_work
from pipeline.ingest.text_work import KERNEL, KERNEL_FROM_CHARS, kernel_for


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, KERNEL, raising=False)
    monkeypatch.setattr(text_work, "_MET", {"n_chars": 0})
    monkeypatch.setattr(text_work, "import_module", lambda name: sys.modules.setdefault(name, text_work))


@pytest.mark.usefixtures("fresh")
def test_little_text_goes_without() -> None:
    assert kernel_for(KERNEL_FROM_CHARS - 1) is None
    assert kernel_for(0) is None
    assert kernel_for(1) is not None
    assert kernel_for(0) is not None


@pytest.mark.usefixtures("fresh")
def test_one_long_text_is_much() -> None:
    assert kernel_for(KERNEL_FROM_CHARS) is not None
