"""Shapley shares follow their definition, add up, and are cut where a value is not monotone."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.mosaic.schema.shapley import MOST_EXACT, ORDERS, Value, shapley


def _glove(members: frozenset[str]) -> Value:
    """One left glove and two right ones; a pair is worth 1 (Shapley and Shubik 1969)."""
    worth = float("left" in members and bool(members & {"right", "other"}))
    return Value(low=worth, high=2 * worth)


def test_the_only_left_glove_gets_two_thirds() -> None:
    found = shapley(("left", "right", "other"), _glove, seed=0)
    assert found.at_low == pytest.approx({"left": 2 / 3, "right": 1 / 6, "other": 1 / 6})
    assert found.shares["left"].high == pytest.approx(4 / 3)
    assert next(iter(found.shares)) == "left"
    assert (found.total.low, found.total.high) == (1.0, 2.0)
    assert found.orders == 0


@given(st.lists(st.floats(0, 1), min_size=16, max_size=16))
def test_shares_are_means_over_all_orders(worths: list[float]) -> None:
    names = "abcd"

    def value(members: frozenset[str]) -> Value:
        inside = [
            worths[number]
            for number in range(1, 16)
            if {names[i] for i in range(4) if number >> i & 1} <= members
        ]
        worth = max(inside, default=0.0)
        return Value(low=worth, high=worth)

    orders = list(permutations(names))
    for one in names:
        mean = sum(
            value(frozenset(order[: order.index(one) + 1])).low
            - value(frozenset(order[: order.index(one)])).low
            for order in orders
        ) / len(orders)
        assert shapley(tuple(names), value, seed=0).at_low[one] == pytest.approx(mean)


def test_for_many_players_shares_over_drawn_orders_still_add_up() -> None:
    players = tuple(f"p{i}" for i in range(MOST_EXACT + 4))
    weights = {one: i + 1.0 for i, one in enumerate(players)}

    def value(members: frozenset[str]) -> Value:
        total = sum(weights[one] for one in members)
        return Value(low=total, high=total + (5.0 if {"p0", "p1"} <= members else 0.0))

    found = shapley(players, value, seed=3)
    assert found.orders == ORDERS
    assert found.at_low == pytest.approx(weights)
    assert sum(found.at_high.values()) == pytest.approx(found.total.high)
    assert found.at_high["p0"] - 1 + found.at_high["p1"] - 2 == pytest.approx(5.0)


def test_the_same_seed_draws_the_same_orders() -> None:
    players = tuple(f"p{i}" for i in range(MOST_EXACT + 1))

    def value(members: frozenset[str]) -> Value:
        worth = float({"p0", "p1"} <= members) + float({"p2", "p3", "p4"} <= members)
        return Value(low=worth, high=worth)

    one, other, third = (shapley(players, value, seed=seed).at_low for seed in (1, 1, 2))
    assert one == other
    assert one != third


def test_a_set_is_worth_no_more_than_one_that_holds_it() -> None:
    def value(members: frozenset[str]) -> Value:
        worth = {0: 0.0, 1: 3.0, 2: 1.0}[len(members)]
        return Value(low=worth, high=worth)

    found = shapley(("a", "b"), value, seed=0)
    assert found.at_low == pytest.approx({"a": 0.5, "b": 0.5})


def test_nobody_shares_nothing() -> None:
    found = shapley((), lambda _members: Value(low=0.0, high=0.0), seed=0)
    assert found.shares == {}
    assert found.total.high == 0.0
