"""Why a figure differs from the one reported before: other documents, another model, or another taxonomy.

The difference of two shares is split by going from the one to the other in four steps, each of which changes one thing:
documents that are gone are taken out, documents that changed are read as they are now, the documents that stayed get
their tags of now, documents that are new are added. So the parts add up to the difference, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.report.slices import ALL, Slices, slice_tags
from pipeline.report.storage import write_tables
from pipeline.types import Taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.report.periods import Grain
    from pipeline.report.storage import TableFormat
    from pipeline.report.tags import Tags

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

DOCUMENT, MODEL, TAXONOMY, OTHER = "document", "model", "taxonomy", "other"
CAUSES = (MODEL, TAXONOMY, OTHER)
PARTS = ("removed", "changed", *CAUSES, "new")
RESTATEMENT_COLUMNS = (
    "period", "theme", "n_docs_before", "n_docs_after", "n_same", "n_changed", "share_before", "share_after",
    "difference_points", *(f"{part}_points" for part in PARTS),
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


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Documents that both reports count: their rows in each, and whether they changed in between."""

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    changed: Bools

    def within(self, before: Bools, after: Bools) -> _Pairs:
        """Those that both reports put among the rows given."""
        kept = before[self.before] & after[self.after]
        return _Pairs(self.before[kept], self.after[kept], self.changed[kept])


def compare_tags(before: Tags, after: Tags, *, grain: Grain | None = None) -> Comparison:
    """Split every change of raw share from `before` to `after`, by theme and period ("all" and each dated one).

    A document is the same when its id is, and has changed when another document stands at its location. Other tags of
    the same document are due to the taxonomy where the theme is in one taxonomy alone or means something else in the
    other (as the records of the runs say); else to the model where that is another; else to something "other": a
    setting, another way of cleaning, a table edited by hand. Shares are of documents counted in each report; the
    `_points` of `PARTS` add up to `difference_points`, and are missing where a period holds no document on one side.
    """
    taxonomy = _all_themes(before, after)
    grain = grain or slice_tags(after, taxonomy).grain
    sides = slice_tags(before, taxonomy, grain=grain), slice_tags(after, taxonomy, grain=grain)
    pairs = _pair(sides[0].documents, sides[1].documents)
    causes = _causes(before, after, taxonomy)
    rows = pd.concat(list(_restate(sides, pairs, causes)), ignore_index=True)
    return Comparison(rows[list(RESTATEMENT_COLUMNS)], _flips((before, after), sides, pairs=pairs, causes=causes))


def write_comparison(
    comparison: Comparison, out: str | Path, *, formats: Sequence[TableFormat] = ("csv",)
) -> tuple[Path, ...]:
    """Write the tables `restatement` and `flips` into the folder `out`, all or none. Raises `OutputError`."""
    tables = {"restatement": comparison.restatement, "flips": comparison.flips}
    return write_tables(tables, Path(out), formats=formats)


def _all_themes(before: Tags, after: Tags) -> Taxonomy:
    new, old = after.taxonomy(), before.taxonomy()
    return Taxonomy(new.name, new.version, new.themes + tuple(theme for theme in old if theme.id not in new.column))


def _pair(before: pd.DataFrame, after: pd.DataFrame) -> _Pairs:
    same = pd.Index(before["doc_id"]).get_indexer(pd.Index(after["doc_id"]))
    found = same >= 0
    rows_after = np.arange(len(after))
    free_before = np.setdiff1d(np.arange(len(before)), same[found])
    moved = _at_one_location(before.iloc[free_before]["location"], after.loc[~found, "location"])
    first = np.concatenate([same[found], free_before[moved[0]]])
    second = np.concatenate([rows_after[found], rows_after[~found][moved[1]]])
    return _Pairs(first, second, np.arange(len(first)) >= found.sum())


