"""Commands about models and labels: train, evaluate, explain, list, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DEFAULT_MODEL, Json, Model, SettingsFile, finish


def train(
    labeled: Annotated[Path, typer.Argument(help="Labelled data with its themes.toml.")] = Path("data/labeled"),
    out: Annotated[Path, typer.Option(help="The model folder to write.")] = Path("models") / DEFAULT_MODEL,
    settings: SettingsFile = None,
    as_json: Json = False,
) -> None:
    """Train a model on labelled data, with its card.

    Example: themes train data/labeled --out models/mine
    """
    from pipeline import modelling

    finish(modelling.train(labeled, out, settings), as_json)


def evaluate(
    model: Annotated[str, typer.Argument(help="Name or folder of a trained model.")],
    labeled: Annotated[Path, typer.Argument(help="Labelled documents the model has not seen.")],
    as_json: Json = False,
) -> None:
    """Score a model on labelled documents.

    Precision, recall, F1 and support per theme, micro and macro, per language.

    Example: themes evaluate emerging-security my-labels.csv
    """
    from pipeline import modelling

    finish(modelling.evaluate(model, labeled), as_json)


def explain(
    file: Annotated[Path, typer.Argument(help="A document.")],
    theme: Annotated[str | None, typer.Option(help="Only this theme; else all assigned and the nearest.")] = None,
    model: Model = DEFAULT_MODEL,
    as_json: Json = False,
) -> None:
    """What made each theme likely in a document.

    Contributions of terms, and of sentences, add up to the score exactly.

    Example: themes explain speech.txt --theme cyber
    """
    from pipeline import modelling

    finish(modelling.explain(file, theme, model), as_json)


def models(as_json: Json = False) -> None:
    """List the models that can be named.

    Example: themes models
    """
    from pipeline import modelling

    finish(modelling.models(), as_json)


def terms(
    model: Annotated[str, typer.Argument(help="Name or folder of a trained model.")] = DEFAULT_MODEL,
    most: Annotated[int, typer.Option(help="How many for each theme.")] = 25,
    as_json: Json = False,
) -> None:
    """The strongest words of each theme of a model.

    Example: themes terms emerging-security
    """
    from pipeline import modelling

    finish(modelling.terms(model, most), as_json)


def labels_check(
    labeled: Annotated[Path, typer.Argument(help="Labelled data with its themes.toml.")] = Path("data/labeled"),
    as_json: Json = False,
) -> None:
    """Check labelled data before training on it.

    Unknown themes, duplicates, wrong languages, thin themes, likely label errors, leakage.

    Example: themes labels check data/labeled
    """
    from pipeline import modelling

    finish(modelling.check_labels(labeled), as_json)
