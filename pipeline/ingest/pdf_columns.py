"""Columns of a PDF page: where they are seen clearly and the file gives their lines in turns, they are read one by one.

Most files hold columns one after the other, and what PDFium makes of them is right; some hold the page line by line
across all columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

from pipeline.ingest.pdf_boxes import Box

LEAST_ROWS = 4
LEAST_COLUMN_HEIGHTS = 11.0
"""A column is at least so many heights of a line wide: the cells of a table are narrower."""
LEAST_GAP_HEIGHTS = 0.9
"""Wider than the blank between two words."""
FULL_SHARE, LEAST_FULL_ROWS = 0.75, 0.5
"""Of prose at least half of the rows fill so much of their column; of a table's cells few do."""
LEAST_SHARED, SAME_LINE_HEIGHTS, SAME_LINE_HEIGHTS_OF_MARKS = 0.5, 0.7, 0.9
"""What stands on one line shares so much of its height, or its middle is nearer than so many heights."""
FAR_ROWS = 1.8
"""A row at the edge of a page that stands so many times farther off than the others is a running head or foot."""
LEAST_TURNS = 3
N_COMPARED = 3
"""With so many before it a stretch is compared: one alone may be a mark above or below the line."""


@dataclass(eq=False, slots=True)
class Stretch:
    """Neighbouring boxes on one line, blanks among them, and the rectangle around those that are no blanks."""

    left: float
    bottom: float
    right: float
    top: float
    boxes: list[Box]

    @property
    def middle(self) -> float:
        """Halfway between bottom and top."""
        return (self.bottom + self.top) / 2

    def take(self, box: Box) -> None:
        """Let a box belong to it."""
        self.left, self.right = min(self.left, box.left), max(self.right, box.right)
        self.bottom, self.top = min(self.bottom, box.bottom), max(self.top, box.top)
        self.boxes.append(box)

    def is_beside(self, other: Box | Stretch, height: float) -> bool:
        """Whether both stand on one line, of about this height."""
        shared = min(self.top, other.top) - max(self.bottom, other.bottom)
        least = min(self.top - self.bottom, other.top - other.bottom)
        apart = SAME_LINE_HEIGHTS if least > height / 2 else SAME_LINE_HEIGHTS_OF_MARKS
        return shared > LEAST_SHARED * least or abs(self.middle - other.middle) < apart * height

    def reaches(self, box: Box, height: float) -> bool:
        """Whether a box is the next or the last of it, on a line of about this height."""
        gap = max(box.left - self.right, self.left - box.right)
        return gap < LEAST_GAP_HEIGHTS * height and self.is_beside(box, height)


Row = list[Stretch]


def height_of(boxes: Sequence[Box]) -> float:
    """The height of a line, 0 where there are none: that which a tenth of the boxes exceed."""
    heights = [box.top - box.bottom for box in boxes]
    return quantiles(heights, n=10)[8] if len(heights) > 1 else sum(heights)


def stretches_of(boxes: Iterable[Box], height: float) -> list[Stretch]:
    """Neighbouring boxes on one line together, in their order; a new stretch begins after a gap or a line end."""
    found: list[Stretch] = []
    ended = True
    for box in boxes:
        if box.text in {"\r", "\n"}:
            ended = True
        elif box.text.isspace():
            if not ended:
                found[-1].boxes.append(box)
        elif not ended and found[-1].reaches(box, height):
            found[-1].take(box)
        else:
            found.append(Stretch(*box[:4], [box]))
            ended = False
    return found


def lines_of(stretches: Iterable[Stretch], height: float) -> list[Row]:
    """Stretches that follow each other at one height, in their order."""
    rows: list[Row] = []
    for stretch in stretches:
        if rows and any(other.is_beside(stretch, height) for other in rows[-1][-N_COMPARED:]):
            rows[-1].append(stretch)
        else:
            rows.append([stretch])
    return rows


def _rows_of(stretches: Iterable[Stretch], height: float) -> list[Row]:
    """Stretches by rows from top to bottom, each from left to right."""
    rows: list[Row] = []
    for stretch in sorted(stretches, key=lambda stretch: -stretch.middle):
        if rows and rows[-1][0].middle - stretch.middle < SAME_LINE_HEIGHTS * height:
            rows[-1].append(stretch)
        else:
            rows.append([stretch])
    return [sorted(row, key=lambda stretch: stretch.left) for row in rows]


