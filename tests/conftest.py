"""A small model, trained once on documents written for the tests, and the command run in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pipeline.classify.model import ThemeModel
    from pipeline.classify.training import Trained
    from pipeline.types import LabeledDocument, Taxonomy

settings.register_profile("themes", deadline=None)  # what loads with the first example takes its time
settings.load_profile("themes")
LABELED = Path(__file__).parent / "data" / "labeled"


@pytest.fixture(autouse=True, scope="session")
def tables_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The tables of models made for tests do not take the place of the user's."""
    from pipeline.classify import kept_tables

    folder = tmp_path_factory.mktemp("tables")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_tables, "_folder", lambda: folder)
        yield


@pytest.fixture(scope="session")
def labeled_folder() -> Path:
    """45 documents in en, es, ko with their themes.toml; the test that writes must copy it."""
    return LABELED


@pytest.fixture(scope="session")
def sample_taxonomy() -> Taxonomy:
    from pipeline.classify.taxonomy import load_taxonomy

    return load_taxonomy(LABELED / "themes.toml")


@pytest.fixture(scope="session")
def labeled(sample_taxonomy: Taxonomy) -> list[LabeledDocument]:
    from pipeline.classify.labels import load_labels

    return load_labels(LABELED, sample_taxonomy, clean=False)


@pytest.fixture(scope="session")
def trained(labeled: list[LabeledDocument], sample_taxonomy: Taxonomy) -> Trained:
    from pipeline.classify.training import train_with_evidence

    return train_with_evidence(labeled, sample_taxonomy, name="sample")


@pytest.fixture(scope="session")
def model(trained: Trained) -> ThemeModel:
    return trained.model


@pytest.fixture(scope="session")
def model_folder(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model as `themes train` leaves it."""
    from pipeline.classify.card import model_card
    from pipeline.classify.store import save_model

    folder = tmp_path_factory.mktemp("models") / "sample"
    save_model(trained.model, folder, model_card(trained))
    return folder


class Ran(NamedTuple):
    """What a command left: its exit code, and what it printed."""

    code: int
    out: str
    err: str


Themes = Callable[..., Ran]


@pytest.fixture
def themes(capsys: pytest.CaptureFixture[str]) -> Themes:
    """Run `themes` with arguments as the shell would, in this process."""
    from pipeline import cli

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        code = cli._guarded(lambda: cli.app([str(argument) for argument in arguments], standalone_mode=False))
        return Ran(code, *capsys.readouterr())

    return run
