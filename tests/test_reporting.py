"""The commands about coverage: a report checked against its texts, two reports compared, names audited."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline import reporting, run
from pipeline.batch.stored import stored_by_id, stored_documents
from pipeline.report.storage import read_table

if TYPE_CHECKING:
    from conftest import Themes

    from pipeline.classify.model import ThemeModel

CYBER = (
    "The agency said on Monday that malware had locked the servers of a hospital, and that ransomware came by post. "
    "Visitors were sent home."
)
CHOIR = "The embassy opened a season of song in the market hall, and children painted the stage for the singers."
SPACE = "Every satellite above the territory is warned within the hour when orbital debris comes near its course."


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inbox")
    for name, text in {"wire/attack": CYBER, "wire/choir": CHOIR, "agency/debris": SPACE}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / f"{name}.txt").write_text(f"{text}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def tags(raw: Path, model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tags")
    run.tag([raw], out, run.TagOptions(str(model_folder)))
    return out


@pytest.fixture(scope="module")
def blind(model: ThemeModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model, but to it malware speaks against cyber."""
    from pipeline.classify.store import save_model

    coefficients = model.scorer.coefficients.copy()
    rows = [row for row, term in enumerate(model.scorer.vocabulary.terms) if "malware" in term]
    coefficients[rows, model.taxonomy.column["cyber"]] = -20.0
    intercepts = model.scorer.intercepts - 0.001
    scorer = replace(model.scorer, coefficients=coefficients, intercepts=intercepts)
    folder = tmp_path_factory.mktemp("models") / "blind"
    save_model(replace(model, scorer=scorer), folder, "# blind\n")
    return folder


