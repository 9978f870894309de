"""Greedy plans keep to the budget, and find what only works together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.assess.mitigating.searching.greedy import best_within, greedy_plan
from counterseal.assess.mitigating.searching.stakes import Levels
from counterseal.testing.stakes import GraphStakes, best_of_all, level_of, random_stakes

PRICES = st.lists(st.integers(1, 4), min_size=6, max_size=6)


def parallel(routes: int, *, trials: int = 4) -> GraphStakes:
    """Return as many equal ways in to one target, each with a measure that closes it."""
    target = routes
    return GraphStakes(
        parents=[[] for _ in range(routes)] + [list(range(routes))],
        every=[False] * (routes + 1),
        entries=[True] * routes + [False],
        local=np.full((routes + 1, trials), 5, dtype=np.int64),
        delays=[{route: 65535} for route in range(routes)],
        targets=[(target, 1.0)],
    )


@given(st.integers(0, 10**6), PRICES, st.integers(0, 12))
@settings(max_examples=15)
def test_a_plan_keeps_to_its_budget_and_is_never_worse_than_nothing(
    seed: int, prices: list[int], budget: int
) -> None:
    stakes, costs = random_stakes(seed), [float(price) for price in prices]
    plan = best_within(Levels(stakes=stakes), costs, budget)
    assert plan.cost == sum(costs[one] for one in plan.measures) <= budget
    assert len(set(plan.measures)) == len(plan.measures)
    assert plan.level == level_of(stakes, plan.measures)
    assert best_of_all(stakes, costs, budget) <= plan.level <= level_of(stakes, ())


@given(st.integers(0, 10**6))
@settings(max_examples=20)
def test_more_budget_never_leaves_more(seed: int) -> None:
    costs = [1.0] * 6
    levels = Levels(stakes=random_stakes(seed))
    left = []
    for budget in range(7):
        best_within(levels, costs, budget)
        left.append(levels.of(levels.best(costs, budget)))
    assert left == sorted(left, reverse=True)


def test_two_parallel_ways_in_are_closed_together_though_neither_gains_alone() -> None:
    levels = Levels(stakes=parallel(2))
    assert levels.of((0,)) == levels.of((1,)) == levels.of(())
    plan = greedy_plan(levels, [1.0, 1.0], 2.0, by_cost=False)
    assert sorted(plan.measures) == [0, 1]
    assert plan.level == 0.0


def test_what_gains_nothing_is_not_bought() -> None:
    levels = Levels(stakes=parallel(3))
    assert best_within(levels, [1.0] * 3, 2.0).measures == ()  # closing two of three is idle


def test_gain_for_the_cost_beats_gain_where_cheap_measures_add_up() -> None:
    stakes = GraphStakes(
        parents=[[], [], []],
        every=[False] * 3,
        entries=[True] * 3,
        local=np.zeros((3, 2), dtype=np.int64),
        delays=[{0: 65535}, {1: 65535}, {2: 65535}],
        targets=[(0, 4.0), (1, 3.0), (2, 3.0)],
    )
    plan = best_within(Levels(stakes=stakes), [2.0, 1.0, 1.0], 2.0)
    assert sorted(plan.measures) == [1, 2]


def test_lazy_choice_asks_for_far_less_than_every_gain_every_time() -> None:
    stakes = GraphStakes(
        parents=[[]] * 12,
        every=[False] * 12,
        entries=[True] * 12,
        local=np.zeros((12, 2), dtype=np.int64),
        delays=[{step: 65535} for step in range(12)],
        targets=[(step, 12.0 - step) for step in range(12)],
    )
    levels = Levels(stakes=stakes)
    plan = greedy_plan(levels, [1.0] * 12, 4.0, by_cost=False)
    assert plan.measures == (0, 1, 2, 3)
    assert len(levels.known) == 1 + 12 + 3 + 3  # nothing, each alone, three more, what to drop


def test_an_exchange_mends_a_first_choice_that_was_too_good_to_be_true() -> None:
    # measure 0 delays the target most alone; 1 and 2 together close both ways in
    stakes = GraphStakes(
        parents=[[], [], [0, 1]],
        every=[False] * 3,
        entries=[True, True, False],
        local=np.full((3, 1), 5, dtype=np.int64),
        delays=[{2: 30}, {0: 65535}, {1: 65535}],
        targets=[(2, 1.0)],
    )
    levels = Levels(stakes=stakes)
    costs = [1.0, 1.0, 1.0]
    assert greedy_plan(levels, costs, 2.0, by_cost=False).level > 0.0
    assert best_within(levels, costs, 2.0).level == pytest.approx(0.0)
