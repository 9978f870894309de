"""A draw is worse when its mean difference is above its own Monte Carlo error."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.assess.comparison import ONE_SIDED_95, band, compare, signs
from counterseal.reach.estimate import Proportion

ROWS = st.integers(1, 8).flatmap(
    lambda lanes: st.lists(
        st.lists(st.integers(-40, 40), min_size=lanes, max_size=lanes), min_size=1, max_size=6
    )
)


def reference(row: list[int]) -> int:
    """Apply the rule of ``compare`` to one draw in plain arithmetic."""
    mean = math.fsum(row) / len(row)
    tolerance = 0.0
    if min(row) < 0 < max(row):
        variance = math.fsum((x - mean) ** 2 for x in row) / (len(row) - 1)
        tolerance = ONE_SIDED_95 * math.sqrt(variance / len(row))
    return int(mean > tolerance) - int(mean < -tolerance)


def test_the_tolerance_is_the_one_sided_95_percent_quantile() -> None:
    assert abs(ONE_SIDED_95 - 1.645) < 5e-4
    assert 0.5 * (1 + math.erf(ONE_SIDED_95 / math.sqrt(2))) == pytest.approx(0.95, abs=1e-12)


@given(ROWS)
def test_signs_follow_the_stated_rule(rows: list[list[int]]) -> None:
    expected = [reference(row) for row in rows]
    found = signs(np.array(rows, dtype=np.float64))
    assert found == (expected.count(1), expected.count(-1))


@given(ROWS)
def test_turning_the_difference_round_turns_the_answer_round(rows: list[list[int]]) -> None:
    worse, better = signs(np.array(rows, dtype=np.float64))
    assert signs(-np.array(rows, dtype=np.float64)) == (better, worse)


def test_one_trial_of_one_sign_is_enough_and_no_difference_is_none() -> None:
    rows = np.zeros((3, 100))
    rows[0, 7] = 1e-9
    rows[1, 7] = -1e-9
    assert signs(rows) == (1, 1)


def test_a_mixed_draw_must_stand_out_of_its_own_noise() -> None:
    assert signs(np.array([[3.0, -1.0, 2.0, 1.0]])) == (0, 0)  # 1.25 against 1.40
    assert signs(np.array([[3.0, -1.0, 2.0, 3.0]])) == (1, 0)  # 1.75 against 1.55


def test_shares_are_binomial_over_epistemic_draws_with_wilson_intervals() -> None:
    before = np.zeros(20)
    after = np.array([1.0, 1.0] * 3 + [0.0, 0.0] * 7)
    row = compare(before, after, lanes=2)
    assert row.worse == Proportion(hits=3, trials=10)
    assert row.better == Proportion(hits=0, trials=10)
    assert row.worse.wilson() == pytest.approx((0.1078, 0.6032), abs=1e-4)  # Wilson 1927


LEVELS = st.lists(st.integers(0, 9), min_size=8, max_size=8)


@given(LEVELS)
def test_nothing_changed_is_exactly_nothing(levels: list[int]) -> None:
    row = compare(np.array(levels, float), np.array(levels, float), lanes=4)
    assert (row.worse.hits, row.better.hits, row.p_worse) == (0, 0, 0.0)
    assert row.mean_ratio == 1.0
    assert not row.newly_possible
    assert (row.change.low, row.change.median, row.change.high) == (0.0, 0.0, 0.0)
    assert row.before == row.after
    assert row.ratio is None or row.ratio == band(np.ones(1))


def test_what_only_the_change_brings_is_newly_possible_and_has_no_ratio() -> None:
    row = compare(np.zeros(8), np.ones(8), lanes=4)
    assert row.newly_possible
    assert row.ratio is None
    assert row.mean_ratio == math.inf
    gone = compare(np.ones(8), np.zeros(8), lanes=4)
    assert not gone.newly_possible
    assert gone.mean_ratio == 0.0


def test_bands_are_quantiles_over_draws_of_the_mean_over_lanes() -> None:
    before = np.array([0.0, 2.0, 2.0, 4.0, 4.0, 6.0])  # draws 1, 3, 5
    row = compare(before, 2 * before, lanes=2)
    assert row.before.median == 3.0
    assert [row.before.low, row.before.high] == pytest.approx([1.2, 4.8])
    assert row.ratio == band(np.array([2.0]))
    assert (row.mean_before, row.mean_after, row.mean_ratio) == (3.0, 6.0, 2.0)


def test_what_differs_by_its_rounding_alone_does_not_differ() -> None:
    before = np.array([2.9e6, 1.0, 0.0, 5.0])
    after = before + np.array([-9e-10, 0.0, 0.0, 0.0])
    found = compare(before, after, lanes=2)
    assert (found.worse.hits, found.better.hits) == (0, 0)
    moved = compare(before, before + np.array([-1e-3, 0.0, 0.0, 0.0]), lanes=2)
    assert (moved.worse.hits, moved.better.hits) == (0, 1)
