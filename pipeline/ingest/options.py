"""How to read: columns of tables, cleaning, and the limits that keep hostile input from doing harm."""

from __future__ import annotations

from dataclasses import dataclass

TEXT_COLUMNS = (
    "text", "body", "content", "full_text", "fulltext", "article", "document", "raw_text", "body_text", "maintext",
    "본문", "내용", "전문", "正文", "内容", "內容", "本文", "全文", "texte", "contenu", "texto", "contenido", "текст",
    "содержание", "النص", "المحتوى", "testo", "inhalt", "tekst",
)  # fmt: skip
TITLE_COLUMNS = (
    "title", "headline", "subject", "제목", "标题", "標題", "題名", "タイトル", "titre", "título", "titulo",
    "заголовок",
    "العنوان", "titolo", "titel",
)  # fmt: skip
ID_COLUMNS = ("id", "doc_id", "document_id", "uid", "번호", "编号")
DATE_COLUMNS = (
    "date", "pub_date", "published", "publication_date", "published_at", "date_published", "release_date", "날짜",
    "작성일", "등록일", "게시일", "배포일", "日期", "发布日期", "發布日期", "日付", "公開日", "fecha", "дата",
    "التاريخ",
    "data", "datum",
)  # fmt: skip
SOURCE_COLUMNS = (
    "source", "publisher", "outlet", "agency", "organization", "organisation", "ministry", "출처", "기관", "부처",
    "来源", "來源", "出典", "fuente", "источник", "المصدر", "quelle",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Columns left at None are found by their usual names (`TEXT_COLUMNS` ...), without regard to case.

    `clean=False` keeps every line as received. `recurring=False` leaves lines in place that recur across the
    documents of a source. A text of more than `max_document_bytes` (a book of 1,700 pages; cleaning and tagging take 84
    bytes of memory for each), or a file of more than `max_file_bytes` that can
    not be read piecewise, is skipped. `max_seconds` and `max_memory_bytes` bound the parser of one PDF, Office file or
    archive, which runs in a process of its own.
    """

    text_column: str | None = None
    title_column: str | None = None
    id_column: str | None = None
    date_column: str | None = None
    source_column: str | None = None
    clean: bool = True
    recurring: bool = True
    max_document_bytes: int = 5_000_000
    max_file_bytes: int = 200_000_000
    max_seconds: float = 60.0
    max_memory_bytes: int = 500_000_000


DEFAULT_OPTIONS = ReadOptions()
