"""Speed of tagging: raw strings in, decisions out, on one core, against the equal scikit-learn pipeline and peers.

    python benchmarks/tagging.py DATA/labelled [--sets NAME ...] [--peers NAME ...] [--python INTERPRETER ...]
                                 [--only PART ...] [--model FOLDER] [--stream-mb 1000]

All times are CPU seconds; rivals run in turns and the medians are compared. Before each run of ours its memory of words
is emptied and warmed on the training part, as it is in a user's second batch; "cold" is without.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from datasets import SETS, Split, load_split, print_table, setup
from quality_peers import PEERS
from tagging_sklearn import EqualPipeline

from pipeline.classify.classifier import ThemeClassifier

PARTS = ("equal", "words", "peers", "threads", "stream", "start")
WORDS_ONLY: dict[str, Any] = {
    "word_ngrams": (1, 2),
    "char_ngrams": (0, 0),
    "hangul_ngrams": (0, 0),
    "ideograph_ngrams": (0, 0),
    "prefixes": (0, 0),
    "unknown": False,
}
STREAM = """
import pickle, sys
def peak():  # of this program alone: getrusage would count what the process was before it became this one
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
model, texts, target = pickle.load(open(sys.argv[1], "rb")), pickle.load(open(sys.argv[2], "rb")), float(sys.argv[3])
before, n_bytes, n_assigned = peak(), 0, 0
size = sum(len(text.encode()) for text in texts)
while n_bytes < target * 1e6:
    n_assigned += int(model.predict(texts).sum())
    n_bytes += size
print(before, peak(), n_bytes / 1e6)
"""


def cpu_seconds_of(call: Callable[[], Any]) -> float:
    before = time.process_time()
    call()
    return time.process_time() - before


def fresh(model: ThemeClassifier) -> ThemeClassifier:
    """The same model without anything it remembers of texts; its tables are built."""
    twin = copy.copy(model)
    twin.scorer_ = dataclasses.replace(model.scorer_)
    twin.scorer_.score_by_kernel(["warm"])
    return twin


def our_seconds(model: ThemeClassifier, split: Split, *, warm: bool = True) -> float:
    model = fresh(model)
    if warm:
        model.predict(split.texts)
    return cpu_seconds_of(lambda: model.predict(split.test_texts))


def megabytes(texts: Sequence[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1e6


def fit(split: Split, **settings: Any) -> ThemeClassifier:
    """A model with the product's features; the cost is not searched for, as it does not change the speed."""
    key = (*split.texts[:1], len(split.texts), *sorted(settings.items()))
    if key not in fitted:
        fitted[key] = ThemeClassifier(**settings, costs=(1.0,), folds=2).fit(split.texts, split.labels.astype(int))
    return fitted[key]


fitted: dict[Any, ThemeClassifier] = {}


def row_of(name: str, split: Split, ours: Sequence[float], other: Sequence[float]) -> list[str]:
    size, n = megabytes(split.test_texts), len(split.test_texts)
    return [
        name,
        f"{size / median(ours):.1f}",
        f"{n / median(ours):,.0f}",
        f"{size / median(other):.2f}",
        f"{median(other) / median(ours):.1f}",
    ]


def against_equal(splits: dict[str, Split], **settings: Any) -> None:
    """Our compiled path against scikit-learn with the same features and weights."""
    head = ["set", "ours MB/s", "docs/s", "scikit-learn MB/s", "ratio", "cold", "labels differing", "scores differ by"]
    print_table(head, [equal_row(name, split, fit(split, **settings)) for name, split in splits.items()])


def equal_row(name: str, split: Split, model: ThemeClassifier) -> list[str]:
    texts, equal, decider = split.test_texts, EqualPipeline(model.scorer_), model.decider_
    ours, theirs, cold = [], [], []
    for _ in range(3 if megabytes(texts) > 1 else 15):
        ours.append(our_seconds(model, split))
        theirs.append(cpu_seconds_of(lambda: decider.assigned(decider.probabilities(equal.decision_function(texts)))))
        cold.append(our_seconds(model, split, warm=False))
    scores = equal.decision_function(texts)
    n_differing = int((model.predict(texts) != decider.assigned(decider.probabilities(scores))).sum())
    difference = np.abs(model.scorer_.score_by_kernel(texts).scores - scores).max()
    cells = [f"{median(theirs) / median(cold):.1f}", str(n_differing), f"{difference:.0e}"]
    return row_of(name, split, ours, theirs) + cells


