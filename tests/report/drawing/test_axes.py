"""Ticks are round numbers that enclose the values; positions follow the order of values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.report.drawing.axes import decades, linear, logarithmic, one_in, short_number

SIZES = st.floats(1e-6, 1e12)


@given(SIZES, SIZES)
def test_ticks_enclose_the_values_and_are_few(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ticks = decades(low, high)
    assert ticks[0] <= low * (1 + 1e-9)
    assert ticks[-1] >= high * (1 - 1e-9)
    assert 2 <= len(ticks) <= 12
    assert list(ticks) == sorted(set(ticks))


@given(st.lists(SIZES, min_size=1, max_size=6))
def test_positions_lie_on_the_axis_in_the_order_of_values(values: list[float]) -> None:
    axis = logarithmic(values, start=10.0, end=110.0)
    spots = [axis.at(value) for value in sorted(values)]
    assert spots == sorted(spots)
    assert all(10.0 <= spot <= 110.0 for spot in spots)


def test_values_beyond_the_ends_stand_at_the_ends() -> None:
    axis = linear(0.0, 1.0, start=0.0, end=100.0, ticks=())
    assert (axis.at(-1.0), axis.at(0.25), axis.at(2.0)) == (0.0, 25.0, 100.0)


@pytest.mark.parametrize(
    ("value", "words"), [(10, "10"), (2_000, "2k"), (5e6, "5M"), (0.1, "0.1"), (1e9, "1bn")]
)
def test_tick_labels_are_short(value: float, words: str) -> None:
    assert short_number(value) == words


def test_shares_are_said_as_one_in() -> None:
    assert (one_in(1.0), one_in(20.0), one_in(3_100.0)) == ("all of it", "1 in 20", "1 in 3.1k")
