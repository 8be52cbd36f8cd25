from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from builders import count_lines

from pipeline.errors import InputError
from pipeline.ingest import ReadOptions, SourceCounts, load_counts, read, read_documents
from pipeline.types import Document, Skipped

BODY = (
    "The ministry hosted the third round of talks on cables under the sea.\n\n"
    "Officials of both governments reviewed how repairs are agreed, who guards the landing stations and what happens "
    "when a ship drags its anchor across a line.\n\n"
    "They agreed to draw up a joint handbook before the end of the year, and to invite operators to the next round.\n"
)
KOREAN = (
    "외교부는 해저 케이블 보호를 위한 제3차 협의를 서울에서 열었다고 밝혔다.\n\n"
    "양측은 수리 절차와 육양국 경비, 선박의 닻으로 인한 손상에 어떻게 대응할지를 검토했다.\n\n"
    "양측은 올해 안에 공동 지침을 마련하고 다음 회의에 사업자들도 초청하기로 합의했다.\n"
)
HEAD = (
    '<meta property="og:title" content="Talks on cables">'
    '<link rel="canonical" href="https://www.example.org/2024/03/05/talks">'
)


def documents(path: Path, options: ReadOptions | None = None) -> list[Document]:
    found = list(read(path, options=options or ReadOptions()))
    assert not [item for item in found if isinstance(item, Skipped)]
    return [item for item in found if isinstance(item, Document)]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "office").mkdir(parents=True)
    (folder / "2023-12-05 talks.txt").write_text(BODY, encoding="utf-8")
    (folder / "office" / "talks.txt").write_bytes(KOREAN.encode("cp949"))
    (folder / "office" / "wide.txt").write_bytes(("Minutes\n\n" + BODY).encode("utf-16"))
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY.splitlines() if line)
    page = f'<html><head>{HEAD}</head><body><nav><a href="/">Home</a></nav>{paragraphs}</body></html>'
    (folder / "page.html").write_text(page, encoding="utf-8")
    (folder / "rows.jsonl").write_text(
        json.dumps({"text": BODY, "source": "Agency", "date": "2022", "title": "Row", "id": "r1"}) + "\n",
        encoding="utf-8",
    )
    (folder / "binary.txt").write_bytes(b"\x00\x01\x02" * 50)
    return folder


def test_a_folder_of_all_sorts(raw: Path) -> None:
    found = {item.location: item for item in read(raw)}
    assert list(found) == [
        "raw/2023-12-05 talks.txt",
        "raw/binary.txt",
        "raw/office/talks.txt",
        "raw/office/wide.txt",
        "raw/page.html",
        "raw/rows.jsonl#1",
    ]
    text, binary, korean, wide, page, row = found.values()
    assert isinstance(binary, Skipped)
    assert "not text" in binary.reason
    assert isinstance(text, Document)
    assert (text.source, text.language, text.date.value, text.date.origin) == ("raw", "en", "2023-12-05", "file")
    assert text.title.startswith("The ministry hosted")
    assert isinstance(korean, Document)
    assert (korean.source, korean.language, korean.date.value) == ("office", "ko", "")
    assert "외교부는 해저 케이블" in korean.text
    assert isinstance(wide, Document)
    assert "joint handbook" in wide.text
    assert isinstance(page, Document)
    assert (page.source, page.title, page.date.value, page.date.origin) == (
        "example.org",
        "Talks on cables",
        "2024-03-05",
        "url",
    )
    assert isinstance(row, Document)
    assert (row.id, row.source, row.title, row.date.value, row.date.precision) == (
        "r1",
        "Agency",
        "Row",
        "2022",
        "year",
    )


