"""Hides names in a text without moving anything: every letter of a name becomes a letter that no vocabulary holds.

So a name counts as the unknown words it would be if it were another name. What is caught, and what is not, is said at
`NameFinder`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.classify.ngrams import HANGUL, IDEOGRAPHS, LETTERS, character_kind
from pipeline.classify.places import place_names
from pipeline.classify.sentences import split_sentences

PLACE, PERSON, SOURCE, BOILERPLATE = "place", "person", "source", "boilerplate"
KINDS = (PLACE, PERSON, SOURCE, BOILERPLATE)
HIDDEN = {LETTERS: "\N{CYRILLIC LETTER MULTIOCULAR O}", HANGUL: "뷁", IDEOGRAPHS: "\U00020000"}
SHORTEST_STEM = 5
LONGEST_ENDING = 6
CAPITAL = r"[^\W\d_a-zà-öø-ÿа-яё]"
NO_NAME = r"Assembly|Council|Committee|Court|Conference|Secretar|Department|Debate|Staff|Office|Affairs|Security"
NAME = rf"(?!{NO_NAME}|[A-ZА-ЯЁ]{{2}}){CAPITAL}[\w’'-]+"
BETWEEN = "de|da|van|von|al|bin|el|ибн"
TITLES = (
    r"Mr|Mrs|Ms|Dr|Prof(?:essor)?|Sir|Dame|Lord|Lady|President|Prime Minister|Premier|Chancellor|King|Queen|Prince|"
    r"(?:(?:Vice|Deputy|First) )?(?:Foreign |Defen[cs]e |Interior |Justice )?Minister|Secretary(?:-General| General)?|"
    r"Secretary of (?:State|Defense)|Under-Secretary(?:-General)?|Commissioner|Ambassador|Director(?:[- ]General)?|"
    r"Chair(?:man|woman|person)?|Spokes(?:man|woman|person)|General|Admiral|Colonel|Captain|Judge|Justice|Senator|"
    r"M\.|Mme|Mlle|Président(?:e)?|Premier ministre|Ministre|Ambassadeur|Ambassadrice|Directeur|Directrice|"
    r"Sr|Sra|Presidente|Presidenta|Ministro|Ministra|Embajador|Embajadora|Directora|Canciller|"
    r"[Пп]резидент\w*|[Мм]инистр\w*(?: иностранных дел| обороны)?(?: России)?|[Пп]осол|[Пп]осла|[Гг]оспод\w+|"
    r"[Гг]-н\w*|[Гг]-жа|[Пп]редседател\w+|[Сс]екретар\w+|[Гг]енерал\w*|[Пп]редставител\w+"
)
SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도"
    "소석선설마길연위표명기반왕금옥육인맹제모탁국"
)
KOREAN_ROLES = (
    "대통령|국무총리|총리|장관|차관보|차관|대사|총영사|공사|국장|본부장|대변인|사무총장|총장|위원장|의장|의원|실장|단장|"
    "원장|센터장|소장|교수|박사|회장|사장|청장|심의관|과장|참사관|서기관|여사|씨"
)
CHINESE_ROLES = "主席|总统|總統|总理|總理|部长|部長|外长|外長|大使|发言人|發言人|秘书长|秘書長|司长|先生|女士|教授"
CHINESE_SURNAMES = (
    "王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧程曹袁邓鄧许許傅沈曾"
    "彭吕苏蘇卢盧蒋蔣蔡贾丁魏薛叶葉阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
    "钱汤尹黎易武乔贺赖龚文习習耿"
)
JAPANESE_ROLES = "首相|大統領|外相|氏|さん"
ARABIC_ROLES = "السيد|السيدة|الدكتور|الدكتورة"
PERSONS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:{TITLES})\.?[ \u00a0]+(?P<name>{NAME}(?:[ \u00a0]+(?:(?:{BETWEEN})[ -])?{NAME}){{0,2}})",
        rf"(?<![가-힣])(?P<name>(?!한반도)[{SURNAMES}][가-힣][가-힣](?<![는의에을를과와로]))\s(?:[가-힣·]{{0,12}}\s?)?(?:{KOREAN_ROLES})",
        rf"(?P<name>[\u30a1-\u30ff]{{2,12}}|(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{{2,3}})(?:{JAPANESE_ROLES})",
        rf"(?:{CHINESE_ROLES})(?P<name>[{CHINESE_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=[，、。和与同在于说表会将出对指强今])",
        rf"(?:{ARABIC_ROLES})\s+(?P<name>(?!ال)[\u0621-\u064a]{{3,}}(?:\s+(?:بن\s+)?[\u0621-\u064a]{{3,}})?)",
    )
)
WORD = re.compile(r"\w+")
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class Name(NamedTuple):
    """[start, end) of a text that names something of a kind (`KINDS`)."""

    kind: str
    start: int
    end: int


class NameFinder:
    """Finds what to hide.

    Places: CLDR's countries, regions, cities of time zones and official languages, and some capitals, in English and in
    the text's language, with the endings of Russian, the prefixes of Arabic and the particles of Korean; not other
    towns, rivers, nor most adjectives. Persons: names beside a title or role in the six scripts, and further mentions
    of the same family name; not people who are only named. Sources: those given, as written there, and the name in a
    web address; not their short forms. Boilerplate: the sentences given.
    """

    def __init__(
        self, sources: Iterable[str] = (), sentences: Iterable[str] = (), common_words: Iterable[str] = ()
    ) -> None:
        """`common_words`: words that texts write with a small letter as well, which no person's name is."""
        self._sources: dict[str, list[list[str]]] = {}
        for words in sorted(filter(None, map(_source_words, sources)), key=len, reverse=True):
            self._sources.setdefault(words[0], []).append(words)
        self._sentences = frozenset(sentences)
        self._common = frozenset(common_words)
        self._places: dict[str, dict[str, list[str]]] = {}

    def find(self, text: str, language: str) -> list[Name]:
        """The names in a text of a language (ISO 639-1), in no order; those of several kinds may overlap."""
        found = [Name(SOURCE, start, end) for start, end in self._find_sources(text)]
        found += [Name(PLACE, start, end) for start, end in self._find_places(text, language)]
        found += [Name(PERSON, start, end) for start, end in self._find_persons(text)]
        spans = split_sentences(text) if self._sentences else []
        return found + [Name(BOILERPLATE, *span) for span in spans if plain(text[slice(*span)]) in self._sentences]

    def _find_sources(self, text: str) -> Iterator[tuple[int, int]]:
        words = [(match.group().casefold(), *match.span()) for match in WORD.finditer(text)] if self._sources else []
        for place, (word, start, _) in enumerate(words):
            for known in self._sources.get(word, ()):
                if [other for other, _, _ in words[place : place + len(known)]] == known:
                    yield start, words[place + len(known) - 1][2]
                    break

    def _find_persons(self, text: str) -> list[tuple[int, int]]:
        spans = [match.span("name") for pattern in PERSONS for match in pattern.finditer(text)]
        spans = [span for span in spans if self._is_rare(text[slice(*span)])]
        families = {text[start:end].split()[-1] for start, end in spans}
        spaced = sorted(family for family in families if len(family) > 3 and family[0].isupper())
        if spaced:
            again = re.compile(rf"\b(?:{'|'.join(map(re.escape, spaced))})\b")
            spans += [match.span() for match in again.finditer(text)]
        return spans

    def _is_rare(self, name: str) -> bool:
        return not any(word.casefold() in self._common for word in WORD.findall(name))

    def _find_places(self, text: str, language: str) -> Iterator[tuple[int, int]]:
        known = self._places.get(language)
        if known is None:
            known = self._places[language] = _by_first_letters(place_names(language))
        reached = 0
        for start in _starts(text):
            if start >= reached and (end := _place_at(text, start, known)):
                reached = end
                yield start, end


