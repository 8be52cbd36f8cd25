"""Charts as inline SVG with a title and a description for those who do not see them, or as PNG for slides.

Colours are fixed shades that the page's style sheet maps to others in dark mode. Position carries every value;
colour only repeats what position or a number in the cell says.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

import altair as alt
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

Chart: TypeAlias = alt.LayerChart | alt.FacetChart | alt.VConcatChart
INK, MUTED, GRID, ACCENT, BAND = "#1f2933", "#5b6673", "#d9dee4", "#1f4e79", "#a9c4de"
SHADES = ("#f1f5f9", "#d3e1ee", "#a8c6e0", "#6b9cc6", "#32709f", "#123f66")
_ON_LIGHT, _ON_DARK = "#14202b", "#ffffff"
_FIRST_DARK_SHADE = 4
_PNG_SCALE = 2.0


def ranking(rows: pd.DataFrame, *, share_title: str) -> Chart:
    """Themes by estimated share. Columns label, estimate, ci_low, ci_high, share, assessed, in the order to be shown.

    A filled dot is an adjusted share, a hollow diamond the raw one, a bar the 95 % interval.
    """
    order = list(rows["label"])
    y = alt.Y(
        "label:N", sort=order, title=None, axis=alt.Axis(minExtent=_extent(order), labelLimit=320, labelPadding=9)
    )
    base = alt.Chart(rows).properties(width=520, height=alt.Step(26))
    bar = base.mark_rule(strokeWidth=5, color=BAND, strokeCap="round").encode(
        x=alt.X("ci_low:Q", title=share_title, axis=alt.Axis(format="%", tickCount=6)), x2="ci_high:Q", y=y
    )
    raw = base.mark_point(shape="diamond", size=42, color=MUTED, strokeWidth=1.4).encode(x="share:Q", y=y)
    dot = (
        base.transform_filter("datum.assessed")
        .mark_point(size=62, filled=True, color=ACCENT, opacity=1)
        .encode(x="estimate:Q", y=y)
    )
    return alt.layer(bar, raw, dot)


def trend(rows: pd.DataFrame, *, periods: Sequence[str], top: float, width: int = 250) -> Chart:
    """One theme over time with its band. Columns period, estimate, ci_low, ci_high; `top` is the end of the scale."""
    shown = list(periods) if len(periods) <= 4 else [periods[0], periods[len(periods) // 2], periods[-1]]
    x = alt.X(
        "period:O",
        title=None,
        scale=alt.Scale(domain=list(periods)),
        axis=alt.Axis(values=shown, labelAngle=0, labelOverlap=True, ticks=True),
    )
    scale = alt.Scale(domain=[0, top], nice=False)
    axis = alt.Axis(format="%", tickCount=3, title=None)
    base = alt.Chart(rows).properties(width=width, height=96)
    band = base.mark_area(color=BAND, opacity=0.75, clip=True).encode(
        x=x, y=alt.Y("ci_low:Q", scale=scale, axis=axis), y2="ci_high:Q"
    )
    line = base.mark_line(color=ACCENT, strokeWidth=1.8, point=alt.OverlayMarkDef(size=18, color=ACCENT)).encode(
        x=x, y=alt.Y("estimate:Q", scale=scale, axis=axis)
    )
    return alt.layer(band, line)


def trend_grid(rows: pd.DataFrame, *, periods: Sequence[str], top: float, labels: Sequence[str]) -> alt.VConcatChart:
    """The trends of all themes side by side, three a row, for slides. Columns as for `trend`, and label."""
    panels = [trend(rows[rows["label"] == label], periods=periods, top=top).properties(title=label) for label in labels]
    lines = [alt.hconcat(*panels[start : start + 3]) for start in range(0, len(panels), 3)]
    return alt.vconcat(*lines)


def heat_map(rows: pd.DataFrame, *, down: Sequence[str], across: Sequence[str]) -> Chart:
    """Cells shaded by `value` (0-1, missing is blank), `text` written in them. Columns down, across, value, text."""
    rows = rows.assign(shade=_shade(rows["value"]))
    y = alt.Y("down:N", sort=list(down), title=None, axis=alt.Axis(minExtent=_extent(down), labelLimit=320))
    x = alt.X(
        "across:N",
        sort=list(across),
        title=None,
        axis=alt.Axis(orient="top", labelAngle=-40, labelAlign="left", labelLimit=190, minExtent=_extent(across, 0.72)),
    )
    slant = max((_extent([name], 0.78) - 46 * place for place, name in enumerate(reversed(across))), default=0.0)
    base = alt.Chart(rows).properties(width=alt.Step(46), height=alt.Step(26))
    scale = alt.Scale(domain=list(range(len(SHADES))), range=list(SHADES))
    cells = (
        base.transform_filter("datum.shade >= 0")
        .mark_rect(stroke="#ffffff", strokeWidth=1)
        .encode(x=x, y=y, color=alt.Color("shade:O", scale=scale, legend=None))
    )
    dark = f"datum.shade >= {_FIRST_DARK_SHADE}"
    figures = base.mark_text(fontSize=11).encode(
        x=x, y=y, text="text:N", color=alt.condition(dark, alt.value(_ON_DARK), alt.value(_ON_LIGHT))
    )
    return alt.layer(cells, figures).properties(padding={"left": 5, "top": 5, "bottom": 5, "right": slant})


def as_svg(chart: alt.TopLevelMixin, *, name: str, title: str, description: str) -> str:
    """Inline SVG whose ids begin with `name`. `title` and `description` are plain text and escaped here."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(_styled(chart))
    for place, drawn_id in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))):
        # The renderer numbers ids through the life of the process; ours depend on the chart alone.
        svg = re.sub(rf'(id="|url\(#){re.escape(drawn_id)}(?=["\)])', rf"\g<1>{name}-{place}", svg)
    svg = re.sub(r' aria-[a-z]+="[^"]*"| role="[^"]*"| class="[^"]*"| pointer-events="none"', "", svg)
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-desc" class="chart"'
    words = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    width = re.search(r'width="(\d+)"', svg)
    head += f' style="--width:{width[1]}px"' if width else ""
    opening, rest = svg.split(">", 1)
    return opening.replace("<svg", head, 1) + ">" + words + rest


