"""The documents of a report as index arrays: what every table counts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.report.periods import UNDATED, Grain, assign_periods, choose_grain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.report.tags import Tags
    from pipeline.types import Taxonomy

DIMENSIONS = ("period", "source", "language")
ALL = "all"


@dataclass(frozen=True, eq=False)
class Slices:
    """`documents`: the counted documents, with `period`, indexed 0..n-1.

    `has_theme` bool and `probabilities` float64, NaN where not known, have shape (n_documents, n_themes).
    """

    documents: pd.DataFrame
    taxonomy: Taxonomy
    grain: Grain
    has_theme: NDArray[np.bool_]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.documents)

    @cached_property
    def theme_counts(self) -> NDArray[np.int64]:
        """Documents tagged with each theme, int64 (n_themes,)."""
        return np.asarray(self.has_theme.sum(axis=0, dtype=np.int64))

    @cached_property
    def dated_periods(self) -> list[str]:
        """Periods that hold documents, in order of time."""
        return sorted(period for period in self.documents["period"].unique() if period != UNDATED)

    @cached_property
    def sources(self) -> list[str]:
        """Sources by falling number of documents, then by name."""
        counts = self.documents["source"].value_counts()
        return [str(name) for name in sorted(counts.index, key=lambda name: (-counts[name], name))]


def slice_tags(tags: Tags, taxonomy: Taxonomy, *, grain: Grain | None = None) -> Slices:
    """Count-ready arrays of `tags`; `grain` None lets the dates decide. `taxonomy` must name every theme tagged."""
    documents = tags.documents[tags.documents["counted"]].drop(columns="counted").reset_index(drop=True)
    documents["source"] = documents["source"].replace({ALL: f'"{ALL}"', "": "(none)"})
    chosen = grain or choose_grain(documents["pub_date"], documents["date_precision"])
    documents["period"] = assign_periods(documents["pub_date"], documents["date_precision"], chosen)
    assigned = tags.frame[tags.frame["decision"] == "assigned"]
    rows = pd.Index(documents["doc_id"]).get_indexer(pd.Index(assigned["doc_id"]))
    columns = pd.Index(taxonomy.ids).get_indexer(pd.Index(assigned["theme"]))
    has_theme = np.zeros((len(documents), len(taxonomy)), dtype=np.bool_)
    counted = rows >= 0
    has_theme[rows[counted], columns[counted]] = True
    return Slices(documents, taxonomy, chosen, has_theme, _probabilities(tags, taxonomy))


def _probabilities(tags: Tags, taxonomy: Taxonomy) -> NDArray[np.float64]:
    counted = tags.documents["counted"].to_numpy(dtype=bool)
    if tags.probabilities is None:
        return np.full((int(counted.sum()), len(taxonomy)), np.nan)
    return np.asarray(tags.probabilities.reindex(columns=list(taxonomy.ids)).to_numpy(dtype=np.float64)[counted])