def _at_one_location(before: pd.Series, after: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions in each of the locations that stand exactly once in both."""
    once = [names[(names != "") & ~names.duplicated(keep=False)] for names in (before, after)]
    shared = sorted(set(once[0]) & set(once[1]))
    first, second = (pd.Index(names).get_indexer_for(pd.Index(shared)) for names in (before, after))
    return np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)


def _causes(before: Tags, after: Tags, taxonomy: Taxonomy) -> NDArray[np.object_]:
    """What other tags of the same document are due to, by theme, (n_themes,)."""
    other_model = _models(before) != _models(after)
    old, new = _meanings(before), _meanings(after)
    rest = MODEL if other_model else OTHER
    return np.array([rest if old.get(theme) == new.get(theme) else TAXONOMY for theme in taxonomy.ids], dtype=object)


def _models(tags: Tags) -> set[str]:
    return {str(tags.run["model"])} if isinstance(tags.run.get("model"), str) else set(tags.frame["model"])


def _meanings(tags: Tags) -> Mapping[str, str]:
    """What each theme stands for, as the record says; without one, only which themes there are."""
    recorded = tags.run.get("themes")
    return recorded if isinstance(recorded, dict) else dict.fromkeys(tags.taxonomy().ids, "")


def _restate(sides: tuple[Slices, Slices], pairs: _Pairs, causes: NDArray[np.object_]) -> Iterator[pd.DataFrame]:
    for period in (ALL, *sorted({*sides[0].dated_periods, *sides[1].dated_periods})):
        rows = [np.full(len(side), True) if period == ALL else _in(side, period) for side in sides]
        kept = pairs.within(rows[0], rows[1])
        before, after = (_share(side.has_theme[one]) for side, one in zip(sides, rows, strict=True))
        steps = [before, *_steps(sides, kept), after] if len(kept.before) else [before] * 4 + [after]
        removed, changed, flipped, new = (100 * step for step in np.diff(steps, axis=0))
        parts = {"removed": removed, "changed": changed, "new": new}
        parts |= {cause: np.where(causes == cause, flipped, 0 * flipped) for cause in CAUSES}
        yield pd.DataFrame(
            {
                "period": period,
                "theme": list(sides[0].taxonomy.ids),
                "n_docs_before": int(rows[0].sum()),
                "n_docs_after": int(rows[1].sum()),
                "n_same": int((~kept.changed).sum()),
                "n_changed": int(kept.changed.sum()),
                "share_before": before,
                "share_after": after,
                "difference_points": 100 * (after - before),
                **{f"{part}_points": points for part, points in parts.items()},
            }
        )


def _steps(sides: tuple[Slices, Slices], kept: _Pairs) -> list[Floats]:
    """Shares of the documents in both reports: as before, with those that changed as now, and all as now."""
    before, after = sides[0].has_theme[kept.before], sides[1].has_theme[kept.after]
    return [_share(before), _share(np.where(kept.changed[:, None], after, before)), _share(after)]


def _in(side: Slices, period: str) -> Bools:
    return np.asarray(side.documents["period"] == period, dtype=np.bool_)


def _share(has_theme: Bools) -> Floats:
    n_docs, n_themes = has_theme.shape
    return np.asarray(has_theme.sum(axis=0) / n_docs if n_docs else np.full(n_themes, np.nan), dtype=np.float64)


def _flips(
    tags: tuple[Tags, Tags], sides: tuple[Slices, Slices], *, pairs: _Pairs, causes: NDArray[np.object_]
) -> pd.DataFrame:
    """Rows of documents in both reports with a theme on one side only, in the order of the later report."""
    order = np.argsort(pairs.after, kind="stable")
    pairs = _Pairs(pairs.before[order], pairs.after[order], pairs.changed[order])
    rows, columns = np.nonzero(sides[0].has_theme[pairs.before] != sides[1].has_theme[pairs.after])
    documents = sides[1].documents.iloc[pairs.after[rows]].reset_index(drop=True)
    flips = documents[["doc_id", "title", "source", "pub_date"]].copy()
    flips["theme"] = pd.Series(np.array(sides[1].taxonomy.ids, dtype=object)[columns], dtype="str")
    flips["cause"] = pd.Series(np.where(pairs.changed[rows], DOCUMENT, causes[columns]), dtype="str")
    ids = sides[0].documents["doc_id"].iloc[pairs.before[rows]].to_numpy(), documents["doc_id"].to_numpy()
    for name, one, side_ids in zip(("before", "after"), tags, ids, strict=True):
        flips = flips.assign(**_details(one, side_ids, flips["theme"], name))
    return flips[list(FLIP_COLUMNS)]


def _details(tags: Tags, doc_ids: NDArray[np.object_], themes: pd.Series, name: str) -> dict[str, pd.Series]:
    """Decision, probability and evidence that documents got for themes on one side."""
    keys = pd.MultiIndex.from_arrays([doc_ids, themes])
    rows = tags.frame.drop_duplicates(["doc_id", "theme"]).set_index(["doc_id", "theme"])
    found = rows[["decision", "probability", "evidence"]].reindex(keys).reset_index(drop=True)
    probability = found["probability"]
    if tags.probabilities is not None:
        known = tags.probabilities.set_axis(tags.documents["doc_id"]).stack()
        probability = probability.fillna(known.reindex(keys).reset_index(drop=True))
    return {
        name: found["decision"].astype("object").fillna("not").astype("str"),
        f"probability_{name}": probability.astype("float64"),
        f"evidence_{name}": found["evidence"].astype("object").fillna("").astype("str"),
    }
