"""What the workflows about models and labels return: facts as fields, a summary as text, a check's exit code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.classify.basis import Basis
    from pipeline.classify.comparison import Comparison
    from pipeline.classify.evaluation import Evaluation, SliceFigures
    from pipeline.classify.explain import Explanation, ScoreExplanation, ThemeExplanation
    from pipeline.classify.label_checks import Finding
    from pipeline.classify.store import ModelSummary


@dataclass(frozen=True)
class Progress:
    """A new model beside the one that stood in its place.

    comparison: on the training documents that were new to the earlier model; None if that cannot be known.
    """

    previous: str
    same_data: bool
    comparison: Comparison | None


@dataclass(frozen=True)
class TrainResult:
    """The model written, its out-of-fold figures, what to be careful with, and whether it got better."""

    out: Path
    version: str
    metrics: dict[str, float]
    warnings: tuple[str, ...] = ()
    progress: Progress | None = None

    def __str__(self) -> str:
        lines = [f"{self.version} -> {self.out} (figures from folds the model had not seen)"]
        lines += [f"  {figure:26s} {value:.3f}" for figure, value in self.metrics.items()]
        lines += [f"careful: {warning}" for warning in self.warnings]
        return "\n".join([*lines, *_progress_lines(self.progress, self.out)])


def _progress_lines(progress: Progress | None, out: Path) -> Iterator[str]:
    if progress is None:
        return
    if progress.comparison is not None:
        from pipeline.report.evaluation_text import comparison_lines

        yield f"is it better than {progress.previous}, which stood here? Judged on labelled documents new to that one:"
        yield from comparison_lines(progress.comparison, progress.previous)
        return
    why = "it was trained on the same data" if progress.same_data else "too few of these documents are new to it"
    yield f"whether it is better than {progress.previous}, which stood here, these documents cannot tell: {why}"
    yield f"  to find out: themes evaluate {out} HELD-OUT.csv --against A-COPY-OF-THE-OLD-FOLDER"


@dataclass(frozen=True)
class Against:
    """A comparison with another model on the documents that neither was trained on; None if there are none.

    n_left_out: documents that one of them was trained on; is_known: whether both models can tell which those are.
    """

    model: str
    comparison: Comparison | None
    n_left_out: int
    is_known: bool


@dataclass(frozen=True)
class EvaluationResult:
    """Figures of a model on labelled documents.

    n_seen: documents that were in its training data, or nearly, None if an older model cannot tell; unseen: figures on
    the others, where there are both; out: the folder of tables.
    """

    model: str
    evaluation: Evaluation
    bases: tuple[Basis, ...]
    n_seen: int | None
    unseen: SliceFigures | None
    against: Against | None = None
    out: Path | None = None

    def __str__(self) -> str:
        from pipeline.report.evaluation_text import evaluation_lines

        found = self.evaluation
        n_alike = found.n_documents - found.n_units
        lines = [
            f"{self.model} on {found.n_documents} documents" + (f", {n_alike} of them near-copies" * bool(n_alike))
        ]
        lines += [*self._seen_lines(), ""]
        lines += evaluation_lines(found, {basis.theme: basis.n_examples for basis in self.bases})
        lines += ["", *_against_lines(self.against)] if self.against else []
        return "\n".join([*lines, f"\ntables in {self.out}"] if self.out else lines)

    def _seen_lines(self) -> Iterator[str]:
        from pipeline.report.evaluation_text import interval

        if self.n_seen is None:
            yield "careful: this model cannot tell which documents it was trained on; the figures may flatter it"
        elif self.n_seen == self.evaluation.n_documents:
            yield "careful: it was trained on all of these documents, so the figures mean little: see its card"
        elif self.n_seen:
            yield f"careful: {self.n_seen} of these documents, or near-copies, were in its training data: that flatters"
        if self.unseen is not None:
            macro = f", macro F1 {interval(self.unseen.macro_f1)}" if self.unseen.macro_f1 else ", too few to judge"
            yield f"  on the other {self.unseen.n_documents}: micro F1 {interval(self.unseen.micro_f1)}{macro}"


def _against_lines(against: Against) -> Iterator[str]:
    from pipeline.report.evaluation_text import comparison_lines

    if not against.is_known:
        yield "careful: one of the models cannot tell which documents it was trained on; the comparison may favour it"
    if against.n_left_out:
        yield f"{against.n_left_out} documents that one of the models was trained on are left out of the comparison"
    if against.comparison is None:
        yield f"no document is left to compare with {against.model}: label some that neither was trained on"
    else:
        yield from comparison_lines(against.comparison, against.model)


@dataclass(frozen=True)
class ExplainResult:
    """Themes of one document taken apart; the other fields are those of `Explanation`."""

    title: str
    location: str
    language: str
    remark: str
    any_theme: ScoreExplanation | None
    language_shift: float
    themes: tuple[ThemeExplanation, ...]

    @classmethod
    def of(cls, explanation: Explanation) -> ExplainResult:
        """An explanation as the command shows it, without the document's text."""
        document = explanation.document
        return cls(
            document.title,
            document.location,
            document.language,
            explanation.remark,
            explanation.any_theme,
            explanation.language_shift,
            explanation.themes,
        )

    def __str__(self) -> str:
        from pipeline.report.explanation_text import any_theme_lines, theme_lines

        head = [self.title, f"{self.location} ({self.language})"]
        head += [f"careful: {self.remark}"] * bool(self.remark)
        blocks = [head, *([list(any_theme_lines(self.any_theme))] if self.any_theme else [])]
        blocks += [list(theme_lines(item, self.any_theme, self.language_shift)) for item in self.themes]
        return "\n\n".join("\n".join(lines) for lines in blocks)


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
        lines += [
            f"careful: in {item.name} these themes rest on few labelled documents: {', '.join(item.thin)}"
            for item in self.models
            if item.thin
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class TermsResult:
    """The strongest words of each theme, and what it was learned from."""

    terms: dict[str, list[str]]
    bases: tuple[Basis, ...]

    def __str__(self) -> str:
        return "\n".join(
            f"{basis.theme} (from {basis}{': few' if basis.is_thin else ''}): {', '.join(self.terms[basis.theme])}"
            for basis in self.bases
        )


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
