"""Intervals over few cases: exact for chance, by whole cases for means."""

from __future__ import annotations

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.backtest.results.intervals import bootstrap, chance

SHARE = st.floats(0, 1)
GROUPS = st.lists(st.lists(SHARE, min_size=1, max_size=3), min_size=2, max_size=8)


@pytest.mark.parametrize(
    ("cases", "low"),
    [(1, 0.025), (2, sqrt(0.0125)), (3, (0.025 * 6) ** (1 / 3) / 3)],
)
def test_chance_has_the_quantiles_of_the_mean_of_uniform_numbers(
    cases: int, low: float
) -> None:
    # P(sum of n <= s) = s**n / n! for s <= 1 (Irwin and Hall 1927)
    found = chance(cases)
    assert found[0] == pytest.approx(low, abs=1e-9)
    assert sum(found) == pytest.approx(1.0)


def test_chance_narrows_with_cases_and_passes_smoothly_to_the_normal() -> None:
    widths = [chance(n)[1] - chance(n)[0] for n in range(1, 25)]
    assert widths == sorted(widths, reverse=True)
    assert widths[15] / widths[16] == pytest.approx(sqrt(17 / 16), rel=0.01)


def test_no_case_says_nothing() -> None:
    assert chance(0) == (0.0, 1.0)
    assert bootstrap([[0.5]], seed=1) is None
    assert bootstrap([[0.5], []], seed=1) is None


@given(GROUPS, st.integers(0, 2**40))
def test_a_bootstrap_interval_lies_within_the_groups_means(
    groups: list[list[float]], seed: int
) -> None:
    found = bootstrap(groups, seed=seed)
    assert found is not None
    means = [sum(group) / len(group) for group in groups]
    assert min(means) - 1e-12 <= found[0] <= found[1] <= max(means) + 1e-12


def test_equal_groups_have_no_width_and_the_seed_decides_the_rest() -> None:
    assert bootstrap([[0.5, 0.5], [0.5]], seed=3) == (0.5, 0.5)
    rows = [[0.1], [0.9], [0.4], [0.7]]
    assert bootstrap(rows, seed=3) == bootstrap(rows, seed=3)


def test_two_groups_far_apart_give_their_whole_range() -> None:
    assert bootstrap([[0.0], [1.0]], seed=5) == (0.0, 1.0)
