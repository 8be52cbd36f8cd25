"""Reads the public sets the benchmarks run on: gzipped JSON lines of `text` and `labels`, one file per part.

The folder holds `NAME.train.jsonl.gz`, `NAME.test.jsonl.gz` and perhaps `NAME.dev.jsonl.gz`.
"""

from __future__ import annotations

import gzip
import json
import platform
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SETS = (
    "reuters21578",
    "agora",
    "un_quadclass.en",
    "un_quadclass.fr",
    "un_quadclass.zh",
    "sib200.eng_Latn",
    "sib200.kor_Hang",
)


class Split(NamedTuple):
    """Texts and labels bool (n, k) of the training and of the test part; one_each: every text has exactly one label."""

    texts: list[str]
    labels: NDArray[np.bool_]
    test_texts: list[str]
    test_labels: NDArray[np.bool_]
    names: list[str]
    one_each: bool


def load_split(folder: Path, name: str) -> Split:
    """The training and test part of one set; the labels are those of the training part."""
    texts, labels = _read(folder / f"{name}.train.jsonl.gz")
    test_texts, test_labels = _read(folder / f"{name}.test.jsonl.gz")
    names = sorted({label for row in labels for label in row})
    one_each = all(len(row) == 1 for row in labels)
    return Split(texts, indicator(labels, names), test_texts, indicator(test_labels, names), names, one_each)


def _read(path: Path) -> tuple[list[str], list[list[str]]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [row["text"] for row in rows], [row["labels"] for row in rows]


def indicator(labels: Sequence[Sequence[str]], names: Sequence[str]) -> NDArray[np.bool_]:
    """Which of `names` each row has, bool (n, k)."""
    column = {name: position for position, name in enumerate(names)}
    matrix = np.zeros((len(labels), len(names)), bool)
    for row, own in enumerate(labels):
        matrix[row, [column[label] for label in own if label in column]] = True
    return matrix


def f1_scores(assigned: NDArray[np.bool_], truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Micro-F1, and the mean F1 over all labels, 0 for a label neither present nor assigned."""
    both = (assigned & truth).sum(axis=0)
    either = assigned.sum(axis=0) + truth.sum(axis=0)
    return float(2 * both.sum() / max(1, either.sum())), float(np.mean(2 * both / np.maximum(1, either)))


def cpu_seconds() -> float:
    """CPU time so far of this process, all its threads, and its finished children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What `call` returns, and the CPU seconds it took."""
    before = cpu_seconds()
    result = call()
    return result, cpu_seconds() - before


def versions(*packages: str) -> str:
    """The versions of Python and of the packages, "absent" for one that is not installed."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {_version(name)}" for name in packages)])


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def setup(*packages: str) -> str:
    """One line on what a table was made with: day, machine, versions."""
    return f"{time.strftime('%Y-%m-%d')}; {_processor()}, {sys.platform}; {versions(*packages)}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(models)} x {models[0]}" if models else platform.processor()


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table on standard output, columns padded."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |", flush=True)


class Corpus(NamedTuple):
    """Labelled documents: labels int8 (n, k) of 1, 0 and -1 (not judged); each theme's terms by language, its name."""

    texts: list[str]
    labels: NDArray[np.int8]
    languages: list[str]
    groups: NDArray[np.int64]
    terms: list[Any]
    names: list[str]


def load_corpus(folder: Path) -> Corpus:
    """The documents and `themes.toml` of a folder of labelled data."""
    from pipeline.classify.label_names import names_of
    from pipeline.classify.labels import label_matrix, load_labels
    from pipeline.classify.lexicon import terms_of
    from pipeline.classify.model import searchable
    from pipeline.classify.taxonomy import load_taxonomy
    from pipeline.classify.training import similar_groups

    taxonomy = load_taxonomy(folder / "themes.toml")
    documents = load_labels(folder, taxonomy)
    return Corpus(
        [searchable(item.document) for item in documents],
        label_matrix(documents, taxonomy),
        [item.document.language for item in documents],
        similar_groups(documents),
        terms_of(taxonomy),
        names_of(replace(taxonomy, themes=tuple(replace(theme, terms={}) for theme in taxonomy))),
    )
