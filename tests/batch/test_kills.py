"""SIGKILL at random moments: the run after them gives the output of a run that nobody disturbed, row for row."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from killing import BROKEN, WITH_PROCESSES, command, killed_after, make_corpus, run_to_end, tables_of, timed

from pipeline.batch.job import FOLDER, PARTS
from pipeline.batch.ledger import Ledger

N_KILLS = int(os.environ.get("THEMES_KILLS", "20"))
SEED = int(os.environ.get("THEMES_SEED", "1"))


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_corpus(tmp_path_factory.mktemp("kills") / "raw")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Small batches, so that a run has many moments."""
    path = tmp_path_factory.mktemp("settings") / "small.toml"
    path.write_text("[tagging]\nbatch_documents = 40\n")
    return str(path)


@pytest.fixture(scope="module")
def undisturbed(
    raw: Path, settings: str, model_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, bytes], float]:
    """The tables of a run in peace, and the seconds that it takes once its code is compiled."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    arguments = command(raw, out, model_folder, "--settings", settings)
    timed(arguments)
    shutil.rmtree(out)
    seconds = timed(arguments)
    return tables_of(out), seconds


def check_ledger(out: Path) -> None:
    """Every part that the ledger rests on is there, and nothing else is."""
    ledger = Ledger(out / FOLDER)
    known = ledger.parts()
    ledger.close()
    assert {path.name for path in (out / FOLDER / PARTS).iterdir()} == known


@pytest.mark.parametrize(("workers", "share"), [(1, 0.75), (2, 0.25)])
def test_kills_cost_no_row(
    raw: Path, settings: str, model_folder: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path,
    workers: int, share: float,
) -> None:  # fmt: skip
    expected, seconds = undisturbed
    chance, out, n_killed = random.Random(SEED), tmp_path / "out", 0
    before = WITH_PROCESSES if workers > 1 else ""
    arguments = command(raw, out, model_folder, "--settings", settings, "--workers", str(workers), before=before)
    while n_killed < share * N_KILLS:
        was_running = killed_after(arguments, chance.uniform(0.3, 1.1 * workers) * seconds)
        n_killed += was_running
        if not was_running:
            assert tables_of(out) == expected
            shutil.rmtree(out)
    ran = run_to_end(arguments)
    assert ran.returncode == 0, ran.stderr
    assert tables_of(out) == expected
    check_ledger(out)


def test_the_test_finds_a_commit_before_the_rename(
    raw: Path, settings: str, model_folder: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    """The control: were parts named in the ledger before they are on the disk, a kill would leave names of nothing.

    What the start of the next run would mend is looked for before it: names in the ledger whose files are absent.
    """
    _, seconds = undisturbed
    chance = random.Random(SEED)
    for number in range(10 * N_KILLS):
        out = tmp_path / str(number)
        arguments = command(raw, out, model_folder, "--settings", settings, "--workers", "1", before=BROKEN)
        killed_after(arguments, chance.uniform(0.3, 1.1) * seconds)
        if (out / FOLDER / "ledger.sqlite").exists() and names_of_nothing(out):
            return
    pytest.fail("the control was never caught: the kills miss the moment that matters")


def test_a_sound_run_is_never_caught_like_the_control(
    raw: Path, settings: str, model_folder: Path, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    _, seconds = undisturbed
    chance = random.Random(SEED)
    for number in range(5):
        out = tmp_path / str(number)
        killed_after(command(raw, out, model_folder, "--settings", settings), chance.uniform(0.3, 1.1) * seconds)
        assert not names_of_nothing(out)


def names_of_nothing(out: Path) -> set[str]:
    """Parts that the ledger knows and the disk does not have."""
    if not (out / FOLDER / "ledger.sqlite").exists():
        return set()
    ledger = Ledger(out / FOLDER)
    known = ledger.parts()
    ledger.close()
    return {name for name in known if not (out / FOLDER / PARTS / name).exists()}
