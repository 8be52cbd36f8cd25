"""Cells of CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import re

BYTE_ORDER_MARK = "\ufeff"
RISKY = r"^'*[=+\-@\t\r]"
"""What a spreadsheet would take for a formula, or what would be taken for escaped when read back (OWASP)."""
_RISKY = re.compile(RISKY)
_RISKY_STARTS = "'=+-@\t\r"


def escape_cell(value: object) -> object:
    """Text that begins like a formula behind an apostrophe; all else, numbers among it, as it is; None as empty."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in _RISKY_STARTS and _RISKY.match(value) else value
    return "" if value is None else value