def as_png(chart: alt.TopLevelMixin, *, title: str) -> bytes:
    """The chart on white under its title, at twice its size."""
    import vl_convert

    specification = _styled(chart, background="#ffffff") | {"title": {"text": title, "fontSize": 15, "offset": 12}}
    return bytes(vl_convert.vegalite_to_png(specification, scale=_PNG_SCALE))


def _styled(chart: Any, background: str = "transparent") -> dict[str, Any]:
    axis = {"labelColor": MUTED, "titleColor": MUTED, "gridColor": GRID, "domainColor": GRID, "tickColor": GRID}
    config = {
        "aria": False,
        "background": background,
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {**axis, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "domain": False},
        "axisY": {"labelColor": INK},
        "axisBand": {"grid": False, "ticks": False, "labelColor": INK},
        "title": {"anchor": "start", "fontSize": 12, "color": INK, "fontWeight": "bold"},
    }
    chart.config = alt.Undefined
    specification: dict[str, Any] = chart.to_dict()
    specification["config"] = config
    return specification


def _shade(values: pd.Series) -> pd.Series:
    """0 for nought, then five equal steps up to the largest value; -1 where missing."""
    highest = float(values.max()) if values.notna().any() else 0.0
    steps = (values / (highest or 1.0) * (len(SHADES) - 1)).clip(lower=0)
    return (steps + 0.999999).fillna(-1).astype(int).clip(upper=len(SHADES) - 1)


def _extent(labels: Sequence[str], part: float = 1.0) -> float:
    """Room for the widest label in pixels, reckoned here because the renderer may lack the font that a reader has."""
    widths = [sum(11.5 if unicodedata.east_asian_width(sign) in "WF" else 6.2 for sign in label) for label in labels]
    return round(min(max(widths, default=0.0), 320.0) * part)
