from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.adjust import Rates, adjust_means, adjust_share, book_rates, draw_means, wilson_interval
from pipeline.types import Counts, ProbabilitySums

GOOD = Counts("a", "all", 800, 50, 200, 950)
COLUMN = np.zeros(1, dtype=np.int64)


def adjust_counts(n_tagged: list[int], n_docs: list[int], rates: Rates) -> np.ndarray:
    """The adjusted counts of one theme: means of documents that are tagged (1) or not (0)."""
    moments = np.array([n_docs, n_tagged, n_tagged], dtype=np.float64).T
    return adjust_means(moments, np.zeros(len(n_docs), dtype=np.int64), rates=rates)


def _adjust(n_tagged: int, n_docs: int, counts: Counts = GOOD) -> list[float]:
    rates, _ = book_rates([counts], ["a"]).choose("all")
    found: list[float] = adjust_counts([n_tagged], [n_docs], rates)[0].tolist()
    return found


def test_two_percent_that_look_like_six_and_a_half_are_two() -> None:
    assert _adjust(65, 1000)[0] == pytest.approx(0.02)


@given(
    share=st.floats(0, 1), true_rate=st.floats(0.3, 1), false_rate=st.floats(0, 0.1)
)  # fmt: skip
def test_adjusting_undoes_the_errors(share: float, true_rate: float, false_rate: float) -> None:
    seen = share * true_rate + (1 - share) * false_rate
    found = adjust_share(np.array([seen]), np.array([true_rate]), np.array([false_rate]))
    assert found[0] == pytest.approx(share, abs=1e-9)


@given(n_docs=st.integers(1, 500), part=st.floats(0, 1))
def test_interval_holds_the_estimate_within_nought_and_one(n_docs: int, part: float) -> None:
    estimate, low, high = _adjust(round(n_docs * part), n_docs)
    assert 0 <= low <= estimate <= high <= 1


def test_more_documents_and_more_validation_narrow_the_interval() -> None:
    few, many = _adjust(10, 50), _adjust(200, 1000)
    assert many[2] - many[1] < few[2] - few[1]
    poor = _adjust(200, 1000, Counts("a", "all", 16, 1, 4, 19))
    assert many[2] - many[1] < poor[2] - poor[1]


def test_nothing_tagged_still_has_an_interval() -> None:
    estimate, low, high = _adjust(0, 40)
    assert (estimate, low) == (0, 0)
    assert 0 < high < 0.2


@pytest.mark.parametrize(
    "counts",
    [
        Counts("a", "all", 9, 0, 0, 500),
        Counts("a", "all", 500, 0, 0, 9),
        Counts("a", "all", 50, 40, 50, 60),
        Counts("a", "all", 5, 50, 45, 50),
        Counts("b", "all", 90, 5, 10, 95),
    ],
    ids=["few with", "few without", "rates too close", "worse than chance", "never validated"],
)
def test_rates_that_cannot_support_it_give_nothing(counts: Counts) -> None:
    assert np.isnan(_adjust(10, 100, counts)).all()


def test_no_document_gives_nothing() -> None:
    assert np.isnan(_adjust(0, 0)).all()


def test_equal_slices_get_equal_intervals() -> None:
    rates, _ = book_rates([GOOD], ["a"]).choose("all")
    found = adjust_counts([3, 9, 3], [30, 30, 30], rates)
    assert found[0].tolist() == found[2].tolist() != found[1].tolist()


def test_language_uses_its_own_rates_where_they_are_good_enough() -> None:
    quality = [GOOD, Counts("a", "ko", 60, 10, 40, 90), Counts("a", "fr", 3, 0, 0, 3)]
    book = book_rates(quality, ["a"])
    korean, own_korean = book.choose("ko")
    french, own_french = book.choose("fr")
    assert (korean.true_positive[0], own_korean[0]) == (0.6, True)
    assert (french.true_positive[0], own_french[0]) == (0.8, False)


def test_languages_add_up_where_there_is_no_total() -> None:
    book = book_rates([Counts("a", "en", 30, 1, 10, 59), Counts("a", "ko", 50, 3, 10, 37)], ["a"])
    rates, own = book.choose("all")
    assert (rates.true_positive[0], rates.false_positive[0], own[0]) == (0.8, 0.04, True)


@pytest.mark.parametrize(
    ("n_tagged", "n_docs", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_wilson_interval_equals_published_values(n_tagged: int, n_docs: int, low: float, high: float) -> None:
    found = wilson_interval(np.array([n_tagged]), np.array([n_docs]))
    assert (found[0][0], found[1][0]) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_probabilities_of_nought_and_one_are_counts() -> None:
    sums = ProbabilitySums("a", "all", 1000, 800.0, 800.0, 1000, 50.0, 50.0)
    rates, _ = book_rates([sums], ["a"]).choose("all")
    found = adjust_means(np.array([[1000.0, 65.0, 65.0]]), COLUMN, rates=rates)[0].tolist()
    assert found == _adjust(65, 1000)


def test_mean_probabilities_are_undone() -> None:
    sums = ProbabilitySums("a", "all", 200, 140.0, 110.0, 800, 80.0, 20.0)
    rates, _ = book_rates([sums], ["a"]).choose("all")
    mean = 0.3 * 0.7 + 0.7 * 0.1
    share, low, high = adjust_means(np.array([[500.0, 500 * mean, 500 * mean**2 + 20]]), COLUMN, rates=rates)[0]
    assert share == pytest.approx(0.3)
    assert 0 < low < 0.3 < high < 1


@given(n=st.integers(1, 400), part=st.floats(0, 1), spread=st.floats(0, 1))
def test_drawn_means_lie_about_theirs(n: int, part: float, spread: float) -> None:
    total = n * part
    squares = total * part + spread * (total - total * part)
    drawn = draw_means(
        np.array([float(n)]), np.array([total]), np.array([squares]), random=np.random.default_rng(0), n_draws=200
    )
    assert drawn.shape == (1, 200)
    assert ((drawn >= 0) & (drawn <= 1)).all()
    assert abs(drawn.mean() - (total + 0.5) / (n + 1)) < 0.2


def test_a_slice_whose_probabilities_are_not_known_gives_nothing() -> None:
    rates, _ = book_rates([GOOD], ["a"]).choose("all")
    assert np.isnan(adjust_means(np.array([[10.0, np.nan, np.nan]]), COLUMN, rates=rates)).all()
