"""The HTML page: one file that loads nothing, sends nothing and can be read without its script."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pipeline.report import adjust, change, charts, drawings, figures, view
from pipeline.report.periods import UNDATED
from pipeline.report.wording import Wording, load_wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from jinja2 import Environment

    from pipeline.report.build import CoverageReport

MOST_ROWS = 200
"""Rows of a long table that the page shows; its CSV file holds all."""


def render_page(report: CoverageReport) -> str:
    """The page as UTF-8 text. Everything that came from a document or a file is escaped by the template engine."""
    t = load_wording(report.options.language)
    views = view.theme_views(report, most_sources=drawings.MOST_SOURCES)
    return _environment(t).get_template("report.html.j2").render(**_context(report, views, t))


def render_charts(report: CoverageReport) -> dict[str, bytes]:
    """The charts as PNG, by name: ranking, time, sources, together (those that the documents allow)."""
    t = load_wording(report.options.language)
    views = view.theme_views(report, most_sources=drawings.MOST_SOURCES)
    if not len(report.slices):
        return {}
    drawn = [drawings.ranking(views, t), drawings.trend_grid(views, t)]
    drawn += [drawings.source_map(report, views, t), drawings.pair_map(report, views, t)]
    return {drawing.name: charts.as_png(drawing.chart, title=drawing.title) for drawing in drawn if drawing is not None}


def _environment(t: Wording) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=t, figures=figures, share_text=drawings.share_text, language_name=t.language_name)
    return environment


def _asset(name: str) -> str:
    return (files("pipeline.report") / "templates" / name).read_text(encoding="utf-8").strip()


def _context(report: CoverageReport, views: list[view.ThemeView], t: Wording) -> dict[str, Any]:
    from markupsafe import Markup

    script = _asset("script.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    drawn = _drawings(report, views, t) if len(report.slices) else {}
    return {
        "report": report,
        "views": views,
        "label": {one.theme.id: one.label for one in views},
        "anchor": {one.theme.id: one.anchor for one in views},
        "style": Markup(_asset("style.css")),
        "script": Markup(script),
        "script_hash": f"sha256-{digest}",
        "svg": {name: Markup(drawing.svg()) for name, drawing in drawn.items()},
        "trends": [drawing for drawing in drawn.values() if drawing.theme],
        "own_trend": {theme: Markup(own.svg()) for theme, own in drawings.theme_trends(views, t).items()},
        "scope": _scope(report, t),
        "sentences": list(_answer(report, views, t)),
        "quotations": view.leading_quotations(views),
        "changes": view.halves(report).to_dict("records"),
        "long": {name: _long_table(report, name) for name in ("unassigned", "skipped", "duplicates")},
        "pairs": _pairs(report),
        "quality": report.tables["quality"].to_dict("records"),
        "most_rows": MOST_ROWS,
        "adjust": adjust,
        "n_undated": int((report.slices.documents["period"] == UNDATED).sum()),
        "n_unassigned": int((~report.slices.has_theme.any(axis=1)).sum()),
        "settings": list(_flatten(report.run)),
        "has_rates": view.has_rates(report),
        "has_pacc": view.has_pacc(report),
    }


def _drawings(report: CoverageReport, views: list[view.ThemeView], t: Wording) -> dict[str, drawings.Drawing]:
    drawn = [drawings.ranking(views, t), *drawings.trends(views, t)] if views else []
    drawn += [one for one in (drawings.source_map(report, views, t), drawings.pair_map(report, views, t)) if one]
    return {one.name: one for one in drawn}


def _scope(report: CoverageReport, t: Wording) -> str:
    dates = sorted(date for date in report.slices.documents["pub_date"].unique() if date)
    span = t("page.undated") if not dates else dates[0] if len(dates) == 1 else f"{dates[0]} – {dates[-1]}"
    languages = report.slices.documents["language"].nunique()
    n_sources = len(report.slices.sources)
    n_documents = figures.count(len(report.slices))
    if n_sources < 2 and languages < 2:
        return t("page.scope_one", documents=n_documents, span=span)
    return t("page.scope", documents=n_documents, sources=n_sources, languages=languages, span=span)


def _answer(report: CoverageReport, views: list[view.ThemeView], t: Wording) -> Iterator[str]:
    n_documents = len(report.slices)
    if not n_documents:
        yield t("answer.empty")
        return
    with_theme = float(report.slices.has_theme.any(axis=1).mean())
    yield t("answer.any", share=figures.percent(with_theme), documents=figures.count(n_documents))
    if views and views[0].total.n_tagged:
        first = views[0].total
        words = {"theme": views[0].label, "share": drawings.share_text(first)}
        interval = figures.interval(first.low, first.high)
        yield t("answer.first", **words, interval=interval) if first.is_adjusted else t("answer.first_raw", **words)
    yield from _rise_and_fall(report, t)


def _rise_and_fall(report: CoverageReport, t: Wording) -> Iterator[str]:
    rows = view.halves(report)
    if rows.empty:
        yield t("answer.no_periods")
        return
    ends = {"before": rows["before"].iloc[0], "after": rows["after"].iloc[0]}
    clear = rows[rows["verdict"] == change.EXCEEDS]
    if (rows["verdict"] == change.NOT_ASSESSED).all():
        yield t("answer.no_verdict", **ends)
    elif clear.empty:
        yield t("answer.steady", **ends)
    for key, sign in (("answer.rose", 1), ("answer.fell", -1)):
        moved = clear[clear["difference_points"] * sign > 0]
        moved = moved.sort_values("difference_points", ascending=sign < 0, kind="stable")
        if not moved.empty:
            yield t(key, **ends, themes=_moves(report, moved, t))


def _moves(report: CoverageReport, rows: pd.DataFrame, t: Wording) -> str:
    label = {theme.id: theme.label(t.language) for theme in report.taxonomy}
    moved = zip(rows["theme"], rows["difference_points"], strict=True)
    return ", ".join(t("answer.moved", theme=label[theme], points=figures.points(points)) for theme, points in moved)


def _long_table(report: CoverageReport, name: str) -> dict[str, Any]:
    table = report.tables[name]
    return {"rows": table.head(MOST_ROWS).to_dict("records"), "total": len(table)}


def _pairs(report: CoverageReport) -> list[dict[Any, Any]]:
    pairs = report.tables["cooccurrence"]
    pairs = pairs[pairs["n_both"] > 0].sort_values(["n_both", "lift"], ascending=False, kind="stable")
    return pairs.head(MOST_ROWS).to_dict("records")


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Nested settings as dotted names with their values in words."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple)):
            yield f"{prefix}{name}", " ".join(str(item) for item in value)
        else:
            yield f"{prefix}{name}", str(value)
