"""How far a mean over few cases can be trusted, and what chance alone would give."""

from __future__ import annotations

from math import comb, factorial, sqrt
from typing import TYPE_CHECKING

import numpy as np

from counterseal.estate.synthetic.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Interval", "bootstrap", "chance"]

Interval = tuple[float, float]
"""Low and high end of a 95 % interval."""

_RESAMPLES = 4_000
_TAIL = 0.025
_EXACT = 16
_Z95 = 1.959963984540054


def bootstrap(groups: Sequence[Sequence[float]], *, seed: int) -> Interval | None:
    """Return the percentile-bootstrap interval of the mean of all values, by whole groups.

    Values of one group (the measures of one case) are not independent, so groups are
    resampled and not values (Efron and Tibshirani 1993, An Introduction to the Bootstrap,
    chapters 8 and 13). Groups without a value are left out; with fewer than two there is no
    interval. With so few groups as here it is too narrow rather than too wide.
    """
    kept = [group for group in groups if group]
    if len(kept) < 2:  # noqa: PLR2004 - one group says nothing about others
        return None
    sums = np.array([sum(group) for group in kept])
    sizes = np.array([len(group) for group in kept], dtype=np.float64)
    rolls = Draws(seed=seed).uniform("bootstrap", _RESAMPLES * len(kept))
    chosen = (rolls * len(kept)).astype(np.int64).reshape(_RESAMPLES, len(kept))
    means = np.sort(sums[chosen].sum(axis=1) / sizes[chosen].sum(axis=1))
    low = int(_RESAMPLES * _TAIL)
    return float(means[low]), float(means[_RESAMPLES - 1 - low])


def chance(cases: int) -> Interval:
    """Return the range that holds the mean of ``cases`` random percentiles 95 times in 100.

    The mean of independent uniform numbers has the distribution of Bates: exact up to 16
    cases, beyond by the normal approximation.
    """
    if cases < 1:
        return 0.0, 1.0
    if cases > _EXACT:
        half = _Z95 / sqrt(12 * cases)
        return 0.5 - half, 0.5 + half
    low, high = 0.0, 0.5
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _bates(middle, cases) < _TAIL else (low, middle)
    return high, 1.0 - high


def _bates(mean: float, count: int) -> float:
    """Return the probability that a mean of ``count`` uniform numbers is at most ``mean``."""
    total = mean * count
    parts: float = 0.0
    for k in range(int(total) + 1):
        parts += float((-1) ** k * comb(count, k)) * (total - k) ** count
    return parts / factorial(count)
