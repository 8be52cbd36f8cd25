"""What the workflows return: facts as fields, a short summary as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.report_results import ReportResult

if TYPE_CHECKING:
    from pipeline.batch.status import Status

N_REASONS_SHOWN = 5


@dataclass(frozen=True)
class IngestResult:
    """Where the cleaned documents went, and how many."""

    cleaned: Path
    skipped: Path
    n_documents: int
    n_skipped: int

    def __str__(self) -> str:
        return f"{self.n_documents} documents -> {self.cleaned}\n{self.n_skipped} skipped -> {self.skipped}"


@dataclass(frozen=True)
class ShowResult:
    """Lines in the order received, each with the reason it is dropped for, or None."""

    lines: tuple[tuple[str, str | None], ...]

    def __str__(self) -> str:
        return "\n".join(line if reason is None else f"- {line}  [{reason}]" for line, reason in self.lines)

    def coloured(self) -> str:
        """The same for a terminal: kept lines plain, dropped ones in red with the reason in grey."""
        red, grey, plain = "\033[31m", "\033[90m", "\033[0m"
        return "\n".join(
            line if reason is None else f"{red}{line}{plain}  {grey}{reason}{plain}" for line, reason in self.lines
        )


@dataclass(frozen=True)
class TagResult:
    """Where the tags went, the model that gave them, the counts of `batch.Tally`, and how many texts were new.

    warnings: themes given that the model learned from few documents. skipped: how many documents for each reason.
    """

    out: Path
    model: str
    counts: dict[str, Any]
    n_new: int
    warnings: tuple[str, ...] = ()
    skipped: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        counts = self.counts
        lines = [
            f"{counts['n_documents']} documents tagged by {self.model}: {counts['n_tagged']} with a theme, "
            f"{counts['n_abstained']} near a threshold, {counts['n_skipped']} skipped"
        ]
        n_before = counts["n_documents"] + counts["n_skipped"] - self.n_new
        if n_before > 0:
            lines[0] += f"; {self.n_new} new, {n_before} as before"
        by_theme = sorted(counts["n_by_theme"].items(), key=lambda item: -item[1])
        lines += [f"  {n:6d}  {theme}" for theme, n in by_theme if n]
        lines += [f"  {n:6d}  skipped: {reason}" for reason, n in list(self.skipped.items())[:N_REASONS_SHOWN]]
        if len(self.skipped) > N_REASONS_SHOWN:
            lines.append(f"          and {len(self.skipped) - N_REASONS_SHOWN} reasons more: see skipped.csv")
        lines += [f"careful: {warning}" for warning in self.warnings]
        return "\n".join([*lines, f"tables in {self.out}"])


@dataclass(frozen=True)
class StatusResult:
    """What a folder of tags holds and what is to be done."""

    status: Status

    def __str__(self) -> str:
        found = self.status
        lines = [
            f"files: {found.n_files_done} done, {found.n_files_pending} pending, {found.n_files_removed} removed",
            f"texts: {found.n_texts_tagged} tagged of {found.n_texts_read} read",
            "the tables are " + ("up to date" if found.is_current else "not up to date: run `themes tag` again"),
        ]
        if found.holder:
            lines.append(f"a run is writing here: {found.holder}")
        lines += [f"this input is gone: {path}" for path in found.missing]
        if found.skipped:
            lines += ["skipped:", *(f"  {n:6d}  {reason}" for reason, n in found.skipped.items())]
        return "\n".join(lines)


@dataclass(frozen=True)
class RunResult:
    """The tags and the report made of them."""

    tags: TagResult
    report: ReportResult

    def __str__(self) -> str:
        return f"{self.tags}\n{self.report}"
