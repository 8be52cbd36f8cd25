"""Records of a CSV file one by one, however long they are and whether or not their quotation marks are closed."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TextIO

MAX_RECOVERIES = 20
"""So many records with a quote that is never closed are left out one by one; then the rest of the file is given up."""
OPEN_QUOTE = "a quotation mark is opened and never closed"

Record = tuple[int, list[str] | str]


class OverlongError(ValueError):
    """A record of more characters than the limit allows; its end has been found."""


class PhysicalLines:
    """Lines as they stand in a file, in pieces of at most `max_chars` + 1 characters; some may be put back."""

    def __init__(self, file: TextIO, max_chars: int) -> None:
        self._file, self._max_chars = file, max_chars
        self._waiting: deque[str] = deque()

    def read(self) -> str:
        """The next line with its end, or a piece of it; "" at the end of the file."""
        return self._waiting.popleft() if self._waiting else self._file.readline(self._max_chars + 1)

    def put_back(self, lines: Sequence[str]) -> None:
        """Let `lines` be read again."""
        self._waiting.extendleft(reversed(lines))

    def pass_line(self, piece: str) -> None:
        """Go to the end of the line that `piece` was read of."""
        while piece and not piece.endswith("\n"):
            piece = self.read()

    def pass_quoted(self, lines: Sequence[str], delimiter: str) -> bool:
        """Go on to the end of a record whose first lines are `lines`, inside quotation marks from the second one on.

        False, and nothing is passed, where they are not closed: another mark stands where none can, or the file ends.
        """
        place, waiting = self._file.tell(), self._waiting.copy()
        self.put_back(lines[1:])
        while line := self.read():
            marks = line.replace('""', "")
            if '"' not in marks:
                continue
            if marks[marks.index('"') + 1 :][:1] not in {delimiter, "\r", "\n"}:
                break
            if marks.count('"') % 2:
                return True
        self._file.seek(place)
        self._waiting = waiting
        return False


class Records:
    """Numbered records: (row, cells), or (row, reason) for one that can not be read."""

    def __init__(self, file: TextIO, delimiter: str, max_chars: int) -> None:
        self._lines = PhysicalLines(file, max_chars)
        self._delimiter, self._max_chars = delimiter, max_chars
        self._opening = re.compile(rf'(?:^|{re.escape(delimiter)})"[^"\r\n{re.escape(delimiter)}]', re.M)
        self._taken: list[str] = []
        self._n_recovered = 0
        self._ended = False
        self._records = self._iterate()

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def _iterate(self) -> Iterator[Record]:
        csv.field_size_limit(2**31 - 1)
        number = 0
        while self._n_recovered <= MAX_RECOVERIES:
            reader = csv.reader(self._of_record(), delimiter=self._delimiter)
            for found in self._parsed(reader):
                number += 1
                yield number, found
            if self._ended:
                return
        yield number + 1, f"more than {MAX_RECOVERIES} records with unclosed quotation marks: the rest was not read"

    def _parsed(self, reader: Iterator[list[str]]) -> Iterator[list[str] | str]:
        """Records until one can not be read, whose reason is the last; `_ended` tells that there are no more."""
        while True:
            self._taken.clear()
            try:
                cells = next(reader, None)
            except OverlongError as error:
                yield str(error)
                return
            except csv.Error as error:
                yield self._recovered(f"not a CSV record: {error}")
                return
            if cells is None:
                return
            if len(self._taken) > 1 and self._is_open():
                yield self._recovered(OPEN_QUOTE)
                return
            yield cells

    def _of_record(self) -> Iterator[str]:
        """Lines for the parser, remembered while they belong to one record."""
        n_chars = 0
        while line := self._lines.read():
            n_chars = len(line) + (n_chars if self._taken else 0)
            self._taken.append(line)
            if n_chars > self._max_chars:
                self._pass_record()
            yield line
        self._ended = True

    def _pass_record(self) -> None:
        """Pass the record that is too long and raise OverlongError, or csv.Error where it has no end."""
        if len(self._taken) == 1:
            self._lines.pass_line(self._taken[0])
        elif not self._lines.pass_quoted(self._taken, self._delimiter):
            raise csv.Error(OPEN_QUOTE)
        raise OverlongError(f"longer than the limit of {self._max_chars:,} characters")

    def _is_open(self) -> bool:
        """Whether a mark of the record is never closed: it ran to the file's end, or to the next record's mark."""
        try:
            list(csv.reader(self._taken, delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            return "unexpected end" in str(error) or self._opening.search("".join(self._taken[1:])) is not None
        return False

    def _recovered(self, reason: str) -> str:
        """Leave out the first line of the record, to go on with the next one; returns the reason."""
        self._lines.put_back(self._taken[1:])
        self._n_recovered += 1
        self._ended = False
        return reason
