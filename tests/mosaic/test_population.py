"""Estimators of population uniqueness find the parameters that samples were drawn with."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import digamma

from counterseal.mosaic.population import _digamma, _digammas, pitman, population, snb, zayatz

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

HISTOGRAMS = st.dictionaries(st.integers(1, 200), st.integers(1, 500), min_size=1, max_size=10)
FRACTIONS = st.floats(0.001, 1.0)


def sampled(
    sizes: NDArray[np.int64], fraction: float, seed: int
) -> tuple[Mapping[int, int], float]:
    """Sample people of a population of classes; return the histogram, and the true share."""
    rng = np.random.default_rng(seed)
    people = np.repeat(np.arange(sizes.size), sizes)
    chosen = rng.choice(people, round(people.size * fraction), replace=False)
    found = np.bincount(chosen)
    return Counter(found[found > 0].tolist()), float((sizes == 1).sum() / people.size)


def slide_negative_binomial(seed: int, shape: float, odds: float) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    return 1 + rng.poisson(rng.gamma(shape, odds, size=60_000))


def pitman_classes(seed: int, alpha: float, theta: float, people: int) -> NDArray[np.int64]:
    """Draw from Pitman's sampling formula, one person after another."""
    rng = np.random.default_rng(seed)
    owners: list[int] = []  # the class of each earlier person
    sizes: list[int] = []
    for n, luck in enumerate(rng.random(people)):
        if luck * (n + theta) < theta + alpha * len(sizes):
            owners.append(len(sizes))
            sizes.append(1)
            continue
        while True:  # a class in proportion to its size less alpha
            one = owners[int(rng.integers(n))]
            if rng.random() * sizes[one] < sizes[one] - alpha:
                break
        owners.append(one)
        sizes[one] += 1
    return np.array(sizes)


@pytest.mark.parametrize(("shape", "odds"), [(0.4, 6.0), (1.5, 1.0), (0.1, 30.0)])
@pytest.mark.parametrize("fraction", [0.2, 0.5])
def test_snb_finds_the_uniques_of_its_own_model(
    shape: float, odds: float, fraction: float
) -> None:
    classes, truth = sampled(slide_negative_binomial(3, shape, odds), fraction, 4)
    assert snb(classes, sampling_fraction=fraction).share == pytest.approx(truth, rel=0.05)


@pytest.mark.parametrize(("alpha", "theta"), [(0.5, 100.0), (0.8, 10.0)])
def test_pitman_finds_the_uniques_of_its_own_model(alpha: float, theta: float) -> None:
    classes, truth = sampled(pitman_classes(5, alpha, theta, 60_000), 0.1, 6)
    assert pitman(classes, sampling_fraction=0.1).share == pytest.approx(truth, rel=0.1)


def test_zayatz_is_near_for_half_a_population() -> None:
    classes, truth = sampled(slide_negative_binomial(7, 0.4, 6.0), 0.5, 8)
    assert zayatz(classes, sampling_fraction=0.5).share == pytest.approx(truth, rel=0.25)


@given(HISTOGRAMS, FRACTIONS)
def test_shares_are_shares_and_no_sample_unique_is_none_of_the_population(
    classes: dict[int, int], fraction: float
) -> None:
    found = population(classes, sampling_fraction=fraction)
    for one in (found.pitman, found.zayatz, found.snb):
        assert (one.share is None) == bool(one.reason)
        assert one.share is None or 0.0 <= one.share <= 1.0
        assert 1 in classes or one.share == 0.0


@given(HISTOGRAMS, FRACTIONS)
def test_the_rule_of_dankar_chooses(classes: dict[int, int], fraction: float) -> None:
    found = population(classes, sampling_fraction=fraction)
    if fraction == 1.0:
        expected = "sample"
    elif fraction <= 0.1:
        expected = "zayatz" if found.pitman.share is None else "pitman"
    elif found.snb.share is None or (found.zayatz.share or 0.0) < found.snb.share:
        expected = "zayatz"
    else:
        expected = "snb"
    assert found.chosen == expected
    shares = {"pitman": found.pitman, "zayatz": found.zayatz, "snb": found.snb}
    assert expected == "sample" or found.share == shares[expected].share


@given(HISTOGRAMS)
def test_a_sample_of_everybody_is_the_population(classes: dict[int, int]) -> None:
    found = population(classes, sampling_fraction=1.0)
    records = sum(size * n for size, n in classes.items())
    assert found.chosen == "sample"
    assert found.share == classes.get(1, 0) / records
    assert found.zayatz.share == pytest.approx(found.share)


def test_a_sample_of_uniques_alone_has_no_pitman_and_says_so() -> None:
    found = population({1: 100}, sampling_fraction=0.1)
    assert found.pitman.share is None
    assert "unique" in found.pitman.reason
    assert found.chosen == "zayatz"


@pytest.mark.parametrize("fraction", [0.0, -1.0, 1.5, float("nan")])
def test_a_fraction_out_of_range_is_refused(fraction: float) -> None:
    with pytest.raises(ValueError, match="sampling fraction"):
        population({1: 1}, sampling_fraction=fraction)


def test_no_records_are_refused() -> None:
    with pytest.raises(ValueError, match="without records"):
        zayatz({}, sampling_fraction=0.5)


@given(st.floats(1e-3, 1e12))
def test_digamma_is_that_of_scipy(x: float) -> None:
    assert _digamma(x) == pytest.approx(float(digamma(x)), rel=1e-12, abs=1e-12)
    assert _digammas(np.array([x, 1.0])) == pytest.approx(
        digamma([x, 1.0]), rel=1e-12, abs=1e-12
    )


def test_thousands_of_sizes_are_fitted() -> None:
    classes = {size: max(1, 1_000_000 // size**2) for size in range(1, 3_000)}
    assert population(classes, sampling_fraction=0.05).share == pytest.approx(0.0303, abs=1e-4)