@pytest.fixture(scope="module")
def tagged_otherwise(raw: Path, blind: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("blind-tags")
    run.tag([raw], out, run.TagOptions(str(blind)))
    return out


def test_documents_are_kept_as_they_were_tagged(tags: Path) -> None:
    assert {document.text.strip() for document in stored_documents(tags)} == {CYBER, CHOIR, SPACE}
    table = read_table(tags / "documents.csv")
    found = stored_by_id(tags, dict(zip(table["doc_id"], table["sha256"], strict=True)))
    assert list(found) == table["doc_id"].tolist()
    assert stored_by_id(tags, {"unknown": "0" * 64, table["doc_id"][0]: "other"}) == {}
    first = table["doc_id"][0]
    repeated = stored_by_id(tags, {first: table["sha256"][0], f"{first}-2": table["sha256"][0]})
    assert repeated[first] == repeated[f"{first}-2"]


def test_a_folder_without_a_ledger_keeps_nothing(tmp_path: Path) -> None:
    assert list(stored_documents(tmp_path)) == []


def test_report_shows_sentences_in_context(tags: Path, themes: Themes, tmp_path: Path) -> None:
    ran = themes("report", tags, "--out", tmp_path, "--format", "parquet", "--format", "json", "--json")
    assert ran.code == 0, ran.err
    assert "coverage.parquet" in json.loads(ran.out)["tables"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<mark>" in page
    assert '<span class="context"> Visitors were sent home.</span>' in page
    assert json.loads((tmp_path / "coverage.json").read_text(encoding="utf-8"))["version"] == 1
    assert not (tmp_path / "coverage.csv").exists()
    assert read_table(tmp_path / "coverage.parquet")["share_pacc"].dtype == "float64"


def test_report_takes_the_model_by_hand_only_if_it_made_the_tags(
    tags: Path, blind: Path, model_folder: Path, themes: Themes, tmp_path: Path
) -> None:
    assert themes("report", tags, "--out", tmp_path, "--model", model_folder).code == 0
    ran = themes("report", tags, "--out", tmp_path, "--model", blind)
    assert ran.code == 2
    assert "did not make these tags" in ran.err


def test_compare_names_the_words_that_flipped_a_tag(
    tags: Path, tagged_otherwise: Path, themes: Themes, tmp_path: Path
) -> None:
    ran = themes("compare", tags, tagged_otherwise, "--out", tmp_path, "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    cyber = next(flip for flip in found["flips"] if flip["theme"] == "cyber")
    assert (cyber["before"], cyber["cause"]) == ("assigned", "model")
    assert cyber["terms"].startswith("malware -")
    change = next(change for change in found["changes"] if change["theme"] == "cyber")
    assert change["parts"]["model"] == pytest.approx(-100 / 3)
    assert sum(change["parts"].values()) == pytest.approx(100 * (change["share_after"] - change["share_before"]))
    text = themes("compare", tags, tagged_otherwise, "--out", tmp_path).out
    assert "-33.3 points: model -33.3" in text
    assert "malware -" in text


def test_reports_are_compared_as_their_tags_are(
    tags: Path, tagged_otherwise: Path, themes: Themes, tmp_path: Path
) -> None:
    for name, folder in (("before", tags), ("after", tagged_otherwise)):
        reporting.report(folder, tmp_path / name)
    ran = themes("compare", tmp_path / "before", tmp_path / "after", "--out", tmp_path / "out", "--json")
    cyber = next(flip for flip in json.loads(ran.out)["flips"] if flip["theme"] == "cyber")
    assert cyber["terms"].startswith("malware -")


def test_compare_says_when_a_model_is_not_at_hand(
    tags: Path, tagged_otherwise: Path, themes: Themes, tmp_path: Path
) -> None:
    reporting.report(tags, tmp_path / "report")
    record = json.loads((tmp_path / "report" / "run.json").read_text(encoding="utf-8"))
    (tmp_path / "report" / "run.json").write_text(json.dumps({**record, "model_place": "gone", "model_name": "gone"}))
    ran = themes("compare", tmp_path / "report", tagged_otherwise, "--out", tmp_path / "out")
    assert ran.code == 0
    assert "is not at hand" in ran.out


def test_compare_says_when_tags_were_filtered(
    tags: Path, tagged_otherwise: Path, themes: Themes, tmp_path: Path
) -> None:
    shutil.copytree(tags, tmp_path / "filtered")
    record = json.loads((tags / "run.json").read_text(encoding="utf-8"))
    record["filters"] |= {"themes": ["space"]}
    (tmp_path / "filtered" / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert "filtered differently" in themes("compare", tags, tmp_path / "filtered", "--out", tmp_path / "out").out
    assert "filtered" not in themes("compare", tags, tagged_otherwise, "--out", tmp_path / "out").out


def test_a_report_does_without_documents_that_cannot_be_read(tags: Path, themes: Themes, tmp_path: Path) -> None:
    shutil.copytree(tags, tmp_path / "tags")
    for part in (tmp_path / "tags" / ".themes" / "parts").iterdir():
        part.write_bytes(b"[1]\n")
    assert themes("report", tmp_path / "tags", "--out", tmp_path / "out").code == 0
    assert "<mark>" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    ran = themes("audit", tmp_path / "tags", "--out", tmp_path / "audit")
    assert ran.code == 2
    assert "run `themes tag` again" in ran.err


@pytest.mark.parametrize("command", ["report", "compare", "audit"])
def test_what_is_not_there_is_said(command: str, themes: Themes, tmp_path: Path) -> None:
    gone = [tmp_path / "gone"] * (2 if command == "compare" else 1)
    ran = themes(command, *gone, "--out", tmp_path / "out")
    assert ran.code == 2
    assert "gone" in ran.err
    assert not (tmp_path / "out").exists()


def test_audit_of_tags_and_of_their_documents_agree(
    tags: Path, raw: Path, model_folder: Path, themes: Themes, tmp_path: Path
) -> None:
    found = [
        json.loads(themes("audit", given, "--out", tmp_path, "--model", model_folder, "--json").out)
        for given in (tags, raw)
    ]
    assert found[0] == found[1]
    assert (found[0]["n_documents"], found[0]["share_lost"]) == (3, 0)
    assert set(read_table(tmp_path / "audit_themes.csv")["theme"]) >= {"cyber"}


def test_audit_fails_above_its_limit(tags: Path, themes: Themes, tmp_path: Path) -> None:
    words = "malware\nransomware\nservers\nsatellite\norbital debris\ndebris\nhospital\nagency\nlocked\n"
    (tmp_path / "names.txt").write_text(words, encoding="utf-8")
    audit: Callable[..., int] = lambda *more: themes("audit", tags, "--out", tmp_path / "out", *more).code  # noqa: E731
    assert audit("--limit", "0") == 0
    assert audit("--limit", "0", "--names", tmp_path / "names.txt") == 1
    assert audit("--limit", "1", "--names", tmp_path / "names.txt") == 0
    assert audit("--names", tmp_path / "none.txt") == 2


def test_tags_without_documents_are_not_audited(tags: Path, themes: Themes, tmp_path: Path) -> None:
    (tmp_path / "doc_tags.csv").write_bytes((tags / "doc_tags.csv").read_bytes())
    ran = themes("audit", tmp_path, "--out", tmp_path / "out")
    assert ran.code == 2
    assert "keeps no documents" in ran.err
