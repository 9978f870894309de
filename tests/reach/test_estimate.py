"""Intervals contain what they should, as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from counterseal.reach.estimate import Proportion, quantile


@pytest.mark.parametrize(
    ("hits", "trials"), [(0, 10), (1, 10), (57, 112), (31, 31), (999, 1000)]
)
def test_wilson_agrees_with_scipy(hits: int, trials: int) -> None:
    theirs = stats.binomtest(hits, trials).proportion_ci(0.95, method="wilson")
    assert Proportion(hits=hits, trials=trials).wilson() == pytest.approx(
        tuple(theirs), abs=1e-12
    )


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_contains_the_estimate(pair: tuple[int, int]) -> None:
    share = Proportion(hits=pair[0], trials=pair[1])
    low, high = share.wilson()
    assert 0.0 <= low <= share.estimate <= high <= 1.0


@pytest.mark.parametrize(("hits", "trials"), [(-1, 3), (4, 3), (0, 0)])
def test_what_is_no_proportion_is_refused(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        Proportion(hits=hits, trials=trials)


def test_the_quantile_interval_covers_the_true_quantile_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(1_000):
        found = quantile(rng.exponential(1.0, 200), 0.9)
        inside += found.low <= -np.log(0.1) <= found.high
    assert 0.93 <= inside / 1_000 <= 0.99


def test_a_quantile_beyond_the_share_that_arrives_is_infinite() -> None:
    samples = np.array([1.0, 2.0, np.inf, np.inf], dtype=np.float32)
    assert quantile(samples, 0.5).value == 2.0
    assert quantile(samples, 0.75).value == np.inf


@pytest.mark.parametrize(("size", "p"), [(0, 0.5), (3, 0.0), (3, 1.0)])
def test_a_quantile_of_nothing_is_refused(size: int, p: float) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        quantile(np.zeros(size), p)
