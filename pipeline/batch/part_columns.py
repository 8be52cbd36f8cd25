"""Tagged documents column by column, in stretches as long as the order of the inputs lets them be."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.batch.ledger import Tagged
from pipeline.batch.parts import Cells, read_columns
from pipeline.batch.tagged import TaggedRow
from pipeline.types import Skipped

Entry = Tagged | Skipped
N_PARTS_KEPT = 32


class Stretch(NamedTuple):
    """Items of a part, from `first` to `last`, that follow one another at the inputs too."""

    part: str
    first: int
    last: int


class Columns:
    """Some columns of a part of tagged documents. Of texts (`Cells`) each is found by its name."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        found = read_columns(path, TaggedRow, ("item", "reason", *names))
        self._items = np.array(found.pop("item"), np.int64)
        self.cells: dict[str, Cells] = {name: found.pop(name) for name in tuple(found) if name != "abstained"}
        self.abstained: list[bool] = found.get("abstained", [])
        self.is_skipped: NDArray[np.bool_] = np.diff(self.cells["reason"].ends) > 0

    def rows_of(self, stretch: Stretch) -> tuple[int, int]:
        """The first row of a stretch, and the one after its last."""
        first, last = np.searchsorted(self._items, (stretch.first, stretch.last + 1)).tolist()
        return first, last

    def documents_of(self, stretch: Stretch) -> NDArray[np.int64]:
        """The rows of a stretch that are documents."""
        first, last = self.rows_of(stretch)
        return first + np.flatnonzero(~self.is_skipped[first:last])


class Parts:
    """Some columns of any part; the last few stay in memory."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder, self._names = folder, names
        self._kept: OrderedDict[str, Columns] = OrderedDict()

    def of(self, stretch: Stretch) -> Columns:
        """The columns of the part of a stretch."""
        if stretch.part not in self._kept:
            self._kept[stretch.part] = Columns(self._folder / stretch.part, self._names)
            if len(self._kept) > N_PARTS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(stretch.part)
        return self._kept[stretch.part]


def in_stretches(entries: Sequence[Entry]) -> Iterator[Stretch | Skipped]:
    """The entries in their order, in as few stretches as hold them."""
    part, first, last = "", 0, -1
    for entry in entries:
        if isinstance(entry, Skipped):
            if part:
                yield Stretch(part, first, last)
            part = ""
            yield entry
            continue
        _, of, ordinal, _ = entry
        if of != part or ordinal != last + 1:
            if part:
                yield Stretch(part, first, last)
            part, first = of, ordinal
        last = ordinal
    if part:
        yield Stretch(part, first, last)
