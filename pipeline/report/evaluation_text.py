"""An evaluation, and a comparison of two models, as an analyst reads them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.classify.comparison import Change, Comparison, Difference
    from pipeline.classify.confusion import Confusion
    from pipeline.classify.evaluation import Evaluation, SliceFigures, ThemeFigures
    from pipeline.classify.resampling import Estimate

MOST_SLICES = 10
MOST_CONFUSED = 5
MOST_NAMED = 5
TOO_FEW = "too few to judge"


def evaluation_lines(evaluation: Evaluation, n_examples: Mapping[str, int]) -> Iterator[str]:
    """The figures; n_examples is how many labelled documents the model learned each theme from."""
    width = max(len(item.theme) for item in (*evaluation.themes, evaluation.micro)) + 2
    head = f"{'theme':{width}}{'precision':>9} {'recall':>7}  {'F1 (95 % interval)':20}"
    yield f"{head} {'labelled':>8} {'assigned':>9} {'learned from':>13}"
    for item in evaluation.themes:
        yield _theme_line(item, width, str(n_examples.get(item.theme, "")))
    yield _theme_line(evaluation.micro, width, "")
    macro = TOO_FEW if evaluation.micro.rests_on_few else interval(evaluation.macro_f1)
    yield f"{'macro':{width}}{'':17}  {macro}"
    yield from _slice_lines("language", evaluation.languages)
    yield from _slice_lines("source", evaluation.sources)
    yield from _none_lines(evaluation)
    yield from _reliability_lines(evaluation)
    yield from _confusion_lines(evaluation)


def comparison_lines(comparison: Comparison, other: str) -> Iterator[str]:
    """The verdict first, then the figures, then the documents that changed."""
    yield f"against {other}, on {comparison.n_documents} documents: {verdict(comparison)}"
    shown = [item for item in comparison.themes if item.before != item.after]
    width = max(len(item.name) for item in (comparison.micro, *shown)) + 4
    yield f"  {'F1':{width}}{'before':>6} {'now':>6}  {'difference (95 % interval)':27} {'p':>6}"
    for item in (comparison.micro, comparison.macro, *shown):
        yield _difference_line(item, width)
    yield f"  (p of themes is corrected for asking about {len(comparison.themes)} at once)"
    if n_same := len(comparison.themes) - len(shown):
        yield f"  themes with the same F1 as before: {n_same}"
    yield f"  documents that became wholly right: {comparison.n_mended}; that ceased to be: {comparison.n_broken}"
    yield from _change_lines("mended", [change for change in comparison.changes if change.now_right])
    yield from _change_lines("broken", [change for change in comparison.changes if not change.now_right])


def verdict(comparison: Comparison) -> str:
    """What can be said of micro and macro F1, in words."""
    micro, macro = comparison.micro, comparison.macro
    if micro.verdict == macro.verdict == "no difference":
        return f"no difference that these {comparison.n_documents} documents can show"
    said = [f"{item.verdict} by {item.name} F1" for item in (micro, macro) if item.verdict != "no difference"]
    return ", ".join(said)


def interval(estimate: Estimate) -> str:
    """A figure of 0-1 with its interval."""
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def _theme_line(item: ThemeFigures, width: int, learned_from: str) -> str:
    figures = f"{item.precision.value:9.2f} {item.recall.value:7.2f}  {interval(item.f1):20}"
    if not item.n_labeled and not item.n_assigned:
        figures = f"{'-':>9} {'-':>7}  {'-':20}"
    line = f"{item.theme:{width}}{figures} {item.n_labeled:8d} {item.n_assigned:9d} {learned_from:>13}"
    return f"{line}  {TOO_FEW}" if item.rests_on_few else line.rstrip()


def _slice_lines(dimension: str, slices: Sequence[SliceFigures]) -> Iterator[str]:
    if not any(item.name for item in slices):
        return
    width = max(_n_cells(item.name or "(none)") for item in slices[:MOST_SLICES]) + 2
    yield f"\n{dimension:{width}} {'micro F1':20} {'macro F1':20} {'documents':>9}"
    for item in slices[:MOST_SLICES]:
        macro = interval(item.macro_f1) if item.macro_f1 else ""
        figures = f"{interval(item.micro_f1):20} {macro:20} {item.n_documents:9d}"
        yield f"{_padded(item.name or '(none)', width)} {figures}" + (f"  {TOO_FEW}" if item.rests_on_few else "")
    if len(slices) > MOST_SLICES:
        yield f"and {len(slices) - MOST_SLICES} more (all with --json or --out)"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _n_cells(text))


def _n_cells(text: str) -> int:
    """Columns of a terminal: wide characters take two."""
    return sum(1 + (east_asian_width(character) in "WF") for character in text)


def _none_lines(evaluation: Evaluation) -> Iterator[str]:
    none, near = evaluation.untagged, evaluation.abstained
    yield f"\ndocuments without a theme: {none.n_left_untagged} of {none.n_themeless} stay untagged"
    yield f"marked `abstain`: {near.n_documents} documents; {near.n_right} of them carry the theme named"


def _reliability_lines(evaluation: Evaluation) -> Iterator[str]:
    yield f"\nprobabilities (expected calibration error {evaluation.calibration_error:.3f})"
    yield f"{'between':>11} {'mean':>6} {'holds':>6} {'decisions':>9}"
    for item in evaluation.reliability:
        yield f"{item.low:5.1f} - {item.high:3.1f} {item.mean_probability:6.2f} {item.share_true:6.2f} {item.n:9d}"


def _confusion_lines(evaluation: Evaluation) -> Iterator[str]:
    by_theme = {
        theme: list(group)
        for theme, group in groupby(sorted(evaluation.confusions, key=_missed), lambda item: item.theme)
    }
    if by_theme:
        yield "\nthemes missed, and what was wrongly given instead"
    for theme, pairs in list(by_theme.items())[:MOST_CONFUSED]:
        given = ", ".join(f"{pair.instead or 'nothing'} {pair.n}" for pair in pairs[:MOST_NAMED])
        yield f"  {theme}, missed in {pairs[0].n_missed}: {given}"


def _missed(item: Confusion) -> tuple[int, str, int]:
    return -item.n_missed, item.theme, -item.n


def _difference_line(item: Difference, width: int) -> str:
    gap = item.difference
    shown = f"{gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})"
    mark = TOO_FEW if item.rests_on_few and item.verdict == "no difference" else item.verdict
    p = "< .001" if item.p_value < 0.001 else f"{item.p_value:6.3f}"
    return f"  {item.name:{width}}{item.before:6.3f} {item.after:6.3f}  {shown:27} {p}  {mark}"


def _change_lines(what: str, changes: Sequence[Change]) -> Iterator[str]:
    if changes:
        named = ", ".join(f"{change.doc_id} ({change.theme})" for change in changes[:MOST_NAMED])
        more = f" and {len(changes) - MOST_NAMED} more" if len(changes) > MOST_NAMED else ""
        yield f"  decisions {what}: {len(changes)}: {named}{more}"
