"""What a Monte Carlo run says, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Proportion", "Quantile", "quantile"]

_Z95 = 1.959963984540054
"""The 97.5 % quantile of the standard normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """How often something happened, out of independent trials.

    Attributes:
        hits: Trials in which it did; ``0 <= hits <= trials``.
        trials: Trials run; at least 1.
    """

    hits: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.trials or self.trials < 1:
            msg = f"hits={self.hits} and trials={self.trials} are not a proportion"
            raise ValueError(msg)

    @property
    def estimate(self) -> float:
        """The sample proportion, in [0, 1]."""
        return self.hits / self.trials

    @property
    def standard_error(self) -> float:
        """The standard error of the estimate under the estimate itself."""
        return sqrt(self.estimate * (1.0 - self.estimate) / self.trials)

    def wilson(self, z: float = _Z95) -> tuple[float, float]:
        """Return the Wilson score interval: ``0 <= low <= estimate <= high <= 1``.

        Holds its coverage near 0 and 1, where the Wald interval collapses to a point and would
        report an unreached step as impossible.

        Args:
            z: Standard normal quantile; the default gives a two-sided 95 % interval.

        References:
            Wilson (1927), J. Am. Stat. Assoc. 22(158):209-212.
        """
        n, p = self.trials, self.estimate
        weight = z * z / n
        centre = (p + weight / 2) / (1 + weight)
        half = sqrt(p * (1 - p) * weight + weight * weight / 4) / (1 + weight)
        return min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A sample quantile with a 95 % interval; infinite where too few trials reach so far.

    Attributes:
        p: Which quantile, in (0, 1).
        value: The sample quantile: the least value that at least a share ``p`` do not exceed.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    p: float
    value: float
    low: float
    high: float


def quantile(samples: NDArray[np.float32] | NDArray[np.float64], p: float) -> Quantile:
    """Return the ``p`` quantile of independent ``samples`` (infinity allowed).

    The interval is between order statistics: how many samples fall below the true quantile is
    binomial, whatever the distribution; its normal approximation gives the ranks.

    Raises:
        ValueError: No sample, or ``p`` outside (0, 1).

    References:
        Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2.
    """
    n = samples.size
    if n < 1 or not 0.0 < p < 1.0:
        msg = f"no quantile {p} of {n} samples"
        raise ValueError(msg)
    spread = _Z95 * sqrt(n * p * (1.0 - p))
    ranks = [ceil(n * p) - 1, floor(n * p - spread) - 1, ceil(n * p + spread)]
    places = [min(max(rank, 0), n - 1) for rank in ranks]
    ordered = np.partition(samples, sorted(set(places)))
    value, low, high = (float(ordered[place]) for place in places)
    return Quantile(p=p, value=value, low=low, high=high)
