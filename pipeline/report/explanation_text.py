"""Why a document got its tags, as an analyst reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.classify.explain import MOST_FLIPS

if TYPE_CHECKING:
    from pipeline.classify.explain import ScoreExplanation, ThemeExplanation, WordContribution

MOST_FOR, MOST_AGAINST, MOST_SENTENCES = 12, 6, 3
LONGEST_SENTENCE = 300
SHOWN_FROM = 0.0005
"""Contributions that three decimals would show as nothing are left to the rest."""


def theme_lines(item: ThemeExplanation, any_theme: ScoreExplanation | None, shift: float) -> Iterator[str]:
    """One theme: the decision, how its probability comes about, and what speaks for and against."""
    cut = f"(threshold {item.threshold:.2f})"
    yield f"{item.theme}: {item.decision}, probability {item.probability:.2f} {cut}{_rule(item)}"
    yield f"  learned from {item.basis}" + (": few, take it as a suggestion" if item.basis.is_thin else "")
    yield f"  {_probability(item, any_theme, shift)}"
    yield f"  {_score(item)}; {_needed(item)}"
    yield from _word_lines(item)
    yield "  sentences:"
    yield from _sentence_lines(item)
    yield f"  {_flip_line(item)}"


def any_theme_lines(item: ScoreExplanation) -> Iterator[str]:
    """The chance that the document has a theme at all."""
    yield f"any theme at all: chance {item.chance:.2f}, {_score(item)}"
    for name, words in (("for", item.words), ("against", item.words[::-1])):
        sign = 1 if name == "for" else -1
        shown = [_named(word) for word in words[:MOST_AGAINST] if sign * word.contribution >= SHOWN_FROM]
        yield f"  {name}: {', '.join(shown) or 'nothing'}"


def _rule(item: ThemeExplanation) -> str:
    reaches = item.probability >= item.threshold
    if item.decision == "assigned" and not reaches:
        return ", the best theme: every document gets one"
    return ", but another is better: every document gets one only" if item.decision != "assigned" and reaches else ""


def _probability(item: ThemeExplanation, any_theme: ScoreExplanation | None, shift: float) -> str:
    by_score = f"1 / (1 + exp(-({item.slope:.3f} x score {item.offset:+.3f}))) = {item.chance:.2f}"
    line = f"probability = {by_score}"
    if any_theme is not None:
        line += f", times the chance of any theme {any_theme.chance:.2f}"
    if item.of_all is not None:
        line += f", divided by the sum over all themes {item.of_all:.2f}"
    return f"{line}, log-odds raised by {shift:.2f} for the language" if shift else line


def _score(item: ScoreExplanation) -> str:
    speaking_for = sum(word.contribution for word in item.words if word.contribution > 0)
    against = sum(word.contribution for word in item.words if word.contribution < 0)
    return f"score {item.score:+.3f} = start {item.intercept:+.3f}, for {speaking_for:+.3f}, against {against:+.3f}"


def _needed(item: ThemeExplanation) -> str:
    if item.score_needed is None:
        return "no score would be enough: " + (
            "the chance of any theme is too small" if item.of_all is None else "the chances of others are too great"
        )
    return f"assigned from {item.score_needed:+.3f} on"


def _word_lines(item: ScoreExplanation) -> Iterator[str]:
    speaking_for = [word for word in item.words if word.contribution > 0]
    against = [word for word in reversed(item.words) if word.contribution < 0]
    for name, words, most in (("for", speaking_for, MOST_FOR), ("against", against, MOST_AGAINST)):
        yield f"  {name}:" + " nothing" * (not words)
        yield from _ranked(words, most)


def _ranked(words: Sequence[WordContribution], most: int) -> Iterator[str]:
    shown = [word for word in words[:most] if abs(word.contribution) >= SHOWN_FROM]
    yield from (f"    {word.contribution:+.3f}  {_named(word)}" for word in shown)
    if rest := words[len(shown) :]:
        yield f"    {sum(word.contribution for word in rest):+.3f}  {len(rest)} more"


def _named(word: WordContribution) -> str:
    times = f" ×{word.n_found}" if word.n_found > 1 else ""
    return f"{word.word}{times}{' (codebook term)' if word.is_term else ''}"


def _sentence_lines(item: ScoreExplanation) -> Iterator[str]:
    shown = list(item.sentences[:MOST_SENTENCES])
    shown += [sentence for sentence in item.sentences[MOST_SENTENCES:][-1:] if sentence.contribution < 0]
    for sentence in shown:
        text = " ".join(sentence.text.split())
        cut = text if len(text) <= LONGEST_SENTENCE else text[:LONGEST_SENTENCE].rstrip() + " …"
        yield f"    {sentence.contribution:+.3f}  {cut}"


def _flip_line(item: ThemeExplanation) -> str:
    if item.flips:
        turned = "would not be assigned" if item.decision == "assigned" else "would be assigned"
        return f"{turned} without: {', '.join(item.flips)}"
    if item.decision == "assigned":
        return f"would stay assigned without its {MOST_FLIPS} strongest words"
    return f"would not be assigned without the {MOST_FLIPS} words most against it either"
