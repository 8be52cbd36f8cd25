"""One peer, trained and scored on one split, by the interpreter it is installed for; called by `quality.py`.

    python quality_peers.py PEER SPLIT.json RESULT.json

Each peer gives scores (n_test, k), and those of a tenth of the training part it was not trained on where its cut has to
be chosen: one for all labels, the best for micro-F1, as Annif's `optimize` does. Others are cut as they come.
"""

from __future__ import annotations

import functools
import json
import os
import re
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

PACKAGE = {"fasttext": "fasttext-numpy2", "vw": "vowpalwabbit", "libmultilabel": "libmultilabel"}
ANNIF = ("annif-tfidf", "annif-svc", "annif-omikuji", "annif-fasttext")
PEERS = (*PACKAGE, *ANNIF)


def words_of(text: str) -> str:
    """The words of a text on one line, in lower case: what fastText and Vowpal Wabbit are given."""
    return " ".join(re.findall(r"\w+", text.lower()))


class FastText:
    def fit(self, texts: list[str], labels: list[list[int]], k: int) -> None:
        import fasttext

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            rows = (" ".join(f"__label__{label}" for label in own) for own in labels)
            path.write_text("".join(f"{row} {words_of(text)}\n" for row, text in zip(rows, texts, strict=True)))
            self.model = fasttext.train_supervised(
                str(path), loss="ova", epoch=25, lr=0.5, wordNgrams=2, bucket=500_000, thread=1, verbose=0
            )
        self.k = k

    def scores(self, texts: list[str]) -> Any:
        scores = np.zeros((len(texts), self.k))
        for row, (names, values) in enumerate(
            zip(*self.model.predict([words_of(t) for t in texts], k=-1), strict=True)
        ):
            scores[row, [int(name.removeprefix("__label__")) for name in names]] = values
        return scores - 0.5


class VowpalWabbit:
    def fit(self, texts: list[str], labels: list[list[int]], k: int) -> None:
        import vowpalwabbit

        self.k, self.first = k, int(all(len(own) == 1 for own in labels))
        kind = f"--oaa {k}" if self.first else f"--multilabel_oaa {k}"
        self.model = vowpalwabbit.Workspace(f"{kind} --loss_function logistic --ngram 2 -b 24 --quiet")
        rows = [
            f"{','.join(str(label + self.first) for label in own)} | {words_of(text)}"
            for own, text in zip(labels, texts, strict=True)
        ]
        order = np.random.default_rng(0)
        for _ in range(8):
            for row in order.permutation(len(rows)):
                self.model.learn(rows[row])

    def scores(self, texts: list[str]) -> Any:
        scores = np.full((len(texts), self.k), -1.0)
        for row, text in enumerate(texts):
            found = self.model.predict(f"| {words_of(text)}")
            scores[row, [found - 1] if self.first else list(found)] = 1.0
        return scores


class LibMultiLabel:
    def fit(self, texts: list[str], labels: list[list[int]], k: int) -> None:
        from libmultilabel import linear
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
        y = np.zeros((len(texts), k))
        for row, own in enumerate(labels):
            y[row, own] = 1
        self.model = linear.train_1vsrest(csr_matrix(y), self.vectorizer.fit_transform(texts), False, "-s 2 -q")

    def scores(self, texts: list[str]) -> Any:
        from libmultilabel import linear

        return np.asarray(linear.predict_values(self.model, self.vectorizer.transform(texts)))


def spare_sentences() -> None:
    """Where NLTK's sentence model cannot be downloaded, let NLTK take lines for sentences."""
    import nltk

    try:
        nltk.data.find("tokenizers/punkt_tab")
    except LookupError:
        import nltk.tokenize

        nltk.tokenize.word_tokenize = functools.partial(nltk.tokenize.word_tokenize, preserve_line=True)
        nltk.tokenize.sent_tokenize = str.splitlines
        nltk.download = lambda *_, **__: True