def test_plain_texts_are_kept_whole(tmp_path: Path) -> None:
    for name, text in (("a.txt", BODY), ("b.txt", KOREAN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [item.text for item in documents(tmp_path)] == [BODY.strip(), KOREAN.strip()]


def test_ids_do_not_depend_on_place_or_run_and_occur_once(tmp_path: Path) -> None:
    for folder in ("one/x", "two/x"):
        (tmp_path / folder).mkdir(parents=True)
        for name in ("a.txt", "b.txt"):
            (tmp_path / folder / name).write_text(BODY, encoding="utf-8")
    first, second = documents(tmp_path / "one"), documents(tmp_path / "two")
    assert [item.id for item in first] == [item.id for item in second]
    assert first[1].id == f"{first[0].id}-2"
    assert len(first[0].id) == 16
    both = [item for item in read_documents([tmp_path / "one", tmp_path / "two"]) if isinstance(item, Document)]
    assert len({item.id for item in both}) == 4


def test_ids_of_a_table_are_kept_and_made_unique(tmp_path: Path) -> None:
    rows = [{"id": identity, "text": BODY} for identity in ("a", "a-2", "a", "b", "a")]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [item.id for item in documents(tmp_path)] == ["a", "a-2", "a-3", "b", "a-4"]


def test_lines_that_recur_in_a_source_are_removed(tmp_path: Path) -> None:
    closing = "The office welcomes comments on this release and will answer them within ten working days of receipt."
    subjects = ("cables", "satellites", "ports", "forests")
    for subject in subjects:
        text = (
            BODY.replace("cables", subject).replace("a line", f"the {subject}").replace("third", f"{subject} related")
        )
        text = text.replace("They agreed", f"On {subject} they agreed")
        (tmp_path / f"{subject}.txt").write_text(f"{text}\n{closing}\n", encoding="utf-8")
    cleaned = documents(tmp_path)
    assert not any(closing in item.text for item in cleaned)
    assert all(any(removed.line == closing for removed in item.removed) for item in cleaned)
    assert all(subject in item.text for subject, item in zip(sorted(subjects), cleaned, strict=True))
    kept = documents(tmp_path, ReadOptions(recurring=False))
    assert all(closing in item.text for item in kept)


def test_counts_of_an_earlier_batch_take_part(tmp_path: Path) -> None:
    closing = "The office welcomes comments on this release and will answer them within ten working days of receipt."
    counts = SourceCounts({"raw": count_lines([closing] * 5, "raw")})
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(f"{BODY}\n{closing}\n", encoding="utf-8")
    (item,) = read_documents([tmp_path / "raw"], counts=counts)
    assert isinstance(item, Document)
    assert closing not in item.text
    assert counts.of("raw").n_documents == 6


def test_reading_a_batch_again_changes_nothing(raw: Path, tmp_path: Path) -> None:
    first = list(read_documents([raw], counts=(counts := SourceCounts())))
    counts.save(tmp_path / "counts.json")
    for _ in range(4):
        counts = load_counts(tmp_path / "counts.json")
        assert list(read_documents([raw], counts=counts)) == first
        counts.save(tmp_path / "counts.json")


def test_reading_without_cleaning(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Home\n\n" + BODY, encoding="utf-8")
    (item,) = documents(tmp_path, ReadOptions(clean=False))
    assert item.text == ("Home\n\n" + BODY).strip()
    assert item.removed == ()


def test_markdown_with_front_matter(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        '---\ntitle: "Talks on cables"\ndate: 2023-12-05\n---\n'
        f"# Heading\n\n**Seoul** [round](https://example.org) three.\n\n{BODY}",
        encoding="utf-8",
    )
    (item,) = documents(tmp_path)
    assert (item.title, item.date.value) == ("Talks on cables", "2023-12-05")
    assert "https" not in item.text
    assert "**" not in item.text


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("a list of *sequences of concern* and _others_.", "a list of sequences of concern and others."),
        ("***both*** and **bold *in* it**", "both and bold in it"),
        ("(*so*), “_so_” and *so*.", "(so), “so” and so."),
        ("2 * 3 * 4, a_b_c, snake_case_name, * alone", "2 * 3 * 4, a_b_c, snake_case_name, * alone"),
        ("**한국어**는 *강조*와 함께", "한국어는 강조와 함께"),
        ("* an item\n* another", "* an item\n* another"),
    ],
)
def test_marks_of_stress_are_taken_out(markdown: str, plain: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(markdown, encoding="utf-8")
    (item,) = documents(tmp_path, ReadOptions(clean=False))
    assert item.text == plain


def test_title_of_a_page_without_a_heading_of_the_first_rank(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in BODY.splitlines() if line)
    (tmp_path / "a.html").write_text(
        "<html><head><title>Third round of talks | News | Ministry</title></head><body>"
        '<h1 class="logo"><img src="logo.gif" alt="Ministry"></h1><ul><li><a href="/">News</a></li></ul>'
        f"<h3>Third round of talks</h3>{paragraphs}</body></html>",
        encoding="utf-8",
    )
    assert documents(tmp_path)[0].title == "Third round of talks"


def test_a_text_in_two_languages_is_marked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{KOREAN}\n{BODY}", encoding="utf-8")
    (item,) = documents(tmp_path, ReadOptions(clean=False))
    assert (item.language, item.other_languages) == ("en", ("ko",))


def test_a_slashed_date_is_read_as_the_language_writes_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Consultas sobre cabos submarinos\nPublicado em 05/12/2023 10h30\n\nAs duas delegações examinaram a proteção "
        "dos cabos submarinos e concordaram em trocar relatórios duas vezes por ano.",
        encoding="utf-8",
    )
    (item,) = documents(tmp_path)
    assert (item.date.value, item.date.origin) == ("2023-12-05", "text")


def test_more_lines_than_a_document_has(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n" * 250_000, encoding="utf-8")
    (tmp_path / "a.html").write_text("<p>a</p>" * 250_000, encoding="utf-8")
    found = [item.reason for item in read(tmp_path) if isinstance(item, Skipped)]
    assert found == ["more than 200,000 lines: too many for one document"] * 2


def test_damage_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(KOREAN.strip().encode()[:-2])
    (item,) = documents(tmp_path)
    assert item.removed[0].line == ""
    assert "middle of a character" in item.removed[0].reason


def test_lone_surrogates_and_controls_are_made_harmless(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": f"\ud800 \x00\x07{BODY}"}) + "\n", encoding="utf-8")
    (item,) = documents(tmp_path)
    item.text.encode()
    assert "\x07" not in item.text


def test_empty_file_and_empty_folder(tmp_path: Path) -> None:
    assert list(read(tmp_path)) == []
    (tmp_path / "a.txt").touch()
    (skipped,) = read(tmp_path)
    assert isinstance(skipped, Skipped)
    assert skipped.reason == "empty"


def test_too_large_file_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x" * 2000, encoding="utf-8")
    (skipped,) = read(tmp_path, options=ReadOptions(max_document_bytes=1000))
    assert isinstance(skipped, Skipped)
    assert "1,000" in skipped.reason


def test_missing_path_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_documents([tmp_path, tmp_path / "missing"])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_unreadable_file_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BODY, encoding="utf-8")
    (tmp_path / "a.txt").chmod(0)
    (skipped,) = read(tmp_path)
    assert isinstance(skipped, Skipped)
    assert "Permission denied" in skipped.reason


def test_reading_in_small_groups_gives_the_same_documents(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(read(raw))
    monkeypatch.setattr("pipeline.ingest.reading.MAX_WAITING_DOCUMENTS", 1)
    assert list(read(raw)) == whole
