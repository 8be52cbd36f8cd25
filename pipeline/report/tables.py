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
    "ci_high", "method",
)  # fmt: skip


def coverage(slices: Slices, rates: adjust.RateBook) -> pd.DataFrame:
    """Share of documents with each theme in every slice, the totals ("all") included; columns `COVERAGE_COLUMNS`.

    A row stands for every theme of every combination of period, source and language that holds a document, so a theme
    that is never tagged there has a row with `n_tagged` 0. `method` says what `ci_low` and `ci_high` enclose: the
    adjusted share ("adjusted" with the rates of that language, "adjusted, all languages" with those of all), or the
    raw share ("wilson") where the classifier was never validated. "not assessed" leaves them empty.
    """
    groups = pd.concat(list(_count_groups(slices)), ignore_index=True)
    groups = _in_order(groups, slices)
    n_themes = len(slices.taxonomy)
    table = groups.loc[groups.index.repeat(n_themes), [*DIMENSIONS, "n_docs"]].reset_index(drop=True)
    table["grain"] = slices.grain
    table["theme"] = np.tile(np.array(slices.taxonomy.ids, dtype=object), len(groups))
    table["theme"] = table["theme"].astype("str")
    table["n_tagged"] = groups[list(range(n_themes))].to_numpy(dtype=np.int64).reshape(-1)
    table["share"] = table["n_tagged"] / table["n_docs"]
    theme = np.tile(np.arange(n_themes, dtype=np.int64), len(groups))
    return assess(table, theme, rates)[list(COVERAGE_COLUMNS)]


def assess(table: pd.DataFrame, theme: NDArray[np.int64], rates: adjust.RateBook) -> pd.DataFrame:
    """`table` with share_adjusted, ci_low, ci_high and method, from its n_tagged, n_docs and language."""
    n_tagged, n_docs = table["n_tagged"].to_numpy(np.int64), table["n_docs"].to_numpy(np.int64)
    figures = np.full((len(table), 3), np.nan)
    method = np.full(len(table), adjust.NOT_ASSESSED, dtype=object)
    codes, languages = pd.factorize(table["language"])
    for code, language in enumerate(languages):
        rows = np.flatnonzero(codes == code)
        chosen, own = rates.choose(language)
        found = adjust.adjust_counts(n_tagged[rows], n_docs[rows], theme[rows], rates=chosen, seed=rates.seed)
        figures[rows] = found
        named = np.where(own[theme[rows]], adjust.ADJUSTED, adjust.ADJUSTED_ALL)
        method[rows] = np.where(np.isnan(found[:, 0]), adjust.NOT_ASSESSED, named)
    unknown = ~rates.known[theme] & (n_docs > 0)
    figures[unknown, 1:] = np.stack(adjust.wilson_interval(n_tagged[unknown], n_docs[unknown]), axis=1)
    method[unknown] = adjust.WILSON
    names = ("share_adjusted", "ci_low", "ci_high")
    columns: dict[str, Any] = {name: figures[:, place] for place, name in enumerate(names)}
    return table.assign(**columns, method=pd.Series(method, index=table.index, dtype="str"))


def _count_groups(slices: Slices) -> Iterator[pd.DataFrame]:
    """One frame per choice of dimensions to keep: the dimensions, n_docs and a column of counts per theme."""
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
        yield frame.assign(**totals).join(pd.DataFrame(_sum_by(codes, n_groups, slices.has_theme)))


def _sum_by(codes: NDArray[np.int64], n_groups: int, has_theme: NDArray[np.bool_]) -> NDArray[np.int64]:
    rows, columns = np.nonzero(has_theme)
    n_themes = has_theme.shape[1]
    flat = np.bincount(codes[rows] * n_themes + columns, minlength=n_groups * n_themes)
    return flat.reshape(n_groups, n_themes).astype(np.int64)


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
    (decision "abstain") first, then by falling margin of probability over threshold.
    """
    with_theme = tags.frame.loc[tags.frame["decision"] == "assigned", "doc_id"].unique()
    rows = tags.frame[~tags.frame["doc_id"].isin(with_theme)]
    margin = (rows["probability"] - rows["threshold"]).fillna(-1.0)
    rows = rows.assign(_margin=margin, _sure=rows["decision"] != "abstain")
    rows = rows.sort_values(["_sure", "_margin"], ascending=[True, False], kind="stable").drop_duplicates("doc_id")
    rows = rows.assign(remark=rows["doc_id"].map(tags.documents.set_index("doc_id")["remark"]).astype("str"))
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


def theme_matrix(tags: Tags, themes: Sequence[str]) -> pd.DataFrame:
    """One row per document, duplicates included: its fields, then 1 or 0 (assigned or not) per theme."""
    documents = tags.documents[["doc_id", "title", "source", "language", "pub_date", "duplicate_of"]]
    assigned = tags.frame[tags.frame["decision"] == "assigned"]
    matrix = np.zeros((len(documents), len(themes)), dtype=np.int8)
    rows = pd.Index(documents["doc_id"]).get_indexer(pd.Index(assigned["doc_id"]))
    matrix[rows, pd.Index(themes).get_indexer(pd.Index(assigned["theme"]))] = 1
    return pd.concat([documents, pd.DataFrame(matrix, columns=list(themes))], axis=1)
