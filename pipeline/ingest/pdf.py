"""PDF by pypdfium2: text page by page, page furniture left out, wrapped lines and hyphens mended."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from pipeline.ingest.files import TooLargeError, UnreadableError, hash_of_file
from pipeline.ingest.options import ReadOptions
from pipeline.ingest.pdf_lines import mended_pages
from pipeline.ingest.pdf_page import text_of_page
from pipeline.ingest.received import Received
from pipeline.ingest.walk import InputFile
from pipeline.types import Skipped

MAX_PAGES = 10_000
LEAST_LETTERS_PER_PAGE = 5
MAX_CHARS_BY_PLACE = 2_000_000
"""So much text of a document is put in order by where its letters stand, which takes long."""


def read_pdf(file: InputFile, options: ReadOptions) -> Iterator[Received | Skipped]:
    """The one document of a PDF file; a PDF of scanned pages without text is skipped and says so."""
    pdfium = _pdfium()
    sha256 = hash_of_file(file.path, options.max_file_bytes)
    try:
        pdf = pdfium.PdfDocument(file.path)
    except pdfium.PdfiumError as error:
        protected = "password" in str(error).lower()
        reason = "protected by a password" if protected else f"not a readable PDF ({error})"
        raise UnreadableError(reason) from error
    with pdf:
        n_pages = len(pdf)
        if n_pages > MAX_PAGES:
            raise TooLargeError(f"more than {MAX_PAGES:,} pages")
        pages = _pages(pdf, options.max_document_bytes)
    if sum(map(str.isalpha, "".join(pages))) < LEAST_LETTERS_PER_PAGE * max(1, n_pages):
        reason = f"PDF without text ({n_pages} pages, probably scanned): run text recognition (OCR) on it first"
        yield Skipped(file.source, reason, file.location)
        return
    yield Received(mended_pages(pages), file.location, sha256, name=file.path.name)


def _pdfium() -> Any:
    return import_module("pypdfium2")


def _pages(pdf: Any, max_chars: int) -> list[str]:
    """Text of each page; "" for a page that can not be read."""
    pdfium = _pdfium()
    pages: list[str] = []
    n_chars = 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            pages.append(text_of_page(page, by_place=n_chars < MAX_CHARS_BY_PLACE))
            page.close()
        except pdfium.PdfiumError:
            pages.append("")
        n_chars += len(pages[-1])
        if n_chars > max_chars:
            raise TooLargeError(f"more than {max_chars:,} characters of text")
    return pages
