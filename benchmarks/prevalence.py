"""Do the adjusted shares and their intervals of the report keep what they promise?

    python benchmarks/prevalence.py LABELLED [--trials 200] [--json FILE]

LABELLED is a folder of gzipped JSON lines NAME.train.jsonl.gz and NAME.test.jsonl.gz with "text" and "labels". For each
set the product's classifier tags every document without having been trained on it (5 folds), for the most frequent
labels. A trial then draws validation documents at random and a corpus in which a known part has the label, and asks the
report's own code for the share: once with both drawn from all documents, with replacement, so that the error rates
behind them are the same ("same errors"), once with validation from `train` and corpus from `test` ("other corpus"),
where they need not be. Printed: how often the 95 % interval holds the part that the corpus was drawn with ("drawn"),
how often the part that it came out with ("own"), how often the raw share's Wilson interval holds the part drawn with
("raw"), and the mean error of the raw and of the adjusted share against the part it came out with, in points; all for
the adjusted count ("acc") and for its probabilistic form ("pacc"). Before that, on made-up counts, the report's way to
draw is set against resampling the counts as they are.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.classify.features import FeatureSettings
from pipeline.classify.fitting import FitSettings, fit
from pipeline.classify.metrics import count, sum_probabilities
from pipeline.report.adjust import N_DRAWS, adjust_means, adjust_share, book_rates, wilson_interval
from pipeline.types import Counts, ProbabilitySums

if TYPE_CHECKING:
    from collections.abc import Iterator

SETS = ("reuters21578", "un_quadclass.en", "un_quadclass.zh", "sib200.kor_Hang")
METHODS = ("acc", "pacc")
PARTS = (0.02, 0.05, 0.1, 0.2, 0.4)
N_CORPUS = (100, 1000)
N_VALIDATION = (300, 1000)
MOST_LABELS = 8
N_FOLDS = 5


@dataclass(frozen=True)
class Result:
    data: str
    design: str
    method: str
    n_validation: int
    n_corpus: int
    part: float
    trials: int
    not_assessed: float
    coverage_drawn: float
    coverage_own: float
    coverage_raw: float
    width_points: float
    error_raw_points: float
    error_adjusted_points: float


@dataclass(frozen=True, eq=False)
class Scored:
    """Truth and prediction, bool, and probabilities, (n_documents, n_labels); which documents are of the test part."""

    truth: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray
    is_test: np.ndarray


@dataclass(frozen=True)
class Trial:
    """What is known of the validation documents, moments of the corpus by method, and how many of it have the label."""

    rates: dict[str, Counts | ProbabilitySums]
    moments: dict[str, tuple[float, float, float]]
    n_true: int


def read_rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def score(folder: Path, name: str) -> Scored:
    train, test = (read_rows(folder / f"{name}.{part}.jsonl.gz") for part in ("train", "test"))
    rows = train + test
    frequent = [
        label for label, _ in Counter(label for row in train for label in row["labels"]).most_common(MOST_LABELS)
    ]
    truth = np.array([[label in row["labels"] for label in frequent] for row in rows])
    texts, settings = [row["text"] for row in rows], FitSettings(folds=N_FOLDS)
    fitted = fit(texts, truth.astype(np.int8), FeatureSettings(), settings)
    probabilities = fitted.decider.probabilities(fitted.out_of_fold_scores)
    predicted = fitted.decider.assigned(probabilities)
    return Scored(truth, predicted, probabilities, np.arange(len(rows)) >= len(train))


def draw_trials(
    scored: Scored, label: int, *, design: str, sizes: tuple[int, int], part: float, trials: int, seed: int
) -> Iterator[Trial]:
    """Validation figures and what the classifier says of each corpus."""
    random = np.random.default_rng(seed)
    truth, predicted = scored.truth[:, label], scored.predicted[:, label]
    chances = scored.probabilities[:, label].astype(np.float64)
    n_validation, n_corpus = sizes
    for trial in range(trials):
        if design == "same errors":
            validation, left = random.choice(len(truth), n_validation), np.arange(len(truth))
        else:
            validation = random.choice(np.flatnonzero(~scored.is_test), n_validation, replace=False)
            left = np.flatnonzero(scored.is_test)
        n_true = int(random.binomial(n_corpus, part))
        with_label, without = left[truth[left]], left[~truth[left]]
        corpus = np.concatenate([random.choice(with_label, n_true), random.choice(without, n_corpus - n_true)])
        known = truth[validation, None].astype(int), [str(trial)], ["all"] * n_validation
        yield Trial(
            {
                "acc": count(known[0], predicted[validation, None], *known[1:])[0],
                "pacc": sum_probabilities(known[0], chances[validation, None], *known[1:])[0],
            },
            {
                "acc": (n_corpus, float(predicted[corpus].sum()), float(predicted[corpus].sum())),
                "pacc": (n_corpus, float(chances[corpus].sum()), float((chances[corpus] ** 2).sum())),
            },
            n_true,
        )


def judge(trials: list[Trial], method: str, seed: int) -> dict[str, np.ndarray]:
    """Ask the report's code about every trial at once: each trial is a theme of its own."""
    quality = [trial.rates[method] for trial in trials]
    rates, _ = book_rates(quality, [figures.theme for figures in quality], seed=seed).choose("all")
    moments = np.array([trial.moments[method] for trial in trials], dtype=np.float64)
    found = adjust_means(moments, np.arange(len(trials)), rates=rates, seed=seed)
    n_docs, tagged, _ = np.array([trial.moments["acc"] for trial in trials]).T
    low, high = wilson_interval(tagged.astype(np.int64), n_docs.astype(np.int64))
    true = np.array([trial.n_true for trial in trials]) / n_docs
    return {"found": found, "raw": tagged / n_docs, "true": true, "raw_low": low, "raw_high": high}


