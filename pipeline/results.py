"""What the workflows return: facts as fields, a short summary as text, and an exit code where a check can fail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.batch.status import Status
    from pipeline.classify.evaluation import Evaluation
    from pipeline.classify.explain import Explanation, ThemeExplanation, WordContribution
    from pipeline.classify.label_checks import Finding
    from pipeline.classify.store import ModelSummary

MOST_TERMS = 12
MOST_SENTENCES = 3


@dataclass(frozen=True)
class IngestResult:
    """Where the cleaned documents went, and how many."""

    cleaned: Path
    skipped: Path
    n_documents: int
    n_skipped: int

    def __str__(self) -> str:
        return f"{self.n_documents} documents -> {self.cleaned}\n{self.n_skipped} skipped -> {self.skipped}"


@dataclass(frozen=True)
class ShowResult:
    """Lines in the order received, each with the reason it is dropped for, or None."""

    lines: tuple[tuple[str, str | None], ...]

    def __str__(self) -> str:
        return "\n".join(line if reason is None else f"- {line}  [{reason}]" for line, reason in self.lines)

    def coloured(self) -> str:
        """The same for a terminal: kept lines plain, dropped ones in red with the reason in grey."""
        red, grey, plain = "\033[31m", "\033[90m", "\033[0m"
        return "\n".join(
            line if reason is None else f"{red}{line}{plain}  {grey}{reason}{plain}" for line, reason in self.lines
        )


@dataclass(frozen=True)
class TagResult:
    """Where the tags went, the model that gave them, the counts of `batch.Tally`, and how many texts were new."""

    out: Path
    model: str
    counts: dict[str, Any]
    n_new: int

    def __str__(self) -> str:
        counts = self.counts
        lines = [
            f"{counts['n_documents']} documents tagged by {self.model}: {counts['n_tagged']} with a theme, "
            f"{counts['n_abstained']} near a threshold, {counts['n_skipped']} skipped"
        ]
        n_before = counts["n_documents"] + counts["n_skipped"] - self.n_new
        if n_before > 0:
            lines[0] += f"; {self.n_new} new, {n_before} as before"
        by_theme = sorted(counts["n_by_theme"].items(), key=lambda item: -item[1])
        lines += [f"  {n:6d}  {theme}" for theme, n in by_theme if n]
        return "\n".join([*lines, f"tables in {self.out}"])


@dataclass(frozen=True)
class StatusResult:
    """What a folder of tags holds and what is to be done."""

    status: Status

    def __str__(self) -> str:
        found = self.status
        lines = [
            f"files: {found.n_files_done} done, {found.n_files_pending} pending, {found.n_files_removed} removed",
            f"texts: {found.n_texts_tagged} tagged of {found.n_texts_read} read",
            "the tables are " + ("up to date" if found.is_current else "not up to date: run `themes tag` again"),
        ]
        if found.holder:
            lines.append(f"a run is writing here: {found.holder}")
        lines += [f"this input is gone: {path}" for path in found.missing]
        if found.skipped:
            lines += ["skipped:", *(f"  {n:6d}  {reason}" for reason, n in found.skipped.items())]
        return "\n".join(lines)


@dataclass(frozen=True)
class ReportResult:
    """Where the page stands, and the names of the tables beside it."""

    page: Path
    tables: tuple[str, ...]

    def __str__(self) -> str:
        return f"report: {self.page}"


@dataclass(frozen=True)
class RunResult:
    """The tags and the report made of them."""

    tags: TagResult
    report: ReportResult

    def __str__(self) -> str:
        return f"{self.tags}\n{self.report}"


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
