"""What the page shows, picked from the finished tables: rows, quotations and sentences, still plain text."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.report import adjust
from pipeline.report.evidence import on_page
from pipeline.report.slices import ALL

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from pipeline.classify.quoting import Quoted
    from pipeline.report.build import CoverageReport
    from pipeline.types import Theme


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One row of `coverage`. `name` is the slice (a period, a source, a language); figures are parts of 1 or NaN."""

    name: str
    theme: str
    n_docs: int
    n_tagged: int
    share: float
    adjusted: float
    low: float
    high: float
    method: str
    pacc: float
    pacc_low: float
    pacc_high: float

    @property
    def is_adjusted(self) -> bool:
        return not math.isnan(self.adjusted)

    @property
    def estimate(self) -> float:
        """The corrected share where there is one, else the share as tagged."""
        return self.adjusted if self.is_adjusted else self.share


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of a document and where it stands."""

    theme: str
    text: str
    doc_id: str
    title: str
    source: str
    language: str
    date: str
    probability: float
    start: int
    end: int
    contribution: float
    context: Quoted | None = None

    @property
    def segments(self) -> list[tuple[str, bool]]:
        """The sentence in pieces, each with whether it is marked as speaking for the theme."""
        pieces, reached = [], 0
        for start, end in self.context.marks if self.context else ():
            pieces += [(self.text[reached:start], False), (self.text[start:end], True)]
            reached = end
        return [piece for piece in [*pieces, (self.text[reached:], False)] if piece[0]]


@dataclass(frozen=True, eq=False)
class ThemeView:
    """One theme's section. `anchor` is its id on the page."""

    theme: Theme
    anchor: str
    label: str
    total: ShareRow
    periods: list[ShareRow]
    sources: list[ShareRow]
    languages: list[ShareRow]
    quotations: dict[str, list[Quotation]]
    doubtful: list[dict[Hashable, Any]]


def share_rows(coverage: pd.DataFrame, by: str | None = None) -> list[ShareRow]:
    """Rows of the totals (`by` None) or of one dimension with the others at "all", in the order of the table."""
    picked = coverage
    for name in ("period", "source", "language"):
        picked = picked[(picked[name] != ALL) if name == by else (picked[name] == ALL)]
    names = picked[by] if by else picked["theme"]
    figures = (
        "theme", "n_docs", "n_tagged", "share", "share_adjusted", "ci_low", "ci_high", "method", "share_pacc",
        "pacc_ci_low", "pacc_ci_high",
    )  # fmt: skip
    columns = [names.tolist(), *(picked[name].tolist() for name in figures)]
    return [ShareRow(*row) for row in zip(*columns, strict=True)]


def by_theme(rows: list[ShareRow]) -> dict[str, list[ShareRow]]:
    """Rows gathered by theme, each in the order given."""
    gathered: dict[str, list[ShareRow]] = {}
    for row in rows:
        gathered.setdefault(row.theme, []).append(row)
    return gathered


def theme_views(report: CoverageReport, *, most_sources: int) -> list[ThemeView]:
    """Every theme, the largest estimated share first; themes that tie keep the order of the taxonomy."""
    coverage = report.tables["coverage"]
    parts = {name: by_theme(share_rows(coverage, name)) for name in ("period", "source", "language")}
    shown = set(report.slices.sources[:most_sources])
    quoted = quotations(report)
    doubtful = {name: rows.to_dict("records") for name, rows in report.tables["doubtful"].groupby("theme")}
    views = [
        ThemeView(
            theme=report.taxonomy[total.theme],
            anchor=f"theme-{report.taxonomy.column[total.theme] + 1}",
            label=report.taxonomy[total.theme].label(report.options.language),
            total=total,
            periods=parts["period"].get(total.theme, []),
            sources=[row for row in parts["source"].get(total.theme, []) if row.name in shown],
            languages=parts["language"].get(total.theme, []),
            quotations=quoted.get(total.theme, {}),
            doubtful=doubtful.get(total.theme, []),
        )
        for total in share_rows(coverage)
    ]
    return sorted(views, key=lambda view: (-_or_zero(view.total.estimate), -_or_zero(view.total.share)))


def quotations(report: CoverageReport) -> dict[str, dict[str, list[Quotation]]]:
    """Quotations over all periods by theme and kind."""
    names = (
        "theme", "evidence", "doc_id", "title", "source", "language", "pub_date", "probability", "start", "end",
        "contribution",
    )  # fmt: skip
    rows = on_page(report.tables["evidence"])
    gathered: dict[str, dict[str, list[Quotation]]] = {}
    for kind, *fields in zip(rows["kind"].tolist(), *(rows[name].tolist() for name in names), strict=True):
        quotation = Quotation(*fields)
        quotation = replace(quotation, context=report.contexts.get((quotation.doc_id, quotation.theme)))
        gathered.setdefault(quotation.theme, {}).setdefault(kind, []).append(quotation)
    return gathered


def leading_quotations(views: list[ThemeView], number: int = 5) -> list[tuple[ThemeView, Quotation]]:
    """The clearest sentence of each of the first themes, then their second ones, until there are `number`."""
    chosen: list[tuple[ThemeView, Quotation]] = []
    seen: set[str] = set()
    for place in range(number):
        for view in views:
            top = view.quotations.get("top", [])
            if place < len(top) and top[place].doc_id not in seen and len(chosen) < number:
                chosen.append((view, top[place]))
                seen.add(top[place].doc_id)
    return chosen


def halves(report: CoverageReport) -> pd.DataFrame:
    """The comparison that the page opens with: the chosen one, else the earlier with the later half."""
    change = report.tables["change"]
    kinds = set(change["comparison"])
    return change[change["comparison"] == ("chosen" if "chosen" in kinds else "halves")]


def has_rates(report: CoverageReport) -> bool:
    """Whether any theme's share could be corrected."""
    return bool(report.tables["coverage"]["method"].isin((adjust.ADJUSTED, adjust.ADJUSTED_ALL)).any())


def has_pacc(report: CoverageReport) -> bool:
    """Whether any theme's share could be reckoned from probabilities."""
    return bool(report.tables["coverage"]["share_pacc"].notna().any())


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value
