"""What a model's theme rests on: how many labelled documents, how many terms; and whether that is little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.classify.model import ThemeModel
from pipeline.types import Theme

FEW_EXAMPLES = 20
"""Labelled documents below which a theme's figures, probabilities and threshold are rough."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Labelled documents that carry a theme, and terms of its codebook entry, in all languages."""

    theme: str
    n_examples: int
    n_terms: int

    @property
    def is_thin(self) -> bool:
        """Whether the theme was learned from few documents."""
        return self.n_examples < FEW_EXAMPLES

    def __str__(self) -> str:
        documents = f"{self.n_examples} labelled document{'' if self.n_examples == 1 else 's'}"
        return f"{documents} and {self.n_terms} terms" if self.n_terms else documents

    @property
    def warning(self) -> str:
        """What a reader of the theme's tags should know; "" where it rests on enough."""
        return f"{self.theme} rests on {self}: take its tags as suggestions" if self.is_thin else ""


def basis_of(theme: Theme, support: Mapping[str, int]) -> Basis:
    """What one theme rests on; support: labelled documents by theme id."""
    return Basis(theme.id, support.get(theme.id, 0), sum(map(len, theme.terms.values())))


def bases_of(model: ThemeModel) -> tuple[Basis, ...]:
    """What each theme rests on, in the taxonomy's order."""
    return tuple(basis_of(theme, model.provenance.support) for theme in model.taxonomy)
