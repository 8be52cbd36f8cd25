"""Planted errors are found, sound data has none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.classify.label_checks import (
    check,
    check_counts,
    check_documents,
    doubtful_labels,
    leakage,
    near_duplicates,
)
from pipeline.classify.training import Trained, train_with_evidence
from pipeline.errors import LabelError
from pipeline.types import LabeledDocument, Taxonomy

Plant = Callable[[list[LabeledDocument]], None]


def changed(item: LabeledDocument, **fields: str) -> LabeledDocument:
    return replace(item, document=replace(item.document, **fields))  # type: ignore[arg-type]


def test_the_sample_has_notes_only(labeled_folder: Path) -> None:
    findings = list(check(labeled_folder))
    assert {item.check for item in findings} == {"few examples"}
    assert not any(item.is_error for item in findings)


def repeat_id(items: list[LabeledDocument]) -> None:
    items[3] = changed(items[3], id=items[2].document.id)


def empty_text(items: list[LabeledDocument]) -> None:
    items[3] = changed(items[3], text=" \n")


def wrong_language(items: list[LabeledDocument]) -> None:
    items[3] = changed(items[3], language="fr")


def near_copy(items: list[LabeledDocument]) -> None:
    items.append(changed(items[3], id="copy", text=items[3].document.text.replace("three countries", "four states")))


@pytest.mark.parametrize(
    ("plant", "kind", "where"),
    [
        (repeat_id, "id", "en-cyber3"),
        (empty_text, "text", "en.jsonl#line 4"),
        (wrong_language, "language", "en.jsonl#line 4"),
        (near_copy, "near-duplicate", "copy"),
    ],
)
def test_a_planted_error_is_found(labeled: list[LabeledDocument], plant: Plant, kind: str, where: str) -> None:
    items = list(labeled)
    assert list(check_documents(items)) == []
    plant(items)
    (finding,) = check_documents(items)
    assert finding.check == kind
    assert finding.is_error
    assert where in finding.where
    assert str(finding).startswith("error")


def test_a_language_left_open_is_a_note(labeled: list[LabeledDocument]) -> None:
    items = [changed(labeled[3], language="und")]
    (finding,) = check_documents(items)
    assert not finding.is_error
    assert "reads like en" in finding.what


def test_different_texts_are_no_near_duplicates(labeled: list[LabeledDocument]) -> None:
    assert list(near_duplicates(labeled)) == []


def test_few_examples_and_themes_always_together(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> None:
    items = [replace(item, themes=item.themes | {"crime"}) if "space" in item.themes else item for item in labeled]
    findings = list(check_counts(items, sample_taxonomy))
    assert [item.where for item in findings if item.check == "few examples"] == list(sample_taxonomy.ids)
    (together,) = [item for item in findings if item.check == "always together"]
    assert (together.where, together.what) == ("space", "100% of its documents are crime too")
    assert list(check_counts(labeled * 10, sample_taxonomy)) == []


def test_doubtful_labels_are_named(labeled: list[LabeledDocument], trained: Trained) -> None:
    labels = trained.labels.copy()
    sure, unlikely = np.argmax(trained.probabilities[:, 0]), np.argmin(trained.probabilities[:, 2])
    probabilities = trained.probabilities.copy()
    probabilities[sure, 0], probabilities[unlikely, 2] = 0.99, 0.005
    labels[sure, 0], labels[unlikely, 2] = 0, 1
    findings = list(doubtful_labels(labeled, replace(trained, labels=labels, probabilities=probabilities)))
    assert {(item.where, item.what.split(",")[0]) for item in findings} == {
        (labeled[sure].document.id, "not labelled cyber"),
        (labeled[unlikely].document.id, "labelled biosecurity"),
    }
    assert not any(item.is_error for item in findings)


def test_the_name_of_a_source_among_the_strong_words(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> None:
    items = [
        changed(item, text=f"Gazette. {item.document.text} The Gazette asks.", source="Island Gazette")
        if "biosecurity" in item.themes
        else item
        for item in labeled
    ]
    trained = train_with_evidence(items, sample_taxonomy)
    findings = [item for item in leakage(items, trained) if item.where == "biosecurity"]
    assert ["gazette" in item.what and "Island Gazette" in item.what for item in findings] == [True]


def test_a_word_of_the_codebook_is_no_leak(labeled: list[LabeledDocument], trained: Trained) -> None:
    items = [changed(item, source="Pathogen Monitor") for item in labeled]
    assert [item for item in leakage(items, trained) if "pathogen" in item.what and item.where == "biosecurity"] == []


def test_an_unknown_theme_stops_the_check(labeled_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(labeled_folder, tmp_path / "labeled")
    with (tmp_path / "labeled" / "en.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"text": "Words.", "themes": ["cibber"]}) + "\n")
    with pytest.raises(LabelError, match="cibber"):
        list(check(tmp_path / "labeled"))
