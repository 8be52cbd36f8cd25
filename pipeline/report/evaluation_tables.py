"""Tidy tables of an evaluation and of a comparison of two models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.files import replacing_files
from pipeline.report.csvio import write_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipeline.classify.basis import Basis
    from pipeline.classify.comparison import Comparison, Difference
    from pipeline.classify.evaluation import Evaluation
    from pipeline.classify.resampling import Estimate

RELIABILITY_COLUMNS = ("low", "high", "n", "mean_probability", "share_true")
CONFUSION_COLUMNS = ("theme", "instead", "n", "n_missed")
WRONG_COLUMNS = ("doc_id", "theme", "holds", "decision", "probability")
CHANGE_COLUMNS = ("doc_id", "theme", "holds", "now_right")
DIFFERENCE_COLUMNS = (
    "name", "n_labeled", "f1_before", "f1_after", "difference", "difference_low", "difference_high", "p_value",
    "verdict", "rests_on_few",
)  # fmt: skip


def evaluation_tables(
    evaluation: Evaluation, bases: Sequence[Basis], comparison: Comparison | None
) -> dict[str, pd.DataFrame]:
    """Tables by name: themes, slices, reliability, confusions, wrong; with a comparison also comparison, changes.

    Every estimate takes three columns: the figure, `_low` and `_high`. n_examples is how many labelled documents the
    model learned a theme from.
    """
    tables = {
        "themes": _themes(evaluation, {basis.theme: basis.n_examples for basis in bases}),
        "slices": _slices(evaluation),
        "reliability": _rows(evaluation.reliability, RELIABILITY_COLUMNS),
        "confusions": _rows(evaluation.confusions, CONFUSION_COLUMNS),
        "wrong": _rows(evaluation.wrong, WRONG_COLUMNS),
    }
    if comparison is not None:
        differences = (comparison.micro, comparison.macro, *comparison.themes)
        tables["comparison"] = _rows(map(_difference, differences), DIFFERENCE_COLUMNS)
        tables["changes"] = _rows(comparison.changes, CHANGE_COLUMNS)
    return tables


def write_evaluation(tables: Mapping[str, pd.DataFrame], out: Path) -> None:
    """Write each table as a CSV file into the folder `out`, all or none. Raises `OutputError`."""
    with replacing_files(out) as scratch:
        for name, table in tables.items():
            write_csv(table, scratch / f"{name}.csv")


def _themes(evaluation: Evaluation, n_examples: Mapping[str, int]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = [
        {
            "theme": item.theme,
            "n_labeled": item.n_labeled,
            "n_assigned": item.n_assigned,
            "n_examples": n_examples.get(item.theme),
            **_columns("precision", item.precision),
            **_columns("recall", item.recall),
            **_columns("f1", item.f1),
            "rests_on_few": item.rests_on_few,
        }
        for item in (*evaluation.themes, evaluation.micro)
    ]
    frame = pd.DataFrame([*rows, {"theme": "macro", **_columns("f1", evaluation.macro_f1)}])
    counts = ["n_labeled", "n_assigned", "n_examples"]
    return frame.astype(dict.fromkeys(counts, "Int64") | {"rests_on_few": "boolean"})


def _slices(evaluation: Evaluation) -> pd.DataFrame:
    slices = [("language", item) for item in evaluation.languages] + [("source", item) for item in evaluation.sources]
    rows: list[dict[str, Any]] = [
        {
            "dimension": dimension,
            "name": item.name,
            "n_documents": item.n_documents,
            "n_labels": item.n_labels,
            **_columns("micro_f1", item.micro_f1),
            **_columns("macro_f1", item.macro_f1),
            "rests_on_few": item.rests_on_few,
        }
        for dimension, item in slices
    ]
    macro = ("macro_f1", "macro_f1_low", "macro_f1_high")
    return pd.DataFrame(rows).astype(dict.fromkeys(macro, "float64"))


def _columns(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    if estimate is None:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _difference(item: Difference) -> tuple[Any, ...]:
    gap = item.difference
    figures = (item.before, item.after, gap.value, gap.low, gap.high, item.p_value)
    return (item.name, item.n_labeled, *figures, item.verdict, item.rests_on_few)


def _rows(rows: Iterable[Any], columns: Sequence[str]) -> pd.DataFrame:
    """A table of tuples, or of dataclasses whose fields are the columns."""
    return pd.DataFrame(list(rows), columns=list(columns))
