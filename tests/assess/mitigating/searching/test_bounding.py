"""The bound is never above the best plan, and with enough rounds it is the best plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.assess.mitigating.searching.bounding import CLOSED, Bounding
from counterseal.assess.mitigating.searching.greedy import best_within
from counterseal.assess.mitigating.searching.stakes import Levels
from counterseal.testing.stakes import GraphStakes, best_of_all, level_of, random_stakes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

TIE = 1e-9
SEEDS = st.integers(0, 10**6)
PRICES = st.lists(st.integers(1, 4), min_size=6, max_size=6)


def _bounding(stakes: GraphStakes, costs: list[float], rounds: int = 40) -> Bounding:
    return Bounding(levels=Levels(stakes=stakes), costs=costs, rounds=rounds)


@pytest.mark.slow
def test_bound_and_plan_are_the_best_of_every_plan_on_150_graphs_with_cycles() -> None:
    gaps = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        stakes = random_stakes(seed, measures=7)
        costs = [float(cost) for cost in rng.integers(1, 4, 7)]
        budget = float(rng.integers(1, 9))
        truth, base = best_of_all(stakes, costs, budget), level_of(stakes, ())
        bounding = _bounding(stakes, costs)
        greedy = best_within(bounding.levels, costs, budget)
        bound = bounding.within(budget)
        found = bounding.levels.of(bounding.levels.best(costs, budget))
        assert bound.sound
        assert bound.least <= truth + TIE <= found + 2 * TIE
        assert found <= greedy.level
        assert truth - bound.least <= 1.01 * CLOSED * base + TIE
        assert found == pytest.approx(truth, abs=1.01 * CLOSED * base + TIE)
        gaps.append(greedy.level - truth)
    assert np.mean(np.array(gaps) < TIE) > 0.9  # the greedy plan is seldom not the best


@given(SEEDS, PRICES, st.integers(0, 12), st.integers(0, 3))
@settings(max_examples=15)
def test_a_bound_from_few_rounds_is_loose_but_true(
    seed: int, prices: list[int], budget: int, rounds: int
) -> None:
    stakes, costs = random_stakes(seed), [float(price) for price in prices]
    bound = _bounding(stakes, costs, rounds).within(budget)
    assert bound.least <= best_of_all(stakes, costs, budget) + TIE
    assert bound.rounds <= rounds


@given(SEEDS, PRICES)
@settings(max_examples=6)
def test_cuts_for_one_budget_hold_for_another(seed: int, prices: list[int]) -> None:
    stakes, costs = random_stakes(seed), [float(price) for price in prices]
    bounding = _bounding(stakes, costs)
    for budget in (9.0, 2.0, 5.0):
        truth = best_of_all(stakes, costs, budget)
        bound = bounding.within(budget)
        assert bound.least <= truth + TIE
        assert truth - bound.least <= 1.01 * CLOSED * level_of(stakes, ()) + TIE


@given(SEEDS)
@settings(max_examples=10)
def test_without_a_budget_nothing_changes(seed: int) -> None:
    stakes = random_stakes(seed)
    costs, base = [1.0] * 6, level_of(stakes, ())
    bounding = _bounding(stakes, costs)
    assert best_within(bounding.levels, costs, 0.0).measures == ()
    assert bounding.within(0.0).least == pytest.approx(base, rel=2 * CLOSED)
    assert bounding.levels.best(costs, 0.0) == ()


def test_the_same_search_gives_the_same_bound_to_the_bit() -> None:
    results = []
    for _ in range(2):
        bounding = _bounding(random_stakes(3, measures=7), [1.0, 2.0, 1.0, 3.0, 1.0, 2.0, 1.0])
        results.append((bounding.within(4.0), tuple(bounding.levels.known.items())))
    assert results[0] == results[1]


def test_what_is_left_in_any_case_is_in_the_bound() -> None:
    stakes = random_stakes(11)
    nothing = GraphStakes(
        parents=stakes.parents,
        every=stakes.every,
        entries=stakes.entries,
        local=stakes.local,
        delays=[{}] * 6,
        targets=stakes.targets,
    )
    bound = _bounding(nothing, [1.0] * 6).within(6.0)
    assert bound.least == pytest.approx(level_of(nothing, ()), rel=1e-5)


@dataclass
class Perverse:
    """Two measures, of which the second makes it worse."""

    measures: int = 2
    trials: int = 3

    def worth(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        harm = chosen.astype(np.float64)
        return np.asarray(2.0 - harm[:1] + harm[1:])

    def anchor(self, plan: Iterable[int]) -> None:
        pass


def test_a_measure_that_does_harm_takes_the_bound_away() -> None:
    bounding = Bounding(levels=Levels(stakes=Perverse()), costs=[1.0, 1.0], rounds=5)
    bounding.within(1.0)
    assert not bounding.sound
