"""Model folders: manifest.json, vocabulary.txt, weights.safetensors, README.md. Loading one can never run code.

The manifest holds the SHA-256 of every other file and of itself; a folder with one byte changed is refused by name.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.classify.basis import FEW_EXAMPLES
from pipeline.classify.decisions import Decider
from pipeline.classify.features import FeatureSettings, Vocabulary
from pipeline.classify.fingerprints import SIZE, no_fingerprints
from pipeline.classify.lexicon import lexicon_of_terms, terms_of
from pipeline.classify.model import Provenance, ThemeModel
from pipeline.classify.scorer import LinearScorer
from pipeline.classify.taxonomy import taxonomy_from_mapping, taxonomy_to_mapping
from pipeline.errors import ModelError, OutputError, PipelineError
from pipeline.files import canonical_json, replace_folder, sha256_of_file
from pipeline.settings import from_mapping
from pipeline.types import Counts, ProbabilitySums

FORMAT_VERSION = 2
"""Of the files, and of what a term means: how texts are normalised and cut."""
MANIFEST, VOCABULARY, WEIGHTS, CARD = "manifest.json", "vocabulary.txt", "weights.safetensors", "README.md"
FILES = (VOCABULARY, WEIGHTS, CARD)
ARRAYS = ("coefficients", "intercepts", "idf", "slopes", "offsets", "thresholds", "near_misses", "fingerprints")
RETRAIN = "train it again with `themes train`, or copy the folder again from where it came"


def save_model(model: ThemeModel, folder: str | Path, card: str) -> None:
    """Write the model folder at once, in the place of one that may stand there. Raises `OutputError`."""

    def fill(new: Path) -> None:
        from safetensors.numpy import save_file

        (new / VOCABULARY).write_text(_vocabulary_text(model.scorer.vocabulary), encoding="utf-8", newline="\n")
        save_file(_arrays(model), str(new / WEIGHTS))
        (new / WEIGHTS).chmod(0o644)
        (new / CARD).write_text(card, encoding="utf-8", newline="\n")
        manifest = _manifest(model) | {"files": {name: sha256_of_file(new / name) for name in FILES}}
        manifest["sha256"] = _digest(manifest)
        (new / MANIFEST).write_bytes(_rendered(manifest))

    check_place(folder)
    replace_folder(folder, fill)


def check_place(folder: str | Path) -> None:
    """Raise `OutputError` where a model cannot be written, or would take the place of something else."""
    folder = Path(folder)
    if folder.exists() and not (folder / MANIFEST).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(
            "this is no model and would be lost", where=str(folder), mend="choose a new or empty folder with --out"
        )
    above = next(path for path in folder.absolute().parents if path.exists())
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise OutputError(
            f"cannot write into {above}", where=str(folder), mend="choose a place you may write to with --out"
        )


def load_folder(folder: str | Path) -> ThemeModel:
    """Read a model folder. Raises `ModelError` naming the file that is absent, damaged or of another format."""
    from safetensors import SafetensorError

    folder = Path(folder)
    manifest = read_manifest(folder)
    for name, expected in manifest["files"].items():
        _check_file(folder / name, expected)
    try:
        return _assemble(folder, manifest)
    except (KeyError, TypeError, ValueError, AttributeError, PipelineError, SafetensorError) as error:
        raise ModelError(f"the model does not fit together: {error}", where=str(folder), mend=RETRAIN) from error


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a model folder, checked against its own hash. Raises `ModelError`."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ModelError("there is no model here: no manifest.json", where=str(folder), mend="check the name or folder")
    try:
        content = path.read_bytes()
        manifest = json.loads(content)
        unsigned = {key: value for key, value in manifest.items() if key != "sha256"}
        intact = manifest["sha256"] == _digest(unsigned) and content == _rendered(manifest)
        version, files = manifest["format_version"], manifest["files"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise ModelError("the manifest is damaged", where=str(path), mend=RETRAIN) from error
    if not intact or not isinstance(files, dict) or set(files) != set(FILES):
        raise ModelError("the manifest was changed after training", where=str(path), mend=RETRAIN)
    if version != FORMAT_VERSION:
        raise ModelError(
            f"the model is of format {version}", where=str(path), expected=f"format {FORMAT_VERSION}", mend=RETRAIN
        )
    return dict(manifest)


def _check_file(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ModelError("a file of the model is absent", where=str(path), mend=RETRAIN)
    if sha256_of_file(path) != expected:
        raise ModelError("the file is truncated or was changed after training", where=str(path), mend=RETRAIN)


def _assemble(folder: Path, manifest: Mapping[str, Any]) -> ThemeModel:
    from safetensors.numpy import load_file

    arrays = load_file(str(folder / WEIGHTS))
    taxonomy = taxonomy_from_mapping(manifest["taxonomy"], where=str(folder / MANIFEST))
    features = from_mapping(FeatureSettings, manifest["features"], where=str(folder / MANIFEST))
    terms = tuple((folder / VOCABULARY).read_text(encoding="utf-8").split("\n")[:-1])
    vocabulary = Vocabulary(terms, int(manifest["n_words"]), arrays["idf"], float(manifest["unknown_idf"]))
    _check_sizes(arrays, len(terms), len(taxonomy), vocabulary.n_words)
    return ThemeModel(
        taxonomy,
        LinearScorer(
            features,
            vocabulary,
            lexicon_of_terms(terms_of(taxonomy)),
            arrays["coefficients"],
            arrays["intercepts"],
            keeps_tables=True,
        ),
        Decider(arrays["slopes"], arrays["offsets"], arrays["thresholds"], arrays["near_misses"], **manifest["rule"]),
        Provenance(**manifest["provenance"]),
        tuple(Counts(**counts) for counts in manifest["quality"]),
        tuple(ProbabilitySums(**sums) for sums in manifest.get("probability_sums", ())),
        arrays.get("fingerprints", no_fingerprints()),
    )


def _check_sizes(arrays: Mapping[str, Any], n_terms: int, n_themes: int, n_words: int) -> None:
    n_outputs = len(arrays["slopes"])
    expected = {
        "coefficients": (n_terms + n_themes, n_outputs),
        "intercepts": (n_outputs,),
        "idf": (n_terms,),
        "slopes": (n_outputs,),
        "offsets": (n_outputs,),
        "thresholds": (n_themes,),
        "near_misses": (101,),
    }
    wrong = [name for name, shape in expected.items() if arrays[name].shape != shape]
    wrong += ["fingerprints"] * (arrays.get("fingerprints", no_fingerprints()).shape[1:] != (SIZE,))
    if wrong or not 0 <= n_words <= n_terms or n_outputs not in {n_themes, n_themes + 1}:
        raise ValueError(f"sizes differ: {', '.join(wrong) or 'n_words or themes'}")


def _rendered(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()


def _arrays(model: ThemeModel) -> dict[str, Any]:
    scorer, decider = model.scorer, model.decider
    arrays = {
        "coefficients": scorer.coefficients,
        "intercepts": scorer.intercepts,
        "idf": scorer.vocabulary.idf,
        "slopes": decider.slopes,
        "offsets": decider.offsets,
        "thresholds": decider.thresholds,
        "near_misses": decider.near_misses,
        "fingerprints": model.fingerprints,
    }
    return {name: np.ascontiguousarray(arrays[name]) for name in ARRAYS}


def _manifest(model: ThemeModel) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "taxonomy": taxonomy_to_mapping(model.taxonomy),
        "features": asdict(model.scorer.settings),
        "n_words": model.scorer.vocabulary.n_words,
        "unknown_idf": model.scorer.vocabulary.unknown_idf,
        "provenance": asdict(model.provenance),
        "quality": [asdict(counts) for counts in model.quality],
        "probability_sums": [asdict(sums) for sums in model.probability_sums],
        "rule": {
            "fewest": model.decider.fewest,
            "most_one": model.decider.most_one,
            "shifts": dict(model.decider.shifts),
        },
        "thresholds": dict(zip(model.taxonomy.ids, model.decider.thresholds.tolist(), strict=True)),
    }


def _vocabulary_text(vocabulary: Vocabulary) -> str:
    return "".join(f"{term}\n" for term in vocabulary.terms)


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(manifest)).hexdigest()


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """One line about a model that can be named; thin: themes learned from fewer than `FEW_EXAMPLES` documents."""

    name: str
    folder: str
    trained_at: str
    data_sha256: str
    n_documents: int
    macro_f1: float
    thin: tuple[str, ...]


def load_model(name_or_path: str | Path) -> ThemeModel:
    """Load a model by its folder, or by its name from ./models or from those that ship.

    Raises `ModelError` where there is none, or it is damaged.
    """
    if Path(name_or_path, MANIFEST).is_file():
        return load_folder(name_or_path)
    for place in model_places():
        if (place / name_or_path / MANIFEST).is_file():
            return load_folder(place / name_or_path)
    known = ", ".join(summary.name for summary in installed_models()) or "none"
    raise ModelError(
        f"there is no model {str(name_or_path)!r}",
        expected=f"a model folder, or one of: {known}",
        mend="see `themes models`, or train one with `themes train`",
    )


def installed_models() -> list[ModelSummary]:
    """The models in ./models and those that ship, each name once; damaged ones are left out."""
    found: dict[str, ModelSummary] = {}
    for place in model_places():
        for path in sorted(place.glob(f"*/{MANIFEST}")):
            if path.parent.name not in found and not path.parent.name.startswith("."):
                with suppress(ModelError, KeyError):
                    found[path.parent.name] = _summary(path.parent)
    return list(found.values())


def model_places() -> list[Path]:
    """Where names are looked up: the working folder's models, the package's, and those of a source checkout."""
    package = Path(__file__).resolve().parents[1]
    return [
        place for place in (Path("models"), package / "shipped" / "models", package.parent / "models") if place.is_dir()
    ]


def _summary(folder: Path) -> ModelSummary:
    provenance = read_manifest(folder)["provenance"]
    return ModelSummary(
        folder.name,
        str(folder),
        provenance["trained_at"],
        provenance["data_sha256"],
        provenance["n_documents"],
        provenance["metrics"]["macro_f1"],
        tuple(theme for theme, n in provenance["support"].items() if n < FEW_EXAMPLES),
    )