def against_stock(split: Split) -> tuple[list[float], list[float]]:
    """Word 1-2-grams: ours against `TfidfVectorizer` as it comes with a linear machine."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline

    model = fit(split, **WORDS_ONLY)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    stock = make_pipeline(vectorizer, RidgeClassifier(solver="sparse_cg", tol=1e-2))
    stock.fit(split.texts, split.labels.astype(int))
    times = [(our_seconds(model, split), cpu_seconds_of(lambda: stock.predict(split.test_texts))) for _ in range(5)]
    return [own for own, _ in times], [other for _, other in times]


def against_peers(split: Split, peers: Sequence[str], interpreters: Sequence[str]) -> None:
    model = fit(split, **WORDS_ONLY)
    rows = [row_of("scikit-learn TfidfVectorizer + linear", split, *against_stock(split))]
    for name in peers:
        ours = [our_seconds(model, split) for _ in range(3)]
        result = run_peer(name, split, interpreters)
        ours += [our_seconds(model, split) for _ in range(3)]
        if isinstance(result, str):
            rows.append([name, *["-"] * 3, result])
        else:
            rows.append(row_of(f"{name} {result['version']}", split, ours, result["seconds"]))
    print_table(["word 1-2-grams, Reuters", "ours MB/s", "docs/s", "theirs MB/s", "ratio"], rows)


def run_peer(name: str, split: Split, interpreters: Sequence[str]) -> dict[str, Any] | str:
    from quality import _as_json

    why = ""
    for interpreter in interpreters:
        with tempfile.TemporaryDirectory() as folder:
            request, answer = Path(folder) / "split.json", Path(folder) / "result.json"
            request.write_text(json.dumps(_as_json(split)), encoding="utf-8")
            script = str(Path(__file__).with_name("tagging_peers.py"))
            done = subprocess.run(
                [interpreter, script, name, str(request), str(answer)], capture_output=True, text=True, check=False
            )
            if answer.exists():
                return dict(json.loads(answer.read_text(encoding="utf-8")))
            why = why if why and "ModuleNotFoundError" not in why else done.stderr.strip().splitlines()[-1]
    return "absent" if "ModuleNotFoundError" in why else f"failed: {why[:60]}"


def two_threads(split: Split) -> None:
    """Both halves at once against one after the other."""
    model = fit(split)
    texts = split.test_texts * 4
    halves = (texts[::2], texts[1::2])
    model.predict(texts)
    one, two = [], []
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(model.predict, halves))
        for _ in range(5):
            one.append(seconds_of(lambda: [model.predict(half) for half in halves]))
            two.append(seconds_of(lambda: list(pool.map(model.predict, halves))))
    (wall_one, cpu_one), (wall_two, cpu_two) = map(min, zip(*one, strict=True)), map(min, zip(*two, strict=True))
    print_table(
        ["Reuters x 4, best of 5", "one thread", "two threads", "gain"],
        [
            ["wall seconds", f"{wall_one:.2f}", f"{wall_two:.2f}", f"{wall_one / wall_two:.2f}"],
            ["CPU seconds", f"{cpu_one:.2f}", f"{cpu_two:.2f}", ""],
        ],
    )


def seconds_of(call: Callable[[], Any]) -> tuple[float, float]:
    """Wall seconds and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - wall, time.process_time() - cpu


def stream(split: Split, target: float) -> None:
    """Peak memory of a process that tags text after text."""
    with tempfile.TemporaryDirectory() as folder:
        model, texts = Path(folder) / "model.pickle", Path(folder) / "texts.pickle"
        model.write_bytes(pickle.dumps(fit(split)))
        texts.write_bytes(pickle.dumps(split.test_texts))
        command = [sys.executable, "-c", STREAM, str(model), str(texts), str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    before, peak, total = map(float, done.stdout.split())
    print_table(["tagged MB", "memory before MB", "peak MB"], [[f"{total:.0f}", f"{before:.0f}", f"{peak:.0f}"]])


def start_up(model: str) -> None:
    """CPU seconds of `themes tag` on one short file, first run and after."""
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "note.txt"
        note.write_text("The ministry announced new export controls on semiconductors today.\n" * 5, encoding="utf-8")
        runs = []
        for number in range(4):
            command = [sys.executable, "-c", "from pipeline.cli import main; main()", "tag", str(note)]
            command += ["--out", f"{folder}/{number}", "--model", model]
            before = os.times()
            subprocess.run(command, check=True, capture_output=True)
            after = os.times()
            runs.append(after.children_user + after.children_system - before.children_user - before.children_system)
    print_table(
        ["themes tag, one short file", "first", "later"], [["CPU s", f"{runs[0]:.2f}", f"{median(runs[1:]):.2f}"]]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--sets", nargs="+", default=["reuters21578", "un_quadclass.zh", "sib200.kor_Hang"], choices=SETS
    )
    parser.add_argument("--peers", nargs="*", default=[p for p in PEERS if p != "libmultilabel"], choices=PEERS)
    parser.add_argument("--python", nargs="+", default=[sys.executable], metavar="INTERPRETER")
    parser.add_argument("--only", nargs="+", default=PARTS, choices=PARTS)
    parser.add_argument("--model", default="emerging-security")
    parser.add_argument("--stream-mb", type=float, default=1000)
    options = parser.parse_args()
    print(setup("scikit-learn", "numpy", "numba"), flush=True)
    splits = {name: load_split(options.folder, name) for name in options.sets}
    first = next(iter(splits.values()))
    parts: dict[str, Callable[[], None]] = {
        "equal": lambda: against_equal(splits),
        "words": lambda: against_equal(splits, **WORDS_ONLY),
        "peers": lambda: against_peers(first, options.peers, options.python),
        "threads": lambda: two_threads(first),
        "stream": lambda: stream(first, options.stream_mb),
        "start": lambda: start_up(options.model),
    }
    cores = os.sched_getaffinity(0)
    for part in options.only:
        os.sched_setaffinity(0, cores if part == "threads" else {min(cores)})
        print(f"\n{part}\n")
        parts[part]()


if __name__ == "__main__":
    main()
