from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.report.csvio import escape, read_csv, unescape, write_csv

CELLS = (
    "plain", "", "=1+1", "+82", "-1", "@x", "\tx", "\rx", "'=x", "''=x", "'quoted'", "'", 'a "b", c', "a\nb", "a\r\nb",
    "a\rb", "한국어", "العربية", "NA", "null", "nan", "1.50", " spaced ", "a;b", "\N{ZERO WIDTH SPACE}=1",
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize("cell", CELLS)
def test_text_comes_back_exactly(cell: str, tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"text": [cell, "next"]}), tmp_path / "t.csv")
    assert read_csv(tmp_path / "t.csv")["text"].tolist() == [cell, "next"]


@given(cells=st.lists(st.tuples(TEXT, TEXT), max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_exactly(cells: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    write_csv(pd.DataFrame(cells, columns=["a", "b"], dtype="str"), path)
    assert list(read_csv(path).itertuples(index=False, name=None)) == cells


@given(cells=st.lists(TEXT, min_size=1, max_size=8))
def test_no_escaped_cell_begins_like_a_formula(cells: list[str]) -> None:
    column = pd.Series(cells, dtype="str")
    escaped = escape(column)
    assert not escaped.str.match(r"[=+\-@\t\r]").any()
    assert unescape(escaped).tolist() == cells


def test_numbers_and_dates_stay_bare(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"n": [-3, 4], "x": [-0.5, None], "day": pd.to_datetime(["2023-07-18", None]), "ok": [True, False]}
    )
    write_csv(frame, tmp_path / "t.csv")
    lines = (tmp_path / "t.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert lines == ['"n","x","day","ok"', '-3,-0.5,"2023-07-18",true', "4,,,false"]


def test_excel_is_told_the_encoding(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"title": ["안보"]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert pd.read_csv(tmp_path / "t.csv")["title"].tolist() == ["안보"]


@pytest.mark.parametrize(
    "content", [b"", "제목\n안보\n".encode("cp949"), b'a,b\n1\n"open'], ids=["empty", "cp949", "torn"]
)
def test_unreadable_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.csv"):
        read_csv(tmp_path / "bad.csv")
