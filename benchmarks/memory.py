"""Memory of a process and of all that it starts (Linux)."""

from __future__ import annotations

from pathlib import Path


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in children.read_text().split():
                found += family(int(child))
        except OSError:  # it has just ended
            continue
    return found


def megabytes(pid: int) -> float:
    """The PSS of a process (shared pages counted once among all that share them); 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
