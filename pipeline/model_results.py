"""What the workflows about models and labels return: facts as fields, a summary as text, a check's exit code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.classify.evaluation import Evaluation
    from pipeline.classify.explain import Explanation, ThemeExplanation, WordContribution
    from pipeline.classify.label_checks import Finding
    from pipeline.classify.store import ModelSummary

MOST_TERMS = 12
MOST_SENTENCES = 3


@dataclass(frozen=True)
class TrainResult:
    """The model written, and its out-of-fold figures."""

    out: Path
    version: str
    metrics: dict[str, float]

    def __str__(self) -> str:
        lines = [f"{self.version} -> {self.out} (figures from folds the model had not seen)"]
        return "\n".join([*lines, *(f"  {figure:26s} {value:.3f}" for figure, value in self.metrics.items())])


@dataclass(frozen=True)
class EvaluationResult:
    """Figures of a model on labelled documents."""

    evaluation: Evaluation

    def __str__(self) -> str:
        figures = self.evaluation
        lines = [f"{'theme':26s} {'precision':>9s} {'recall':>7s} {'F1':>6s} {'support':>8s}"]
        lines += [
            _figure_row(item.theme, item.precision, item.recall, item.f1, item.support) for item in figures.themes
        ]
        total = figures.micro
        lines.append(_figure_row("micro", total.precision, total.recall, total.f1, total.support))
        lines.append(f"{'macro':26s} {'':9s} {'':7s} {figures.macro_f1:6.3f}")
        lines += [
            f"{'  ' + item.language:26s} micro F1 {item.micro_f1:.3f}, macro F1 {item.macro_f1:.3f}, "
            f"{item.n_documents} documents"
            for item in figures.languages
        ]
        return "\n".join(lines)


def _figure_row(name: str, precision: float, recall: float, f1: float, support: int) -> str:
    return f"{name:26s} {precision:9.3f} {recall:7.3f} {f1:6.3f} {support:8d}"


@dataclass(frozen=True)
class ExplainResult:
    """Themes of one document taken apart."""

    title: str
    location: str
    themes: tuple[ThemeExplanation, ...]

    @classmethod
    def of(cls, explanation: Explanation, theme: str | None) -> ExplainResult:
        """Keep one theme, or those assigned with the nearest of the rest."""
        document = explanation.document
        if theme is not None:
            kept = [item for item in explanation.themes if item.theme == theme]
        else:
            kept = [item for item in explanation.themes if item.decision == "assigned"]
            rest = [item for item in explanation.themes if item.decision != "assigned"]
            kept += rest[:1]
        return cls(document.title, document.location, tuple(kept))

    def __str__(self) -> str:
        return "\n\n".join([f"{self.title}\n{self.location}", *map(_explained, self.themes)])


def _explained(item: ThemeExplanation) -> str:
    lines = [
        f"{item.theme}: {item.decision}, probability {item.probability:.2f} (threshold {item.threshold:.2f})",
        f"  score {item.score:+.4f} = intercept {item.intercept:+.4f} + {len(item.words)} words "
        f"{item.score - item.intercept:+.4f}",
    ]
    speaking_for = [word for word in item.words if word.contribution > 0][:MOST_TERMS]
    against = [word for word in reversed(item.words) if word.contribution < 0][: MOST_TERMS // 2]
    lines += ["  for:", *map(_word_row, speaking_for), "  against:", *map(_word_row, against)]
    lines += ["  sentences:"]
    lines += [f"    {sentence.contribution:+.4f}  {sentence.text}" for sentence in item.sentences[:MOST_SENTENCES]]
    if item.flips:
        lines.append(f"  would turn without: {', '.join(item.flips[:MOST_TERMS])}" + _more(len(item.flips)))
    return "\n".join(lines)


def _word_row(word: WordContribution) -> str:
    times = f" ×{word.n_found}" if word.n_found > 1 else ""
    return f"    {word.contribution:+.4f}  {word.word}{times}"


def _more(n: int) -> str:
    return f" and {n - MOST_TERMS} more" if n > MOST_TERMS else ""


@dataclass(frozen=True)
class ModelsResult:
    """The models that can be named."""

    models: tuple[ModelSummary, ...]

    def __str__(self) -> str:
        if not self.models:
            return "no models are installed; train one with `themes train`"
        lines = [f"{'name':24s} {'trained':20s} {'data':12s} {'documents':>9s} {'macro-F1':>8s}  folder"]
        lines += [
            f"{item.name:24s} {item.trained_at:20s} {item.data_sha256[:12]:12s} {item.n_documents:9d} "
            f"{item.macro_f1:8.3f}  {item.folder}"
            for item in self.models
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class TermsResult:
    """The strongest words of each theme."""

    terms: dict[str, list[str]]

    def __str__(self) -> str:
        return "\n".join(f"{theme}: {', '.join(words)}" for theme, words in self.terms.items())


@dataclass(frozen=True)
class LabelCheckResult:
    """What was found in labelled data; errors make the command fail, notes do not."""

    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        return int(any(item.is_error for item in self.findings))

    def __str__(self) -> str:
        if not self.findings:
            return "nothing to mend"
        return "\n".join(str(item) for item in self.findings)