def run(folder: Path, trials: int) -> Iterator[Result]:
    for name in SETS:
        scored = score(folder, name)
        for design in ("same errors", "other corpus"):
            for n_validation in N_VALIDATION:
                for n_corpus in N_CORPUS:
                    for part in PARTS:
                        if n_validation * 2 <= len(scored.truth):
                            sizes = n_validation, n_corpus
                            yield from gather(name, scored, design, sizes=sizes, part=part, trials=trials)


def gather(
    name: str, scored: Scored, design: str, *, sizes: tuple[int, int], part: float, trials: int
) -> Iterator[Result]:
    judged: dict[str, list[dict[str, np.ndarray]]] = {method: [] for method in METHODS}
    for label in range(scored.truth.shape[1]):
        drawn = list(draw_trials(scored, label, design=design, sizes=sizes, part=part, trials=trials, seed=label))
        for method in METHODS:
            judged[method].append(judge(drawn, method, label))
    for method in METHODS:
        every = {key: np.concatenate([one[key] for one in judged[method]]) for key in judged[method][0]}
        known = ~np.isnan(every["found"][:, 0])
        estimate, low, high = every["found"][known].T
        true, raw = every["true"][known], every["raw"][known]
        raw_holds = (every["raw_low"][known] <= part) & (part <= every["raw_high"][known])
        nan = float("nan")
        yield Result(
            data=name,
            design=design,
            method=method,
            n_validation=sizes[0],
            n_corpus=sizes[1],
            part=part,
            trials=int(known.sum()),
            not_assessed=float(1 - known.mean()),
            coverage_drawn=float(np.mean((low <= part) & (part <= high))) if known.any() else nan,
            coverage_own=float(np.mean((low <= true) & (true <= high))) if known.any() else nan,
            coverage_raw=float(raw_holds.mean()) if known.any() else nan,
            width_points=float(100 * np.mean(high - low)) if known.any() else nan,
            error_raw_points=float(100 * np.mean(np.abs(raw - true))) if known.any() else nan,
            error_adjusted_points=float(100 * np.mean(np.abs(estimate - true))) if known.any() else nan,
        )


def made_up(trials: int) -> Iterator[str]:
    """Small samples with known error rates: the report's draws against resampling the counts as they are."""
    random = np.random.default_rng(1)
    yield "true rate .8, false rate .03; validation 20 with, 180 without   part  corpus  as built  counts as they are"
    for part in PARTS:
        for n_corpus in (30, 100, 1000):
            hits, alarms = random.binomial(20, 0.8, trials), random.binomial(180, 0.03, trials)
            n_true = random.binomial(n_corpus, part, trials)
            tagged = random.binomial(n_true, 0.8) + random.binomial(n_corpus - n_true, 0.03)
            cells = zip(hits.tolist(), alarms.tolist(), strict=True)
            counts = [Counts(str(i), "all", a, b, 20 - a, 180 - b) for i, (a, b) in enumerate(cells)]
            known = zip(counts, tagged.tolist(), n_true.tolist(), strict=True)
            drawn_so = [Trial({"acc": own}, {"acc": (n_corpus, said, said)}, true) for own, said, true in known]
            found = judge(drawn_so, "acc", 0)["found"]
            size = (N_DRAWS, trials)
            rates = random.binomial(20, hits / 20, size) / 20, random.binomial(180, alarms / 180, size) / 180
            drawn = adjust_share(random.binomial(n_corpus, tagged / n_corpus, size) / n_corpus, *rates)
            low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
            built = np.mean((found[:, 1] <= part) & (part <= found[:, 2]))
            plain = np.mean((low <= part) & (part <= high))
            yield f"{part:67.0%} {n_corpus:7} {built:9.1%} {plain:19.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    results = []
    for line in made_up(arguments.trials * 10):
        print(line)
    head = (
        "set              design       method valid  corpus  part  not ass.   drawn    own    raw  width"
        "  error raw  adjusted"
    )
    print(head)
    for one in run(arguments.labelled, arguments.trials):
        results.append(one)
        print(
            f"{one.data:16} {one.design:12} {one.method:6} {one.n_validation:5} {one.n_corpus:7} {one.part:5.0%}"
            f" {one.not_assessed:9.0%} {one.coverage_drawn:7.1%} {one.coverage_own:6.1%} {one.coverage_raw:6.1%}"
            f" {one.width_points:6.1f} {one.error_raw_points:10.2f}"
            f" {one.error_adjusted_points:9.2f}",
            flush=True,
        )
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(one) for one in results], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
