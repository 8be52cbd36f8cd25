"""Why a figure differs from the one reported before: other documents, another model, or another taxonomy.

The difference of two shares is split exactly. What the shares of the documents common to both reports differ from
those of all documents in each is due to documents that came or went; the rest is due to common documents whose tags
flipped, and every flip has one cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.files import replacing_files
from pipeline.report.slices import ALL, Slices, slice_tags
from pipeline.report.storage import fill_table
from pipeline.types import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.report.periods import Grain
    from pipeline.report.tags import Tags

DOCUMENTS, MODEL, TAXONOMY, UNKNOWN = "documents", "model", "taxonomy", "unknown"
CAUSES = (MODEL, TAXONOMY, UNKNOWN)
RESTATEMENT_COLUMNS = (
    "period", "theme", "n_docs_before", "n_docs_after", "n_common", "share_before", "share_after", "difference_points",
    "documents_points", "model_points", "taxonomy_points", "unknown_points",
)  # fmt: skip
FLIP_COLUMNS = (
    "doc_id", "title", "source", "pub_date", "theme", "before", "after", "cause", "probability_before",
    "probability_after", "evidence_before", "evidence_after",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """`restatement`: every theme and period with its difference split. `flips`: the documents whose tags changed."""

    restatement: pd.DataFrame
    flips: pd.DataFrame


def compare_tags(
    before: Tags, after: Tags, *, taxonomies: tuple[Taxonomy, Taxonomy] | None = None, grain: Grain | None = None
) -> Comparison:
    """Split every change of raw share from `before` to `after`, by theme and period ("all" and each dated one).

    A document is the same when its id is. A flip is due to the taxonomy where the theme stands in only one of the
    taxonomies, or its definition or notes differ between them; else to the model where the two tables name other
    models; else its cause is unknown (a setting, an edited file). Without `taxonomies` those that the tables name
    are compared, and only added and dropped themes are seen. Shares are of documents counted in each report; the four
    `_points` add up to `difference_points`, and are missing where a period holds no document on one side.
    """
    if taxonomies is None:
        taxonomies = before.taxonomy(), after.taxonomy()
    old, new = before.taxonomy(taxonomies[0]), after.taxonomy(taxonomies[1])
    added = tuple(theme for theme in old if theme.id not in new.column)
    merged = Taxonomy(new.name, new.version, new.themes + added)
    grain = grain or slice_tags(after, merged).grain
    sides = slice_tags(before, merged, grain=grain), slice_tags(after, merged, grain=grain)
    causes = _causes(before, after, taxonomies=(old, new), merged=merged)
    rows = pd.concat(list(_restate(sides, merged, causes)), ignore_index=True)
    return Comparison(rows[list(RESTATEMENT_COLUMNS)], _flips((before, after), sides, taxonomy=merged, causes=causes))


def write_comparison(comparison: Comparison, out: str | Path) -> tuple[Path, Path]:
    """Write `restatement.csv` and `flips.csv` into the folder `out`, both or neither. Raises `OutputError`."""
    folder = Path(out)
    with replacing_files(folder) as scratch:
        fill_table(comparison.restatement, scratch / "restatement.csv")
        fill_table(comparison.flips, scratch / "flips.csv")
    return folder / "restatement.csv", folder / "flips.csv"


def _causes(
    before: Tags, after: Tags, *, taxonomies: tuple[Taxonomy, Taxonomy], merged: Taxonomy
) -> NDArray[np.object_]:
    """What a flip of each theme is due to, (n_themes,)."""
    other_model = set(before.frame["model"]) != set(after.frame["model"])
    old, new = taxonomies
    changed = [
        theme not in old.column or theme not in new.column or _meaning(old, theme) != _meaning(new, theme)
        for theme in merged.ids
    ]
    rest = MODEL if other_model else UNKNOWN
    return np.array([TAXONOMY if one else rest for one in changed], dtype=object)


def _meaning(taxonomy: Taxonomy, theme_id: str) -> tuple[str, str, str]:
    theme = taxonomy[theme_id]
    return theme.definition, theme.include, theme.exclude


def _restate(sides: tuple[Slices, Slices], taxonomy: Taxonomy, causes: NDArray[np.object_]) -> Iterator[pd.DataFrame]:
    periods = sorted({*sides[0].dated_periods, *sides[1].dated_periods})
    common = pd.Index(sides[0].documents["doc_id"]).intersection(pd.Index(sides[1].documents["doc_id"]))
    shared = [side.documents["doc_id"].isin(common).to_numpy(dtype=bool) for side in sides]
    for period in (ALL, *periods):
        rows = [np.full(len(side), True) if period == ALL else _in(side, period) for side in sides]
        whole = [_shares(side, one) for side, one in zip(sides, rows, strict=True)]
        # Dates belong to a report too: a common document is common to a period only where both put it there.
        ids = [side.documents["doc_id"][one & two] for side, one, two in zip(sides, rows, shared, strict=True)]
        both = pd.Index(ids[0]).intersection(pd.Index(ids[1]))
        kept = [_shares(side, side.documents["doc_id"].isin(both).to_numpy(dtype=bool)) for side in sides]
        flipped = np.zeros(len(taxonomy)) if both.empty else 100 * (kept[1] - kept[0])
        difference = 100 * (whole[1] - whole[0])
        columns = {f"{cause}_points": np.where(causes == cause, flipped, 0.0) for cause in CAUSES}
        yield pd.DataFrame(
            {
                "period": period,
                "theme": list(taxonomy.ids),
                "n_docs_before": int(rows[0].sum()),
                "n_docs_after": int(rows[1].sum()),
                "n_common": len(both),
                "share_before": whole[0],
                "share_after": whole[1],
                "difference_points": difference,
                "documents_points": difference - flipped,
                **columns,
            }
        )


def _in(side: Slices, period: str) -> NDArray[np.bool_]:
    return np.asarray(side.documents["period"] == period, dtype=np.bool_)


def _shares(side: Slices, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    n_docs = int(rows.sum())
    tagged = side.has_theme[rows].sum(axis=0)
    return np.asarray(tagged / n_docs if n_docs else np.full(len(tagged), np.nan), dtype=np.float64)


def _flips(
    tags: tuple[Tags, Tags], sides: tuple[Slices, Slices], *, taxonomy: Taxonomy, causes: NDArray[np.object_]
) -> pd.DataFrame:
    """Rows of common documents for which a theme was assigned on one side only, in the order of the later report."""
    first = pd.Index(sides[0].documents["doc_id"]).get_indexer(pd.Index(sides[1].documents["doc_id"]))
    common = np.flatnonzero(first >= 0)
    changed = sides[1].has_theme[common] != sides[0].has_theme[first[common]]
    rows, columns = np.nonzero(changed)
    documents = sides[1].documents.iloc[common[rows]].reset_index(drop=True)
    flips = documents[["doc_id", "title", "source", "pub_date"]].copy()
    flips["theme"] = pd.Series(np.array(taxonomy.ids, dtype=object)[columns], dtype="str")
    flips["cause"] = pd.Series(causes[columns], dtype="str")
    for name, one in zip(("before", "after"), tags, strict=True):
        details = one.frame.drop_duplicates(["doc_id", "theme"])[
            ["doc_id", "theme", "decision", "probability", "evidence"]
        ]
        details = details.rename(
            columns={"decision": name, "probability": f"probability_{name}", "evidence": f"evidence_{name}"}
        )
        flips = flips.merge(details, on=["doc_id", "theme"], how="left", validate="many_to_one")
        flips[name] = flips[name].astype("str").where(flips[name].notna(), "not")
        flips[f"evidence_{name}"] = flips[f"evidence_{name}"].where(flips[f"evidence_{name}"].notna(), "")
    return flips[list(FLIP_COLUMNS)]