def hide(text: str, names: Iterable[Name]) -> str:
    """The text with the names hidden; no character moves."""
    characters = list(text)
    for _, start, end in names:
        for place in range(start, end):
            characters[place] = HIDDEN.get(character_kind(characters[place]), characters[place])
    return "".join(characters)


def plain(sentence: str) -> str:
    """A sentence as boilerplate is compared: lower case, digits and spaces evened out."""
    return " ".join(re.sub(r"\d+", "0", sentence.lower()).split())


def common_words(texts: Iterable[str]) -> set[str]:
    """Words that begin with a small letter somewhere."""
    return {word for text in texts for word in set(WORD.findall(text)) if word[0].islower()}


def _source_words(source: str) -> list[str]:
    """A source's words; of a web address, those of the name before its ending. Empty where they are too short."""
    if re.fullmatch(r"[\w.-]+\.[a-z]{2,}", source):
        labels = [label for label in source.split(".")[:-1] if label != "www" and len(label) > 3]
        source = labels[-1] if labels else ""
    words = WORD.findall(source.replace("_", " ").casefold())
    return words if len("".join(words)) >= SHORTEST_STEM - 1 else []


def _by_first_letters(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        found.setdefault(name[:2], []).append(name)
    return found


def _starts(text: str) -> Iterator[int]:
    """Where a name may begin: at every word, after the prefixes of Arabic, and at every ideograph."""
    for match in WORD.finditer(text):
        yield match.start()
        if CJK.search(match.group()):
            yield from range(match.start() + 1, match.end())
        elif "\u0621" <= match.group()[0] <= "\u064a":
            prefix = re.match(r"[وفبلك]?(?:ال|ل)?", match.group())
            yield from range(match.start() + 1, match.start() + prefix.end() + 1 if prefix else 0)


def _place_at(text: str, start: int, known: dict[str, list[str]]) -> int:
    """Where the longest place name that begins here ends, 0 for none. Russian adjectives begin with a small letter."""
    first = text[start].upper() if "а" <= text[start] <= "я" else text[start]
    for name in known.get(first + text[start + 1 : start + 2], ()):
        stem = _stem(name)
        if not text.startswith(stem[1:], start + 1) or (first != text[start] and len(stem) < SHORTEST_STEM):
            continue
        end = start + len(stem)
        rest = WORD.match(text, end)
        n_more = rest.end() - end if rest else 0
        if not n_more or _may_go_on(name, n_more):
            return end + (n_more if character_kind(name[-1]) == LETTERS else 0)
    return 0


def _stem(name: str) -> str:
    """A Russian name without the letter that its cases change; any other name as it is."""
    is_russian = "а" <= name[-1].lower() <= "я" and " " not in name
    return name[:-1] if is_russian and len(name) >= SHORTEST_STEM and name[-1] in "аяийьыоеуюэ" else name


def _may_go_on(name: str, n_more: int) -> bool:
    """Whether letters may follow: endings in Russian, particles in Korean, anything where words are not spaced."""
    last = name[-1].lower()
    if "а" <= last <= "я":
        return n_more <= LONGEST_ENDING and len(name) >= SHORTEST_STEM - 1
    return character_kind(last) in (HANGUL, IDEOGRAPHS)
