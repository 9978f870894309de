"""Bounds on distinct people are those that inclusion and exclusion allow."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.consequence.cover import add_points, mark_leaps
from counterseal.consequence.taken.bounds import distinct
from counterseal.consequence.taken.ranges import Range

SIZE = 4
SETS = [frozenset(i for i in range(SIZE) if bits >> i & 1) for bits in range(1 << SIZE)]


def exact(number: float) -> Range:
    return Range(low=number, value=number, high=number)


def enumerated(meets: tuple[int, ...], counts: tuple[int, ...], needs: int) -> tuple[int, int]:
    """Try every way in which items of these sizes can lie in a population of four."""
    found = []
    choices = [[some for some in SETS if len(some) == count] for count in counts]
    for chosen in product(*choices):
        met = [
            frozenset().union(
                *(s for s, bits in zip(chosen, meets, strict=True) if bits >> n & 1)
            )
            for n in range(needs)
        ]
        found.append(len(frozenset.intersection(*met)))
    return min(found), max(found)


@pytest.mark.parametrize("needs", [1, 2, 3])
@given(data=st.data())
def test_bounds_are_reached_by_some_arrangement_of_people(
    needs: int, data: st.DataObject
) -> None:
    meets = tuple(data.draw(st.lists(st.integers(0, (1 << needs) - 1), min_size=1, max_size=3)))
    sizes = st.lists(st.integers(0, SIZE), min_size=len(meets), max_size=len(meets))
    counts = tuple(data.draw(sizes))
    least, most = enumerated(meets, counts, needs)
    found = distinct(meets, [exact(c) for c in counts], exact(SIZE), needs=needs)
    assert found.low <= least
    assert found.high >= most
    if needs == 1:
        assert (found.low, found.high) == (least, most)


def test_two_needs_in_two_holdings_meet_at_least_by_their_excess() -> None:
    found = distinct((1, 2), (exact(70), exact(60)), exact(100), needs=2)
    assert (found.low, found.value, found.high) == (30, 45, 60)


def test_one_holding_that_meets_every_need_leaves_no_doubt() -> None:
    assert distinct((3, 1), (exact(40), exact(90)), exact(100), needs=2) == Range(
        low=40, value=40, high=40
    )


def test_ends_of_counts_widen_the_bounds() -> None:
    size = Range(low=90, value=100, high=110)
    counts = [Range(low=60, value=70, high=80), Range(low=55, value=60, high=65)]
    found = distinct((1, 2), counts, size, needs=2)
    assert (found.low, found.high) == (5, 65)


@pytest.mark.parametrize("captured", [0.5, 0.9, 1.0])
@given(
    items=st.lists(st.tuples(st.integers(1, 3), st.floats(0, 130)), min_size=1, max_size=4),
)
def test_the_low_end_holds_for_every_size_in_the_range(
    captured: float, items: list[tuple[int, float]]
) -> None:
    meets = [bits for bits, _ in items]
    counts = [exact(n) for _, n in items]
    size = Range(low=80, value=100, high=120)
    found = distinct(meets, counts, size, needs=2, captured=captured)
    for number in range(80, 121):
        one = distinct(meets, counts, exact(number), needs=2, captured=captured)
        assert found.low <= one.low + 1e-9
        assert found.high >= one.high - 1e-9


def test_a_known_count_is_not_lowered_by_what_the_population_might_be() -> None:
    size = Range(low=900, value=1000, high=1100)
    counts = [exact(1100), exact(800), exact(600)]
    assert distinct((1, 2, 4), counts, size, needs=3).low == 300


def test_a_need_that_nothing_meets_leaves_nobody() -> None:
    assert distinct((1,), (exact(5),), exact(10), needs=2).high == 0


@given(
    items=st.lists(st.tuples(st.integers(0, 7), st.floats(0, 100)), min_size=1, max_size=6),
)
def test_the_bounds_are_those_of_the_kernel(items: list[tuple[int, float]]) -> None:
    found = distinct(
        [bits for bits, _ in items], [exact(n) for _, n in items], exact(100), needs=3
    )
    rank = np.array([[bits >> need & 1 for need in range(3)] for bits, _ in items])
    amount = np.array([n for _, n in items])
    leap = np.empty(len(items), np.int64)
    mark_leaps(rank, amount, len(items), np.empty(len(items), np.int64), leap)
    bounds = np.zeros((3, len(items) + 1))
    points = add_points(
        rank,
        np.ones(3, np.int64),
        amount,
        leap,
        np.empty(8),
        np.empty(3),
        len(items),
        100.0,
        0.5,
        bounds,
        np.empty(len(items) + 1, np.int64),
        0,
    )
    last = bounds[:, points - 1] if points else np.zeros(3)
    assert [found.low, found.value, found.high] == pytest.approx(list(last), abs=1e-9)
