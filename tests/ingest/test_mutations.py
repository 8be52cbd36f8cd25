"""Damaged files of every format: no crash, no hang, and one row for each document format, whatever the damage.

THEMES_MUTATIONS sets how many files of each format are damaged and read, cleaned and dated as `themes ingest` does.
"""

from __future__ import annotations

import io
import json
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from email.message import EmailMessage
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import docx, hangul_paragraph, hwpx, package, pdf, word_paragraph, word_table, xlsx

from pipeline.ingest import read
from pipeline.ingest.options import ReadOptions

N_MUTATIONS = int(os.environ.get("THEMES_MUTATIONS", "2000"))
N_CHUNKS = 4
MAX_SECONDS = 20
OPTIONS = ReadOptions(max_seconds=MAX_SECONDS, max_file_bytes=20_000_000, max_document_bytes=2_000_000)
LINE = "The two governments – with “partners” – agreed to repair cables. 양측은 합의했다. "


def seed_of(suffix: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "협의 결과"
    message["Date"] = "Tue, 05 Dec 2023 10:30:00 +0900"
    message.set_content(LINE)
    message.add_alternative(f"<p>{LINE}</p>", subtype="html")
    parquet = io.BytesIO()
    pq.write_table(pa.table({"text": [LINE] * 3, "title": ["a", "b", "c"]}), parquet)
    seeds: dict[str, bytes] = {
        ".txt": (LINE * 3).encode(),
        ".html": f'<html><head><meta charset="utf-8"></head><body><p>{LINE}</p></body></html>'.encode(),
        ".md": f"---\ntitle: A\n---\n# Head\n\n[a](b) {LINE}".encode(),
        ".csv": f'id,text\n1,"{LINE}"\n2,b\n'.encode(),
        ".jsonl": "\n".join(json.dumps({"text": LINE, "date": "2023"}) for _ in range(3)).encode(),
        ".json": json.dumps([{"text": LINE}] * 3).encode(),
        ".eml": message.as_bytes(),
        ".parquet": parquet.getvalue(),
        ".pdf": pdf([["A line of text.", "And another one."]] * 3),
        ".docx": docx(word_paragraph(LINE, "Title") + word_table([["a", "b"]])),
        ".hwpx": hwpx(hangul_paragraph(LINE), title="제목"),
        ".xlsx": xlsx([["text", "date"], [LINE, 45266.0]]),
        ".zip": package({"a.txt": LINE, "b.docx": docx(word_paragraph(LINE))}),
    }
    return seeds[suffix]


ONE_ROW = (".txt", ".html", ".md", ".eml", ".pdf", ".docx", ".hwpx")
SEVERAL_ROWS = (".csv", ".jsonl", ".json", ".parquet", ".xlsx", ".zip")


def mutated(data: bytes, rng: random.Random) -> bytes:
    """`data` with a few bytes changed, cut, doubled, swapped or its end lost."""
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        if not damaged:
            break
        place, length = rng.randrange(len(damaged)), rng.choice((1, 2, 8, 64))
        kind = rng.randrange(6)
        if kind == 0:
            damaged[place] = rng.randrange(256)
        elif kind == 1:
            damaged[place] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del damaged[place : place + length]
        elif kind == 3:
            damaged[place:place] = damaged[place : place + length] * rng.choice((1, 3))
        elif kind == 4:
            damaged[place : place + length] = rng.randbytes(length)
        elif rng.random() < 0.2:
            del damaged[place:]
    return bytes(damaged)


def faults(suffix: str, chunk: int, folder: Path) -> tuple[list[str], int]:
    """What went wrong with the files of one chunk, and how many were read."""
    data, rng = seed_of(suffix), random.Random(f"{suffix}{chunk}")
    path = folder / f"damaged{chunk}{suffix}"
    found = []
    n_files = -(-N_MUTATIONS // N_CHUNKS)
    for number in range(n_files):
        path.write_bytes(mutated(data, rng))
        start = time.monotonic()
        try:
            n_rows = sum(1 for _ in read(path, options=OPTIONS))
        except Exception as error:
            found.append(f"file {number}: {error!r}")
            continue
        if not 0 < n_rows < (300 if suffix in SEVERAL_ROWS else 2):
            found.append(f"file {number}: {n_rows} rows")
        if time.monotonic() - start > 2 * MAX_SECONDS:
            found.append(f"file {number}: took too long")
    return found, n_files


Chunks = dict[str, list["Future[tuple[list[str], int]]"]]


@pytest.fixture(scope="module")
def chunks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chunks]:
    """Chunks of damaged files of each format, under way in a process for each core."""
    folder = tmp_path_factory.mktemp("damaged")
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        yield {
            suffix: [pool.submit(faults, suffix, chunk, folder) for chunk in range(N_CHUNKS)]
            for suffix in (*ONE_ROW, *SEVERAL_ROWS)
        }


@pytest.mark.parametrize("suffix", [*ONE_ROW, *SEVERAL_ROWS])
def test_damaged_files(chunks: Chunks, suffix: str) -> None:
    results = [future.result() for future in chunks[suffix]]
    assert not [fault for found, _ in results for fault in found]
    assert sum(n_files for _, n_files in results) >= N_MUTATIONS
