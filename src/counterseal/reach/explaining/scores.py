"""How the chance that a needed step is in time bends with the numbers of the step.

In a trial in which the target cannot be reached without step *v*, it is reached exactly when
X(v) is at most some c. Given all else, that has the probability s F(c), and its derivatives
divided by it, averaged over such trials, are those of reach: a conditional estimator without
the noise of v's own draw. Attempts before the last are held as they were drawn; each one's
share of c is what was left over beside it. A change of the chance to go unseen is worth what a
detected last attempt would have cost: nothing if there is time to try again, everything if not
(a weak derivative, finite also where nothing was ever detected).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.draws import uniform
from counterseal.reach.sampling import SEEN_BY_LOADING
from counterseal.reach.special import (
    exp,
    gamma_cdf,
    log,
    log_gamma,
    njit,
    normal_cdf,
    normal_quantile,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.reach.plan import Plan

__all__ = ["REENTRY", "SCALE", "SHAPE", "SUCCESS", "UNSEEN", "days_of", "weights"]

SCALE, SHAPE, SUCCESS, UNSEEN, REENTRY = 0, 1, 2, 3, 4
"""Columns of the weights; the first four are the roles of a step's products."""

_EXPONENTIAL, _WEIBULL, _GAMMA = 1, 2, 3
_ROOT_TWO_PI = 2.5066282746310002
_SURE = 1.0 - 1e-14
_SMALL = 1e-12
_STEP = 1e-4
_TINY = 1e-300
_FAR = 1e6
_LEAST_SHAPE = 1e-3


