from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import language, language_kernel
from pipeline.ingest.language import language_of, languages_of
from pipeline.ingest.scripts import count_scripts

CASES = tomllib.loads((Path(__file__).parent / "encodings.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize(("language", "text"), [(case["language"][:2], case["text"]) for case in CASES])
def test_language_of_a_paragraph(language: str, text: str) -> None:
    assert language_of(text).code == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("보도자료", "ko"),
        ("サイバー攻撃", "ja"),
        ("网络安全", "zh"),
        ("بيان", "ar"),
        ("Δήλωση", "el"),
        ("AI 안보 포럼", "ko"),
        ("NATO", "und"),
        ("", "und"),
        ("2023-07-18 — 42%", "und"),
    ],
)
def test_short_text_goes_by_its_script(text: str, language: str) -> None:
    assert language_of(text).code == language


ENGLISH = "The delegations agreed to meet again in the spring, and the chair thanked the group for the work done. "
KOREAN = "대표단은 봄에 다시 만나기로 합의했으며 의장은 회원국들의 노력에 감사를 표했다. "


@pytest.mark.parametrize(
    ("text", "main", "others"),
    [
        (ENGLISH * 4 + KOREAN * 2, "en", ["ko"]),
        (ENGLISH + KOREAN * 3, "ko", ["en"]),
        (ENGLISH * 12 + KOREAN, "en", []),
    ],
)
def test_main_language_is_that_of_most_of_the_text(text: str, main: str, others: list[str]) -> None:
    found = language_of(text)
    assert found.code == main
    assert [code for code, _ in found.others] == others


@given(st.text(max_size=300))
def test_any_text_has_a_language_or_none(text: str) -> None:
    found = language_of(text)
    assert found.code
    assert 0 <= found.probability <= 1


ANY = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aé漢かж한😀")), max_size=300)


@given(st.lists(ANY, max_size=4))
def test_compiled_code_counts_the_same_scripts(texts: list[str]) -> None:
    assert language_kernel.count_scripts(texts).tolist() == count_scripts(texts).tolist()


SPANISH = "Las delegaciones acordaron reunirse de nuevo en la primavera y la presidenta agradeció al grupo su trabajo. "
GERMAN = "Die Delegationen kamen überein, sich im Frühjahr wieder zu treffen, und der Vorsitz dankte der Gruppe. "
POLISH = "Delegacje uzgodniły, że spotkają się ponownie wiosną, a przewodnicząca podziękowała grupie za pracę. "
UKRAINIAN = "Делегації домовилися зустрітися знову навесні, а головуюча подякувала групі за виконану роботу. "
KAZAKH = "Делегациялар көктемде қайта кездесуге келісті, ал төрайым топқа атқарған жұмысы үшін алғыс айтты. "


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        (ENGLISH * 10 + SPANISH * 10, {"en", "es"}),
        (SPANISH * 10 + ENGLISH * 10, {"en", "es"}),
        (GERMAN * 14 + ENGLISH * 6, {"en", "de"}),
        (POLISH * 8 + GERMAN * 8, {"pl", "de"}),
        (UKRAINIAN * 8 + KAZAKH * 8, {"uk", "kk"}),
        (ENGLISH * 6 + SPANISH * 6 + KOREAN * 14, {"en", "es", "ko"}),
        (ENGLISH * 20, {"en"}),
        (GERMAN * 20, {"de"}),
        (ENGLISH * 20 + SPANISH, {"en"}),
        (ENGLISH * 3 + SPANISH * 3, {"en"}),
    ],
)
def test_languages_of_one_script(text: str, languages: set[str]) -> None:
    found = language_of(text)
    assert {found.code, *(code for code, _ in found.others)} == languages
    assert sum(share for _, share in found.others) < 1


def test_a_long_text_may_show_its_language_further_in(monkeypatch: pytest.MonkeyPatch) -> None:
    without_and = ENGLISH.replace(" and", "")
    monkeypatch.delattr(language, "_model")
    assert language_of(without_and * 2 + ENGLISH + without_and * 25).code == "en"


SENTENCES = (ENGLISH, KOREAN, SPANISH, GERMAN, POLISH, UKRAINIAN, KAZAKH, "NATO ", "漢字 ", "サイバー ", "42%\n")


@given(st.lists(st.lists(st.sampled_from(SENTENCES), max_size=25).map("".join), max_size=5))
def test_texts_together_are_named_as_each_alone(texts: list[str]) -> None:
    assert languages_of(texts) == [language_of(text) for text in texts]
