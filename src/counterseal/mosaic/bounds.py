"""How sure a share or a count from a sample is: intervals that keep what they promise."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Estimate", "beta_cdf", "bisected", "clopper_pearson", "exactly", "wilson"]

_Z95: Final = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution."""

_TINY: Final = 1e-300
_CLOSE: Final = 1e-15
_MOST_TERMS: Final = 100_000
_HALVINGS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A share or a count, with an interval that holds the true one 95 times in 100.

    Attributes:
        value: The estimate.
        low: Lower end; ``low <= value <= high``.
        high: Upper end; both ends are the value where nothing was estimated.
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            msg = f"{self.value} is not between {self.low} and {self.high}"
            raise ValueError(msg)

    @property
    def is_exact(self) -> bool:
        """Whether it was counted, not estimated."""
        return self.low == self.value == self.high


def exactly(value: float) -> Estimate:
    """Return what was counted as an estimate without a width."""
    return Estimate(value=value, low=value, high=value)


def wilson(hits: int, trials: int) -> Estimate:
    """Return a share with its 95 % score interval (Wilson 1927, JASA 22(158):209-212).

    Args:
        hits: How often it happened.
        trials: How often it could have; at least 1.
    """
    share, weight = hits / trials, _Z95 * _Z95 / trials
    centre = (share + weight / 2.0) / (1.0 + weight)
    half = sqrt(weight * share * (1.0 - share) + weight * weight / 4.0) / (1.0 + weight)
    return Estimate(
        value=share,
        low=min(share, max(0.0, centre - half)),
        high=max(share, min(1.0, centre + half)),
    )


def clopper_pearson(hits: int, trials: int, *, miss: float = 0.05) -> Estimate:
    """Return a share with an interval that never holds it less often than promised.

    Args:
        hits: How often it happened.
        trials: How often it could have; at least 1.
        miss: How often the interval may miss, in (0, 1), both sides together.

    References:
        Clopper and Pearson (1934), Biometrika 26(4):404-413.
    """
    share = hits / trials
    low = high = share
    if hits == 0:
        low = 0.0
    else:
        low = bisected(lambda p: beta_cdf(p, hits, trials - hits + 1), miss / 2.0, 0.0, share)
    if hits == trials:
        high = 1.0
    else:
        high = bisected(
            lambda p: beta_cdf(p, hits + 1, trials - hits), 1.0 - miss / 2.0, share, 1.0
        )
    return Estimate(value=share, low=min(low, share), high=max(high, share))


def bisected(rising: Callable[[float], float], level: float, low: float, high: float) -> float:
    """Return where a rising function takes a value, between two places on either side of it."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if not low < middle < high:
            break
        if rising(middle) < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the distribution function of the beta distribution, for positive ``a`` and ``b``.

    Also the chance of at least ``a`` hits in ``a + b - 1`` trials of chance ``x``.

    References:
        DLMF 8.17.22, a continued fraction, evaluated as in Thompson and Barnett (1986), J.
        Comput. Phys. 64(2):490-509.
    """
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
    return exp(front) / (a * _fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    """Return ``1 + d1/(1 + d2/(1 + ...))`` with the coefficients of DLMF 8.17.22."""
    value, up, down = 1.0, 1.0, 0.0
    for step in range(1, _MOST_TERMS):
        half = step // 2
        top = -(a + half) * (a + b + half) if step % 2 else half * (b - half)
        term = top * x / ((a + step - 1.0) * (a + step))
        down = 1.0 / (_away(1.0 + term * down))
        up = _away(1.0 + term / up)
        change = up * down
        value *= change
        if abs(change - 1.0) < _CLOSE:
            break
    return value


def _away(number: float) -> float:
    """Return a number that can be divided by."""
    return number if abs(number) > _TINY else _TINY
