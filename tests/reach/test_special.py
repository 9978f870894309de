"""The written-out arithmetic agrees with scipy's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import special as reference

from counterseal.reach import special

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RNG = np.random.default_rng(20_261_123)
UNIT = np.concatenate([RNG.uniform(0, 1, 2_000), 10 ** RNG.uniform(-15, 0, 300)])


def worst(ours: Callable[[float], float], theirs: NDArray[Any], at: NDArray[Any]) -> float:
    """Return the greatest relative difference."""
    return float(np.max(np.abs(np.array([ours(float(x)) for x in at]) / theirs - 1.0)))


def test_exp_is_within_two_units_in_the_last_place() -> None:
    x = RNG.uniform(-700, 700, 5_000)
    assert worst(special.exp, np.exp(x), x) < 4.5e-16


def test_exp_is_clamped_and_never_overflows() -> None:
    assert special.exp(1e6) == special.exp(709.0) < np.inf
    assert special.exp(-1e6) == special.exp(-708.0) > 0.0


@pytest.mark.parametrize("low", [-700.0, -1.0, -1e-6])
def test_log_is_within_two_units_in_the_last_place(low: float) -> None:
    x = np.exp(RNG.uniform(low, -low, 5_000))
    x = x[x != 1.0]
    assert worst(special.log, np.log(x), x) < 4.5e-16


def test_the_normal_quantile_agrees_far_into_the_tails() -> None:
    assert worst(special.normal_quantile, reference.ndtri(UNIT), UNIT) < 2e-15


def test_the_normal_quantile_is_infinite_at_the_ends() -> None:
    assert special.normal_quantile(0.0) == -np.inf
    assert special.normal_quantile(1.0) == np.inf


def test_the_normal_distribution_function_agrees() -> None:
    z = RNG.uniform(-8.0, 8.0, 2_000)
    assert worst(special.normal_cdf, reference.ndtr(z), z) < 1e-12


def test_the_gamma_function_agrees() -> None:
    a = 10 ** RNG.uniform(-3, 3, 2_000)
    ours = np.array([special.log_gamma(float(x)) for x in a])
    assert np.allclose(ours, reference.gammaln(a), rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("shape", [0.3, 0.5, 1.0, 2.5, 10.0, 100.0])
def test_gamma_probabilities_and_quantiles_agree(shape: float) -> None:
    p = UNIT[:600]
    x = reference.gammaincinv(shape, p)
    assert worst(lambda t: special.gamma_cdf(shape, t), p, x) < 1e-12
    assert (
        worst(lambda t: special.gamma_tail(shape, t), reference.gammaincc(shape, x), x) < 1e-12
    )
    assert worst(lambda u: special.gamma_quantile(shape, u, 1.0 - u), x, p) < 1e-12


@pytest.mark.parametrize(
    ("base", "exponent", "expected"),
    [(0.0, 0.0, 1.0), (-2.0, 0.0, 1.0), (0.0, 3.0, 0.0), (-2.0, 2.0, 0.0), (7.0, 1.0, 7.0)],
)
def test_powers_follow_the_rules_of_the_engine(
    base: float, exponent: float, expected: float
) -> None:
    assert special.power(base, exponent) == expected


def test_powers_agree() -> None:
    for base, exponent in RNG.uniform((0.01, -5.0), (20.0, 5.0), (500, 2)):
        ours = special.power(base, exponent)
        assert ours == pytest.approx(float(base) ** float(exponent), rel=1e-13)


def test_arithmetic_gives_these_very_bits_on_every_machine() -> None:
    found = [
        special.exp(1.2345),
        special.log(0.678),
        special.normal_quantile(0.0123),
        special.gamma_quantile(2.5, 0.3, 0.7),
        special.normal_cdf(-1.7),
        special.power(3.3, 0.37),
    ]
    assert [x.hex() for x in found] == [
        "0x1.b7e47790da685p+1",
        "-0x1.8def40d1f443fp-2",
        "-0x1.1fb23bc8e099ep+1",
        "0x1.7ffcfd5c9aa75p+0",
        "0x1.6d148ca2879f8p-5",
        "0x1.8e309641e2844p+0",
    ]


def test_many_quantiles_are_each_quantile_to_the_bit() -> None:
    inner = np.random.default_rng(3).random(1_000)
    outer = np.array([1e-300, 1e-16, 1e-11, 1.5e-11, 0.075, 0.925, 0.5, 1.0 - 2.0**-53])
    p = np.concatenate([inner, outer, outer[::-1]])
    expected = [special.normal_quantile(one) for one in p.tolist()]
    tail, where = np.empty(p.size), np.empty(p.size, dtype=np.int64)
    untouched = p[-1]
    special.normal_quantiles(p, p.size - 1, tail, where)
    assert p[:-1].tolist() == expected[:-1]
    assert p[-1] == untouched
