"""Ctrl-C on a terminal, or SIGTERM: what is done is kept, nothing goes on behind it, and the next run completes it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from killing import SLOWLY, WITH_PROCESSES, command, make_corpus, run_to_end, tables_of

if sys.platform == "win32":
    pytest.skip("terminals are of another kind there", allow_module_level=True)
import pty


def stopped(arguments: list[str], sign: bytes, how: signal.Signals) -> tuple[int, str]:
    """Run a command on a terminal of its own until it shows `sign`, then stop it: exit code, what it showed.

    Ctrl-C reaches all its processes, any other signal the first alone.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(arguments, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown, is_stopped = b"", False
    with contextlib.suppress(OSError):  # the terminal closes with its last process
        while data := os.read(ours, 65_536):
            shown += data
            if sign in shown and not is_stopped:
                (os.killpg if how == signal.SIGINT else os.kill)(process.pid, how)
                is_stopped = True
    os.close(ours)
    code = process.wait(60)
    assert is_stopped, shown.decode()
    assert not lives(process.pid)
    return code, shown.decode()


def lives(group: int, seconds: float = 20) -> bool:
    """Whether processes of a group are still there after some time to end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize("workers, how", [("1", signal.SIGINT), ("2", signal.SIGINT), ("2", signal.SIGTERM)])
def test_a_stopped_run_keeps_what_is_done(
    model_folder: Path, tmp_path: Path, workers: str, how: signal.Signals
) -> None:  # fmt: skip
    raw, out = make_corpus(tmp_path / "raw"), tmp_path / "out"
    small = tmp_path / "small.toml"
    small.write_text("[tagging]\nbatch_documents = 20\n")
    shared = (raw, out, model_folder, "--settings", str(small), "--workers", workers)
    arguments = command(*shared, before=WITH_PROCESSES)
    code, shown = stopped(command(*shared, before=WITH_PROCESSES + SLOWLY), b"documents/s", how)
    assert code == 130
    assert "themes: stopped" in shown
    assert "Traceback" not in shown
    if workers == "1":
        return
    ran = run_to_end(arguments)
    assert (ran.returncode, ran.stderr) == (0, ""), "silent where no terminal is"
    tables = tables_of(out)
    shutil.rmtree(out)
    run_to_end(arguments)
    assert tables == tables_of(out)
