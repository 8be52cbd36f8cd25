"""The charts of one report, each with the words that stand in for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.report import charts, figures
from pipeline.report.periods import UNDATED, fill_periods
from pipeline.report.view import share_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.report.build import CoverageReport
    from pipeline.report.view import ShareRow, ThemeView
    from pipeline.report.wording import Wording

MOST_SOURCES = 12
PANEL_WIDTH, OWN_WIDTH = 250, 560
_ITEMS_READ_OUT = 5


@dataclass(frozen=True, eq=False)
class Drawing:
    """A chart with its title and a description in words; `theme` where it shows one theme only."""

    name: str
    chart: charts.Chart
    title: str
    description: str
    theme: str = ""
    is_adjusted: bool = True

    def svg(self) -> str:
        return charts.as_svg(self.chart, name=self.name, title=self.title, description=self.description)


def ranking(views: Sequence[ThemeView], t: Wording) -> Drawing:
    """Themes by estimated share."""
    rows = pd.DataFrame(
        [(v.label, v.total.estimate, v.total.low, v.total.high, v.total.share, v.total.is_adjusted) for v in views],
        columns=["label", "estimate", "ci_low", "ci_high", "share", "assessed"],
    )
    items = "; ".join(
        t("answer.ranking_item", theme=v.label, share=share_text(v.total), interval=_interval(v.total)) for v in views
    )
    description = t("answer.ranking_desc", count=len(views), items=items)
    chart = charts.ranking(rows, share_title=t("column.share"))
    return Drawing("ranking", chart, t("answer.ranking"), description)


def trends(views: Sequence[ThemeView], t: Wording) -> list[Drawing]:
    """One panel per theme that any document has, all on one scale; none where fewer than two periods are dated."""
    periods = timeline(views)
    if len(periods) < 2:
        return []
    top = _top_of_scale(views)
    return [_trend(view, t, periods=periods, top=top) for view in views if view.total.n_tagged]


def theme_trends(views: Sequence[ThemeView], t: Wording) -> dict[str, Drawing]:
    """For each theme's own section, its trend drawn wide and on a scale of its own."""
    periods = timeline(views)
    if len(periods) < 2:
        return {}
    shown = [view for view in views if view.total.n_tagged]
    return {
        view.theme.id: _trend(view, t, periods=periods, top=_top_of_scale([view]), name="own", width=OWN_WIDTH)
        for view in shown
    }


def timeline(views: Sequence[ThemeView]) -> list[str]:
    """Every period from the first to the last that holds documents."""
    return fill_periods([row.name for row in views[0].periods if row.name != UNDATED]) if views else []


def _trend(
    view: ThemeView, t: Wording, *, periods: list[str], top: float, name: str = "trend", width: int = PANEL_WIDTH
) -> Drawing:
    rows = trend_rows(view, periods)
    known = [row for row in view.periods if row.name != UNDATED]
    peak = max(known, key=lambda row: row.estimate)
    read_out = [known[0], peak, known[-1]] if peak not in (known[0], known[-1]) else [known[0], known[-1]]
    items = "; ".join(f"{row.name} {share_text(row)}" for row in read_out)
    description = t("time.desc", theme=view.label, first=periods[0], last=periods[-1], items=items)
    chart = charts.trend(rows, periods=periods, top=top, width=width)
    title = t("time.panel", theme=view.label)
    return Drawing(f"{name}-{view.anchor}", chart, title, description, view.theme.id, view.total.is_adjusted)


def trend_rows(view: ThemeView, periods: list[str]) -> pd.DataFrame:
    """Every period in order, figures missing where it holds no document."""
    known = {row.name: (row.estimate, row.low, row.high) for row in view.periods}
    blank = (math.nan, math.nan, math.nan)
    values = [(view.label, period, *known.get(period, blank)) for period in periods]
    return pd.DataFrame(values, columns=["label", "period", "estimate", "ci_low", "ci_high"])


