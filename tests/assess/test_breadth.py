"""Breadth outpaces depth exactly when exposure rises."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.assess.breadth import breadth_depth

AMOUNT = st.floats(min_value=1e-6, max_value=1e9)


@given(value=st.tuples(AMOUNT, AMOUNT), exposure=st.tuples(AMOUNT, AMOUNT))
def test_the_index_is_the_growth_of_ln_exposure(
    value: tuple[float, float], exposure: tuple[float, float]
) -> None:
    move = breadth_depth(value=value, exposure=exposure)
    assert move.breadth == pytest.approx(math.log(value[1] / value[0]), abs=1e-9)
    assert move.index == pytest.approx(math.log(exposure[1] / exposure[0]), abs=1e-9)


@given(value=st.tuples(AMOUNT, AMOUNT), share=st.floats(min_value=1e-3, max_value=1.0))
def test_a_share_that_stays_makes_depth_stay(value: tuple[float, float], share: float) -> None:
    move = breadth_depth(value=value, exposure=(value[0] * share, value[1] * share))
    assert move.depth == pytest.approx(0.0, abs=1e-9)
    assert move.index == pytest.approx(move.breadth, abs=1e-9)


def test_twice_the_data_behind_half_the_chance_is_no_gain_and_no_loss() -> None:
    move = breadth_depth(value=(100.0, 200.0), exposure=(50.0, 50.0))
    assert move.breadth == pytest.approx(math.log(2))
    assert move.depth == pytest.approx(math.log(2))
    assert move.index == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("value", "exposure"), [((0.0, 5.0), (0.0, 1.0)), ((5.0, 5.0), (1.0, 0.0))]
)
def test_without_value_or_exposure_there_is_no_point_and_no_index(
    value: tuple[float, float], exposure: tuple[float, float]
) -> None:
    move = breadth_depth(value=value, exposure=exposure)
    assert None in {move.before, move.after}
    assert move.breadth is None
    assert move.depth is None
    assert move.index is None
