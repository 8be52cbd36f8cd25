"""The tables of a report: plain functions from counted documents to tidy DataFrames.

Shares are parts of 1. Every function leaves its input as it was, and the order of its rows is fixed by its input.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipeline.report import adjust
from pipeline.report.slices import ALL, DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pipeline.report.slices import Slices
    from pipeline.report.tags import Tags
    from pipeline.types import Counts

COVERAGE_COLUMNS = (
    "period", "grain", "source", "language", "theme", "n_docs", "n_tagged", "share", "share_adjusted", "ci_low",
    "ci_high", "method", "share_pacc", "pacc_ci_low", "pacc_ci_high", "pacc_method",
)  # fmt: skip
_SUMMED = ("tagged", "total", "squares")


def coverage(slices: Slices, rates: adjust.RateBook, soft_rates: adjust.RateBook | None = None) -> pd.DataFrame:
    """Share of documents with each theme in every slice, the totals ("all") included; columns `COVERAGE_COLUMNS`.

    A row stands for every theme of every combination of period, source and language that holds a document, so a theme
    that is never tagged there has a row with `n_tagged` 0. `method` says what `ci_low` and `ci_high` enclose: the
    adjusted share ("adjusted" with the rates of that language, "adjusted, all languages" with those of all), or the
    raw share ("wilson") where the classifier was never validated. "not assessed" leaves them empty. `share_pacc` and
    what follows it is the same from mean probabilities, with `soft_rates`, for slices of ten documents and more.
    """
    groups = _in_order(pd.concat(list(_count_groups(slices)), ignore_index=True), slices)
    n_themes = len(slices.taxonomy)
    table = groups.loc[groups.index.repeat(n_themes), [*DIMENSIONS, "n_docs"]].reset_index(drop=True)
    table["grain"] = slices.grain
    table["theme"] = np.tile(np.array(slices.taxonomy.ids, dtype=object), len(groups))
    table["theme"] = table["theme"].astype("str")
    tagged, total, squares = (
        groups[[f"{kind}-{column}" for column in range(n_themes)]].to_numpy(dtype=np.float64).reshape(-1)
        for kind in _SUMMED
    )
    table["n_tagged"] = tagged.astype(np.int64)
    table["share"] = table["n_tagged"] / table["n_docs"]
    moments = np.stack([table["n_docs"].to_numpy(np.float64), tagged, tagged], axis=1)
    table = _assess(table, moments, rates, names=("share_adjusted", "ci_low", "ci_high", "method"))
    enough = moments[:, 0] >= adjust.LEAST_EXAMPLES
    soft = np.stack([moments[:, 0], np.where(enough, total, np.nan), squares], axis=1)
    soft_rates = soft_rates or adjust.book_rates([], slices.taxonomy.ids, n_draws=1)
    names = ("share_pacc", "pacc_ci_low", "pacc_ci_high", "pacc_method")
    return _unvalidated(_assess(table, soft, soft_rates, names=names), rates, slices)[list(COVERAGE_COLUMNS)]


def _assess(
    table: pd.DataFrame, moments: NDArray[np.float64], rates: adjust.RateBook, *, names: tuple[str, str, str, str]
) -> pd.DataFrame:
    """`table`, its themes repeating in their order, with adjusted share, both ends of its interval and the method."""
    theme = np.arange(len(table)) % len(rates.known)
    figures = np.full((len(table), 3), np.nan)
    method = np.full(len(table), adjust.NOT_ASSESSED, dtype=object)
    codes, languages = pd.factorize(table["language"])
    for code, language in enumerate(languages):
        rows = np.flatnonzero(codes == code)
        chosen, own = rates.choose(language)
        found = adjust.adjust_means(moments[rows], theme[rows], rates=chosen, seed=rates.seed)
        figures[rows] = found
        named = np.where(own[theme[rows]], adjust.ADJUSTED, adjust.ADJUSTED_ALL)
        method[rows] = np.where(np.isnan(found[:, 0]), adjust.NOT_ASSESSED, named)
    columns: dict[str, Any] = {name: figures[:, place] for place, name in enumerate(names[:3])}
    return table.assign(**columns, **{names[3]: pd.Series(method, index=table.index, dtype="str")})


def _unvalidated(table: pd.DataFrame, rates: adjust.RateBook, slices: Slices) -> pd.DataFrame:
    """The raw share's interval for themes whose errors are not known at all."""
    unknown = np.tile(~rates.known, len(table) // max(1, len(slices.taxonomy)))
    n_tagged, n_docs = (table.loc[unknown, name].to_numpy(np.int64) for name in ("n_tagged", "n_docs"))
    assessed = unknown & (table["n_docs"] > 0).to_numpy()
    table.loc[unknown, ["ci_low", "ci_high"]] = np.stack(adjust.wilson_interval(n_tagged, n_docs), axis=1)
    table.loc[assessed, "method"] = adjust.WILSON
    return table


def _count_groups(slices: Slices) -> Iterator[pd.DataFrame]:
    """One frame per choice of dimensions to keep: the dimensions, n_docs and columns of `_SUMMED` per theme."""
    documents = slices.documents
    for kept in product((False, True), repeat=len(DIMENSIONS)):
        names = [name for name, keep in zip(DIMENSIONS, kept, strict=True) if keep]
        if names:
            grouping = documents.groupby(names, sort=True, observed=True)
            codes, n_groups = np.asarray(grouping.ngroup(), dtype=np.int64), grouping.ngroups
            frame = grouping.size().rename("n_docs").reset_index()
        else:
            codes, n_groups = np.zeros(len(documents), dtype=np.int64), 1
            frame = pd.DataFrame({"n_docs": [len(documents)]})
        totals = {name: ALL for name in DIMENSIONS if name not in names}
        yield frame.assign(**totals).join(_sums(codes, n_groups, slices))


def _sums(codes: NDArray[np.int64], n_groups: int, slices: Slices) -> pd.DataFrame:
    """Per group and theme: documents tagged, sum of the probabilities, and of their squares."""
    values = (slices.has_theme, slices.probabilities, slices.probabilities**2)
    columns = {
        f"{kind}-{column}": np.bincount(codes, weights=of_kind[:, column], minlength=n_groups)
        for kind, of_kind in zip(_SUMMED, values, strict=True)
        for column in range(len(slices.taxonomy))
    }
    return pd.DataFrame(columns, index=range(n_groups))


def _in_order(groups: pd.DataFrame, slices: Slices) -> pd.DataFrame:
    """Totals first, then periods in time with the undated last, sources by name, languages by code."""
    keys = pd.DataFrame({name: groups[name].where(groups[name] != ALL, "") for name in DIMENSIONS})
    keys["period"] = keys["period"].replace("undated", "~")
    order = keys.sort_values(["period", "source", "language"], kind="stable").index
    return groups.loc[order].reset_index(drop=True)


def cooccurrence(slices: Slices) -> pd.DataFrame:
    """Every pair of themes, `theme_a` before `theme_b` in the taxonomy.

    `n_both` documents have both; `expected` would if the themes were independent (n_a n_b / n_docs); `lift` is their
    ratio, `jaccard` the part of the documents with either that have both. Missing where the divisor is nought.
    """
    together = slices.has_theme.T.astype(np.float64) @ slices.has_theme.astype(np.float64)
    first, second = np.triu_indices(len(slices.taxonomy), k=1)
    n_a, n_b = slices.theme_counts[first], slices.theme_counts[second]
    n_both = together[first, second].round().astype(np.int64)
    ids = np.array(slices.taxonomy.ids, dtype=object)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = n_a * n_b / np.float64(len(slices) or np.nan)
        columns = {
            "theme_a": pd.Series(ids[first], dtype="str"),
            "theme_b": pd.Series(ids[second], dtype="str"),
            "n_both": n_both,
            "expected": expected,
            "lift": np.where(expected > 0, n_both / expected, np.nan),
            "jaccard": np.where(n_a + n_b > 0, n_both / (n_a + n_b - n_both), np.nan),
            "n_a": n_a,
            "n_b": n_b,
        }
    return pd.DataFrame(columns)


def unassigned(tags: Tags) -> pd.DataFrame:
    """Documents without a theme, each with its nearest (the highest probability above, or least below, its threshold).

    Columns doc_id, title, source, language, pub_date, theme, probability, threshold, decision, remark; the doubtful
    (decision "abstain") first, then by falling margin of probability over threshold, last those without any tag.
    """
    with_theme = tags.frame.loc[tags.frame["decision"] == "assigned", "doc_id"].unique()
    rows = tags.frame[~tags.frame["doc_id"].isin(with_theme)]
    margin = (rows["probability"] - rows["threshold"]).fillna(-1.0)
    rows = rows.assign(_margin=margin, _sure=rows["decision"] != "abstain")
    rows = rows.sort_values(["_sure", "_margin"], ascending=[True, False], kind="stable").drop_duplicates("doc_id")
    untagged = tags.documents[~tags.documents["doc_id"].isin(tags.frame["doc_id"])]
    rows = pd.concat([rows, untagged.assign(theme="", decision="not")], ignore_index=True)
    rows["remark"] = rows["doc_id"].map(tags.documents.set_index("doc_id")["remark"]).astype("str")
    columns = ["doc_id", "title", "source", "language", "pub_date", "theme", "probability", "threshold", "decision"]
    return rows[[*columns, "remark"]].reset_index(drop=True)


def quality(counts: Sequence[Counts]) -> pd.DataFrame:
    """The classifier's record on validation documents, by theme and language, and summed over themes (theme "all").

    Columns theme, language, support, n_documents, precision, recall, f1, true_positive, false_positive,
    false_negative, true_negative. A ratio whose divisor is nought is missing, not 0.
    """
    names = ("true_positive", "false_positive", "false_negative", "true_negative")
    rows = [(one.theme, one.language, *(getattr(one, name) for name in names)) for one in counts]
    table = pd.DataFrame(rows, columns=["theme", "language", *names])
    if not table.empty:
        total = table.groupby("language", sort=False)[list(names)].sum().reset_index().assign(theme=ALL)
        table = pd.concat([total, table[table["theme"] != ALL]], ignore_index=True)
    hits, alarms, misses, _ = (table[name].astype("float64") for name in names)
    table["support"] = table["true_positive"] + table["false_negative"]
    table["n_documents"] = table[list(names)].sum(axis=1)
    table["precision"] = hits / (hits + alarms).replace(0, np.nan)
    table["recall"] = hits / (hits + misses).replace(0, np.nan)
    table["f1"] = 2 * hits / (2 * hits + alarms + misses).replace(0, np.nan)
    return table[["theme", "language", "support", "n_documents", "precision", "recall", "f1", *names]]


def duplicates(tags: Tags) -> pd.DataFrame:
    """Documents that repeat another: doc_id, title, source, language, pub_date, duplicate_of, counted."""
    rows = tags.documents[tags.documents["duplicate_of"] != ""]
    columns = ["doc_id", "title", "source", "language", "pub_date", "duplicate_of", "counted"]
    return rows[columns].reset_index(drop=True)
