"""Labelled documents: what is read, and what each error names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.classify.labels import NOT_JUDGED, label_matrix, load_labels
from pipeline.errors import InputError, LabelError, PipelineError
from pipeline.types import LabeledDocument, Taxonomy

CSV = "id,text,themes,unsure,language,source,date,genre\n"


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_sample(labeled: list[LabeledDocument]) -> None:
    assert len(labeled) == 45
    assert [item.document.language for item in labeled] == ["en"] * 28 + ["es"] * 6 + ["ko"] * 11
    by_id = {item.document.id: item for item in labeled}
    assert by_id["en-cyber5"].themes == {"cyber"}
    assert by_id["en-cyber5"].unsure == {"crime"}
    assert by_id["ko-none1"].themes == frozenset()
    assert by_id["ko-cyber1"].document.date.value == "2023-01-01"
    assert by_id["ko-cyber1"].document.location.endswith("ko.csv#row 2")
    assert by_id["es-none1"].document.location.endswith("es.jsonl#line 4")


def test_csv_and_jsonl_hold_the_same(tmp_path: Path, sample_taxonomy: Taxonomy) -> None:
    text = 'Quoted "words", a comma,\nand a second line.'
    row = {
        "id": "7",
        "text": text,
        "themes": ["cyber", "space"],
        "unsure": ["crime"],
        "language": "en",
        "date": "2024-02-29",
    }
    escaped = text.replace('"', '""')
    as_csv = write(tmp_path / "a.csv", f'\ufeff{CSV}7,"{escaped}", cyber ;space;,crime,en,,2024-02-29,\n')
    as_json = write(tmp_path / "a.jsonl", f"{json.dumps(row)}\n\n")
    (first,), (second,) = (load_labels(path, sample_taxonomy, clean=False) for path in (as_csv, as_json))
    for item in (first, second):
        assert item.document.text == text
        assert item.themes == {"cyber", "space"}
        assert item.unsure == {"crime"}
        assert (item.document.id, item.document.language, item.document.source) == ("7", "en", "")
        assert (item.document.date.value, item.document.date.precision) == ("2024-02-29", "day")


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    (item,) = load_labels(write(tmp_path / "a.jsonl", '{"text": "Some words.", "themes": ""}'), clean=False)
    assert item.document.language == "und"
    assert item.document.id == item.document.location
    assert item.document.date.value == ""
    assert item.themes == item.unsure == frozenset()


@pytest.mark.parametrize("date", ["2023", "soon", "2023-1-2", "2023-01-01T00:00"])
def test_a_date_of_another_form_is_left_out(tmp_path: Path, date: str) -> None:
    row = json.dumps({"text": "x", "themes": "", "date": date})
    assert load_labels(write(tmp_path / "a.jsonl", row), clean=False)[0].document.date.value == ""


def test_a_long_text_in_csv_is_read_whole(tmp_path: Path) -> None:
    text = "A resolution of many words. " * 8_000
    (item,) = load_labels(write(tmp_path / "a.csv", f"text,themes\n{text},cyber\n"), clean=False)
    assert item.document.text == text


def test_cleaning_takes_the_boilerplate_away(tmp_path: Path, labeled: list[LabeledDocument]) -> None:
    text = labeled[0].document.text
    row = json.dumps({"text": text, "themes": ""})
    (item,) = load_labels(write(tmp_path / "a.jsonl", row), clean=True)
    assert "ransomware locked every file" in item.document.text


BAD = [
    ("a.jsonl", '{"text": "x", "themes": ""}\n\n{"text": "x"\n', LabelError, "a.jsonl#line 3"),
    ("a.jsonl", '{"text": "x", "themes": ""}\n["text"]\n', LabelError, "a.jsonl#line 2"),
    ("a.jsonl", '{"text": "x"}\n', LabelError, "a.jsonl#line 1"),
    ("a.jsonl", '{"text": "x", "themes": null}\n', LabelError, "a.jsonl#line 1"),
    ("a.jsonl", '{"text": "x", "themes": ["cyber", "cibber"]}\n', LabelError, "a.jsonl#line 1"),
    ("a.jsonl", '{"text": "x", "themes": "", "unsure": "cibber"}\n', LabelError, "a.jsonl#line 1"),
    ("a.jsonl", b'{"text": "\xff\xfe", "themes": ""}\n', LabelError, "a.jsonl"),
    ("a.jsonl", "", LabelError, "a.jsonl"),
    ("a.csv", "text,themes\none,cyber\ntwo\n", LabelError, "a.csv#row 3"),
    ("a.csv", "body,topics\none,cyber\n", LabelError, "a.csv#row 2"),
    ("a.csv", "text,themes\none,cyber;cibber\n", LabelError, "a.csv#row 2"),
    ("a.csv", b"text,themes\n\xff\xfe,cyber\n", LabelError, "a.csv"),
    ("a.csv", 'text,themes\n"one"x,cyber\n', LabelError, "a.csv"),
    ("a.csv", "text,themes\n", LabelError, "a.csv"),
    ("a.csv", b"\x7fELF\x00\x01\x02\xff\xfe\x00", PipelineError, "a.csv"),
    ("a.xlsx", "text", InputError, "a.xlsx"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "kind", "where"), BAD)
def test_an_error_names_the_file_and_row(
    tmp_path: Path, sample_taxonomy: Taxonomy, name: str, content: str | bytes, kind: type[PipelineError], where: str
) -> None:
    path = write(tmp_path / name, content)
    with pytest.raises(kind) as raised:
        load_labels(path, sample_taxonomy, clean=False)
    assert where in raised.value.where
    assert str(tmp_path) in raised.value.where
    assert raised.value.what


def test_an_unknown_theme_is_named_with_those_known(tmp_path: Path, sample_taxonomy: Taxonomy) -> None:
    path = write(tmp_path / "a.csv", "text,themes\none,cibber\n")
    with pytest.raises(LabelError, match="'cibber'") as raised:
        load_labels(path, sample_taxonomy, clean=False)
    assert "cyber, space, biosecurity, crime" in raised.value.expected
    assert load_labels(path, clean=False)[0].themes == {"cibber"}


def test_no_file_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_labels(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="no labelled documents"):
        load_labels(tmp_path)


def test_the_matrix(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> None:
    matrix = label_matrix(labeled, sample_taxonomy)
    assert matrix.shape == (45, 4)
    assert matrix.dtype.name == "int8"
    assert matrix[4].tolist() == [1, 0, 0, NOT_JUDGED]
    assert (matrix == 1).sum(axis=0).tolist() == [10, 9, 8, 3]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("정부는 사이버 공격에 단호히 대응하기로 하였으며 국제사회와 긴밀히 협력할 것이다.", "ko"),
        ("The ministers met on Monday and agreed to share what they know of the attack.", "en"),
        ("x", "und"),
    ],
)
def test_a_language_not_given_is_recognised(tmp_path: Path, text: str, language: str) -> None:
    """Else a model would be judged otherwise than it tags."""
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps({"text": text, "themes": ""}), encoding="utf-8")
    assert [item.document.language for item in load_labels(path)] == [language]
