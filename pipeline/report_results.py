"""What the workflows about coverage return: facts as fields, a summary as text, a check's exit code."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.classify.auditing import Audit
    from pipeline.report.compare import Comparison

MOST_LINES = 10


@dataclass(frozen=True)
class ReportResult:
    """Where the page stands, and the names of the tables beside it."""

    page: Path
    tables: tuple[str, ...]

    def __str__(self) -> str:
        return f"report: {self.page}"


@dataclass(frozen=True)
class ThemeChange:
    """A theme's share before and after, 0-1 or None, and the parts of the change in percentage points."""

    theme: str
    share_before: float | None
    share_after: float | None
    parts: dict[str, float]

    @property
    def points(self) -> float:
        return sum(self.parts.values())

    def __str__(self) -> str:
        if self.share_before is None or self.share_after is None:
            return f"  {self.theme:26s} cannot be compared: one side holds no document"
        parts = ", ".join(f"{name} {points:+.1f}" for name, points in self.parts.items() if abs(points) >= 0.05)
        shares = f"{100 * self.share_before:5.1f}% -> {100 * self.share_after:5.1f}%"
        return f"  {self.theme:26s} {shares} ({self.points:+.1f} points" + (f": {parts})" if parts else ")")


@dataclass(frozen=True)
class FlippedTag:
    """A document whose tag came or went, why, and the words that moved it; `note` says why there are none."""

    doc_id: str
    title: str
    theme: str
    before: str
    after: str
    cause: str
    terms: str
    note: str

    def __str__(self) -> str:
        sign = "+" if self.after == "assigned" else "-"
        return f"  {sign}{self.theme:25s} {self.title or self.doc_id} [{self.cause}] {self.terms or self.note}".rstrip()


@dataclass(frozen=True)
class CompareResult:
    """Every theme's change over all periods with its parts, the tags that flipped, and the tables that hold them."""

    tables: tuple[Path, ...]
    changes: tuple[ThemeChange, ...]
    flips: tuple[FlippedTag, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, comparison: Comparison, tables: tuple[Path, ...], notes: tuple[str, ...]) -> CompareResult:
        """The figures over all periods and every flip of a comparison whose flips have `terms` and `note`."""
        from pipeline.report.compare import PARTS

        total = comparison.restatement[comparison.restatement["period"] == "all"]
        changes = []
        for row in total.to_dict("records"):
            shares = [None if math.isnan(row[name]) else row[name] for name in ("share_before", "share_after")]
            known = None not in shares
            parts = {part: float(row[f"{part}_points"]) for part in PARTS} if known else {}
            changes.append(ThemeChange(str(row["theme"]), shares[0], shares[1], parts))
        names = [field.name for field in fields(FlippedTag)]
        flips = zip(*(comparison.flips[name] for name in names), strict=True)
        return cls(tables, tuple(changes), tuple(FlippedTag(*flip) for flip in flips), notes)

    def __str__(self) -> str:
        moved = [change for change in self.changes if change.share_before is None or any(change.parts.values())]
        lines = ["shares as tagged, and what moved them:", *map(str, moved)] if moved else ["no share has changed"]
        lines += [f"{len(self.flips)} tags came or went in documents that are in both:"] if self.flips else []
        lines += [str(flip) for flip in self.flips[:MOST_LINES]]
        lines += [f"  and {len(self.flips) - MOST_LINES} more"] if len(self.flips) > MOST_LINES else []
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join([*lines, *(f"table: {path}" for path in self.tables)])


@dataclass(frozen=True)
class AuditedTheme:
    """Of a theme: tags given, and how many of them go, or come, when names are hidden."""

    theme: str
    n_tags: int
    n_lost: int
    n_gained: int

    def __str__(self) -> str:
        part = f"{self.n_lost} of {self.n_tags} tags go"
        return f"  {self.theme:26s} {part}" + (f", {self.n_gained} come" if self.n_gained else "")


@dataclass(frozen=True)
class AuditResult:
    """What hiding names does: shares are of all tags, 0-1; the check fails where `share_lost` is above `limit`."""

    model: str
    n_documents: int
    n_tags: int
    n_hidden: dict[str, int]
    share_lost: float
    share_lost_at_random: float
    limit: float
    themes: tuple[AuditedTheme, ...]
    tables: tuple[Path, ...]

    @classmethod
    def of(cls, found: Audit, tables: tuple[Path, ...], model: str, limit: float) -> AuditResult:
        themes = tuple(AuditedTheme(*theme) for theme in found.themes)
        lost = found.share_lost, found.share_lost_at_random
        return cls(model, found.n_documents, found.n_tags, found.n_hidden, *lost, limit, themes, tables)

    @property
    def exit_code(self) -> int:
        return int(self.share_lost > self.limit)

    def __str__(self) -> str:
        hidden = ", ".join(f"{n} of kind {kind}" for kind, n in self.n_hidden.items()) or "none found"
        lines = [
            f"{self.n_documents} documents tagged by {self.model}, again with names hidden ({hidden}):",
            f"{self.share_lost:.1%} of {self.n_tags} tags go; {self.share_lost_at_random:.1%} do when as many other "
            "words are hidden at random",
            *(str(theme) for theme in self.themes if theme.n_lost or theme.n_gained),
        ]
        if self.exit_code:
            lines.append(f"more than the limit of {self.limit:.1%}")
        return "\n".join([*lines, *(f"table: {path}" for path in self.tables)])
