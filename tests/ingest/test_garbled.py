"""Text decoded wrongly before it came into its file: mended where that is certain, and never where nothing is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders import docx, word_paragraph, xlsx
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.formats import read_file
from pipeline.ingest.garbled import mend
from pipeline.ingest.options import DEFAULT_OPTIONS
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile

KOREAN = "양측은 해저 케이블의 수리 절차를 검토하고 내년에 다시 만나기로 합의하였다."
JAPANESE = "両国の代表は、重要インフラを守るための情報共有を強化し、来年も協議を続けることで一致しました。"
RUSSIAN = "Делегации обменялись мнениями и договорились продолжить работу в экспертных группах."
FRENCH = "Les délégations se sont réunies à Genève ; « l’accord » a été signé à l’été."
ARABIC = "دعا الوزير جميع الأطراف إلى احترام القانون الدولي الإنساني."
WINDOWS = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)}


def misread(text: str, right: str, wrong: str) -> str:
    data = text.encode(right)
    return "".join(map(WINDOWS.__getitem__, data)) if wrong == "cp1252" else data.decode(wrong)


CASES = [
    (KOREAN, "utf-8", "cp1252"),
    (KOREAN, "utf-8", "latin-1"),
    (KOREAN, "cp949", "latin-1"),
    (JAPANESE, "utf-8", "cp1252"),
    (JAPANESE, "cp932", "cp1252"),
    (JAPANESE, "euc_jp", "latin-1"),
    (RUSSIAN, "cp1251", "cp1252"),
    (RUSSIAN, "koi8-r", "latin-1"),
    (RUSSIAN, "utf-8", "cp1251"),
    (FRENCH, "utf-8", "cp1252"),
    (ARABIC, "cp1256", "cp1252"),
]


@pytest.mark.parametrize(("text", "right", "wrong"), CASES)
def test_is_mended_and_said(text: str, right: str, wrong: str) -> None:
    found = mend(misread(text, right, wrong))
    assert found.text == text
    assert "mended" in found.remark


@pytest.mark.parametrize(
    "text",
    [
        KOREAN, JAPANESE, RUSSIAN, FRENCH, ARABIC, "ÉTÉ À ÉVÊCHÉ – ÂGÉ", "Ação, NÃO À CORRUPÇÃO; “São João” – às 10h",
        "Về việc hợp tác bảo vệ cáp ngầm dưới biển, hai bên đã thoả thuận.", "Zażółć gęślą jaźń – „ósemka”",
        "Ärger über Öl: „Größe“ – Maße; Übergrößenträger", "Bjørn så på øya i Ærø; Åse åpnet året",
        "•••••••••••••••• ———————————————— ……………………", "½ ¾ ¼ §§ 3–5 ©®™ £ € ¥ ±×÷ µ¶·", "»»» ¿¿¿ ¡¡¡ «««",
        "РССР СССР РСФСР РСПП", "Résumé", "Ünïcödé ïs fün",
    ],
)  # fmt: skip
def test_what_is_right_stays(text: str) -> None:
    assert mend(text) == (text, "")
    assert mend(text * 20) == (text * 20, "")


@given(st.text("abcdefg éèàçùâêîôûëïüÿœÉÀ’«»–", max_size=80).map(lambda text: f"Les pays réunis. {text}"))
def test_french_letters_in_any_order_pass_without_a_crash(text: str) -> None:
    found = mend(text)
    assert found.text == text or "mended" in found.remark


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.jsonl", "a.csv", "a.txt"])
def test_in_files(tmp_path: Path, name: str) -> None:
    wrong = misread(KOREAN, "cp949", "latin-1")
    data = {
        "a.docx": docx(word_paragraph(wrong)),
        "a.xlsx": xlsx([["text"], [wrong]]),
        "a.jsonl": json.dumps({"text": wrong}).encode(),
        "a.csv": f'id,text\n1,"{wrong}"\n2,"{"Plain English with a dash – and more. " * 9}"\n'.encode(),
        "a.txt": wrong.encode(),
    }
    path = tmp_path / name
    path.write_bytes(data[name])
    found = list(read_file(InputFile(path, name, ""), DEFAULT_OPTIONS))
    assert isinstance(found[0], Received)
    assert found[0].content == KOREAN
    assert "cp949" in found[0].warning
    assert not [item for item in found[1:] if isinstance(item, Received) and item.warning]
