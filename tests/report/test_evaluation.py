"""Evaluations and explanations as tables and as text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.classify.basis import Basis
from pipeline.classify.comparison import Comparison, compare
from pipeline.classify.evaluation import Evaluation, evaluate
from pipeline.classify.explain import MOST_FLIPS, Explanation, ThemeExplanation
from pipeline.classify.judging import Judged
from pipeline.classify.model import ThemeModel
from pipeline.report.csvio import read_csv
from pipeline.report.evaluation_tables import evaluation_tables, write_evaluation
from pipeline.report.evaluation_text import comparison_lines, evaluation_lines, verdict
from pipeline.report.explanation_text import any_theme_lines, theme_lines
from pipeline.types import ASSIGNED

BASES = (Basis("cyber", 40, 3), Basis("=space", 4, 0))


def judged(n_turned: int) -> Judged:
    random = np.random.default_rng(4)
    labels = (random.random((120, 2)) < [0.4, 0.04]).astype(np.int8)
    decided = labels.copy()
    decided[:n_turned, 0] = 1 - decided[:n_turned, 0]
    return Judged(
        ("cyber", "=space"), labels, decided * ASSIGNED, decided.astype(np.float32),
        np.array([f"d{row}" for row in range(120)], object), np.array(["en", "ko"] * 60, object),
        np.array([f"외교부 {row % 14}" for row in range(120)], object), np.arange(120),
    )  # fmt: skip


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return evaluate(judged(12))


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(judged(40), judged(12))


def test_tables_hold_every_figure(evaluation: Evaluation, comparison: Comparison, tmp_path: Path) -> None:
    write_evaluation(evaluation_tables(evaluation, BASES, comparison), tmp_path)
    tables = {path.stem: read_csv(path) for path in tmp_path.iterdir()}
    assert set(tables) == {"themes", "slices", "reliability", "confusions", "wrong", "comparison", "changes"}
    themes = tables["themes"].set_index("theme")
    assert list(themes.index) == ["cyber", "=space", "micro", "macro"]
    assert float(themes.loc["cyber", "f1_low"]) == pytest.approx(evaluation.themes[0].f1.low, abs=1e-6)
    assert themes.loc["=space", ["n_examples", "rests_on_few"]].tolist() == ["4", "true"]
    assert themes.loc["macro", "precision"] == ""
    assert len(tables["slices"]) == 2 + 14
    assert len(tables["wrong"]) == 12
    assert len(tables["changes"]) == 28
    assert tables["comparison"]["verdict"].tolist()[:2] == [comparison.micro.verdict, comparison.macro.verdict]


def test_without_a_comparison_there_are_no_tables_of_it(evaluation: Evaluation) -> None:
    assert set(evaluation_tables(evaluation, BASES, None)) == {
        "themes", "slices", "reliability", "confusions", "wrong",
    }  # fmt: skip


def test_nothing_wrong_still_makes_tables(tmp_path: Path) -> None:
    write_evaluation(evaluation_tables(evaluate(judged(0)), (), None), tmp_path)
    assert len(read_csv(tmp_path / "wrong.csv")) == 0
    assert list(read_csv(tmp_path / "wrong.csv").columns) == ["doc_id", "theme", "holds", "decision", "probability"]


def test_the_summary_names_what_rests_on_little(evaluation: Evaluation) -> None:
    lines = list(evaluation_lines(evaluation, {"cyber": 40, "=space": 4}))
    by_first_word = {line.split()[0]: line for line in lines if line.strip()}
    assert by_first_word["=space"].endswith("4  too few to judge")
    assert "too few" not in by_first_word["cyber"]
    assert f"({evaluation.themes[0].f1.low:.2f} to {evaluation.themes[0].f1.high:.2f})" in by_first_word["cyber"]
    assert "and 4 more (all with --json or --out)" in lines
    assert max(map(len, lines)) <= 120


def test_what_does_not_occur_has_no_figures() -> None:
    nothing = judged(0)
    lines = list(evaluation_lines(evaluate(nothing.documents(nothing.themeless)), {}))
    assert lines[1].split() == ["cyber", "-", "-", "-", "0", "0", "too", "few", "to", "judge"]
    assert next(line for line in lines if line.startswith("macro")).split()[1:] == ["too", "few", "to", "judge"]


def test_the_verdict_in_words(comparison: Comparison) -> None:
    assert verdict(comparison).startswith("better by micro F1")
    alike = compare(judged(12), judged(12))
    assert verdict(alike) == "no difference that these 120 documents can show"
    worse = replace(alike, micro=replace(alike.micro, verdict="worse"))
    assert verdict(worse) == "worse by micro F1"


def test_the_comparison_names_documents(comparison: Comparison) -> None:
    text = "\n".join(comparison_lines(comparison, "old-1"))
    assert text.startswith("against old-1, on 120 documents: better by micro F1")
    assert "decisions mended: 28: d12 (cyber), d13 (cyber)" in text
    assert "and 23 more" in text
    assert "themes with the same F1 as before: 1" in text


@pytest.fixture(scope="module")
def explanation(model: ThemeModel) -> Explanation:
    return model.explain("Malware, malware: ransomware had locked the servers of a hospital near the border police.")


def shown(item: ThemeExplanation, explanation: Explanation) -> list[str]:
    return list(theme_lines(item, explanation.any_theme, explanation.language_shift))


def test_words_shown_and_the_rest_add_up_to_the_score(explanation: Explanation) -> None:
    for item in explanation.themes:
        lines = shown(item, explanation)
        start, end = next(i for i, line in enumerate(lines) if line.startswith("  for:")), lines.index("  sentences:")
        figures = [
            float(line.split()[0]) for line in lines[start:end] if not line.strip().startswith(("for", "against"))
        ]
        assert item.intercept + sum(figures) == pytest.approx(item.score, abs=0.0006 * (len(figures) + 1))


def test_what_a_theme_rests_on_is_shown(explanation: Explanation) -> None:
    lines = {item.theme: shown(item, explanation)[1] for item in explanation.themes}
    assert lines["crime"] == "  learned from 3 labelled documents and 4 terms: few, take it as a suggestion"


def test_what_would_turn_a_decision_is_shown(explanation: Explanation) -> None:
    first, last = explanation.themes[0], explanation.themes[-1]
    flipping = replace(first, decision="assigned", flips=("malware", "ransomware"))
    assert shown(flipping, explanation)[-1] == "  would not be assigned without: malware, ransomware"
    steady = replace(first, decision="assigned", flips=())
    assert shown(steady, explanation)[-1] == f"  would stay assigned without its {MOST_FLIPS} strongest words"
    assert "would be assigned without: choir" in shown(replace(last, decision="not", flips=("choir",)), explanation)[-1]


@pytest.mark.parametrize(
    ("decision", "probability", "said"),
    [
        ("assigned", 0.1, "the best theme: every document gets one"),
        ("not", 0.9, "another is better: every document gets one only"),
        ("assigned", 0.9, "(threshold 0.50)"),
    ],
)
def test_rules_that_overrule_a_threshold_are_named(
    explanation: Explanation, decision: str, probability: float, said: str
) -> None:
    item = replace(explanation.themes[0], decision=decision, probability=probability, threshold=0.5)  # type: ignore[arg-type]
    assert shown(item, explanation)[0].endswith(said)


def test_any_theme(explanation: Explanation) -> None:
    first = explanation.themes[0]
    lines = list(any_theme_lines(first))
    assert lines[0].startswith(f"any theme at all: chance {first.chance:.2f}, score {first.score:+.3f}")
    assert lines[1].startswith("  for: ")