def trend_grid(views: Sequence[ThemeView], t: Wording) -> Drawing | None:
    """All trends as one picture, for slides."""
    periods = timeline(views)
    shown = [view for view in views if view.total.n_tagged]
    if len(periods) < 2 or not shown:
        return None
    labels = [view.label if view.total.is_adjusted else f"{view.label} ({t('time.raw')})" for view in shown]
    parts = [trend_rows(view, periods).assign(label=label) for view, label in zip(shown, labels, strict=True)]
    rows = pd.concat(parts, ignore_index=True)
    chart = charts.trend_grid(rows, periods=periods, top=_top_of_scale(views), labels=labels)
    return Drawing("time", chart, t("section.time"), t("time.note"))


def _top_of_scale(views: Sequence[ThemeView]) -> float:
    """The top of the highest band, but at most twice the highest line: bands of tiny periods must not flatten all."""
    rows = [row for view in views for row in view.periods if row.name != UNDATED]
    line = max((row.estimate for row in rows), default=0.0)
    band = max((row.high for row in rows if not math.isnan(row.high)), default=0.0)
    return min(1.0, max(0.05, math.ceil(max(line * 1.1, min(band, line * 2)) * 20) / 20))


def source_map(report: CoverageReport, views: Sequence[ThemeView], t: Wording) -> Drawing | None:
    """Themes down, the largest sources across; None where there is only one source."""
    sources = report.slices.sources[:MOST_SOURCES]
    shown = [view for view in views if view.total.n_tagged]
    if len(sources) < 2 or not shown:
        return None
    labels = {view.theme.id: view.label for view in shown}
    cells = [
        row for row in share_rows(report.tables["coverage"], "source") if row.name in sources and row.theme in labels
    ]
    rows = pd.DataFrame(
        [(labels[row.theme], row.name, row.estimate, _cell_text(row)) for row in cells],
        columns=["down", "across", "value", "text"],
    )
    highest = sorted(cells, key=lambda row: -row.estimate)[:_ITEMS_READ_OUT]
    items = "; ".join(
        t("sources.item", theme=labels[row.theme], source=row.name, share=share_text(row)) for row in highest
    )
    description = t("sources.desc", themes=len(shown), sources=len(sources), items=items)
    chart = charts.heat_map(rows, down=list(labels.values()), across=sources)
    return Drawing("sources", chart, t("sources.title"), description)


def pair_map(report: CoverageReport, views: Sequence[ThemeView], t: Wording) -> Drawing | None:
    """Lower triangle of pairs of themes; None where no document has two themes."""
    pairs = report.tables["cooccurrence"]
    if not (pairs["n_both"] > 0).any():
        return None
    labels = {view.theme.id: view.label for view in views if view.total.n_tagged}
    place = {theme: index for index, theme in enumerate(labels)}
    pairs = pairs[pairs["theme_a"].isin(labels) & pairs["theme_b"].isin(labels)]
    cells = []
    for a, b, n_both, jaccard in pairs[["theme_a", "theme_b", "n_both", "jaccard"]].itertuples(index=False):
        down, across = (a, b) if place[a] > place[b] else (b, a)
        cells.append((labels[down], labels[across], jaccard, f"{n_both}"))
    rows = pd.DataFrame(cells, columns=["down", "across", "value", "text"])
    most = pairs.sort_values("n_both", ascending=False, kind="stable").head(_ITEMS_READ_OUT)
    items = "; ".join(
        t("together.item", a=labels[a], b=labels[b], count=n)
        for a, b, n in most[["theme_a", "theme_b", "n_both"]].itertuples(index=False)
    )
    names = list(labels.values())
    chart = charts.heat_map(rows, down=names[1:], across=names[:-1])
    return Drawing("together", chart, t("together.title"), t("together.desc", themes=len(names), items=items))


def share_text(row: ShareRow) -> str:
    """The estimate as people read it; a count as tagged may be exactly nought or all, an estimate may not."""
    return figures.percent(row.estimate, exact=not row.is_adjusted)


def _interval(row: ShareRow) -> str:
    return figures.interval(row.low, row.high)


def _cell_text(row: ShareRow) -> str:
    return share_text(row).rstrip("%") + ("" if row.is_adjusted else "*")
