"""A network taught by others (distillation, Hinton et al. 2015) what can be known of a new site."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np
from line_examples import Features, Scaling, made_over
from line_network import Arrays, Example, Network, Schedule, Shape, train

N_FOLDS, N_TEACHERS = 4, 4
N_TEACHER_ROUNDS, N_ROUNDS = 4, 8
TEACHER = Schedule(n_epochs=14, drop=0.2, forget_words=0.4, noise=0.1, forget_feature=0.05, decay=1e-2)
PUPIL = Schedule(n_epochs=36, drop=0.0, forget_words=0.5, forget_word=0.2, decay=1e-3)
"""Targets that say how sure one can be leave little to learn by heart, so little is hidden from the pupil."""

SHARE_BESIDE = 0.3
"""What those who see the HTML are worth. With half of the say they drop a date line above a body, and Korean titles."""


@dataclass(frozen=True)
class Recipe:
    """Pages made over for each page of an epoch, what is added to the log-odds, and the price of a switch."""

    share_made_over: float
    offset: float
    price: float


class Trainer:
    """Trains networks on pages of one kind, all with the same features, words and recipe.

    A teacher that has seen a page says only what its label says. So each teacher is kept from the sites of one part, of
    whose pages it alone speaks: what it gets wrong there no other site explains, and need not be learnt by heart. Of
    made-over pages, whose pieces come from many sites, all teachers speak.
    """

    def __init__(self, pages: list[Features], recipe: Recipe, seed: int) -> None:
        self.pages, self.recipe, self.seed = pages, recipe, seed
        self.scaling = Scaling(pages)
        self.plain = [self.scaling.example(page) for page in pages]
        self.part = [zlib.crc32(page.page.site.encode()) // N_FOLDS % N_TEACHERS for page in pages]
        self.rng = np.random.default_rng(seed)

    def taught_network(self, beside: list[np.ndarray] | None = None) -> Arrays:
        """The pupil's weights. `beside`: what others say of pages, chances (n_lines,), nan where they are silent."""
        rounds = [self.made_over(self.pages) for _ in range(N_ROUNDS)]
        teachers = self.teachers()
        said = self.said(teachers)
        if beside is not None:
            said = [_mean(own, others) for own, others in zip(said, beside, strict=True)]
        plain = [replace(example, target=chances) for example, chances in zip(self.plain, said, strict=True)]
        rounds = [[replace(one, target=self.chances(one, teachers)) for one in made] for made in rounds]
        return self.train(plain, rounds, replace(PUPIL, seed=self.seed))

    def teachers(self) -> list[Arrays]:
        return [self._teacher(number) for number in range(N_TEACHERS)]

    def _teacher(self, number: int) -> Arrays:
        """Weights of a network that has seen all pages but those of one part."""
        print(f"teacher {number + 1} of {N_TEACHERS}")
        known = [i for i, own in enumerate(self.part) if own != number]
        rounds = [self.made_over([self.pages[i] for i in known]) for _ in range(N_TEACHER_ROUNDS)]
        return self.train([self.plain[i] for i in known], rounds, replace(TEACHER, seed=self.seed + 1 + number))

    def said(self, teachers: list[Arrays]) -> list[np.ndarray]:
        """Of each page, chances (n_lines,) of main text by the teacher that has not seen its site."""
        return [self.chances(one, [teachers[own]]) for one, own in zip(self.plain, self.part, strict=True)]

    def made_over(self, pages: list[Features]) -> list[Example]:
        return [self.scaling.example(page) for page in made_over(pages, self.recipe.share_made_over, self.rng)]

    def chances(self, example: Example, teachers: list[Arrays]) -> np.ndarray:
        odds = [np.clip(self.odds(teacher, example), -30, 30) for teacher in teachers]
        return np.mean([1 / (1 + np.exp(-said)) for said in odds], axis=0)

    def train(self, plain: list[Example], rounds: list[list[Example]], schedule: Schedule) -> Arrays:
        return train(lambda epoch: plain + rounds[epoch % len(rounds)], self.shape, schedule, say=print)

    def odds(self, weights: Arrays, example: Example) -> np.ndarray:
        rows = np.concatenate([example.rows, example.bag @ weights["words"]], axis=1)
        return Network(self.shape, weights).forward(rows.astype(np.float32), [len(example.target)])[0]

    @property
    def shape(self) -> Shape:
        return Shape(len(self.scaling.mean), len(self.scaling.vocabulary))


def _mean(own: np.ndarray, others: np.ndarray) -> np.ndarray:
    share = np.where(np.isnan(others), 0.0, SHARE_BESIDE)
    return (1 - share) * own + share * np.nan_to_num(others)