@njit
def weights(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    step: NDArray[np.int64],
    draw: NDArray[np.int64],
    lane: NDArray[np.int64],
    column: NDArray[np.int64],
    slack: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Write the derivatives of log(s F(c)) in the logs of the numbers of each step.

    Args:
        plan: What the sampler knows.
        table: Products in every outer draw.
        step: Position of the step, in each of some trials.
        draw: Outer draw of the trial.
        lane: Lane in the draw.
        column: Column of the trial among the latent factors.
        slack: Days that the step could have taken longer.
        out: Shape (trials, 5); see the columns above.
    """
    spent = np.empty(plan.attempts + 1)
    for i in range(step.size):
        out[i, :] = 0.0
        if table[plan.roles[SUCCESS, step[i]], draw[i]] <= 1.0:
            out[i, SUCCESS] = 1.0
        place = (step[i], draw[i], lane[i], column[i])
        made = _tries(plan, table, place, spent)
        _of_times(plan, table, place, spent[:made], slack[i], out[i])
        out[i, UNSEEN] = _of_unseen(plan, table, place, made, slack[i])


@njit
def days_of(
    plan: Plan,
    table: NDArray[np.float64],
    place: tuple[int, int, int, int],
) -> float:
    """Return X of a step that works, as the sampler draws it; infinite when patience ends."""
    spent = np.empty(plan.attempts + 1)
    made = _tries(plan, table, place, spent)
    if made > plan.attempts:
        return np.inf
    total = 0.0
    for i in range(made - 1):
        total = total + spent[i] + table[plan.reentry, place[1]]
    return total + spent[made - 1]  # type: ignore[no-any-return]


@njit
def _tries(
    plan: Plan,
    table: NDArray[np.float64],
    place: tuple[int, int, int, int],
    spent: NDArray[np.float64],
) -> int:
    """Write the days of each attempt up to the first that goes unseen; return how many.

    One more than there may be when none does.
    """
    for attempt in range(plan.attempts):
        spent[attempt], seen = _attempt(plan, table, place, attempt)
        if not seen:
            return attempt + 1
    return plan.attempts + 1


@njit
def _attempt(
    plan: Plan,
    table: NDArray[np.float64],
    place: tuple[int, int, int, int],
    attempt: int,
) -> tuple[float, bool]:
    """Return the days of one attempt, and whether it was seen."""
    step, draw, lane, column = place
    time, seen = uniform(plan.keys[step], draw, lane, attempt + 1)
    scale, shape = table[plan.roles[SCALE, step], draw], table[plan.roles[SHAPE, step], draw]
    unseen = table[plan.roles[UNSEEN, step], draw]
    family = plan.family[step]
    days = scale
    if family > 0:
        skill = plan.latents[plan.latent[step], column] if plan.latent[step] >= 0 else 0.0
        loading = plan.loading[step] if plan.latent[step] >= 0 else 0.0
        score = np.sqrt(1.0 - loading * loading) * normal_quantile(time) + loading * skill
        days = scale * _inverse(family, shape, score)
    if unseen >= 1.0:
        return days, False
    if plan.seen_by[step] < 0:
        return days, seen >= unseen
    guard = plan.latents[plan.seen_by[step], column]
    rest = np.sqrt(1.0 - SEEN_BY_LOADING * SEEN_BY_LOADING)
    score = rest * normal_quantile(seen) + SEEN_BY_LOADING * guard
    return days, score >= normal_quantile(unseen)


@njit
def _inverse(family: int, shape: float, score: float) -> float:
    """Return the standard time of a family at a normal score."""
    if family > _GAMMA:
        return exp(shape * score)
    shape = 1.0 if family == _EXPONENTIAL else max(shape, _LEAST_SHAPE)
    if family < _GAMMA:
        return exp(log(max(-log(max(normal_cdf(-score), _TINY)), _TINY)) / shape)
    low, high = 0.0, 1.0
    below = normal_cdf(score)
    while gamma_cdf(shape, high) < below and high < _FAR:
        high *= 2.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        if gamma_cdf(shape, middle) < below:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@njit
def _of_times(  # noqa: PLR0917 - a kernel takes plain arguments
    plan: Plan,
    table: NDArray[np.float64],
    place: tuple[int, int, int, int],
    spent: NDArray[np.float64],
    slack: float,
    out: NDArray[np.float64],
) -> None:
    """Add what scale, shape and re-entry do to the chance that each attempt is in time."""
    step, draw, _, column = place
    if plan.family[step] == 0 or spent.size > plan.attempts:
        return
    scale, shape = table[plan.roles[SCALE, step], draw], table[plan.roles[SHAPE, step], draw]
    skill = plan.latents[plan.latent[step], column] if plan.latent[step] >= 0 else 0.0
    loading = plan.loading[step] if plan.latent[step] >= 0 else 0.0
    rate = 0.0
    for i in range(spent.size):
        c = (spent[i] + slack) / scale
        rate, by_shape = _rates(plan.family[step], shape, c, loading, skill)
        out[SCALE] -= rate
        out[SHAPE] += by_shape
    last = spent[spent.size - 1] + slack
    if spent.size > 1 and last > 0.0:
        out[REENTRY] = -(spent.size - 1) * table[plan.reentry, draw] / last * rate


@njit
def _rates(
    family: int, shape: float, y: float, loading: float, skill: float
) -> tuple[float, float]:
    """Return the derivatives of log F in log y and in log shape, given the latent factor."""
    if y <= _SMALL:
        return 0.0, 0.0
    rest = np.sqrt(1.0 - loading * loading)
    if family > _GAMMA:
        if shape <= _SMALL:
            return 0.0, 0.0
        w = log(y) / shape
        z = (w - loading * skill) / rest
        slope = _hazard(z) / rest
        return slope / shape, -slope * w
    below, by_y, by_shape = _standard(family, shape, y)
    if below >= _SURE or below <= _TINY:
        return 0.0, 0.0
    if loading == 0.0:
        return by_y / below, by_shape / below
    w = normal_quantile(below)
    slope = _hazard((w - loading * skill) / rest) / rest * _ROOT_TWO_PI * exp(0.5 * w * w)
    return slope * by_y, slope * by_shape


@njit
def _hazard(z: float) -> float:
    """Return the normal density over the distribution function, at z."""
    below = normal_cdf(z)
    if below < _TINY:
        return -z
    return exp(-0.5 * z * z) / _ROOT_TWO_PI / below


@njit
def _standard(family: int, shape: float, y: float) -> tuple[float, float, float]:
    """Return F at y for scale 1, and its derivatives in log y and in log shape."""
    if family == _GAMMA:
        density = exp(shape * log(y) - y - log_gamma(shape))
        up, down = gamma_cdf(shape * exp(_STEP), y), gamma_cdf(shape * exp(-_STEP), y)
        return gamma_cdf(shape, y), density, (up - down) / (2.0 * _STEP)
    k = shape if family == _WEIBULL else 1.0
    power = exp(min(k * log(y), 700.0))
    left = exp(-min(power, 700.0))
    slope = left * power * k
    return 1.0 - left, slope, slope * log(y) if family == _WEIBULL else 0.0


@njit
def _of_unseen(
    plan: Plan,
    table: NDArray[np.float64],
    place: tuple[int, int, int, int],
    made: int,
    slack: float,
) -> float:
    """Return what the chance to go unseen is worth to the last attempt."""
    step, draw, _, column = place
    unseen = table[plan.roles[UNSEEN, step], draw]
    if unseen > 1.0 or unseen <= 0.0 or made > plan.attempts:
        return 0.0
    if _again(plan, table, place, made) <= slack:
        return 0.0
    if plan.seen_by[step] < 0 or unseen >= 1.0:
        return 1.0
    rest = np.sqrt(1.0 - SEEN_BY_LOADING * SEEN_BY_LOADING)
    z = normal_quantile(unseen)
    y = (z - SEEN_BY_LOADING * plan.latents[plan.seen_by[step], column]) / rest
    return unseen * _hazard(y) / rest * _ROOT_TWO_PI * exp(0.5 * z * z)  # type: ignore[no-any-return]


@njit
def _again(
    plan: Plan,
    table: NDArray[np.float64],
    place: tuple[int, int, int, int],
    made: int,
) -> float:
    """Return the days it would take to get through after all, had the last been seen."""
    total = 0.0
    for attempt in range(made, plan.attempts):
        days, seen = _attempt(plan, table, place, attempt)
        total += table[plan.reentry, place[1]] + days
        if not seen:
            return total  # type: ignore[no-any-return]
    return np.inf