class Annif:
    BACKENDS: ClassVar[dict[str, str]] = {
        "annif-tfidf": "backend=tfidf",
        "annif-svc": "backend=svc\nmin_df=2\nngram=2",
        "annif-omikuji": "backend=omikuji\nmin_df=2\nngram=2",
        "annif-fasttext": "backend=fasttext\nloss=ova\nepoch=25\nlr=0.5\nchunksize=24\ndim=100",
    }

    def __init__(self, name: str) -> None:
        self.settings = self.BACKENDS[name]
        spare_sentences()

    def fit(self, texts: list[str], labels: list[list[int]], k: int) -> None:
        self.k, self.folder = k, Path(tempfile.mkdtemp())
        uris = [f"<http://example.org/{label}>" for label in range(k)]
        self._write("projects.cfg", f"[p]\nname=p\nlanguage=en\nanalyzer=simple\nvocab=v\nlimit={k}\n{self.settings}\n")
        self._write("v.tsv", "".join(f"{uri}\tlabel {number}\n" for number, uri in enumerate(uris)))
        rows = zip(texts, labels, strict=True)
        self._write(
            "train.tsv", "".join(f"{' '.join(t.split())}\t{' '.join(uris[n] for n in own)}\n" for t, own in rows)
        )
        self._call("load-vocab", "--language", "en", "v", str(self.folder / "v.tsv"))
        self._call("train", "--jobs", "1", "p", str(self.folder / "train.tsv"))

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def _call(self, *command: str) -> None:
        os.environ["ANNIF_PROJECTS"] = str(self.folder / "projects.cfg")
        os.environ["ANNIF_DATADIR"] = str(self.folder / "data")
        from annif.cli import cli
        from click.testing import CliRunner

        result = CliRunner().invoke(cli, list(command))
        if result.exit_code:
            raise RuntimeError(f"annif {' '.join(command)}: {result.output[-300:]!r} {result.exception!r}")

    def open(self) -> Any:
        """The trained project, within an application context that stays open."""
        import annif
        import annif.registry

        os.environ["ANNIF_PROJECTS"] = str(self.folder / "projects.cfg")
        os.environ["ANNIF_DATADIR"] = str(self.folder / "data")
        application = annif.create_flask_app()
        application.app_context().push()
        annif.registry.initialize_projects(application)
        return annif.registry.get_project("p")

    def scores(self, texts: list[str]) -> Any:
        from annif.corpus import Document, DocumentList

        project = self.open()
        scores = np.zeros((len(texts), self.k))
        for row, found in enumerate(project.suggest_corpus(DocumentList([Document(text=text) for text in texts]))):
            for item in found:
                uri = project.subjects[item.subject_id].uri
                scores[row, int(uri.rsplit("/", 1)[1])] = item.score
        return scores


def peer(name: str) -> Any:
    if name in ANNIF:
        return Annif(name)
    return {"fasttext": FastText, "vw": VowpalWabbit, "libmultilabel": LibMultiLabel}[name]()


def best_cut(scores: Any, truth: Any) -> float:
    """The cut with the best micro-F1."""
    order = np.argsort(-scores, axis=None)
    hits = np.cumsum(truth.ravel()[order])
    best = int(np.argmax(2 * hits / (np.arange(1, len(order) + 1) + truth.sum())))
    return float(scores.ravel()[order[best]])


def run(name: str, split: dict[str, Any]) -> dict[str, Any]:
    texts, labels, k = split["texts"], split["labels"], split["k"]
    model, cut = peer(name), 0.0
    before = time.process_time()
    if name in ANNIF and not split["one_each"]:
        held = np.random.default_rng(0).random(len(texts)) < 0.1
        trial = peer(name)
        trial.fit(
            [t for t, h in zip(texts, held, strict=True) if not h],
            [own for own, h in zip(labels, held, strict=True) if not h],
            k,
        )
        truth = np.zeros((int(held.sum()), k), bool)
        for row, number in enumerate(np.flatnonzero(held)):
            truth[row, labels[number]] = True
        cut = best_cut(trial.scores([texts[n] for n in np.flatnonzero(held)]), truth)
    model.fit(texts, labels, k)
    fitted = time.process_time()
    scores = model.scores(split["test_texts"])
    assigned = scores >= cut if name in ANNIF else scores > cut
    top = np.argmax(scores, axis=1)
    return {
        "version": version(PACKAGE.get(name, "annif")),
        "fit": fitted - before,
        "predict": time.process_time() - fitted,
        "assigned": [np.flatnonzero(row).tolist() for row in assigned],
        "top": top.tolist(),
    }


if __name__ == "__main__":
    result = run(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    Path(sys.argv[3]).write_text(json.dumps(result), encoding="utf-8")
