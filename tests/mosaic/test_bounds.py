"""Intervals agree with scipy, and hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from counterseal.mosaic.bounds import (
    Estimate,
    beta_cdf,
    bisected,
    clopper_pearson,
    exactly,
    wilson,
)

SHAPES = st.floats(0.5, 5_000.0)


@given(x=st.floats(0.0, 1.0), a=SHAPES, b=SHAPES)
def test_the_beta_distribution_is_that_of_scipy(x: float, a: float, b: float) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(float(stats.beta.cdf(x, a, b)), abs=1e-9)


@pytest.mark.parametrize(("hits", "trials"), [(0, 7), (7, 7), (3, 20), (1_023, 5_000)])
def test_clopper_pearson_is_that_of_scipy(hits: int, trials: int) -> None:
    own = clopper_pearson(hits, trials)
    peer = stats.binomtest(hits, trials).proportion_ci(method="exact")
    assert (own.low, own.high) == pytest.approx((peer.low, peer.high), abs=1e-9)


@pytest.mark.parametrize(("hits", "trials"), [(0, 7), (7, 7), (3, 20), (31, 31)])
def test_wilson_is_that_of_scipy(hits: int, trials: int) -> None:
    own = wilson(hits, trials)
    peer = stats.binomtest(hits, trials).proportion_ci(method="wilson")
    assert (own.low, own.high) == pytest.approx((peer.low, peer.high), abs=1e-9)


@given(hits=st.integers(0, 400), more=st.integers(0, 400))
def test_an_interval_holds_its_estimate(hits: int, more: int) -> None:
    trials = max(1, hits + more)
    for found in (wilson(hits, trials), clopper_pearson(hits, trials)):
        assert 0.0 <= found.low <= found.value <= found.high <= 1.0


@pytest.mark.parametrize("share", [0.003, 0.2, 0.5, 0.97])
def test_clopper_pearson_misses_no_more_often_than_promised(share: float) -> None:
    hits = np.random.default_rng(8).binomial(200, share, 2_000)
    known = {h: clopper_pearson(h, 200) for h in map(int, np.unique(hits))}
    held = np.mean([known[h].low <= share <= known[h].high for h in map(int, hits)])
    assert held > 0.94  # 95 % promised; 2,000 draws put 0.5 % beside it


def test_a_place_is_found_by_halving() -> None:
    assert bisected(lambda x: x * x, 2.0, 0.0, 2.0) == pytest.approx(2.0**0.5)


def test_an_estimate_lies_within_its_ends() -> None:
    with pytest.raises(ValueError, match="between"):
        Estimate(value=1.0, low=2.0, high=3.0)
    assert exactly(3.0).is_exact
    assert not wilson(1, 3).is_exact
