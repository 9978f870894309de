"""The leading measures of thousands are found by splitting blocks, and sets that need it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.assess.mitigating.searching.shortlist import (
    leading,
    shortlist,
    smallest_together,
)
from counterseal.assess.mitigating.searching.stakes import Levels
from counterseal.testing.stakes import GraphStakes, random_stakes

COSTS = [1.0] * 12


@given(st.integers(0, 10**6), st.sets(st.integers(0, 11), max_size=2))
@settings(max_examples=20)
def test_the_leading_measures_are_those_that_trying_each_would_find(
    seed: int, plan: set[int]
) -> None:
    stakes = random_stakes(seed, measures=12, steps=16)
    levels = Levels(stakes=stakes)
    rest = [one for one in range(12) if one not in plan]
    before = levels.of(plan)
    gains = {one: before - levels.of([*plan, one]) for one in rest}
    found = leading(levels, sorted(plan), rest, COSTS, most=3)
    best = sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:3]
    assert [round(gains[one], 9) for one in found] == [round(gain, 9) for gain in best]


def ways_in(routes: int, idle: int) -> GraphStakes:
    """Return parallel ways in with a measure each, among idle measures."""
    return GraphStakes(
        parents=[[] for _ in range(routes)] + [list(range(routes))],
        every=[False] * (routes + 1),
        entries=[True] * routes + [False],
        local=np.full((routes + 1, 2), 5, dtype=np.int64),
        delays=[{route: 65535} for route in range(routes)] + [{}] * idle,
        targets=[(routes, 1.0)],
    )


def test_a_set_that_only_works_together_is_found_among_idle_measures() -> None:
    levels = Levels(stakes=ways_in(3, 60))
    assert leading(levels, [], range(63), [1.0] * 63, most=5) == []
    assert sorted(smallest_together(levels, [], range(63))) == [0, 1, 2]
    assert len(levels.known) < 60


def test_nothing_that_helps_gives_an_empty_set() -> None:
    levels = Levels(stakes=ways_in(1, 5))
    assert smallest_together(levels, [0], range(1, 6)) == []


def test_a_shortlist_has_what_later_steps_of_a_plan_need() -> None:
    levels = Levels(stakes=ways_in(3, 60))
    assert set(shortlist(levels, [1.0] * 63, 3.0, most=8)) >= {0, 1, 2}
    assert shortlist(levels, [1.0] * 63, 2.0, most=8) == ()  # the three cost too much


def test_few_affordable_measures_are_all_on_the_list() -> None:
    levels = Levels(stakes=random_stakes(1))
    assert shortlist(levels, [1.0, 9.0, 1.0, 1.0, 1.0, 1.0], 3.0, most=9) == (0, 2, 3, 4, 5)
    assert levels.known == {}
