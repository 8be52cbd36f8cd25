"""Whether training again made a model better, where that can be known honestly."""

from __future__ import annotations

import numpy as np

from pipeline.classify.comparison import Comparison, compare
from pipeline.classify.judging import judge, judge_out_of_fold, seen_in_training
from pipeline.classify.model import ThemeModel
from pipeline.classify.training import Trained

FEWEST_NEW = 20
"""Documents new to the earlier model below which a comparison is not worth making."""


def compare_with_previous(previous: ThemeModel, trained: Trained) -> Comparison | None:
    """The earlier model against the new one on the training documents that are new to the earlier one.

    There the earlier model decides on documents it has not seen, and so does the new one, out of fold, calibration and
    thresholds included. None where fewer than `FEWEST_NEW` are new, where the earlier model cannot tell which documents
    it has seen, or where the two have no theme in common.
    """
    seen = seen_in_training(previous, trained.documents)
    if seen is None or not set(previous.taxonomy.ids) & set(trained.model.taxonomy.ids):
        return None
    new = np.flatnonzero(~seen)
    if len(new) < FEWEST_NEW:
        return None
    before = judge(previous, [trained.documents[row] for row in new], trained.groups[new])
    return compare(before, judge_out_of_fold(trained).documents(new))
