"""Names of countries, regions, cities and official languages in the language of a text and in English.

They come from Unicode's CLDR through Babel: offline, and the same everywhere. Cities are those that name a time zone,
with the capitals and short forms that CLDR lacks. A language's name stands for its people as well ("Korean officials").
"""

from __future__ import annotations

import re
from functools import cache

NOT_PLACES = {"001", "EU", "EZ", "QO", "UN", "ZZ"}
REMARK = re.compile(r"\s*[(（].*?[)）]| SAR China|中国(?=香港|澳门)|特别行政区|特別行政区")
SHORTEST_SPACED = 3
AMBIGUOUS = {"수단", "인도", "오만", "مالي", "Center", "Easter", "Nome", "Troll"}
"""Places whose names are more often other words: means, humanity, conceit, financial ..."""
MORE = {
    "en": "US|U.S.|USA|UK|U.K.|DPRK|ROK|PRC|America|American|Britain|British|Turkey|Burma|Washington|Beijing|New Delhi|"
    "Ottawa|Ankara|Canberra|Geneva|The Hague|Bern|Islamabad|Hanoi|Abuja|Wellington|Iranian|Israeli|Indian|Canadian",
    "ko": "한국|워싱턴|베이징|뉴델리|오타와|앙카라|캔버라|제네바|헤이그|베른|이슬라마바드|하노이",
    "fr": "Washington|Pékin|New Delhi|Ottawa|Ankara|Genève|La Haye|Berne|Hanoï|Américains|Britanniques",
    "es": "EE.UU.|EE. UU.|Washington|Pekín|Nueva Delhi|Ottawa|Ankara|Ginebra|La Haya|Berna|Hanói",
    "ru": "США|КНДР|КНР|Вашингтон|Пекин|Нью-Дели|Оттава|Анкара|Женева|Гаага|Берн|Ханой",
    "ar": "واشنطن|بكين|بيجين|نيودلهي|أوتاوا|أنقرة|جنيف|لاهاي|برن|هانوي",
    "zh": "华盛顿|北京|新德里|渥太华|安卡拉|日内瓦|海牙|伯尔尼|河内|朝鲜|美方|中方|俄方|日方|韩方",
    "ja": "ワシントン|北京|ニューデリー|オタワ|アンカラ|ジュネーブ|ハーグ|ベルン|ハノイ|米国|英国|北朝鮮|日本",
}


@cache
def place_names(language: str) -> frozenset[str]:
    """Names in a language (ISO 639-1) and in English; in English alone where the language is not known to CLDR."""
    names = set(MORE["en"].split("|")) | _of_locale("en")
    if language != "en":
        names |= set(filter(None, MORE.get(language, "").split("|"))) | _of_locale(language)
    names -= AMBIGUOUS
    return frozenset(name for name in names if len(name) >= SHORTEST_SPACED or not name.isascii() or name.isupper())


def _of_locale(language: str) -> set[str]:
    from babel import Locale, UnknownLocaleError
    from babel.languages import get_official_languages

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return set()
    territories = {code: name for code, name in locale.territories.items() if code not in NOT_PLACES}
    spoken = {tongue for code in territories if len(code) == 2 for tongue in get_official_languages(code)}
    names = set(territories.values()) | {locale.languages[tongue] for tongue in spoken if tongue in locale.languages}
    return {REMARK.sub("", name).strip() for name in names | _cities(language)} - {""}


def _cities(language: str) -> set[str]:
    """What the time zones are named after; CLDR leaves out what is spelled as in the name of the zone."""
    from babel import Locale

    zones = Locale.parse(language).time_zones
    cities = {str(zone["city"]) for zone in zones.values() if zone.get("city")}
    if any("a" <= letter <= "z" for city in cities for letter in city):
        zones_everywhere = map(str, Locale.parse("ru").time_zones)
        named = [zone.split("/") for zone in zones_everywhere if not zone.startswith("Etc")]
        cities |= {parts[1].replace("_", " ") for parts in named if len(parts) == 2}
    return cities
