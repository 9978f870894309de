"""Shares know that trials of one draw belong together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.reach.estimate import Proportion
from counterseal.reach.explaining.clustered import share


def counts(rng: np.random.Generator, *, between: float, p: float) -> np.ndarray:
    """Return hits of 64 draws of 32 trials; ``between`` is the correlation within a draw."""
    spread = 1.0 / between - 1.0
    chances = rng.beta(p * spread, (1.0 - p) * spread, 64)
    return rng.binomial(32, chances)


@pytest.mark.parametrize("between", [0.001, 0.1, 0.5])
@pytest.mark.parametrize("p", [0.1, 0.5])
def test_the_interval_covers_however_alike_the_trials_of_a_draw_are(
    between: float, p: float
) -> None:
    rng = np.random.default_rng(8)
    trials = np.full(64, 32)
    found = [share(counts(rng, between=between, p=p), trials) for _ in range(1_000)]
    covered = sum(row.low <= p <= row.high for row in found)
    assert 920 <= covered <= 980  # 95 %, give or take 4 standard errors and small samples


def test_a_naive_interval_would_not() -> None:
    rng = np.random.default_rng(8)
    made = [
        Proportion(hits=int(counts(rng, between=0.5, p=0.5).sum()), trials=2_048).wilson()
        for _ in range(300)
    ]
    assert sum(low <= 0.5 <= high for low, high in made) < 150


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=9))
def test_the_interval_holds_the_estimate(rows: list[tuple[int, int]]) -> None:
    hits = np.array([min(row) for row in rows])
    trials = np.array([max(row) for row in rows])
    found = share(hits, trials)
    assert 0.0 <= found.low <= found.estimate <= found.high <= 1.0
    assert (found.hits, found.trials) == (int(hits.sum()), int(trials.sum()))


def test_all_or_none_counts_draws_and_not_trials() -> None:
    trials = np.full(20, 1_000)
    none, every = share(np.zeros(20, dtype=np.int64), trials), share(trials, trials)
    assert (none.low, every.high) == (0.0, 1.0)
    assert none.high == pytest.approx(Proportion(hits=0, trials=20).wilson()[1])
    assert every.low == pytest.approx(Proportion(hits=20, trials=20).wilson()[0])


def test_no_trial_says_nothing() -> None:
    found = share(np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64))
    assert (found.estimate, found.low, found.high) == (0.0, 0.0, 1.0)
