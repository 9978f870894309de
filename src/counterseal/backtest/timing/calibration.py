"""Foretold against recorded: probability integral transform, coverage, and a proper score.

A distribution is a histogram over whole days, for the record counts in days. So ties are the
rule; they count half, which makes the transform 0.5 on average under a right forecast (the
mid-distribution transform; Czado, Gneiting and Held 2009, Biometrics 65(4):1254-1261). A
recorded figure beyond the horizon of the forecast has the transform 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from counterseal.reach.special import exp, log, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.catalog.catalog import Catalog

__all__ = [
    "COVERAGE",
    "REFERENCE_CLASS",
    "Forecast",
    "crps",
    "forecast",
    "reference_days",
]

COVERAGE: Final = 0.8
"""Of the central interval that is counted: its ends are the 10 % and 90 % quantiles."""

REFERENCE_CLASS: Final = "moderate"
"""The middle of the five time classes of the catalog: one such step is the reference."""

_TAIL = (1 - COVERAGE) / 2
_REFERENCE_POINTS = 9_999
_SPREAD_90 = 2 * 1.6448536269514722
"""Standard deviations between the 5 % and the 95 % quantile of a normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One distribution beside one recorded figure.

    Attributes:
        low, median, high: Its 10 %, 50 % and 90 % quantiles, in days.
        pit: Probability integral transform of the recorded figure, ties counting half; [0, 1].
        is_covered: Whether the recorded figure lies in [low, high].
        crps: Continuous ranked probability score of ln(1 + days): 0 is perfect, less is better.
        crps_days: The same of days.
    """

    low: int
    median: int
    high: int
    pit: float
    is_covered: bool
    crps: float
    crps_days: float


def forecast(days: NDArray[np.int64], recorded: float) -> Forecast | None:
    """Return how a histogram over whole days does beside a recorded figure.

    Args:
        days: How many campaigns took 0, 1, 2, ... days.
        recorded: Days, rounded to whole ones.

    Returns:
        ``None`` when no campaign was counted.
    """
    total = int(days.sum())
    if not total:
        return None
    figure = int(recorded + 0.5)
    low, median, high = (_quantile(days, p) for p in (_TAIL, 0.5, 1 - _TAIL))
    below = int(days[:figure].sum())
    ties = int(days[figure]) if figure < days.size else 0
    scale = np.arange(days.size, dtype=np.float64)
    return Forecast(
        low=low,
        median=median,
        high=high,
        pit=(below + ties / 2) / total,
        is_covered=low <= figure <= high,
        crps=crps([log(1.0 + day) for day in scale], days.tolist(), log(1.0 + figure)),
        crps_days=crps(scale.tolist(), days.tolist(), float(figure)),
    )


def crps(values: Sequence[float], counts: Sequence[int], observed: float) -> float:
    """Return the continuous ranked probability score of a weighted sample.

    E|X - y| - E|X - X'| / 2 (Gneiting and Raftery 2007, JASA 102(477):359-378, section 4.2),
    with exactly rounded sums.

    Args:
        values: Increasing.
        counts: How often each was drawn; not all 0.
        observed: What was recorded.
    """
    total, before = sum(counts), 0
    distance, spread = [], []
    for value, count in zip(values, counts, strict=True):
        if count:
            distance.append(count * abs(value - observed))
            # each pair once: values before weigh +, values after weigh -
            spread.append(count * value * (2 * before + count - total))
            before += count
    return fsum(distance) / total - fsum(spread) / (total * total)


def reference_days(catalog: Catalog, *, horizon_days: float) -> NDArray[np.int64]:
    """Return the naive reference as a histogram: one lognormal from the catalog's priors.

    The way from first access to the objective is taken to be one step of the middle time
    class, its elicited median known only within its range. It knows nothing of the estate.
    """
    prior = catalog.priors[f"class:{REFERENCE_CLASS}.median"].quantity
    within = catalog.priors[f"class:{REFERENCE_CLASS}.sigma"].quantity.value
    low, high = prior.low or prior.value, prior.high or prior.value
    between = (log(high) - log(low)) / _SPREAD_90
    sigma = sqrt(within * within + between * between)
    last = int(horizon_days) + 1
    found = np.zeros(last + 1, dtype=np.int64)
    for number in range(1, _REFERENCE_POINTS + 1):
        score = normal_quantile(number / (_REFERENCE_POINTS + 1))
        days = prior.value * exp(sigma * score)
        if days <= last:  # beyond the horizon nothing is foretold, as in the model
            found[int(days + 0.5)] += 1
    return found


def _quantile(days: NDArray[np.int64], p: float) -> int:
    """Return the least day that at least a share ``p`` of the campaigns do not exceed."""
    return int(np.searchsorted(np.cumsum(days), p * float(days.sum()), side="left"))
