"""Foretold and recorded: scores against brute force, transforms against their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from counterseal.backtest.timing.calibration import crps, forecast, reference_days
from counterseal.testing.catalogs import catalog

COUNTS = st.lists(st.integers(0, 9), min_size=2, max_size=40).filter(any)


def sample_of(counts: list[int]) -> list[int]:
    return [day for day, count in enumerate(counts) for _ in range(count)]


@given(COUNTS, st.integers(0, 50))
def test_the_score_is_what_all_pairs_give(counts: list[int], figure: int) -> None:
    sample = np.array(sample_of(counts), dtype=np.float64)
    pairs = np.abs(sample[:, None] - sample[None, :]).mean()
    expected = np.abs(sample - figure).mean() - pairs / 2
    found = crps([float(day) for day in range(len(counts))], counts, float(figure))
    assert found == pytest.approx(expected, abs=1e-9)


@given(COUNTS, st.integers(0, 50))
def test_a_score_is_never_negative_and_zero_only_for_certainty(
    counts: list[int], figure: int
) -> None:
    found = forecast(np.array(counts), figure)
    assert found is not None
    assert found.crps >= -1e-12
    assert (found.crps_days < 1e-12) is (set(sample_of(counts)) == {figure})


def test_the_score_of_a_sure_forecast_is_its_error() -> None:
    found = forecast(np.bincount([10]), 17)
    assert found is not None
    assert (found.crps_days, found.pit, found.is_covered) == (7, 1, False)


@given(COUNTS)
def test_the_transform_of_what_was_foretold_is_a_half_on_average(counts: list[int]) -> None:
    sample = sample_of(counts)
    days = np.array(counts)
    rows = [forecast(days, day) for day in sample]
    assert sum(row.pit for row in rows if row) / len(sample) == pytest.approx(0.5)


@given(COUNTS)
def test_quantiles_are_those_of_the_sample(counts: list[int]) -> None:
    found = forecast(np.array(counts), 0)
    sample = np.array(sample_of(counts))
    assert found is not None
    expected = np.quantile(sample, [0.1, 0.5, 0.9], method="inverted_cdf")
    assert [found.low, found.median, found.high] == expected.tolist()


@given(COUNTS)
def test_the_central_interval_covers_about_as_much_as_it_says(counts: list[int]) -> None:
    days = np.array(counts)
    rows = [forecast(days, day) for day in sample_of(counts)]
    assert sum(row.is_covered for row in rows if row) >= 0.8 * len(rows)


def test_ties_count_half() -> None:
    found = forecast(np.array([5, 5]), 0)
    assert found is not None
    assert found.pit == 0.25


def test_a_figure_beyond_the_horizon_stands_last() -> None:
    found = forecast(np.array([1, 2, 3]), 20_000)
    assert found is not None
    assert (found.pit, found.is_covered) == (1.0, False)


def test_without_a_campaign_nothing_is_foretold() -> None:
    assert forecast(np.zeros(5, dtype=np.int64), 3) is None


def test_the_reference_is_one_lognormal_of_the_priors() -> None:
    days = reference_days(catalog(), horizon_days=9131.25)
    prior = catalog().priors["class:moderate.median"].quantity
    assert prior.low is not None
    assert prior.high is not None
    spread = np.log(prior.high / prior.low) / (2 * stats.norm.ppf(0.95))
    sigma = np.hypot(catalog().priors["class:moderate.sigma"].quantity.value, spread)
    exact = stats.lognorm(s=sigma, scale=prior.value)
    below = np.cumsum(days) / days.sum()
    for day in (0, 3, 10, 30, 100, 400):
        assert below[day] == pytest.approx(exact.cdf(day + 0.5), abs=2e-3)
