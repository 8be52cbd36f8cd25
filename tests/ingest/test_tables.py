from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.csv_rows import sniff_delimiter
from pipeline.ingest.formats import read_file
from pipeline.ingest.options import DEFAULT_OPTIONS, ReadOptions
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

SENTENCES = ["The delegations met in Geneva.", "대표단은 제네바에서 만났다.", "Les délégations se sont réunies."]


def items(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> list[Received | Skipped]:
    return list(read_file(InputFile(path, path.name, "folder"), options))


def texts(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> list[str]:
    return [item.content if isinstance(item, Received) else f"SKIPPED {item.reason}" for item in items(path, options)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_csv_of_any_delimiter_and_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "table.csv"
    rows = [
        ["id", "title", "text"],
        ["a", "First", '"One, two; three | four"'],
        ["b", "둘째", "본문은 한국어로 되어 있다"],
    ]
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    found = items(path)
    assert [item.content for item in found if isinstance(item, Received)] == [
        "One, two; three | four",
        "본문은 한국어로 되어 있다",
    ]
    assert [item.location for item in found] == ["table.csv#2", "table.csv#3"]
    assert [item.title for item in found if isinstance(item, Received)] == ["First", "둘째"]


PREAMBLE = "Press releases of the Ministry\nExported on 2024-05-01 by hand\n\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_heading_above_the_header_does_not_hide_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "table.csv"
    rows = [["Date", "Title", "Text"], ["2024-03-05", "One", "The ministers met"], ["2024-03-06", "Two", "Again"]]
    path.write_text(PREAMBLE + "\n".join(map(delimiter.join, rows)) + "\n", encoding="utf-8")
    found = [(item.content, item.date) for item in items(path) if isinstance(item, Received)]
    assert found == [("The ministers met", "2024-03-05"), ("Again", "2024-03-06")]


def test_below_a_heading_the_columns_that_there_are_are_told(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(PREAMBLE + "Date;Remark\n2024-03-05;One\n2024-03-06;Two\n", encoding="utf-8")
    (told,) = texts(path)
    assert "'Date', 'Remark'" in told


def test_columns_are_found_by_their_usual_names(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("번호,제목,작성일,기관,본문\n7,회의,2023-12-05,외교부,내용이다\n", encoding="utf-8")
    (row,) = items(path)
    assert isinstance(row, Received)
    assert (row.id, row.title, row.date, row.source, row.content) == ("7", "회의", "2023-12-05", "외교부", "내용이다")


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("text,summary,who\nlong,short,office\n", encoding="utf-8")
    (row,) = items(path, ReadOptions(text_column="summary", source_column="who"))
    assert isinstance(row, Received)
    assert (row.content, row.source) == ("short", "office")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", "a,b\n1,2\n"),
        ("t.tsv", "a\tb\n1\t2\n"),
        ("t.jsonl", '{"a": 1, "b": 2}\n'),
        ("t.json", '[{"a": 1, "b": 2}]'),
    ],
)
def test_missing_text_column_says_what_is_there(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    (skipped,) = items(path)
    assert isinstance(skipped, Skipped)
    assert "'a', 'b'" in skipped.reason
    assert "--text-column" in skipped.reason
    assert "body" in skipped.reason


def test_named_column_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("text\nabc\n", encoding="utf-8")
    (skipped,) = items(path, ReadOptions(text_column="speech"))
    assert isinstance(skipped, Skipped)
    assert "'speech'" in skipped.reason


def test_a_nul_byte_costs_at_most_its_row(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b"id,text\n1,the first row of the table\n2,a\0b\n3,the third row of the table\n")
    assert [item.location for item in items(tmp_path / "t.csv")] == ["t.csv#2", "t.csv#3", "t.csv#4"]
    lines = b'{"text": "first row of the file"}\n{"text": "a \0 b"}\n{"text": "third row of the file"}\n'
    (tmp_path / "t.jsonl").write_bytes(lines)
    found = texts(tmp_path / "t.jsonl")
    assert (found[0], found[1][:7], found[2]) == ("first row of the file", "SKIPPED", "third row of the file")


def test_an_overlong_quoted_field_costs_one_row_and_an_open_quote_its_line(tmp_path: Path) -> None:
    path, options = tmp_path / "t.csv", ReadOptions(max_document_bytes=1000)
    lines = "a line, with a comma and a doubled mark\n".replace('"', '""') * 100
    path.write_text(f'id,text\n1,good\n2,"{lines}"\n3,"also good"\n', encoding="utf-8")
    found = texts(path, options)
    assert (found[0], found[1][:7], found[2:]) == ("good", "SKIPPED", ["also good"])
    assert "limit" in found[1]
    path.write_text("id,text\n" + '2,"open\n' + '3,"a closed row"\n' * 100, encoding="utf-8")
    found = texts(path, options)
    assert ("never closed" in found[0], len(found), set(found[1:])) == (True, 101, {"a closed row"})


def test_huge_field(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f'id,text\n1,"{"word " * 100_000}"\n2,short\n', encoding="utf-8")
    assert [len(text) for text in texts(path)] == [500_000, 5]


def test_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,text\n1,good\n2,"never closed\n3,third\n4,fourth\n', encoding="utf-8")
    found = texts(path)
    assert found[0] == "good"
    assert "never closed" in found[1]
    assert found[2:] == ["third", "fourth"]


def test_an_unclosed_quote_does_not_swallow_the_next_quoted_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,text\n1,"open\n2,"closed"\n3,"two\nlines"\n', encoding="utf-8")
    found = texts(path)
    assert "never closed" in found[0]
    assert found[1:] == ["closed", "two\nlines"]


def test_many_unclosed_quotes_end(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,text\n" + '1,"open\n' * 2001, encoding="utf-8")
    assert len(texts(path)) < 2002


def test_overlong_record_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,text\n1,{'x' * 5000}\n2,good\n", encoding="utf-8")
    found = texts(path, ReadOptions(max_document_bytes=1000))
    assert "limit" in found[0]
    assert found[-1] == "good"


@pytest.mark.parametrize(
    ("cell", "is_html"),
    [("<p>One.</p>", True), ("One.<br/>Two.", True), ("1 < 2 and </ is a sign", False), ("plain", False)],
)
def test_cells_with_markup_are_pages(tmp_path: Path, cell: str, is_html: bool) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps({"text": cell}), encoding="utf-8")
    (row,) = items(path)
    assert isinstance(row, Received)
    assert row.is_html == is_html


def test_overlong_header_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x" * 50_000, encoding="utf-8")
    (found,) = texts(path, ReadOptions(max_document_bytes=1000))
    assert "limit" in found


def test_overlong_line_is_one_record(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,text\n1,{'x' * 500_000}\n2,good\n", encoding="utf-8")
    assert len(texts(path, ReadOptions(max_document_bytes=1000))) == 2


def test_rows_without_text_are_skipped_and_blank_rows_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,text\n1,good\n,\n2\n3,also good\n", encoding="utf-8")
    assert [text[:7] for text in texts(path)] == ["good", "SKIPPED", "also go"]


def test_unquoted_delimiters_in_the_last_column_belong_to_the_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("text\none, two, three\n", encoding="utf-8")
    assert texts(path) == ["one, two, three"]


def test_row_with_too_many_cells_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("text,id\none, two,1\nthree,2,\n", encoding="utf-8")
    found = texts(path)
    assert "3 cells where the header has 2" in found[0]
    assert found[1:] == ["three"]


def test_quoted_line_breaks_and_doubled_quotes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,text\n1,"first line\n\nsecond ""line"""\n2,next\n', encoding="utf-8")
    assert texts(path) == ['first line\n\nsecond "line"', "next"]


@pytest.mark.parametrize(
    ("head", "delimiter"), [("text\nno delimiter, here\n", ","), ("a;b\n1,5;2,5\n3,5;4,5\n", ";"), ("", ",")]
)
def test_sniffed_delimiter(head: str, delimiter: str) -> None:
    assert sniff_delimiter(head) == delimiter


def test_jsonl_with_bad_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    lines = [
        json.dumps({"text": SENTENCES[0], "date": "2023"}),
        "{bad",
        "",
        '"a bare string"',
        "[1]",
        '{"text": null}',
        '{"text": 5}',
        "[" * 100_000,
        '{"body": "another field name"}',
        json.dumps({"text": SENTENCES[1]}, ensure_ascii=False),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = items(path)
    assert [item.location for item in found] == [f"t.jsonl#{number}" for number in (1, 2, 4, 5, 6, 7, 8, 9, 10)]
    assert [isinstance(item, Received) for item in found] == [True, False, True, False, False, False, False, True, True]


def test_overlong_json_line_is_skipped_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(f'{{"text": "{"x" * 5000}"}}\n{{"text": "good"}}\n', encoding="utf-8")
    found = texts(path, ReadOptions(max_document_bytes=1000))
    assert "limit" in found[0]
    assert found[1:] == ["good"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ([{"text": "a"}, {"text": "b"}], ["a", "b"]),
        ({"count": 2, "items": [{"text": "a"}, {"text": "b"}]}, ["a", "b"]),
        ({"text": "a", "tags": ["x"]}, ["a"]),
        (["a", "b"], ["a", "b"]),
        ([], ["SKIPPED no documents in this file"]),
        (3, ["SKIPPED not a JSON array or object"]),
    ],
)
def test_json(tmp_path: Path, content: object, found: list[str]) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert texts(path) == found


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table({"other": [1, 2, 3], "text": [SENTENCES[0], None, SENTENCES[2]], "year": [2021, 2022, 2023]})
    pq.write_table(table, path, row_group_size=1)
    found = items(path, ReadOptions(date_column="year"))
    assert [item.location for item in found] == ["t.parquet#1", "t.parquet#2", "t.parquet#3"]
    assert isinstance(found[0], Received)
    assert (found[0].content, found[0].date) == (SENTENCES[0], "2021")
    assert isinstance(found[1], Skipped)


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"PAR1" + b"\x00" * 200 + b"PAR1", b"not parquet at all"])
def test_damaged_parquet(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(damage)
    assert [text[:7] for text in texts(path)] == ["SKIPPED"]


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.json", "t.txt", "t.html", "t.log"])
def test_binary_content_under_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"SQLite format 3\0" + bytes(100))
    (skipped,) = items(path)
    assert isinstance(skipped, Skipped)
    assert "SQLite" in skipped.reason


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=5))
def test_csv_text_survives_writing_and_reading(tmp_path_factory: pytest.TempPathFactory, written: list[str]) -> None:
    import csv

    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *(("row", text) for text in written)])
    assert texts(path) == written


@given(st.binary(max_size=300), st.sampled_from([".csv", ".jsonl", ".json", ".parquet", ".html", ".md", ".txt"]))
def test_any_bytes_under_any_name_give_at_least_one_item(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"t{suffix}"
    path.write_bytes(data)
    assert items(path)
