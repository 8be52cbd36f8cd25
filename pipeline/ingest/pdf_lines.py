"""Lines as they stand on the pages of a PDF become paragraphs: no furniture, no hyphens, no wrapped lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import quantiles

N_EDGE_LINES = 3
LEAST_SHARE_OF_PAGES = 0.4
"""A line at the top or the bottom of so many pages (at least three) is a running head or foot."""
WRAPPED_SHARE_OF_WIDTH = 0.75
"""A line at least so wide, measured by the wide lines of the document, goes on in the next one."""
NARROW_SHARE_OF_WIDTH = 0.3
"""A line so wide goes on where the next begins in lower case: of a narrower column, or beside a picture."""

# pypdfium2 marks a hyphen at a line's end by U+FFFE or U+0002.
_SOFT_HYPHEN = re.compile("[\ufffe\u0002\u00ad]\\s*\n?")
_HARD_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010]$")
_PAGE_NUMBER = re.compile(
    r"^[\s\W]*(?:page|p\.|seite|página|стр\.|쪽|第)?\s*\d{1,4}(?:\s*(?:/|of|de|von|из|页|頁|쪽)\s*\d{0,4})?[\s\W]*$",
    re.I,
)
_NEW_ITEM = re.compile(r"^(?:[•▪◦○●■□※❍ㅇ◇◆▶-]\s|\(?(?:\d{1,3}|[a-zA-Zivxlc가-하]{1,4})[.)]\s|[①-⑳])")
_SENTENCE_END = re.compile(r"[.!?。！？:：…][\"'”’)」』]*$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]$")


def mended_pages(pages: Sequence[str]) -> str:
    """The text of all pages in order, a paragraph a line; an empty line ends one."""
    split = [[line.strip() for line in _SOFT_HYPHEN.sub("\u00ad", page).split("\n")] for page in pages]
    lines = [line for page in _without_furniture(split) for line in page]
    return "\n".join(_paragraphs(lines)).replace("\u00ad", "")


def _without_furniture(pages: list[list[str]]) -> list[list[str]]:
    """Pages without the lines that recur, but for their digits, at the top or bottom, and without page numbers."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_blind(line) for line in (*lines[:N_EDGE_LINES], *lines[-N_EDGE_LINES:])})
    least = max(3.0, LEAST_SHARE_OF_PAGES * len(pages))
    recurring = {line for line, n_pages in seen.items() if n_pages >= least}
    return [_without_edges(lines, recurring) for lines in pages]


def _without_edges(lines: list[str], recurring: set[str]) -> list[str]:
    first, last = 0, len(lines)
    while first < min(last, N_EDGE_LINES) and _is_furniture(lines[first], recurring):
        first += 1
    while last > max(first, len(lines) - N_EDGE_LINES) and _is_furniture(lines[last - 1], recurring):
        last -= 1
    return lines[first:last]


def _is_furniture(line: str, recurring: set[str]) -> bool:
    return _blind(line) in recurring or _PAGE_NUMBER.match(line) is not None


def _blind(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.casefold().split()))


def _paragraphs(lines: list[str]) -> list[str]:
    """Wrapped lines joined: a wide line that ends no sentence goes on, a narrower one where lower case follows."""
    widths = [len(line) for line in lines if line]
    if len(widths) < 3:
        return [line for line in lines if line]
    width = quantiles(widths, n=10)[8]
    found: list[str] = []
    above = ""
    for line in lines:
        if above and not _NEW_ITEM.match(line) and _goes_on(above, line, width):
            found[-1] = _joined(found[-1], line)
        elif line:
            found.append(line)
        above = line
    return found


def _goes_on(above: str, line: str, width: float) -> bool:
    """Whether a paragraph goes on in the next line, in a document whose wide lines have `width` characters."""
    if not line or above.endswith("\u00ad"):
        return bool(line)
    if _SENTENCE_END.search(above) and len(above) < width:
        return False
    least = NARROW_SHARE_OF_WIDTH if line[0].islower() else WRAPPED_SHARE_OF_WIDTH
    return len(above) >= least * width


def _joined(first: str, second: str) -> str:
    if first.endswith("\u00ad"):
        return first[:-1] + second
    if _HARD_HYPHEN.search(first) and second[:1].islower():
        return first[:-1] + second
    if _UNSPACED.search(first) and not second[:1].isascii():
        return first + second
    return f"{first} {second}"
