"""What an estimate of something rare says, how sure it is, and when not to trust it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum, sqrt
from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.estimate import Proportion
from counterseal.reach.rare.fitting import kish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.reach.draws import Draws
    from counterseal.reach.rare.pilot import Round
    from counterseal.reach.rare.tilts import TiltSet

__all__ = ["LEAST_EFFECTIVE", "RareReach", "weighted"]

LEAST_EFFECTIVE = 100.0
"""Effective hits below which the interval is not to be trusted."""

_Z95 = 1.959963984540054
_FAR = 4.0  # standard errors by which the mean weight may be off 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RareReach:
    """How likely a target is reached within a horizon, by importance sampling.

    The estimate is unbiased for the mean, over what is not known (draws) and luck (trials), of
    the indicator that the target is reached in time. With one trial in each draw, facts are
    random inputs like any other, and the mean is over all of their values. With several, facts
    are never tilted: every draw is an honest one, ``shares`` has the estimate of each, and
    the standard error is that between draws. With a single draw the facts are those of that
    draw, and the mean is over luck alone.

    Attributes:
        target: Id of the step.
        horizon_days: Until when.
        estimate: In [0, 1]; ``None`` when it could not be estimated, which is not 0.
        standard_error: Of the estimate, as estimated from the same trials.
        interval: 95 %: Wilson's where nothing is tilted, else normal, cut at 0 and 1.
        reason: Why the estimate is missing, or why it is exactly 0; else empty.
        hits: Trials of the final run that reached the target.
        effective_hits: Kish's effective number of them.
        effective_trials: Kish's effective number of all trials.
        draws: Of the final run.
        sets: What was tilted and how, a set for each way to the target, likeliest first.
        rounds: The pilot's rounds.
        shares: For each draw its own estimate, shape (draws,), where draws have several trials;
            else empty. One may exceed 1, as unbiased estimates do.
        warnings: What speaks against trusting the estimate.
    """

    target: str
    horizon_days: float
    estimate: float | None
    standard_error: float | None = None
    interval: tuple[float, float] | None = None
    reason: str = ""
    hits: int = 0
    effective_hits: float = 0.0
    effective_trials: float = 0.0
    draws: Draws
    sets: tuple[TiltSet, ...] = ()
    rounds: tuple[Round, ...] = ()
    shares: NDArray[np.float64] = field(default_factory=lambda: np.empty(0), repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def pilot_trials(self) -> int:
        """Trials spent on learning the tilts."""
        return sum(one.trials for one in self.rounds)


def weighted(
    found: RareReach, hits: NDArray[np.bool_], weights: NDArray[np.float64]
) -> RareReach:
    """Return ``found`` with the estimate of the final run in it.

    Args:
        found: Target, draws, tilts and rounds.
        hits: Which trials reached the target.
        weights: Of every trial.
    """
    draws = found.draws
    worth = np.where(hits, weights, 0.0)
    split = draws.outer > 1 and draws.lanes > 1
    shares = np.array([_mean(row) for row in worth.reshape(draws.outer, -1)]) if split else None
    groups = worth if shares is None else shares
    estimate = _mean(worth)
    error = _error(groups, estimate)
    if not hits.any():
        return _changed(found, weights, reason="no trial of the final run reached it")
    low, high = max(0.0, estimate - _Z95 * error), min(1.0, estimate + _Z95 * error)
    if not found.sets and shares is None:
        plain = Proportion(hits=int(hits.sum()), trials=hits.size)
        low, high = plain.wilson()
    return RareReach(
        target=found.target,
        horizon_days=found.horizon_days,
        estimate=estimate,
        standard_error=error,
        interval=(low, high),
        hits=int(hits.sum()),
        effective_hits=kish(worth),
        effective_trials=kish(weights),
        draws=draws,
        sets=found.sets,
        rounds=found.rounds,
        shares=np.empty(0) if shares is None else shares,
        warnings=tuple(_warnings(worth, weights)),
    )


def _changed(found: RareReach, weights: NDArray[np.float64], *, reason: str) -> RareReach:
    return RareReach(
        target=found.target,
        horizon_days=found.horizon_days,
        estimate=None,
        reason=reason,
        effective_trials=kish(weights),
        draws=found.draws,
        sets=found.sets,
        rounds=found.rounds,
    )


def _mean(values: NDArray[np.float64]) -> float:
    """Return the mean; the sum is correctly rounded, so the same on every machine."""
    return fsum(values.tolist()) / values.size


def _error(values: NDArray[np.float64], mean: float) -> float:
    """Return the standard error of a mean of independent values; 0 for a single one."""
    squares = fsum(((values - mean) ** 2).tolist())
    return sqrt(squares / (values.size - 1) / values.size) if values.size > 1 else 0.0


def _warnings(worth: NDArray[np.float64], weights: NDArray[np.float64]) -> Sequence[str]:
    found = []
    effective = kish(worth)
    if effective < LEAST_EFFECTIVE:
        found.append(
            f"only {effective:.0f} effective hits: the interval is not to be trusted "
            f"below {LEAST_EFFECTIVE:.0f}"
        )
    mean = _mean(weights)
    if abs(mean - 1.0) > _FAR * _error(weights, mean):
        found.append(f"the mean weight is {mean:.3f}, too far from 1")
    return found
