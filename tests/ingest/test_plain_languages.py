from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import plain_kernel
from pipeline.ingest.plain_languages import EVENNESS, LATIN, LETTERS, plain_language

CASES = tomllib.loads((Path(__file__).parent / "encodings.toml").read_text(encoding="utf-8"))["case"]
SCRIPTS = {"ru": "Cyrl", "uk": "Cyrl", "bg": "Cyrl", "ar": "Arab"}


@pytest.mark.parametrize(("language", "text"), [(case["language"][:2], case["text"]) for case in CASES])
def test_a_plain_language_is_the_right_one(language: str, text: str) -> None:
    assert plain_language([text * 3], SCRIPTS.get(language, "Latn")).code in ("", language)


PLAIN = {
    "en": "The delegations met in the capital and agreed that the work of the group is to go on for another year. ",
    "fr": "Les délégations se sont réunies dans la capitale et ont décidé que les travaux du groupe iront plus loin. ",
    "es": "Las delegaciones se reunieron en la capital y acordaron que los trabajos del grupo sigan por un año más. ",
    "ru": "Делегации собрались в столице и договорились о том, что работа группы будет продолжена ещё на один год. ",
    "ar": "اجتمعت الوفود في العاصمة واتفقت على أن يستمر عمل المجموعة لمدة عام آخر قبل أن ترفع توصياتها إلى اللجنة. ",
}


@pytest.mark.parametrize("language", PLAIN)
def test_plain_text_is_named_without_the_model(language: str) -> None:
    assert plain_language([PLAIN[language]] * 3, SCRIPTS.get(language, "Latn")) == (language, True)


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("Latn", "Les delegacions es van reunir a la capital i els membres del grup van parlar amb la premsa. "),
        ("Latn", "As delegações reuniram-se na capital e os membros do grupo falaram com a imprensa da cidade. "),
        ("Latn", "Le delegazioni si sono riunite nella capitale e i membri del gruppo hanno parlato con la stampa. "),
        ("Cyrl", "Делегації зібралися у столиці й домовилися про те, що робота групи триватиме ще один рік. "),
        ("Cyrl", "Делегациите се събраха в столицата и се договориха работата на групата да продължи още година. "),
        ("Cyrl", "Делегациялар астанада жиналып, топтың жұмысы тағы бір жыл жалғасатыны туралы келісті. "),
        ("Arab", "هیئت‌ها در پایتخت گرد آمدند و توافق کردند که کار گروه یک سال دیگر ادامه یابد و گزارش آن منتشر شود. "),
    ],
)  # fmt: skip
def test_neighbours_are_left_to_the_model(script: str, text: str) -> None:
    assert plain_language([text * 3], script).code == ""


ITALIAN = "Le delegazioni si sono riunite nella capitale e i membri del gruppo hanno parlato con la stampa. " * 2
BULGARIAN = "Делегациите се събраха в столицата и се договориха работата на групата да продължи още година. " * 2


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", [PLAIN["en"] * 3, PLAIN["en"] * 3, ITALIAN]),
        ("en", [ITALIAN, PLAIN["en"] * 3, PLAIN["en"] * 3]),
        ("ru", [PLAIN["ru"], BULGARIAN, PLAIN["ru"]]),
    ],
)
def test_a_part_in_another_language_is_noticed(language: str, parts: list[str]) -> None:
    assert plain_language(parts, SCRIPTS.get(language, "Latn")) == (language, False)


COMMON = [word for own in LATIN.values() for word in (*sorted(own.common), *sorted(own.foreign))]
SIGNS = ["l'", "L’", "qu'il'", "İ", "ſ", "\u212a", "\0", "\u2028", "\xa0", "más"]
PIECES = st.one_of(st.sampled_from([*COMMON, *map(str.upper, COMMON), *SIGNS]), st.text(max_size=3))
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from(["", " ", " ", "\n"])).map("".join), max_size=60).map("".join)
LETTERS_OF_ALL = "".join("".join(sorted(own.foreign)) + own.needed for own in LETTERS.values())
OF_LETTERS = st.text(st.one_of(st.sampled_from("абвыЫةابЁ ӏҐ" + LETTERS_OF_ALL), st.characters()), max_size=120)


@given(st.lists(st.lists(TEXTS, max_size=4), max_size=4))
def test_compiled_code_counts_the_same_words(samples: list[list[str]]) -> None:
    found = plain_kernel.plain_languages(samples, ["Latn"] * len(samples), EVENNESS)
    assert found == [plain_language(parts, "Latn") for parts in samples]


@given(st.lists(st.lists(st.sampled_from(list(PLAIN.values())), min_size=1, max_size=3), max_size=4))
def test_compiled_code_names_what_is_plain(samples: list[list[str]]) -> None:
    for script in ("Latn", "Cyrl", "Arab", "Deva"):
        found = plain_kernel.plain_languages(samples, [script] * len(samples), EVENNESS)
        assert found == [plain_language(parts, script) for parts in samples]


@given(st.lists(st.lists(OF_LETTERS, max_size=3), max_size=4), st.sampled_from(sorted(LETTERS)))
def test_compiled_code_sees_the_same_letters(samples: list[list[str]], script: str) -> None:
    found = plain_kernel.plain_languages(samples, [script] * len(samples), EVENNESS)
    assert found == [plain_language(parts, script) for parts in samples]


def test_no_later_character_becomes_one_that_is_looked_for() -> None:
    letters = set("abcdefghijklmnopqrstuvwxyzá'’\0")
    for code in range(plain_kernel.N_LETTERS, 0x110000):
        lowered = chr(code).lower()
        assert not any(own.needed in lowered or own.foreign & set(lowered) for own in LETTERS.values())
        assert code < plain_kernel.N_SIGNS or not (lowered.isspace() or letters & set(lowered))
