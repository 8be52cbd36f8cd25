"""HTML flattened to lines, each with what its elements say: tag, links, ancestors, class hints, container."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.lines import Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "iframe", "object", "head", "math", "canvas",
                     "select", "datalist", "audio", "video", "map", "frameset"))  # fmt: skip
_INLINE = frozenset(("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
                     "font", "i", "img", "ins", "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small",
                     "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"))  # fmt: skip
TAGS = (
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "td",
    "div",
    "dd",
    "blockquote",
    "pre",
    "figcaption",
    "button",
    "label",
    "br",
)
_TAG_ALIAS = {
    "h5": "h4",
    "h6": "h4",
    "th": "td",
    "dt": "dd",
    "section": "div",
    "article": "div",
    "caption": "figcaption",
}
ANCESTORS = ("a", "nav", "header", "footer", "aside", "form", "table", "article", "main", "figure", "ul",
             "blockquote", "p", "h1", "button", "address", "pre")  # fmt: skip
_ANCESTOR_ALIAS = {"ol": "ul", "dl": "ul", "menu": "nav", "h2": "h1", "h3": "h1", "h4": "h1", "h5": "h1", "h6": "h1",
                   "label": "form", "figcaption": "figure"}  # fmt: skip
HINTS = {
    "comment": r"comment|disqus|reply|respond",
    "share": r"share|social|follow|facebook|twitter|addthis",
    "related": r"relat|recommend|promo|popular|more-|teaser|trending|most-|latest|also|sponsor|outbrain|taboola",
    "sidebar": r"side|aside|widget|rail|column-right|rightcol|column2",
    "menu": r"nav|menu|breadcrumb|crumb|skip|pagination|pager|tabs?\b|toolbar|topbar",
    "footer": r"foot|copyright|legal|disclaimer",
    "header": r"header|masthead|banner|logo|topbar|branding",
    "content": r"content|article|story|entry|post|main|body|text|detail|news",
    "advert": r"\bads?\b|\bads?[-_]|advert|dfp|gpt",
    "caption": r"caption|credit|photo|image|gallery|figure|thumb",
    "byline": r"byline|author|date|time|meta|info|tags?\b|category",
    "form": r"form|search|login|signup|subscri|newsletter|modal|popup|cookie|consent|gdpr",
    "title": r"title|headline|heading",
    "hidden": r"hidden|sr-only|visually|display:none",
}
"""Parts of class and id names, which web developers write in English whatever the language of the page."""
_HINT_BITS = [(re.compile(pattern), 1 << (len(ANCESTORS) + i)) for i, pattern in enumerate(HINTS.values())]
_ANCESTOR_BIT = {tag: 1 << i for i, tag in enumerate(ANCESTORS)}
_ANCESTOR_BIT |= {alias: _ANCESTOR_BIT[tag] for alias, tag in _ANCESTOR_ALIAS.items()}
_LINK, _PREFORMATTED = _ANCESTOR_BIT["a"], _ANCESTOR_BIT["pre"]
_HIDDEN = _HINT_BITS[-1][1]
_NOT_DISPLAYED = re.compile(r"display:\s+none")
N_BITS = len(ANCESTORS) + len(HINTS)


@dataclass(slots=True)
class HtmlLines:
    """Lines of a page and, a row each: `bits` of ancestors and class hints, and counts of what the line is made of."""

    text: list[str] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)
    tag: list[int] = field(default_factory=list)
    link_share: list[float] = field(default_factory=list)
    container: list[int] = field(default_factory=list)
    outer: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)

    def flattened(self) -> Lines:
        """The lines as they stand in the flattened text: one a line, no blank line between."""
        starts, position = [], 0
        for line in self.text:
            starts.append(position)
            position += len(line) + 1
        return Lines(self.text, starts, [True] * len(self.text))

    def pick(self, rows: list[int], *, plain: bool = False) -> HtmlLines:
        """Some of the lines; `plain` forgets what their elements said, as if each were a bare paragraph."""
        if plain:
            n = len(rows)
            zeros = [0] * n
            return HtmlLines([self.text[row] for row in rows], zeros, zeros, [0.0] * n, zeros, zeros, [3] * n)
        columns = (self.text, self.bits, self.tag, self.link_share, self.container, self.outer, self.depth)
        return HtmlLines(*([column[row] for row in rows] for column in columns))  # type: ignore[arg-type]

    def bit_table(self) -> NDArray[np.float32]:
        """`bits` as float32 (n_lines, `N_BITS`) of 0 and 1."""
        bits = np.array(self.bits, np.int64)[:, None]
        return ((bits >> np.arange(N_BITS)) & 1).astype(np.float32)


def flatten_html(tree: LexborHTMLParser) -> HtmlLines:
    """Walk the tree once, without recursion, and cut lines at every element that is not inline."""
    lines = HtmlLines()
    body = tree.body
    if body is None:
        return lines
    _Walk(lines).run(body)
    return lines


class _Walk:
    """One pass over a tree: a stack of what the open elements say, and the line being gathered."""

    def __init__(self, lines: HtmlLines) -> None:
        self.lines = lines
        self.bits = [0]
        self.blocks = [0, 0, 0]
        self.pieces: list[str] = []
        self.n_linked = self.n_seen = self.line_bits = 0
        self.n_blocks = 0
        self.tag = "div"

    def run(self, body: LexborNode) -> None:
        node: LexborNode | None = body.first_child
        open_tags: list[str] = []
        while node is not None:
            tag = node.tag or "-"
            if tag == "-text":
                self.add(node.text_content or "")
            elif tag not in _SILENT and tag[0] != "-":
                if tag not in _INLINE:
                    self.flush()
                    self.tag = tag
                child = node.first_child
                if child is not None:
                    self.open(node, tag)
                    open_tags.append(tag)
                    node = child
                    continue
            while node is not None and (after := node.next) is None and open_tags:
                self.close(open_tags.pop())
                node = node.parent
            node = after
        self.flush()

    def open(self, node: LexborNode, tag: str) -> None:
        self.bits.append(self.bits[-1] | _ANCESTOR_BIT.get(tag, 0) | _hints(node))
        if tag not in _INLINE:
            self.n_blocks += 1
            self.blocks.append(self.n_blocks)

    def close(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
            self.blocks.pop()
            self.tag = "div"
        self.bits.pop()

    def add(self, text: str) -> None:
        if self.pieces or not text.isspace():
            self.pieces.append(text)
        n = len(text) - text.count(" ")
        self.n_seen += n
        if self.bits[-1] & _LINK:
            self.n_linked += n
        if not self.line_bits:
            self.line_bits = self.bits[-1]

    def flush(self) -> None:
        if not self.pieces:
            self.n_linked = self.n_seen = self.line_bits = 0
            return
        joined = "".join(self.pieces)
        lines = self.lines
        for part in joined.splitlines() if self.line_bits & _PREFORMATTED else (joined,):
            text = " ".join(part.split())
            if not text:
                continue
            lines.text.append(text)
            lines.bits.append(self.line_bits)
            lines.tag.append(_TAG_COLUMN.get(self.tag, len(TAGS)))
            lines.link_share.append(self.n_linked / max(self.n_seen, 1))
            lines.container.append(self.blocks[-2])
            lines.outer.append(self.blocks[-3])
            lines.depth.append(len(self.blocks))
        self.pieces = []
        self.n_linked = self.n_seen = self.line_bits = 0


_TAG_COLUMN = {tag: i for i, tag in enumerate(TAGS)}
_TAG_COLUMN |= {alias: _TAG_COLUMN[tag] for alias, tag in _TAG_ALIAS.items()}


def _hints(node: LexborNode) -> int:
    attributes = node.attributes
    if not attributes:
        return 0
    of = attributes.get
    names, identity, style, role = of("class"), of("id"), of("style"), of("role")
    bits = 0
    if names or identity or style:
        bits = _hint_bits(f"{names or ''} {identity or ''} {style or ''}"[:300])
    if "hidden" in attributes or of("aria-hidden") == "true":
        bits |= _HIDDEN
    return bits | (_hint_bits(role[:50]) if role else 0)


@lru_cache(maxsize=1 << 14)
def _hint_bits(said: str) -> int:
    """Word by word, since the same words are said in ever other company."""
    bits = 0
    for word in said.lower().split():
        bits |= _hints_of_word(word)
    return bits | (_HIDDEN if _NOT_DISPLAYED.search(said.lower()) else 0)


@lru_cache(maxsize=1 << 14)
def _hints_of_word(word: str) -> int:
    return sum(bit for pattern, bit in _HINT_BITS if pattern.search(word))


def html_title(tree: LexborHTMLParser) -> str | None:
    """What the page calls itself: og:title, else its only h1, else its title element."""
    named = tree.css_first('meta[property="og:title"]')
    headings = tree.css("h1")
    title = tree.css_first("title")
    found = (
        named.attributes.get("content") if named else None,
        headings[0].text() if len(headings) == 1 else None,
        title.text() if title else None,
    )
    return next((" ".join(text.split()) for text in found if text and text.strip()), None)
