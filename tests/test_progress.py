"""Progress: the items untouched, nothing where nobody looks."""

from __future__ import annotations

import io
import sys

import pytest

from pipeline.progress import counted, step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_silent_where_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(counted(iter([1, 2, 3]), "reading")) == [1, 2, 3]
    with step("working"):
        pass
    assert capsys.readouterr() == ("", "")


def test_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(counted(range(5), "reading")) == [0, 1, 2, 3, 4]
    with step("working"):
        pass
    assert "reading" in terminal.getvalue()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_errors_pass(monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]) -> None:
    monkeypatch.setattr(sys, "stderr", stream())
    with pytest.raises(ZeroDivisionError), step("working"):
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        list(counted((1 // n for n in (1, 0)), "reading"))


def test_items_are_taken_one_at_a_time() -> None:
    taken: list[int] = []
    items = counted((taken.append(n) or n for n in range(9)), "reading")
    next(items)
    assert taken == [0]
