"""The values that flow from stage to stage. Frozen, without I/O, readable as a summary of the whole pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DateOrigin = Literal["url", "meta", "text", "file", "field", "none"]
DatePrecision = Literal["day", "month", "year", "none"]
Decision = Literal["assigned", "abstain", "not"]

DECISIONS: tuple[Decision, ...] = ("not", "abstain", "assigned")
"""Decision of a code in `Predictions.decisions`: 0 not, 1 abstain, 2 assigned."""
NOT, ABSTAIN, ASSIGNED = range(3)


class Removed(NamedTuple):
    """A stretch of the original that cleaning dropped: the line's text, why, and its [start, end) in code points."""

    line: str
    reason: str
    start: int = 0
    end: int = 0


class Span(NamedTuple):
    """`length` code points that stand at `cleaned` in the clean text stood at `original` in the text received."""

    cleaned: int
    original: int
    length: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its boilerplate. `spans` lead from positions in `text` back to positions in the original."""

    text: str
    removed: Sequence[Removed] = ()
    title: str | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """`value` is ISO 8601, as long as `precision` says: 2023-07-18, 2023-07, 2023, or "" for none."""

    value: str = ""
    precision: DatePrecision = "none"
    origin: DateOrigin = "none"


NO_DATE = PublicationDate()


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned document.

    `id` is a hash of source and content, `sha256` of the bytes or row received; `source` is who published it as far as
    is known (a table's source column, else the folder or site it came from); `location` is where it was read
    (`folder/file.csv#12` for row 12 of a table). `language` is that of most of the text, `other_languages` those that
    much of it is in beside.
    """

    id: str
    text: str
    title: str = ""
    language: str = "und"
    date: PublicationDate = NO_DATE
    source: str = ""
    location: str = ""
    sha256: str = ""
    removed: Sequence[Removed] = ()
    duplicate_of: str = ""
    other_languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that could not be read, and why. It becomes a row of the output: never lost, never a crash."""

    source: str
    reason: str
    location: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme of a taxonomy; `labels` and `terms` are keyed by language code (ISO 639-1)."""

    id: str
    labels: Mapping[str, str]
    definition: str = ""
    include: str = ""
    exclude: str = ""
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def label(self, language: str = "en") -> str:
        return self.labels.get(language) or self.labels.get("en") or self.id


@dataclass(frozen=True)
class Taxonomy:
    """An ordered set of themes; their order is the column order of every matrix in the pipeline."""

    name: str
    version: str
    themes: tuple[Theme, ...]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(theme.id for theme in self.themes)

    @cached_property
    def column(self) -> Mapping[str, int]:
        return {theme_id: column for column, theme_id in enumerate(self.ids)}

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)

    def __len__(self) -> int:
        return len(self.themes)

    def __getitem__(self, theme_id: str) -> Theme:
        return self.themes[self.column[theme_id]]


@dataclass(frozen=True, slots=True)
class LabeledDocument:
    """A reviewed document: `themes` hold, `unsure` were not judged, all others do not hold (none at all is a label)."""

    document: Document
    themes: frozenset[str]
    unsure: frozenset[str] = frozenset()
    genre: str = ""


@dataclass(frozen=True)
class Predictions:
    """One batch, tagged.

    `scores`, `probabilities` float32 and `decisions` int8 (see `DECISIONS`) have shape (n_documents, n_themes), rows in
    the order of `documents`, columns in the order of `taxonomy`; `thresholds` float32 (n_themes,) cut probabilities.
    `remarks` says, per document, why it could not be judged well ("too short", ...), else "".
    """

    documents: tuple[Document, ...]
    taxonomy: Taxonomy
    scores: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    decisions: NDArray[np.int8]
    thresholds: NDArray[np.float32]
    remarks: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.documents)

    def themes_of(self, row: int) -> tuple[str, ...]:
        """Ids of the themes assigned to document `row`, in the taxonomy's order."""
        return tuple(
            theme for theme, code in zip(self.taxonomy.ids, self.decisions[row], strict=True) if code == ASSIGNED
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """Judged outcomes of one theme on one slice (`language` "all" or a code). Two slices add up."""

    theme: str
    language: str
    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def support(self) -> int:
        return self.true_positive + self.false_negative

    @property
    def precision(self) -> float:
        return _ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float:
        return _ratio(self.true_positive, self.support)

    @property
    def f1(self) -> float:
        return _ratio(2 * self.true_positive, 2 * self.true_positive + self.false_positive + self.false_negative)

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.theme if self.theme == other.theme else "all",
            self.language if self.language == other.language else "all",
            self.true_positive + other.true_positive,
            self.false_positive + other.false_positive,
            self.false_negative + other.false_negative,
            self.true_negative + other.true_negative,
        )


@dataclass(frozen=True, slots=True)
class ProbabilitySums:
    """Probabilities that the judged documents of one slice got for a theme: how many, their sum, that of their squares.

    `_with` are those of documents that have the theme, `_without` of the others. `language` is "all" or a code.
    """

    theme: str
    language: str
    n_with: int
    sum_with: float
    squares_with: float
    n_without: int
    sum_without: float
    squares_without: float


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
