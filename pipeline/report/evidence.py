"""Sentences that show a theme, chosen so that a reader can check the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from pipeline.report.slices import ALL

if TYPE_CHECKING:
    from pipeline.report.slices import Slices
    from pipeline.report.tags import Tags

EVIDENCE_COLUMNS = (
    "theme", "period", "kind", "rank", "doc_id", "title", "source", "language", "pub_date", "probability", "evidence",
    "start", "end", "contribution",
)  # fmt: skip
DOUBTFUL_COLUMNS = (
    "theme", "rank", "doc_id", "title", "source", "language", "pub_date", "probability", "threshold", "decision",
)  # fmt: skip
N_EXAMPLES = 3
N_DOUBTFUL = 5


def evidence(tags: Tags, slices: Slices, *, n_examples: int = N_EXAMPLES) -> pd.DataFrame:
    """Up to `n_examples` sentences of each kind per theme and period, and per theme over all periods ("all").

    `kind` is "top" (highest probability first), "random" (drawn without regard to probability, by a hash of document
    and theme, so the same corpus always shows the same) or "doubtful" (abstained, nearest to the threshold first).
    Documents that are not counted, and sentences already shown for the theme and kind, are left out.
    """
    period = slices.documents.set_index("doc_id")["period"]
    rows = tags.frame[tags.frame["doc_id"].isin(period.index) & (tags.frame["evidence"] != "")]
    rows = rows.assign(period=rows["doc_id"].map(period).astype("str"))
    assigned = rows[rows["decision"] == "assigned"]
    doubtful = rows[rows["decision"] == "abstain"]
    distance = (doubtful["probability"] - doubtful["threshold"]).abs().fillna(1.0)
    parts = [
        _pick(assigned, "top", key=-assigned["probability"].fillna(0.0), n_examples=n_examples),
        _pick(assigned, "random", key=_shuffle(assigned), n_examples=n_examples),
        _pick(doubtful, "doubtful", key=distance, n_examples=n_examples),
    ]
    table = pd.concat(parts, ignore_index=True)
    themes = table["theme"].map({theme: place for place, theme in enumerate(slices.taxonomy.ids)})
    order = pd.DataFrame({"theme": themes, "total": table["period"] != ALL, "period": table["period"]})
    ordered = table.loc[order.sort_values(["theme", "total", "period"], kind="stable").index]
    return ordered[list(EVIDENCE_COLUMNS)].reset_index(drop=True)


def doubtful(tags: Tags, slices: Slices, *, n: int = N_DOUBTFUL) -> pd.DataFrame:
    """The n counted documents of each theme whose probability is nearest to its threshold, on either side of it.

    Where the tags came without the probabilities of all themes, only those assigned or left open are known.
    """
    rows = tags.frame[tags.frame["doc_id"].isin(slices.documents["doc_id"]) & tags.frame["probability"].notna()]
    threshold = rows.groupby("theme")["threshold"].max()
    decided = rows.set_index(["doc_id", "theme"])["decision"]
    found = rows[["doc_id", "theme", "probability"]]
    if tags.probabilities is not None:
        wide = pd.DataFrame(slices.probabilities, columns=list(slices.taxonomy.ids)).assign(
            doc_id=slices.documents["doc_id"]
        )
        found = wide.melt("doc_id", var_name="theme", value_name="probability").dropna()
    found = found.assign(threshold=found["theme"].map(threshold).astype("float64")).dropna(subset=["threshold"])
    found["distance"] = (found["probability"] - found["threshold"]).abs()
    found = found.sort_values(["distance", "doc_id"], kind="stable")
    found["rank"] = found.groupby("theme", sort=False).cumcount() + 1
    found = found[found["rank"] <= n]
    keys = pd.MultiIndex.from_frame(found[["doc_id", "theme"]])
    found["decision"] = decided[~decided.index.duplicated()].reindex(keys).fillna("not").to_numpy()
    place = found["theme"].map(slices.taxonomy.column)
    found = found.assign(place=place).sort_values(["place", "rank"], kind="stable")
    documents = slices.documents.drop_duplicates("doc_id")[["doc_id", "title", "source", "language", "pub_date"]]
    return found.merge(documents, on="doc_id", how="left")[list(DOUBTFUL_COLUMNS)]


def on_page(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that the page shows: those over all periods."""
    return table[table["period"] == ALL]


def _shuffle(rows: pd.DataFrame) -> pd.Series:
    return pd.util.hash_pandas_object(rows["doc_id"] + "\n" + rows["theme"], index=False).astype("float64")


def _pick(rows: pd.DataFrame, kind: str, *, key: pd.Series, n_examples: int) -> pd.DataFrame:
    """The first rows by `key` in every theme and period, and in every theme."""
    ordered = rows.assign(kind=kind, _key=key).sort_values(["_key", "doc_id"], kind="stable")
    ordered = ordered.drop_duplicates(["theme", "evidence"])
    picked = []
    for table, by in ((ordered.assign(period=ALL), ["theme"]), (ordered, ["theme", "period"])):
        rank = table.groupby(by, sort=False).cumcount() + 1
        picked.append(table.assign(rank=rank)[rank <= n_examples])
    return pd.concat(picked, ignore_index=True)