def columns_in_turns(
    stretches: Sequence[Stretch], height: float, *, right_first: bool = False
) -> list[list[Row]] | None:
    """The rows of a page, column by column (from the left or the right one), in blocks with some room between them.

    None where the stretches should stay in their order: no columns are seen, or each stands together already.
    """
    if len(stretches) < 2 * LEAST_ROWS:
        return None
    parts: list[list[Row]] = []
    is_in_turns = False
    for band, is_free in _bands(_rows_of(stretches, height), height):
        columns = _columns(band, height) if is_free else [band]
        parts.append([row for column in (reversed(columns) if right_first else columns) for row in column])
        is_in_turns = is_in_turns or (len(columns) > 1 and _in_turns(columns, stretches))
    return [block for part in parts for block in _blocks(part, parts)] if is_in_turns else None


def _blocks(rows: list[Row], parts: list[list[Row]]) -> list[list[Row]]:
    """Rows in groups: what is farther from the row above than most rows of the page begins a new one."""
    far = FAR_ROWS * median(step for part in parts for step in _steps(part) if step > 0)
    blocks = [rows[:1]]
    for row, step in zip(rows[1:], _steps(rows), strict=True):
        if step > far:
            blocks.append([])
        blocks[-1].append(row)
    return blocks


def _steps(rows: list[Row]) -> list[float]:
    """How far each row but the first stands below the one before it."""
    return [above[0].middle - below[0].middle for above, below in pairwise(rows)]


def _bands(rows: list[Row], height: float) -> list[tuple[list[Row], bool]]:
    """The page from top to bottom: rows that leave its gutter free, and others; head and foot by themselves."""
    first, last = _body(rows)
    gutter = _gutter(rows[first:last], height)
    if gutter is None:
        return [(rows, False)]
    bands: list[tuple[list[Row], bool]] = []
    for number, row in enumerate(rows):
        is_free = first <= number < last and not any(stretch.left < gutter < stretch.right for stretch in row)
        if bands and bands[-1][1] == is_free:
            bands[-1][0].append(row)
        else:
            bands.append(([row], is_free))
    return bands


def _body(rows: list[Row]) -> tuple[int, int]:
    """Where the rows begin and end that are neither running head nor foot."""
    steps = _steps(rows)
    if len(steps) < LEAST_ROWS:
        return 0, len(rows)
    far = FAR_ROWS * median(steps)
    first = next((number + 1 for number in (1, 0) if steps[number] > far), 0)
    last = next((len(rows) - 1 - number for number in (1, 0) if steps[-1 - number] > far), len(rows))
    return first, last


def _gutter(rows: Iterable[Row], height: float) -> float | None:
    """The middle of what is free between two boxes in the most rows; None where that is in too few."""
    ends: list[tuple[float, int]] = []
    for row in rows:
        for before, after in pairwise(row):
            if after.left - before.right >= LEAST_GAP_HEIGHTS * height:
                ends += [(before.right, 1), (after.left, -1)]
    best, n_free, gutter = 0, 0, 0.0
    ends.sort()
    for (place, step), (next_place, _) in pairwise(ends):
        n_free += step
        if n_free > best:
            best, gutter = n_free, (place + next_place) / 2
    return gutter if best >= LEAST_ROWS else None


def _columns(rows: list[Row], height: float) -> list[list[Row]]:
    """The columns of rows, from left to right; only the rows themselves where they do not look like prose."""
    gutter = _gutter(rows, height)
    if gutter is None:
        return [rows]
    sides = [
        [[stretch for stretch in row if (stretch.left > gutter) == is_right] for row in rows]
        for is_right in (False, True)
    ]
    columns = [column for side in sides for column in _columns([row for row in side if row], height)]
    if all(_is_prose(column, height) for column in columns):
        return columns
    whole = [[row for row in side if row] for side in sides]
    return whole if all(_is_prose(column, height) for column in whole) else [rows]


def _is_prose(rows: list[Row], height: float) -> bool:
    if len(rows) < LEAST_ROWS:
        return False
    width = max(row[-1].right for row in rows) - min(row[0].left for row in rows)
    n_full = sum(row[-1].right - row[0].left >= FULL_SHARE * width for row in rows)
    return width >= LEAST_COLUMN_HEIGHTS * height and n_full >= LEAST_FULL_ROWS * len(rows)


def _in_turns(columns: list[list[Row]], stretches: Iterable[Stretch]) -> bool:
    """Whether one goes from column to column, in the order of the stretches, more often than there are columns."""
    column_of = {stretch: number for number, column in enumerate(columns) for row in column for stretch in row}
    visited = [column_of[stretch] for stretch in stretches if stretch in column_of]
    n_turns = sum(one != other for one, other in pairwise(visited))
    return n_turns >= len(columns) - 1 + LEAST_TURNS
