"""The command as its users meet it: results, exit codes, and one clear message for everything that can be wrong."""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Ran, Themes

MAIN = "from pipeline.cli import main; main()"
MODEL_FILES = ("manifest.json", "vocabulary.txt", "weights.safetensors", "README.md")


def shell(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    command = [sys.executable, "-c", MAIN, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, timeout=120)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three documents as received, and one that is none."""
    folder = tmp_path_factory.mktemp("raw")
    (folder / "wire").mkdir()
    (folder / "wire" / "debris.txt").write_text(
        "Debris watch begins\n\n12 May 2023\n\nThe agency will track orbital debris with a new radar. "
        "Every satellite above the territory is warned within the hour when an object comes near.\n",
        encoding="utf-8",
    )
    (folder / "wire" / "attack.txt").write_text(
        "병원 전산망 침해\n\n정부는 병원 전산망을 노린 사이버 공격에 공동으로 대응하기로 하였다. "
        "서버에서 악성코드가 발견되었으며 해킹 경로를 조사하고 있다.\n",
        encoding="utf-8",
    )
    (folder / "choir.html").write_text(
        "<html><head><title>Choir festival</title></head><body><article><p>The embassy opened a season of song "
        "in the market hall, and children painted the stage for the singers.</p></article></body></html>",
        encoding="utf-8",
    )
    (folder / "tool.bin").write_bytes(b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 8)
    return folder


@pytest.fixture(scope="module")
def tagged(raw: Path, model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pipeline import run

    out = tmp_path_factory.mktemp("tagged")
    run.tag([raw], out, run.TagOptions(str(model_folder)))
    return out


def refused(ran: Ran | subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit code 2, nothing on stdout, and one message that says where and what."""
    code, out, err = (ran.returncode, ran.stdout, ran.stderr) if isinstance(ran, subprocess.CompletedProcess) else ran
    assert code == 2, (out, err)
    assert out == ""
    assert err.startswith("themes: ")
    assert err.count("themes: ") == 1
    assert "Traceback" not in err
    assert "fault of the program" not in err, err
    for word in words:
        assert word in err


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def left_in(folder: Path) -> list[str]:
    """Names of all that is below a folder but the ledger with its parts, where what is done is kept."""
    return sorted(path.name for path in folder.rglob("*") if ".themes" not in path.parts) if folder.exists() else []


# What each command does


def test_run(themes: Themes, raw: Path, model_folder: Path, tmp_path: Path) -> None:
    ran = themes("run", raw, "--out", tmp_path, "--model", model_folder, "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert result["tags"]["counts"]["n_documents"] == 3
    assert result["tags"]["counts"]["n_skipped"] == 1
    assert Path(result["report"]["page"]).is_file()
    assert all((tmp_path / name).is_file() for name in result["report"]["tables"])
    assert {"doc_tags.csv", "documents.csv", "skipped.csv", "run.json", "coverage.csv"} <= set(left_in(tmp_path))


def test_tag(tagged: Path) -> None:
    by_document: dict[str, list[str]] = {}
    titles = {row["doc_id"]: row["location"] for row in rows_of(tagged / "documents.csv")}
    for row in rows_of(tagged / "doc_tags.csv"):
        if row["decision"] == "assigned":
            by_document.setdefault(Path(titles[row["doc_id"]]).name, []).append(row["theme"])
    assert by_document == {"debris.txt": ["space"], "attack.txt": ["cyber"]}
    (skipped,) = rows_of(tagged / "skipped.csv")
    assert "tool.bin" in skipped["location"]
    assert skipped["reason"]
    record = json.loads((tagged / "run.json").read_text(encoding="utf-8"))
    assert record["counts"]["n_documents"] == 3
    assert record["taxonomy_version"] == "1.2"


def test_a_process_of_its_own_tags_alike(tagged: Path, raw: Path, model_folder: Path, tmp_path: Path) -> None:
    ran = shell("tag", raw, "--out", tmp_path / "out", "--model", model_folder)
    assert ran.returncode == 0, ran.stderr
    assert "3 documents tagged by sample-" in ran.stdout
    for name in ("documents.csv", "skipped.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (tagged / name).read_bytes()
    for found, expected in zip(
        rows_of(tmp_path / "out" / "doc_tags.csv"), rows_of(tagged / "doc_tags.csv"), strict=True
    ):
        for column in ("probability", "threshold"):
            assert float(found.pop(column)) == pytest.approx(float(expected.pop(column)), abs=2e-6)
        assert found == expected


@pytest.mark.parametrize("format_", ["csv", "parquet", "jsonl"])
def test_tag_formats(themes: Themes, raw: Path, model_folder: Path, tmp_path: Path, format_: str) -> None:
    ran = themes("tag", raw, "--out", tmp_path, "--model", model_folder, "--format", format_, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["counts"]["n_by_theme"]["space"] == 1
    assert (tmp_path / f"doc_tags.{format_}").is_file()


def test_tag_tables_by_their_text_column(themes: Themes, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "no,inhalt\n1,A satellite escaped the orbital debris above the sea.\n2,The choir sang.\n"
    )
    ran = themes(
        "tag", tmp_path / "a.csv", "--out", tmp_path / "o", "-m", model_folder, "--text-column", "inhalt", "--json"
    )
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["counts"]["n_documents"] == 2


def test_report(themes: Themes, tagged: Path, tmp_path: Path) -> None:
    ran = themes("report", tagged, "--out", tmp_path, "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert "coverage.csv" in result["tables"]
    assert "<html" in Path(result["page"]).read_text(encoding="utf-8")


def test_report_in_korean_with_charts(themes: Themes, tagged: Path, tmp_path: Path) -> None:
    ran = themes("report", tagged, "--out", tmp_path, "--lang", "ko", "--charts", "png", "--grain", "year")
    assert ran.code == 0, ran.err
    assert 'lang="ko"' in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert list((tmp_path / "charts").glob("*.png"))


@pytest.mark.parametrize("name", ["clean.jsonl", "clean.parquet", "clean.csv"])
def test_ingest(themes: Themes, raw: Path, tmp_path: Path, name: str) -> None:
    ran = themes("ingest", raw, "--out", tmp_path / name, "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert (result["n_documents"], result["n_skipped"]) == (3, 1)
    assert left_in(tmp_path) == sorted([name, "clean.skipped.csv"])
    if name.endswith("jsonl"):
        rows = [json.loads(line) for line in (tmp_path / name).read_text(encoding="utf-8").splitlines()]
        assert any("orbital debris" in row["text"] for row in rows)


def test_ingest_links_duplicates_as_tag_does(themes: Themes, raw: Path, tmp_path: Path, model_folder: Path) -> None:
    raw = Path(shutil.copytree(raw, tmp_path / "raw"))
    repeated = (raw / "wire" / "debris.txt").read_text(encoding="utf-8")
    (raw / "wire" / "repeated.txt").write_text(f"WIRE NEWS\n\n{repeated}", encoding="utf-8")
    assert themes("ingest", raw, "--out", tmp_path / "clean.jsonl").code == 0
    assert themes("tag", raw, "--out", tmp_path / "tags", "--model", model_folder).code == 0
    rows = [json.loads(line) for line in (tmp_path / "clean.jsonl").read_text(encoding="utf-8").splitlines()]
    with (tmp_path / "tags" / "documents.csv").open(encoding="utf-8-sig", newline="") as stream:
        tagged = {row["location"]: row["duplicate_of"] for row in csv.DictReader(stream)}
    assert {row["location"]: row["duplicate_of"] for row in rows} == tagged
    lead = next(row["doc_id"] for row in rows if row["location"].endswith("debris.txt"))
    assert [row["duplicate_of"] for row in rows if row["duplicate_of"]] == [lead]


def test_train_and_evaluate_and_terms(themes: Themes, labeled_folder: Path, tmp_path: Path) -> None:
    ran = themes("train", labeled_folder, "--out", tmp_path / "mine", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["version"].startswith("mine-")
    assert left_in(tmp_path) == sorted(["mine", *MODEL_FILES])
    evaluated = themes("evaluate", tmp_path / "mine", labeled_folder, "--json")
    assert evaluated.code == 0, evaluated.err
    evaluation = json.loads(evaluated.out)["evaluation"]
    assert evaluation["n_documents"] == 45
    assert [item["theme"] for item in evaluation["themes"]] == ["cyber", "space", "biosecurity", "crime"]
    shown = themes("evaluate", tmp_path / "mine", labeled_folder).out
    assert "it was trained on all of these documents" in shown.splitlines()[1]
    assert shown.splitlines()[3].split()[:3] == ["theme", "precision", "recall"]
    terms = themes("terms", tmp_path / "mine", "--most", 4, "--json")
    assert {theme: len(words) for theme, words in json.loads(terms.out)["terms"].items()} == dict.fromkeys(
        ("cyber", "space", "biosecurity", "crime"), 4
    )


def test_explain(themes: Themes, raw: Path, model_folder: Path) -> None:
    file = raw / "wire" / "debris.txt"
    ran = themes("explain", file, "--model", model_folder, "--json")
    assert ran.code == 0, ran.err
    first = json.loads(ran.out)["themes"][0]
    assert (first["theme"], first["decision"]) == ("space", "assigned")
    total = first["intercept"] + sum(term["contribution"] for term in first["terms"])
    assert total == pytest.approx(first["score"], abs=1e-6)
    one = themes("explain", file, "--theme", "crime", "--model", model_folder)
    assert one.code == 0
    assert "crime: not" in one.out


def test_models(themes: Themes, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(model_folder, tmp_path / "models" / "mine")
    assert "mine" in [item["name"] for item in json.loads(themes("models", "--json").out)["models"]]
    assert "mine" in themes("models").out


def test_labels_check(themes: Themes, labeled_folder: Path, tmp_path: Path) -> None:
    sound = themes("labels", "check", labeled_folder, "--json")
    assert sound.code == 0, sound.err
    assert {item["check"] for item in json.loads(sound.out)["findings"]} == {"few examples"}
    copy = Path(shutil.copytree(labeled_folder, tmp_path / "labeled"))
    line = (copy / "en.jsonl").read_text(encoding="utf-8").splitlines()[0]
    with (copy / "en.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    harmed = themes("labels", "check", copy)
    assert harmed.code == 1
    assert "error  id: en-cyber: stands 2 times" in harmed.out


def test_settings_are_obeyed(themes: Themes, raw: Path, model_folder: Path, tmp_path: Path) -> None:
    settings = tmp_path / "s.toml"
    settings.write_text("[tagging]\nabstain_rate = 1.0\n")
    ran = themes("tag", raw, "--out", tmp_path / "o", "-m", model_folder, "--settings", settings, "--json")
    assert json.loads(ran.out)["counts"]["n_abstained"] == 3


COMMANDS = (
    "run",
    "ingest",
    "train",
    "evaluate",
    "tag",
    "report",
    "explain",
    "models",
    "terms",
    "labels",
    "labels check",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command(themes: Themes, command: str) -> None:
    ran = themes(*command.split(), "--help")
    assert ran.code == 0
    assert ran.out.startswith("Usage: ")
    assert command == "labels" or "Example: themes " in ran.out


# What can be wrong, and what is said


@pytest.mark.parametrize(
    "arguments",
    [["--no-such"], ["no-such"], ["tag"], ["tag", "x"], ["explain"], ["tag", "x", "--out", "y", "--format", "xls"]],
)
def test_wrong_usage(themes: Themes, arguments: list[str]) -> None:
    ran = themes(*arguments)
    assert ran.code == 2
    assert "Usage: " in ran.err
    assert "Traceback" not in ran.err


def test_an_empty_folder(themes: Themes, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for command in ("tag", "run"):
        ran = themes(command, tmp_path / "empty", "--out", tmp_path / "out", "--model", model_folder)
        refused(ran, "no documents were found", str(tmp_path / "empty"))
        assert left_in(tmp_path / "out") == []


def test_an_empty_folder_leaves_earlier_documents_alone(themes: Themes, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out.jsonl"
    out.write_text("from before")
    refused(themes("ingest", tmp_path / "empty", "--out", out), "no documents were found", str(tmp_path / "empty"))
    assert out.read_text() == "from before"


def test_an_empty_folder_leaves_earlier_tags_alone(
    themes: Themes, tagged: Path, model_folder: Path, tmp_path: Path
) -> None:
    out = Path(shutil.copytree(tagged, tmp_path / "out"))
    (tmp_path / "empty").mkdir()
    refused(themes("tag", tmp_path / "empty", "--out", out, "--model", model_folder), "no documents")
    assert (out / "doc_tags.csv").read_bytes() == (tagged / "doc_tags.csv").read_bytes()


@pytest.mark.parametrize("command", ["run", "tag", "ingest", "train", "evaluate", "report", "explain", "labels check"])
def test_a_path_that_is_not_there(themes: Themes, model_folder: Path, tmp_path: Path, command: str) -> None:
    absent, out = tmp_path / "absent", tmp_path / "out"
    arguments: dict[str, list[object]] = {
        "ingest": [absent, "--out", tmp_path / "out.jsonl"], "evaluate": [model_folder, absent],
        "train": [absent, "--out", out], "report": [absent, "--out", out], "labels check": [absent],
        "explain": [absent, "-m", model_folder],
    }  # fmt: skip
    ran = themes(*command.split(), *arguments.get(command, [absent, "--out", out, "-m", model_folder]))
    refused(ran, str(absent))
    assert left_in(tmp_path) == []


def test_a_binary_file_is_skipped_not_a_crash(themes: Themes, raw: Path, model_folder: Path, tmp_path: Path) -> None:
    ran = themes("tag", raw / "tool.bin", "--out", tmp_path, "-m", model_folder, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["counts"]["n_skipped"] == 1
    refused(themes("explain", raw / "tool.bin", "-m", model_folder), "cannot be read", "tool.bin")


def test_why_documents_were_skipped_is_told(themes: Themes, model_folder: Path, tmp_path: Path) -> None:
    table, empty = tmp_path / "list.csv", tmp_path / "empty.txt"
    table.write_text("id,speech\n1,The satellite was lost.\n", encoding="utf-8")
    empty.touch()
    ran = themes("tag", table, empty, "--out", tmp_path / "out", "-m", model_folder)
    assert ran.code == 0, ran.err
    assert "1  skipped: no text column among the columns 'id', 'speech'" in ran.out
    assert "--text-column" in ran.out
    assert "1  skipped: empty" in ran.out


SENTENCE = "The satellite escaped the orbital debris above the northern sea, the agency said on Monday."
ODD_CHARACTERS: dict[str, Callable[[Path], object]] = {
    "a name that is not UTF-8": lambda folder: Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text(
        SENTENCE
    ),
    "half a pair in a text": lambda folder: (folder / "a.jsonl").write_text(json.dumps({"text": f"{SENTENCE} \ud800"})),
    "half a pair in a title": lambda folder: (folder / "a.jsonl").write_text(
        json.dumps({"text": SENTENCE, "title": "half \ud800"})
    ),
}


@pytest.mark.parametrize("odd", ODD_CHARACTERS)
def test_odd_characters_take_no_neighbour_with_them(
    themes: Themes, model_folder: Path, tmp_path: Path, odd: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    ODD_CHARACTERS[odd](folder)
    (folder / "b.txt").write_text(f"{SENTENCE} Nobody was hurt.")
    ran = themes("tag", folder, "--out", tmp_path / "out", "-m", model_folder, "--json")
    assert ran.code == 0, ran.err
    counts = json.loads(ran.out)["counts"]
    assert counts["n_documents"] + counts["n_skipped"] == 2


Change = Callable[[Path], object]
LABEL_FAULTS: dict[str, tuple[Change, tuple[str, ...]]] = {
    "an unknown theme": (
        lambda folder: (folder / "x.csv").write_text("text,themes\nSome words.,cibber\n"),
        ("x.csv#row 2", "unknown theme 'cibber'", "cyber, space"),
    ),
    "no columns": (
        lambda folder: (folder / "x.csv").write_text("a,b\n1,2\n"),
        ("x.csv#row 2", "no text and no themes"),
    ),
    "a binary table": (lambda folder: (folder / "x.csv").write_bytes(b"\x00\xff\xfe\x80" * 40), ("x.csv",)),
    "half a line": (lambda folder: (folder / "x.jsonl").write_text('{"text": "a'), ("x.jsonl#line 1",)),
    "a theme with too few examples": (
        lambda folder: (folder / "themes.toml").open("a").write('\n[[themes]]\nid = "tourism"\n'),
        ("'tourism'", "at least 3 documents"),
    ),
    "an unknown key in the taxonomy": (
        lambda folder: (folder / "themes.toml").open("a").write('\n[[themes]]\nid = "a"\ncolour = 1\n'),
        ("themes.toml: theme 5", "colour"),
    ),
    "no taxonomy": (lambda folder: (folder / "themes.toml").unlink(), ("themes.toml", "no taxonomy")),
    "no documents": (lambda folder: [path.unlink() for path in folder.glob("*.[cj]s*")], ("no labelled documents",)),
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("command", ["train", "labels check"])
@pytest.mark.parametrize("fault", LABEL_FAULTS)
def test_faulty_labels(themes: Themes, labeled_folder: Path, tmp_path: Path, fault: str, command: str) -> None:
    folder = Path(shutil.copytree(labeled_folder, tmp_path / "labeled"))
    change, words = LABEL_FAULTS[fault]
    change(folder)
    out = ["--out", tmp_path / "model"] if command == "train" else []
    refused(themes(*command.split(), folder, *out), *words)
    assert not (tmp_path / "model").exists()


def test_an_unknown_theme_to_explain(themes: Themes, raw: Path, model_folder: Path) -> None:
    ran = themes("explain", raw / "choir.html", "--theme", "cibber", "-m", model_folder)
    refused(ran, "unknown theme 'cibber'", "cyber, space")


def test_an_unknown_model(themes: Themes, raw: Path, tmp_path: Path) -> None:
    for arguments in (
        ["tag", raw, "--out", tmp_path / "o", "-m", "absent"],
        ["terms", "absent"],
        ["evaluate", "absent", raw],
    ):
        refused(themes(*arguments), "no model 'absent'")


@pytest.mark.parametrize("name", MODEL_FILES)
@pytest.mark.parametrize("harm", ["one byte changed", "truncated", "absent"])
def test_a_damaged_model(themes: Themes, raw: Path, model_folder: Path, tmp_path: Path, name: str, harm: str) -> None:
    model = Path(shutil.copytree(model_folder, tmp_path / "model"))
    sound = (model / name).read_bytes()
    middle = len(sound) // 2
    if harm == "absent":
        (model / name).unlink()
    elif harm == "truncated":
        (model / name).write_bytes(sound[:middle])
    else:
        (model / name).write_bytes(sound[:middle] + bytes([sound[middle] ^ 1]) + sound[middle + 1 :])
    ran = themes("tag", raw, "--out", tmp_path / "out", "-m", model)
    refused(ran, name if harm != "absent" or name != "manifest.json" else "no model")
    assert not (tmp_path / "out").exists()


SETTINGS_FAULTS = {
    "unknown key": "[tagging]\nabstain = 0.1\n", "unknown table": "[colours]\n",
    "wrong kind": "[tagging]\nabstain_rate = 'x'\n",
    "not TOML": "[tagging\n", "no documents at a time": "[tagging]\nbatch_documents = 0\n",
}  # fmt: skip


@pytest.mark.parametrize("fault", SETTINGS_FAULTS)
def test_faulty_settings(themes: Themes, raw: Path, model_folder: Path, tmp_path: Path, fault: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(SETTINGS_FAULTS[fault])
    ran = themes("tag", raw, "--out", tmp_path / "out", "-m", model_folder, "--settings", path)
    refused(ran, str(path))
    assert not (tmp_path / "out").exists()


def test_settings_that_are_not_there(themes: Themes, labeled_folder: Path, tmp_path: Path) -> None:
    refused(themes("train", labeled_folder, "--out", tmp_path / "m", "--settings", tmp_path / "no.toml"), "no.toml")


def test_an_output_format_that_cannot_be_written(themes: Themes, raw: Path, tmp_path: Path) -> None:
    refused(themes("ingest", raw, "--out", tmp_path / "a.xlsx"), "a.xlsx", ".jsonl")


def full_disk(*_: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("command", ["tag", "run", "ingest", "report"])
def test_a_full_disk(
    themes: Themes, raw: Path, tagged: Path, model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:  # fmt: skip
    arguments: dict[str, list[object]] = {
        "tag": [raw, "--out", tmp_path / "out", "-m", model_folder],
        "run": [raw, "--out", tmp_path / "out", "-m", model_folder],
        "ingest": [raw, "--out", tmp_path / "out" / "a.jsonl"],
        "report": [tagged, "--out", tmp_path / "out"],
    }
    monkeypatch.setattr(os, "fsync", full_disk)
    refused(themes(command, *arguments[command]), "free some space", str(tmp_path / "out"))
    assert left_in(tmp_path / "out") == []


def test_a_full_disk_while_a_model_is_written(
    themes: Themes, labeled_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_text = Path.write_text

    def no_room_for_models(self: Path, *arguments: Any, **named: Any) -> int:
        return full_disk() if ".tmp-" in str(self) else write_text(self, *arguments, **named)

    monkeypatch.setattr(Path, "write_text", no_room_for_models)
    refused(themes("train", labeled_folder, "--out", tmp_path / "model"), "disk is full")
    assert left_in(tmp_path) == []


def test_an_output_that_is_a_file(themes: Themes, raw: Path, model_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    refused(themes("tag", raw, "--out", tmp_path / "out", "-m", model_folder), "out")
    assert (tmp_path / "out").read_text() == "a file"


@pytest.mark.parametrize("out", [".", "documents"])
def test_training_never_throws_other_folders_away(
    themes: Themes, labeled_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "thesis.txt").write_text("ten years of work")
    refused(themes("train", labeled_folder, "--out", out))
    assert (tmp_path / "documents" / "thesis.txt").read_text() == "ten years of work"


def test_the_process_says_the_same_as_the_function(raw: Path, tmp_path: Path) -> None:
    ran = shell("tag", raw, "--out", tmp_path / "out", "--model", tmp_path / "absent", cwd=tmp_path)
    refused(ran, "no model", "themes train")
    usage = shell("tag", "--no-such", cwd=tmp_path)
    assert usage.returncode == 2
    assert "No such option" in usage.stderr
    assert "Traceback" not in usage.stderr


def test_a_reader_that_hangs_up_is_no_error(tmp_path: Path) -> None:
    """`themes models --json | head -0` ends without complaint."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) in (0, 1, 120)
    assert b"Traceback" not in err


def test_a_fault_of_the_program_is_said_to_be_one(themes: Themes, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import modelling

    def fault() -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(modelling, "models", fault)
    ran = themes("models")
    assert ran.code == 2
    assert ran.err.startswith("themes: unexpected ZeroDivisionError: division by zero")
    assert "Traceback" not in ran.err


def test_stopping_by_hand(themes: Themes, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline import modelling

    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(modelling, "models", stop)
    assert themes("models") == (130, "", "themes: stopped\n")
