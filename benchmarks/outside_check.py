"""The shipped model on laws and policies about AI that it has never seen (the AGORA set).

    python benchmarks/outside_check.py DATA/labelled

Nearly all should get `ai-governance`; those that people labelled as military or public-safety applications should get
`military-ai` or `crime` far more often than the rest.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

from pipeline import load_model
from pipeline.settings import TaggingSettings
from pipeline.types import ASSIGNED

MILITARY = "Applications: Government: military and public safety"


def main(folder: str) -> None:
    rows = [row for part in ("train", "test") for row in read_rows(Path(folder) / f"agora.{part}.jsonl.gz")]
    model = load_model("emerging-security")
    predictions = model.predict([row["text"] for row in rows], TaggingSettings(abstain_rate=0.0))
    assigned = predictions.decisions == ASSIGNED
    column = model.taxonomy.column
    military = [MILITARY in row["labels"] for row in rows]
    print(f"{model.version} on {len(rows)} documents, {sum(military)} of them military or public safety")
    for theme in model.taxonomy.ids:
        given = assigned[:, column[theme]]
        within = sum(given[i] for i in range(len(rows)) if military[i]) / sum(military)
        without = sum(given[i] for i in range(len(rows)) if not military[i]) / (len(rows) - sum(military))
        print(f"{theme:26s} all {given.mean():.3f}  military or public safety {within:.3f}  rest {without:.3f}")
    either = assigned[:, column["military-ai"]] | assigned[:, column["crime"]]
    within = sum(either[i] for i in range(len(rows)) if military[i]) / sum(military)
    without = sum(either[i] for i in range(len(rows)) if not military[i]) / (len(rows) - sum(military))
    shares = f"all {either.mean():.3f}  military or public safety {within:.3f}  rest {without:.3f}"
    print(f"{'military-ai or crime':26s} {shares}")


def read_rows(path: Path) -> list[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
