"""Trains a peer and times it on prepared texts; called by `tagging.py` with the interpreter the peer is installed for.

    python tagging_peers.py PEER SPLIT.json RESULT.json

Every peer gets its favourite input, made before the clock starts: fastText one line of words per text, in memory, read
by its own multi-line reader; Vowpal Wabbit a file in its format, read by its own driver, less the time it takes for one
line; Annif its documents. The figures are CPU seconds of five runs.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from quality_peers import ANNIF, PACKAGE, peer, words_of


def tagger(name: str, model: Any, texts: list[str]) -> Callable[[], Any]:
    """A call that tags all texts."""
    if name == "fasttext":
        lines = [words_of(text) + "\n" for text in texts]
        return lambda: model.model.f.multilinePredict(lines, -1, 0.5, "strict")
    if name in ANNIF:
        from annif.corpus import Document, DocumentList

        project, documents = model.open(), DocumentList([Document(text=text) for text in texts])
        return lambda: list(project.suggest_corpus(documents))
    return lambda: model.scores(texts)


def drive(folder: Path, lines: list[str]) -> None:
    """Predict with Vowpal Wabbit's own driver, from file to file."""
    import vowpalwabbit

    (folder / "data.txt").write_text("".join(lines), encoding="utf-8")
    model, data, out = folder / "model.vw", folder / "data.txt", folder / "out.txt"
    before = time.process_time()
    vowpalwabbit.Workspace(f"-i {model} -t -d {data} -p {out} --quiet").finish()
    times.append(time.process_time() - before)


times: list[float] = []


def time_driver(model: Any, texts: list[str]) -> list[float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model.model.save(str(folder / "model.vw"))
        for _ in range(5):
            drive(folder, ["| x\n"])
            drive(folder, [f"| {words_of(text)}\n" for text in texts])
    return [full - empty for empty, full in zip(times[::2], times[1::2], strict=True)]


def main() -> None:
    name, split = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    model = peer(name)
    model.fit(split["texts"], split["labels"], split["k"])
    if name == "vw":
        seconds = time_driver(model, split["test_texts"])
    else:
        call, seconds = tagger(name, model, split["test_texts"]), []
        for _ in range(5):
            before = time.process_time()
            call()
            seconds.append(time.process_time() - before)
    result = {"version": version(PACKAGE.get(name, "annif")), "seconds": seconds}
    Path(sys.argv[3]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
