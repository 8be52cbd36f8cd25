"""Lines near a title that are none: dates, by-lines and what a page calls its kind of text ("Press release")."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.ingest.date_mentions import mentions_in_plain, plain, year_places

MAX_LABEL_CHARS = 60
MAX_WORDS_BESIDE_DATE = 2
"""A city, a weekday or an author's name beside a date; by-lines with separators between their parts hold more."""
MAX_WORDS_BESIDE_SEPARATED_DATE = 5

# What kind of text it is, by language. Where a language is missing, its labels stay candidates for the title.
_NAMES_OF_KINDS = """
press release|press releases|for immediate release|news release|media release|press statement|media advisory|
statement|statements|news|news and press releases|news & press releases|newsroom|latest news|speech|speeches|
remarks|transcript|readout|fact sheet|article|publication|press corner|media note|report|event|announcement|
communiqué de presse|communiqués de presse|communiqué|communique de presse|actualités|actualité|déclaration|
discours|point de presse|note à la presse|dossier de presse|pour diffusion immédiate|
comunicado de prensa|comunicados de prensa|nota de prensa|notas de prensa|noticias|noticia|comunicado|discurso|
declaración|boletín de prensa|para publicación inmediata|nota à imprensa|notícias|comunicado de imprensa|
пресс-релиз|пресс-релизы|сообщение для печати|сообщение для сми|новости|новость|заявление|выступление|
заявление для прессы|прес-реліз|новини|заява|
بيان صحفي|بيانات صحفية|بيان|بيانات|خبر صحفي|أخبار|الأخبار|نشرة صحفية|كلمة|تصريح صحفي|تصريح|
新闻稿|新闻公报|新闻|新闻发布|新聞稿|新聞|公告|声明|讲话|发言|要闻|新闻动态|
보도자료|보도 자료|참고자료|설명자료|보도참고자료|뉴스|새소식|공지사항|성명|논평|연설문|알림|안전공지|브리핑|
プレスリリース|報道発表|報道資料|ニュースリリース|ニュース|お知らせ|声明|談話|発表資料|
pressemitteilung|pressemitteilungen|presseinformation|medienmitteilung|nachrichten|meldung|
comunicato stampa|comunicati stampa|notizie|persbericht|nieuws|pressmeddelande|pressemeddelelse|
komunikat prasowy|aktualności|tisková zpráva|basın açıklaması|basın bülteni|haberler|siaran pers|berita|
δελτίο τύπου|הודעה לעיתונות|
united nations|general assembly|security council|economic and social council|human rights council|european commission|
european parliament|european council|council of the european union|official journal of the european union|
nations unies|assemblée générale|conseil de sécurité|conseil économique et social|commission européenne|
naciones unidas|asamblea general|consejo de seguridad|consejo económico y social|comisión europea|parlamento europeo|
организация объединенных наций|генеральная ассамблея|совет безопасности|экономический и социальный совет|
الأمم المتحدة|الجمعية العامة|مجلس الأمن|المجلس الاقتصادي والاجتماعي|联合国|大会|安全理事会|经济及社会理事会|
europäische kommission|rat der europäischen union|europäisches parlament|distr.: general|original: english
"""
_KINDS = frozenset(kind.strip() for kind in _NAMES_OF_KINDS.split("|"))
FIELD_NAME = re.compile(
    r"^(?:title|subject|headline|제목|标题|標題|主题|件名|題名|titre|objet|título|titulo|asunto|assunto|titolo|oggetto|"
    r"titel|betreff|onderwerp|тема|заголовок|العنوان|الموضوع|tytuł|temat|konu|judul|perihal)\s*[:：]\s*(?=\S)",
    re.I,
)
_FIELD = re.compile(
    r"(?:작성자|작성일|등록일|등록자|게시일|조회수?|첨부파일|첨부|담당부서|담당자|부서|배포일시|보도일시|"
    r"来源|來源|发布时间|发布日期|点击数|字号|作者|责任编辑|出典|掲載日|公開日|"
    r"source|author|views|download|attachment|reading time|language|fuente|auteur|автор|источник|المصدر)"
    r"(?:\s*[:：]|\s+\S+$|$)|"
    r"(?:(?:press|media) )?(?:contacts?|enquiries|inquiries)\s*[:：]|(?:tel|phone|fax|e-?mail)\.?\s*[:：]|"
    r"(?:문의|문의처|연락처|联系人|联系电话|聯絡人|連絡先|問い合わせ先?|contactos?|kontakt|контакты?|للتواصل)\s*[:：]",
    re.I,
)
_BY = re.compile(r"(?:by|por|par|von|di|door|av|автор|بقلم)\s+[^\d.,:;!?]{3,40}$", re.I)
_PARTS_OF_BY_LINE = ("•", "|", "·", "―", "–", "—", " - ")
_FILE = re.compile(r"\.(?:pdf|hwpx?|docx?|xlsx?|pptx?|zip|odt|jpe?g|png|mp[34])\W*$", re.I)
_SYMBOL = re.compile(r"[a-z]{1,8}[/(][a-z0-9/().\-– ]{3,40}")
"""Symbols of documents: A/RES/75/240, S/2021/621, COM(2023) 12 final."""
_OTHER_SIGNS = re.compile(r"[\W\d_]+")
# Words that come with a date and tell nothing else, so that they do not count beside it.
_WORDS_OF_DATES = """
published updated posted released date dated issued on at of the publié publiee publiée mis mise en ligne le la el
fecha publicado publicada de del опубликовано дата года г год от
등록일 작성일 게시일 배포일 입력 발행일 일자 날짜 보도
发布时间 发布日期 日期 时间 發布日期 公開日 掲載日 投稿日 日付
تاريخ النشر نشر في يوم veröffentlicht am den vom datum
monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun lundi mardi mercredi jeudi
vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo понедельник вторник среда четверг
пятница суббота воскресенье montag dienstag mittwoch donnerstag freitag samstag sonntag الاثنين الإثنين الثلاثاء
الأربعاء الخميس الجمعة السبت الأحد 월 화 수 목 금 토 일 월요일 화요일 수요일 목요일 금요일 토요일 일요일
星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 月 火 水 木 金 土 日 付 号
gmt utc kst cet am pm a m p h min read
"""
_OF_DATES = frozenset(_WORDS_OF_DATES.split())


