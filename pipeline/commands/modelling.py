"""Commands about models and labels: train, evaluate, explain, list, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.commands.options import DEFAULT_MODEL, LABELED, Json, Labeled, Model, NamedModel, SettingsFile, finish


def train(
    labeled: Labeled = LABELED,
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
    model: NamedModel,
    labeled: Annotated[Path, typer.Argument(help="Labelled documents the model has not seen.", show_default=False)],
    against: Annotated[
        str | None, typer.Option(help="Another model to compare with on the same documents.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for tables of all figures, as CSV.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Score a model on labelled documents, alone or against another.

    Precision, recall and F1 with 95 % intervals by theme, language and source; whether probabilities hold; what is
    mistaken for what; whether one of two models is better.

    Example: themes evaluate models/new held-out.csv --against models/old --out figures
    """
    from pipeline import modelling

    finish(modelling.evaluate(model, labeled, against=against, out=out), as_json)


def explain(
    file: Annotated[Path, typer.Argument(help="A document.", show_default=False)],
    theme: Annotated[
        str | None, typer.Option(help="Only this theme; else all assigned and the nearest.", show_default=False)
    ] = None,
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
    model: NamedModel = DEFAULT_MODEL,
    most: Annotated[int, typer.Option(help="How many for each theme.")] = 25,
    as_json: Json = False,
) -> None:
    """The strongest words of each theme of a model.

    Example: themes terms emerging-security
    """
    from pipeline import modelling

    finish(modelling.terms(model, most), as_json)


def labels_check(labeled: Labeled = LABELED, as_json: Json = False) -> None:
    """Check labelled data before training on it.

    Unknown themes, duplicates, wrong languages, thin themes, likely label errors, leakage.

    Example: themes labels check data/labeled
    """
    from pipeline import modelling

    finish(modelling.check_labels(labeled), as_json)
