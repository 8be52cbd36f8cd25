"""Pages that no HTML parser reads in linear time and memory, told before they are parsed; their text without tags."""

from __future__ import annotations

import re
from html import unescape

import numpy as np

MAX_OPEN_TAGS = 10_000
MAX_REOPENED = 2_000_000
"""A parser opens every mark such as <b> that was not closed again in each paragraph: so many elements at most."""
MAX_OPTIONS = 5_000
"""Each <option> is compared with those before it."""
MAX_ATTRIBUTES = 10_000
"""Each attribute of a tag is compared with those before it."""
_LONG_TAG_BYTES = 4 * MAX_ATTRIBUTES
_TAG = re.compile(r"<option\b[^<>]*>[^<]*|<[^<>]*>?", re.I)
_REOPENED = re.compile(rb"<(/?)(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)[\s/>]", re.I)
_OPTION = re.compile(rb"<option\b", re.I)
_TAG_NAME = re.compile(rb"<[a-z]", re.I)
_QUOTED = re.compile(rb"\"[^\"]*\"|'[^']*'")


def is_tag_soup(html: str | bytes) -> bool:
    """Whether parsing would take quadratic time or memory: for tags left open, options or attributes."""
    raw = html.encode("utf-8", "surrogatepass") if isinstance(html, str) else html
    n_tags = raw.count(b"<")
    if n_tags > min(MAX_OPEN_TAGS, MAX_OPTIONS) and (_most_open(raw) > MAX_OPEN_TAGS or _has_many_options(raw)):
        return True
    if n_tags * n_tags > 2 * MAX_REOPENED and _n_left_open(raw) * n_tags > MAX_REOPENED:
        return True
    return _has_long_tag(raw) and any(map(_has_many_attributes, raw.split(b">")))


def cut_tags(html: str | bytes) -> str:
    """The text of `html` with each tag, and each choice of a form, turned into a line end."""
    text = html if isinstance(html, str) else html.decode("utf-8", "replace")
    return unescape(_TAG.sub("\n", text))


def _most_open(raw: bytes) -> int:
    points = np.frombuffer(raw + b" ", np.uint8)
    tags = np.flatnonzero(points[:-1] == ord("<"))
    return int(np.cumsum(np.where(points[tags + 1] == ord("/"), -1, 1)).max())


def _has_many_options(raw: bytes) -> bool:
    return len(_OPTION.findall(raw)) > MAX_OPTIONS


def _n_left_open(raw: bytes) -> int:
    closing = _REOPENED.findall(raw)
    return len(closing) - 2 * closing.count(b"/")


def _has_long_tag(raw: bytes) -> bool:
    """Whether ">" is anywhere so far from the one before that the many attributes of a tag may stand between."""
    if len(raw) < _LONG_TAG_BYTES:
        return False
    ends = np.flatnonzero(np.frombuffer(raw, np.uint8) == ord(">"))
    return bool(np.diff(ends, prepend=-1, append=len(raw)).max() > _LONG_TAG_BYTES)


def _has_many_attributes(piece: bytes) -> bool:
    """Whether what stands before a ">" is a tag of too many attributes."""
    if len(piece) < _LONG_TAG_BYTES or not (tag := _TAG_NAME.search(piece)):
        return False
    return len(_QUOTED.sub(b" ", piece[tag.start() :]).replace(b"/", b" ").split()) > MAX_ATTRIBUTES
