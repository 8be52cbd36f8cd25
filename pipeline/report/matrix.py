"""The wide table of a report: which document has which theme; and the tags read back from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pipeline.errors import InputError
from pipeline.report.storage import TABLE_FORMATS, read_table
from pipeline.report.tags import Tags, holds_tags, make_tags, read_run, read_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

MATRIX = "theme_matrix"
_DOCUMENT = ["doc_id", "sha256", "title", "source", "language", "pub_date", "location", "duplicate_of"]


def theme_matrix(tags: Tags, themes: Sequence[str]) -> pd.DataFrame:
    """One row per document, duplicates included: its fields, then 1 or 0 (assigned or not) per theme."""
    assigned = tags.frame[tags.frame["decision"] == "assigned"]
    matrix = np.zeros((len(tags.documents), len(themes)), dtype=np.int8)
    rows = pd.Index(tags.documents["doc_id"]).get_indexer(pd.Index(assigned["doc_id"]))
    matrix[rows, pd.Index(themes).get_indexer(pd.Index(assigned["theme"]))] = 1
    return pd.concat([tags.documents[_DOCUMENT], pd.DataFrame(matrix, columns=list(themes))], axis=1)


def read_reported(path: Path) -> Tags:
    """The tags of a folder of tags, or those that a folder of a report rests on (without probabilities).

    Raises `InputError` for a folder that holds neither.
    """
    if not path.is_dir() or holds_tags(path):
        return read_tags(path)
    found = [path / f"{MATRIX}.{suffix}" for suffix in TABLE_FORMATS if (path / f"{MATRIX}.{suffix}").is_file()]
    if not found:
        raise InputError(
            f"holds neither doc_tags nor {MATRIX}",
            where=str(path),
            expected="a folder written by `themes tag`, `themes run` or `themes report`",
        )
    return _tags_of(read_table(found[0]), path)


def _tags_of(matrix: pd.DataFrame, folder: Path) -> Tags:
    themes = [name for name in matrix.columns if name not in _DOCUMENT]
    run = read_run(folder / "run.json")
    flat = matrix.melt(id_vars=[name for name in _DOCUMENT if name in matrix.columns], var_name="theme")
    assigned = flat[flat["value"].astype("str") == "1"].drop(columns="value")
    frame = assigned.assign(decision="assigned", probability=np.nan, threshold=np.nan, model=str(run.get("model", "")))
    known = dict.fromkeys(themes, "") | dict(run.get("themes", {}))
    return make_tags(frame, documents=matrix, run={**run, "themes": known}, where=str(folder))
