"""Paragraphs and table rows of an office document as lines, from the events of its XML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

CELL_SEPARATOR = " | "


@dataclass(slots=True)
class Flow:
    """Builds the lines: a paragraph is a line, a table row is one line of cells, what stands in a cell is one cell."""

    max_chars: int
    lines: list[str] = field(default_factory=list)
    _paragraphs: list[list[str]] = field(default_factory=list)
    _open: list[list[str]] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _n_chars: int = 0

    def mark(self, kind: str, name: str) -> None:
        """Follow the "start" or "end" of an element, where it is a paragraph `p`, a table row `tr` or a cell `tc`."""
        if follow := _MARKS.get((kind, name)):
            follow(self)

    def start_paragraph(self) -> None:
        """Open a paragraph (maybe inside another: in a text box, or in a table that stands in a paragraph)."""
        self._paragraphs.append([])

    def add(self, text: str | None) -> None:
        """Text of the paragraph that is open. Raises OverflowError beyond `max_chars`."""
        if text and self._paragraphs:
            self._n_chars += len(text)
            if self._n_chars > self.max_chars:
                raise OverflowError
            self._paragraphs[-1].append(text)

    def end_paragraph(self) -> str:
        """Close the paragraph and return it."""
        text = "".join(self._paragraphs.pop() if self._paragraphs else ()).strip()
        (self._open[-1] if self._open else self.lines).append(text)
        return text

    def start_row(self) -> None:
        """Open a table row (maybe inside a cell of another table)."""
        self._cells.append([])

    def start_cell(self) -> None:
        """Open a cell."""
        self._open.append([])

    def end_cell(self) -> None:
        """Close the cell."""
        paragraphs = self._open.pop() if self._open else []
        if self._cells:
            self._cells[-1].append(" ".join(filter(None, paragraphs)))

    def end_row(self) -> None:
        """Close the row and add its line."""
        cells = self._cells.pop() if self._cells else []
        line = CELL_SEPARATOR.join(filter(None, cells))
        (self._open[-1] if self._open else self.lines).append(line)

    def text(self) -> str:
        """All lines; an empty paragraph is a blank line."""
        return "\n".join(self.lines).strip()


_MARKS: dict[tuple[str, str], Callable[[Flow], object]] = {
    ("start", "p"): Flow.start_paragraph,
    ("end", "p"): Flow.end_paragraph,
    ("start", "tr"): Flow.start_row,
    ("end", "tr"): Flow.end_row,
    ("start", "tc"): Flow.start_cell,
    ("end", "tc"): Flow.end_cell,
}