def is_no_title(line: str) -> bool:
    """Whether `line` is only a date with what comes with it, a by-line, a field, a file's name or a kind of text."""
    return is_label(line) or is_dateline(line)


def is_label(line: str) -> bool:
    """The line names a kind of text, a field ("조회수 1774"), an author or a file."""
    if len(line) > MAX_LABEL_CHARS:
        return False
    bare = line.casefold().strip(" \t:：#*_[]()【】<>-–—·•|/.")
    return bare in _KINDS or bool(_FIELD.match(bare) or _BY.match(bare) or _FILE.search(bare) or _is_symbol(line))


def _is_symbol(line: str) -> bool:
    return any(map(str.isdigit, line)) and bool(_SYMBOL.fullmatch(line.casefold()))


@lru_cache(maxsize=4096)
def tells_date_or_author(line: str) -> bool:
    """A short line that names a day or an author, as it stands below a title."""
    if len(line) > 2 * MAX_LABEL_CHARS:
        return False
    is_by_line = len(line) <= MAX_LABEL_CHARS and _BY.match(line.casefold())
    return bool(is_by_line) or any(found.precision == "day" for found in mentions_in_plain(plain(line)))


def is_dateline(line: str) -> bool:
    """The line is a date and at most a city, a weekday, a label or an author's name with it."""
    if len(line) > 2 * MAX_LABEL_CHARS or not year_places(plain(line)):
        return False
    text = plain(line)
    rest, end = [], 0
    for mention in mentions_in_plain(text):
        rest.append(text[end : mention.start])
        end = mention.end
    if not rest:
        return False
    words = _OTHER_SIGNS.sub(" ", " ".join((*rest, text[end:])).casefold()).split()
    n_words = sum(word not in _OF_DATES for word in words)
    is_separated = any(separator in line for separator in _PARTS_OF_BY_LINE)
    return n_words <= (MAX_WORDS_BESIDE_SEPARATED_DATE if is_separated else MAX_WORDS_BESIDE_DATE)
