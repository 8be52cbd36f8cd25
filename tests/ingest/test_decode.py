from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.decode import decode
from pipeline.ingest.encodings import NotTextError

CASES = tomllib.loads((Path(__file__).parent / "encodings.toml").read_text(encoding="utf-8"))["case"]
UNICODE_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def encoded_cases() -> Iterator[tuple[str, str, str]]:
    for case in CASES:
        for encoding in (*case["encodings"], *UNICODE_ENCODINGS):
            text = case["latin"] if encoding == "latin-1" and "latin" in case else case["text"]
            yield case["language"], encoding, text


@pytest.mark.parametrize(("language", "encoding", "text"), list(encoded_cases()))
def test_text_is_read_back_exactly(language: str, encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.warning == ""


def test_the_cases_cover_enough() -> None:
    cases = list(encoded_cases())
    assert len(cases) >= 60
    assert {case[0] for case in cases} >= {"en", "ko", "ja", "zh", "zh-hant", "ru", "ar", "el", "pl"}


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<html><head><meta charset="euc-kr">', "cp949"),
        ("<meta http-equiv=Content-Type content='text/html; charset=ks_c_5601-1987'>", "cp949"),
        ('<?xml version="1.0" encoding="Shift_JIS"?>', "cp932"),
        ('<meta charset="gb2312">', "gb18030"),
        ('<meta charset="iso-8859-1">', "cp1252"),
    ],
)
def test_declared_charset_is_used(head: str, encoding: str) -> None:
    short = {"cp949": "회의", "cp932": "会議", "gb18030": "会议", "cp1252": "“café”"}[encoding]
    assert decode((head + short).encode(encoding)).text == head + short


def test_wrong_declaration_is_overruled() -> None:
    text = '<meta charset="utf-8">' + CASES[19]["text"]
    assert decode(text.encode("cp949")).text == text


def test_a_stray_nul_byte_is_left_out_and_told() -> None:
    decoded = decode("The delegations met in Gen\0eva – and agreed on a register of all cables.".encode())
    assert decoded.text == "The delegations met in Geneva – and agreed on a register of all cables."
    assert "NUL" in decoded.warning


@pytest.mark.parametrize(
    "text", ["Делегации встретились в Женеве", "प्रतिनिधिमंडल जिनेवा में मिले", "Οι αντιπροσωπείες", "ผู้แทน พบกัน"]
)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_a_mark_is_not_taken_for_stray_nuls(text: str, encoding: str) -> None:
    assert decode((text + ". " + text).encode(encoding)).encoding == encoding


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"\x89PNG\r\n", "PNG"),
        (b"text and then \x00\x00\x00 nothing", "NUL"),
        (bytes(range(256)) * 8, "NUL"),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08" * 50, "control"),
    ],
)
def test_binary_content_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(NotTextError, match=rf"not text: .*{told}"):
        decode(data)


def test_double_encoding_is_mended_and_told() -> None:
    text = "Le communiqué précise les modalités – “utiles” – de la coopération à venir."
    garbled = "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )
    decoded = decode(garbled.encode())
    assert decoded.text == text
    assert "twice" in decoded.warning


def test_double_encoding_in_one_line_leaves_the_others() -> None:
    good = "Déjà vu: le café est fermé."
    decoded = decode(f"{good}\n{'été à Genève'.encode().decode('latin-1')}".encode())
    assert decoded.text == f"{good}\nété à Genève"


def test_accented_words_in_quotes_are_not_taken_for_garbled() -> None:
    text = "«É» “À” ”café” – říčka, šaty, žížala; â€ Ã"
    assert decode(text.encode()).text == text


def test_cut_character_at_the_end_is_dropped_with_a_warning() -> None:
    data = "회의는 서울에서 열렸다".encode()[:-1]
    decoded = decode(data)
    assert decoded.text == "회의는 서울에서 열렸"
    assert decoded.warning


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    data = ("회의는 서울에서 열렸다. " * 20).encode() + b"\xff" + "끝.".encode()
    decoded = decode(data)
    assert decoded.encoding == "utf-8"
    assert decoded.text.count("\ufffd") == 1
    assert "broken" in decoded.warning


def test_losses_of_an_earlier_conversion_are_told() -> None:
    assert "lost" in decode("A report from S\ufffdo Paulo was received at the office.".encode()).warning


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        decoded = decode(data)
    except NotTextError:
        return
    assert "\0" not in decoded.text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=200))
def test_utf8_without_marks_of_garbling_is_never_changed(text: str) -> None:
    decoded = decode(text.encode("utf-8-sig"))
    assert decoded.text == text
