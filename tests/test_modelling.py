"""The workflows about models: honest comparisons, warnings about what was seen before, themes that rest on little."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from .conftest import Themes

FILLER = [
    f"{start}{end}" for start in ("har", "mol", "ven", "tis", "cor", "lun") for end in ("bour", "ding", "ter", "ish")
]
OF_THEME = {
    "space": ["satellite", "orbital debris", "anti-satellite test", "spacecraft", "launch"],
    "cyber": ["ransomware", "malware", "cyber attack", "servers", "hackers"],
}


def new_documents(n: int, seed: int) -> list[dict[str, object]]:
    """Documents like none in the tests' labelled data: half of them themeless."""
    choose = random.Random(seed)
    rows = []
    for number in range(n):
        theme = ("space", "cyber", "", "")[number % 4]
        words = choose.choices(FILLER, k=40) + choose.choices(OF_THEME.get(theme, FILLER), k=8)
        choose.shuffle(words)
        rows.append({"id": f"new-{seed}-{number}", "text": " ".join(words), "themes": theme, "language": "en"})
    return rows


def write_rows(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def held_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("held") / "held-out.jsonl", new_documents(40, 1))


@pytest.fixture
def grown(labeled_folder: Path, tmp_path: Path) -> Path:
    """The labelled data with documents that the model of the other tests has not seen."""
    folder = Path(shutil.copytree(labeled_folder, tmp_path / "labeled"))
    write_rows(folder / "new.jsonl", new_documents(40, 2))
    return folder


def test_training_again_says_whether_it_helped(
    themes: Themes, grown: Path, model_folder: Path, tmp_path: Path, held_out: Path
) -> None:
    shutil.copytree(model_folder, tmp_path / "models" / "sample")
    ran = themes("train", grown, "--out", tmp_path / "models" / "sample")
    assert ran.code == 0, ran.err
    assert "is it better than sample-" in ran.out
    assert "on 40 documents" in ran.out
    assert "careful: crime rests on 3 labelled documents and 4 terms: take its tags as suggestions" in ran.out
    compared = themes(
        "evaluate",
        tmp_path / "models" / "sample",
        held_out,
        "--against",
        model_folder,
        "--out",
        tmp_path / "f",
        "--json",
    )
    assert compared.code == 0, compared.err
    result = json.loads(compared.out)
    assert result["n_seen"] == 0
    assert result["against"]["n_left_out"] == 0
    assert result["against"]["comparison"]["n_documents"] == 40
    assert {path.name for path in (tmp_path / "f").iterdir()} == {
        "themes.csv", "slices.csv", "reliability.csv", "confusions.csv", "wrong.csv", "comparison.csv", "changes.csv",
    }  # fmt: skip


def test_the_same_data_again_cannot_tell(
    themes: Themes, labeled_folder: Path, model_folder: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(model_folder, tmp_path / "sample"))
    ran = themes("train", labeled_folder, "--out", out)
    assert "these documents cannot tell: it was trained on the same data" in ran.out
    assert f"themes evaluate {out} HELD-OUT.csv --against" in ran.out


def test_a_damaged_model_is_replaced_without_a_word(
    themes: Themes, labeled_folder: Path, model_folder: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(model_folder, tmp_path / "sample"))
    (out / "vocabulary.txt").write_text("", encoding="utf-8")
    ran = themes("train", labeled_folder, "--out", out, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["progress"] is None


def test_documents_seen_in_training_are_named(
    themes: Themes, labeled_folder: Path, model_folder: Path, tmp_path: Path, held_out: Path
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    shutil.copy(labeled_folder / "en.jsonl", folder)
    shutil.copy(held_out, folder)
    shown = themes("evaluate", model_folder, folder).out
    assert "careful: 28 of these documents, or near-copies, were in its training data: that flatters" in shown
    assert "  on the other 40: micro F1 " in shown
    beside = themes("evaluate", model_folder, folder, "--against", model_folder).out
    assert "28 documents that one of the models was trained on are left out of the comparison" in beside
    assert "on 40 documents: no difference that these 40 documents can show" in beside


def test_no_document_is_left_to_compare(themes: Themes, labeled_folder: Path, model_folder: Path) -> None:
    shown = themes("evaluate", model_folder, labeled_folder, "--against", model_folder)
    assert shown.code == 0
    assert "label some that neither was trained on" in shown.out


def test_a_model_to_compare_with_must_be_there(themes: Themes, model_folder: Path, held_out: Path) -> None:
    ran = themes("evaluate", model_folder, held_out, "--against", "absent")
    assert ran.code == 2
    assert "there is no model 'absent'" in ran.err


def test_thin_themes_are_named_wherever_they_are_shown(
    themes: Themes, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(model_folder, tmp_path / "models" / "mine")
    assert (
        "in mine these themes rest on few labelled documents: cyber, space, biosecurity, crime" in themes("models").out
    )
    assert "crime (from 3 labelled documents and 4 terms: few): " in themes("terms", "mine").out
    text = tmp_path / "text.txt"
    text.write_text("Ransomware and malware locked the servers of the hospital after the cyber attack on Monday.\n")
    explained = themes("explain", text, "-m", "mine", "--theme", "crime").out
    assert "learned from 3 labelled documents and 4 terms: few, take it as a suggestion" in explained
    tagged = themes("tag", text, "--out", tmp_path / "tags", "-m", "mine").out
    assert "careful: cyber rests on" in tagged


@pytest.mark.parametrize(("rate", "n_abstained"), [("0", 0), ("1", 1)])
def test_the_rate_of_abstention_can_be_set(
    themes: Themes, model_folder: Path, tmp_path: Path, rate: str, n_abstained: int
) -> None:
    text = tmp_path / "text.txt"
    text.write_text("The choir sang for an hour, and the ministers applauded the singers of the harbour town.\n")
    ran = themes("tag", text, "--out", tmp_path / "tags", "-m", model_folder, "--abstain-rate", rate, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["counts"]["n_abstained"] == n_abstained
    run = json.loads((tmp_path / "tags" / "run.json").read_text(encoding="utf-8"))
    assert run["settings"]["tagging"]["abstain_rate"] == float(rate)


def test_a_rate_beyond_all_documents_is_refused(themes: Themes, model_folder: Path, tmp_path: Path) -> None:
    ran = themes("tag", tmp_path, "--out", tmp_path / "tags", "-m", model_folder, "--abstain-rate", "2")
    assert ran.code == 2
    assert "Invalid value for '--abstain-rate'" in ran.err
    assert "<=1" in ran.err or "less than or equal to 1" in ran.err  # as the version of Typer words it
    assert not (tmp_path / "tags").exists()
