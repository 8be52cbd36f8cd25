"""Evidence found while texts are scored, against the plain path; and that it changes no score."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.classify import features, kernel
from pipeline.classify.contributions import sentence_contributions
from pipeline.classify.evidence import Evidence, evidence_by_reference, score_with_evidence
from pipeline.classify.model import ThemeModel, searchable
from pipeline.classify.scorer import LinearScorer
from pipeline.types import Document, LabeledDocument

from .strategies import SNIPPETS
from .test_kernel import forgetful
from .test_scorer import CORPUS, SCORERS, VARIANTS, mixed_text

SENTENCES = (
    "A cyber attack on a hospital.", "The cyber attack… was large!", "사이버 공격을 규탄한다.", "人工智能。网络攻击！",
    "Naïve 3D-printed drones and AI.", "The cyber", "attack\n", "Dr. Lee met Mr. Park.",
    "№ 5 кибербезопасность портов.", "e\u0301 and Σ.",
    "الهجوم على الأمن السيبراني.", "AI AI AI.", "½ of the ﬁnance.", "cyber.\nattack",
)  # fmt: skip
texts = st.one_of(mixed_text, st.lists(st.sampled_from(SENTENCES), max_size=9).map(" ".join))
CLOSE = {"rtol": 1e-6, "atol": 2e-6}


def check(scorer: LinearScorer, items: list[str]) -> Evidence:
    """That the compiled path gives the scores and contributions of the plain one, and says where they stand."""
    scored, evidence = score_with_evidence(scorer, items)
    assert np.array_equal(scored.scores, scorer.score_by_kernel(items).scores)
    plain = evidence_by_reference(scorer, items)
    np.testing.assert_allclose(evidence.contributions, plain.contributions, **CLOSE)
    for row, text in enumerate(items):
        sentences, contributions = sentence_contributions(scorer, text)
        for column in range(scorer.n_outputs if sentences else 0):
            span = int(evidence.starts[row, column]), int(evidence.ends[row, column])
            assert contributions[sentences.index(span), column] == pytest.approx(
                contributions[:, column].max(), abs=4e-6
            )
        if not sentences:
            assert evidence.starts[row].tolist() == evidence.ends[row].tolist() == [-1] * scorer.n_outputs
    return evidence


@pytest.mark.parametrize("name", VARIANTS)
@given(st.lists(texts, max_size=4))
@example(["", " \n", *CORPUS])
@example(["".join(SNIPPETS), " ".join(SENTENCES), "no stop at all"])
@settings(max_examples=60, deadline=None)
def test_evidence_is_that_of_the_plain_path(name: str, items: list[str]) -> None:
    check(SCORERS[name], items)


def test_evidence_of_a_trained_model(model: ThemeModel, labeled: list[LabeledDocument]) -> None:
    evidence = check(model.scorer, [item.document.text for item in labeled])
    assert len(np.unique(evidence.starts)) > 10


def test_the_first_of_equal_sentences_is_taken(model: ThemeModel) -> None:
    text = "The choir sang. A satellite in orbit. The choir sang. A satellite in orbit. The choir sang."
    evidence = check(model.scorer, [text])
    assert evidence.starts[0, model.taxonomy.column["space"]] == text.index("A satellite")


@given(st.lists(texts, min_size=1, max_size=6), st.integers(1, 200), st.integers(1, 12))
@settings(max_examples=30, deadline=None)
def test_neither_batches_nor_memory_change_evidence(items: list[str], batch_codes: int, most_runs: int) -> None:
    scorer = SCORERS["default"]
    alone = [score_with_evidence(scorer, [text])[1] for text in items]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "BATCH_CODES", batch_codes)
        patch.setattr(kernel, "MOST_RUNS", most_runs)
        patch.setattr(kernel, "MOST_TERMS", 8 * most_runs)
        _, together = score_with_evidence(forgetful(scorer), items)
    for row, evidence in enumerate(alone):
        assert all(np.array_equal(of_all[row], own[0]) for of_all, own in zip(together, evidence, strict=True))


@pytest.mark.parametrize("text", ["x" * 20_000, "a b. " * 4_000, "中。" * 4_000, "a\n" * 10_000, "… " * 5_000])
def test_very_long_texts(text: str) -> None:
    check(SCORERS["default"], [text, "A cyber attack."])


def test_a_title_put_before_the_text_counts(model: ThemeModel) -> None:
    document = Document("d", "The choir sang.", "Satellite hit by orbital debris")
    _, evidence = model.predict_with_evidence([document])
    start, end = evidence.starts[0, 1], evidence.ends[0, 1]
    assert searchable(document)[start:end] == document.title


def test_few_texts_need_no_compiler() -> None:
    script = (
        "import sys, numpy as np\n"
        "from pipeline.classify.evidence import score_with_evidence\n"
        "from pipeline.classify.features import FeatureSettings, Vocabulary\n"
        "from pipeline.classify.lexicon import Lexicon\n"
        "from pipeline.classify.scorer import LinearScorer\n"
        "vocabulary = Vocabulary(('cyber',), 1, np.ones(1, np.float32))\n"
        "scorer = LinearScorer(FeatureSettings(), vocabulary, Lexicon([]), np.ones((1, 1), np.float32), np.zeros(1))\n"
        "text = 'None. A cyber threat.'\n"
        "few = score_with_evidence(scorer, [text])\n"
        "assert 'numba' not in sys.modules\n"
        "many = score_with_evidence(scorer, [text] * 5_000)\n"
        "assert 'numba' in sys.modules\n"
        "for plain, compiled in zip((*few[0], *few[1]), (*many[0], *many[1])):\n"
        "    assert np.allclose(compiled, plain), (plain, compiled[0])\n"
        "assert few[1].starts.tolist() == [[6]] and few[1].ends.tolist() == [[21]]\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
