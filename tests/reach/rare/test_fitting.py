"""Cross-entropy fits are maximum likelihood, and leave alone what looks uniform."""

from __future__ import annotations

from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from counterseal.reach.draws import Draws
from counterseal.reach.program import build
from counterseal.reach.rare.fitting import Seen, fit, kish, trimmed
from counterseal.reach.rare.inputs import Input
from counterseal.reach.rare.tilts import Kind
from counterseal.reach.rare.trials import BentEngine
from counterseal.testing.graphs import graph, step

TRIALS = 1_000
SOME = arrays(np.float64, st.integers(1, 60), elements=st.floats(1e-6, 1e6))


def engine() -> BentEngine:
    made = graph([step("a", entry=True, success=0.2)])
    draws = Draws(seed=0, outer=TRIALS, lanes=1)
    return BentEngine(made, draws=draws, program=build(made, targets=("a",)), workers=1)


def fitted(one: Input, numbers: np.ndarray) -> object:
    trials = np.arange(numbers.size, dtype=np.int64)
    ones = np.ones(numbers.size)
    found = fit(engine(), [one], numbers[None, :], Seen(trials, ones, ones))
    return found[0] if found else None


def test_kish_counts_equal_weights_and_the_one_that_weighs() -> None:
    assert kish(np.full(7, 3.0)) == pytest.approx(7.0)
    assert kish(np.array([1.0, 0.0, 0.0])) == 1.0
    assert kish(np.empty(0)) == 0.0


@given(SOME)
def test_kish_lies_between_one_and_the_number_of_weights(weights: np.ndarray) -> None:
    assert 1.0 - 1e-9 <= kish(weights) <= weights.size * (1.0 + 1e-9)


@given(SOME)
def test_trimming_never_lowers_the_effective_number(weights: np.ndarray) -> None:
    cut = trimmed(weights)
    assert (cut <= weights).all()
    assert kish(cut) >= kish(weights) * (1.0 - 1e-9)


def test_uniform_numbers_are_left_alone() -> None:
    numbers = (np.arange(TRIALS) + 0.5) / TRIALS
    assert fitted(Input(Kind.TIME, "a"), numbers) is None


def test_a_number_gets_the_normal_of_its_scores_and_some_of_the_uniform() -> None:
    rng = np.random.default_rng(1)
    tilt = fitted(Input(Kind.TIME, "a"), 0.1 * rng.random(TRIALS))
    assert tilt is not None
    edges, masses = tilt.edges, tilt.masses  # type: ignore[attr-defined]
    widths = [b - a for a, b in pairwise(edges)]
    assert sum(masses) == pytest.approx(1.0)
    assert min(m / w for m, w in zip(masses, widths, strict=True)) >= 0.05
    below = sum(m for m, edge in zip(masses, edges[1:], strict=True) if edge <= 0.12)
    assert below > 0.8
    assert 1.0 < tilt.gain < log(10.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("share", [0.9, 0.5, 0.05])
def test_a_yes_gets_the_odds_that_make_it_as_frequent_as_it_was(share: float) -> None:
    one = engine()
    product = int(one.plan.roles[2, 0])
    chance = float(one.table[product, 0])
    assert chance == 0.2
    numbers = np.where(np.arange(TRIALS) < share * TRIALS, 0.1, 0.9)
    tilt = fitted(Input(Kind.WORKS, "a", product), numbers)
    assert tilt is not None
    odds = tilt.odds  # type: ignore[attr-defined]
    expected = chance * odds / (1.0 - chance + chance * odds)
    assert expected == pytest.approx(share, abs=0.005)  # honest luck counts for two trials


def test_a_fact_that_is_yes_or_no_has_two_cells_that_meet_at_its_limit() -> None:
    tilt = fitted(Input(Kind.FACT, "f", bound=0.3), np.full(TRIALS, 0.2))
    assert tilt is not None
    assert tilt.edges == (0.0, 0.3, 1.0)  # type: ignore[attr-defined]
    assert 0.99 < tilt.masses[0] < 1.0  # type: ignore[attr-defined]
