"""Cross-entropy fit: the tilts under which what was seen to succeed would be likeliest.

What happens or not gets the odds that make its weighted share among the successful trials the
expected one: chances may differ from draw to draw, the factor on the odds does not. A number
gets the normal density on its normal score with their weighted mean and spread, in steps of
half a spread, and a share of the uniform density besides. Both are maximum likelihood in a
family with one or two parameters, which is what minimises cross-entropy (Rubinstein and Kroese
2004, The Cross-Entropy Method, Springer, chapters 2 and 3). Inputs whose numbers look uniform
are left alone, for every tilt spreads the weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.reach.rare.tilts import Kind, Tilt
from counterseal.reach.special import exp, log, njit, normal_cdf, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.reach.rare.inputs import Input
    from counterseal.reach.rare.trials import BentEngine

__all__ = ["MOST_TILTS", "Seen", "fit", "kish", "trimmed"]

MOST_TILTS = 64
"""Inputs that a set tilts at most."""

_SCORES = tuple(k / 2 for k in range(-6, 7))  # where cells meet, in spreads from the centre
_UNIFORM = 0.05  # share of the uniform density in one on cells
_PRIOR = 2.0  # trials' worth of honest luck that is added to what was seen
_CHANCE = 2.5  # standard errors from uniform, beyond which a number is worth fitting
_SHARED = (Kind.FACT, Kind.FACTOR)
_LEAST_GAIN = 0.02  # nats, for what happens or not
_LEAST_EVIDENCE = 3.0  # nats: gain times effective trials; what two parameters gain by chance
_MOST_OF_ALL, _TRIMMINGS = 0.05, 4


def kish(weights: NDArray[np.float64]) -> float:
    """Return the effective sample size ``(sum w)**2 / sum w**2``; 0 when nothing weighs.

    Source: Kish (1965), Survey Sampling; Owen (2013), Monte Carlo theory, methods and examples,
    section 9.3.
    """
    total, squares = _sums(weights)
    return total * total / squares if squares > 0.0 else 0.0


def trimmed(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights of which none is more than about a twentieth of all.

    A pilot may be biased, and one odd trial must not decide what it learns (truncated
    importance sampling: Ionides 2008, J. Comput. Graph. Stat. 17(2):295-311).
    """
    for _ in range(_TRIMMINGS):
        weights = np.minimum(weights, _MOST_OF_ALL * _sums(weights)[0])
    return weights


class Seen(NamedTuple):
    """What a fit is made from.

    Attributes:
        trials: Those that succeeded.
        own: How much each of them counts for what the steps of one way decide.
        shared: How much for facts and factors, which serve every way.
    """

    trials: NDArray[np.int64]
    own: NDArray[np.float64]
    shared: NDArray[np.float64]


def fit(
    engine: BentEngine, inputs: Sequence[Input], numbers: NDArray[np.float64], seen: Seen
) -> tuple[Tilt, ...]:
    """Return the tilts fitted to some trials of an engine, largest gain first.

    Args:
        engine: What was run.
        inputs: Which inputs may be tilted.
        numbers: Theirs; shape (inputs, trials).
        seen: The trials and their weights.
    """
    draws = seen.trials // engine.draws.lanes
    found: list[Tilt] = []
    for row, one in enumerate(inputs):
        weights = seen.shared if one.kind in _SHARED else seen.own
        effective = kish(weights)
        if one.product >= 0:
            tilt = _odds(one, numbers[row], engine.table[one.product, draws], weights)
            least = _LEAST_GAIN
        elif one.bound < 1.0 or _is_far(numbers[row], weights, effective):
            tilt = _density(one, numbers[row], weights, effective)
            least = _LEAST_EVIDENCE / effective
        else:
            continue
        if tilt.gain > least:
            found.append(tilt)
    found.sort(key=lambda tilt: (-tilt.gain, tilt.kind, tilt.id))
    return tuple(found[:MOST_TILTS])


def _odds(
    one: Input,
    numbers: NDArray[np.float64],
    chances: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> Tilt:
    """Return the tilt of what happens or not."""
    odds, gain = _likeliest_odds(numbers < chances, chances, weights)
    return Tilt(kind=one.kind, id=one.id, odds=odds, gain=gain)


def _is_far(
    numbers: NDArray[np.float64], weights: NDArray[np.float64], effective: float
) -> bool:
    """Return whether the weighted mean of uniform numbers would hardly be so far from 1/2."""
    return bool(abs(_mean(numbers, weights) - 0.5) * np.sqrt(12.0 * effective) > _CHANCE)


def _density(
    one: Input,
    numbers: NDArray[np.float64],
    weights: NDArray[np.float64],
    effective: float,
) -> Tilt:
    """Return the tilt of a number: at its limit if it has one, else normal on its score."""
    prior = _PRIOR / (effective + _PRIOR)
    if one.bound < 1.0:
        below = _mean((numbers < one.bound).astype(np.float64), weights)
        edges, masses = np.array([0.0, one.bound, 1.0]), np.array([below, 1.0 - below])
    else:
        edges, masses = _normal(numbers, weights)
        prior = max(prior, _UNIFORM)
    widths = np.diff(edges)
    masses = (1.0 - prior) * masses + prior * widths
    gain = sum(
        m * float(log(m / w)) for m, w in zip(masses.tolist(), widths.tolist(), strict=True)
    )
    return Tilt(
        kind=one.kind,
        id=one.id,
        edges=tuple(edges.tolist()),
        masses=tuple(masses.tolist()),
        gain=gain,
    )


def _normal(
    numbers: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cells of a normal density on the score, and their masses."""
    places = np.array(_SCORES)
    masses = np.diff([0.0, *(float(normal_cdf(score)) for score in _SCORES), 1.0])
    _spread(numbers, weights, places)
    edges, kept = [0.0], []
    mass = 0.0
    for edge, part in zip([*places.tolist(), 1.0], masses.tolist(), strict=True):
        mass += part
        if edge > edges[-1]:
            edges.append(edge)
            kept.append(mass)
            mass = 0.0
    edges[-1] = 1.0
    kept[-1] += mass
    return np.array(edges), np.array(kept)


@njit
def _sums(weights: NDArray[np.float64]) -> tuple[float, float]:
    total = 0.0
    squares = 0.0
    for i in range(weights.size):
        total += weights[i]
        squares += weights[i] * weights[i]
    return total, squares


@njit
def _mean(numbers: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    total = 0.0
    weight = 0.0
    for i in range(numbers.size):
        total += weights[i] * numbers[i]
        weight += weights[i]
    return total / weight


@njit
def _spread(
    numbers: NDArray[np.float64], weights: NDArray[np.float64], edges: NDArray[np.float64]
) -> None:
    """Turn edges in spreads from the centre of the scores into numbers."""
    scores = np.empty(numbers.size)
    for i in range(scores.size):
        scores[i] = normal_quantile(numbers[i])
    total, squares = _sums(weights)
    prior = _PRIOR / (total * total / squares + _PRIOR)
    centre = (1.0 - prior) * _mean(scores, weights)
    for i in range(scores.size):
        scores[i] = (scores[i] - centre) * (scores[i] - centre)
    square = (1.0 - prior) * _mean(scores, weights) + prior * (1.0 + centre * centre)
    spread = np.sqrt(square)
    for k in range(edges.size):
        edges[k] = normal_cdf(centre + spread * edges[k])


@njit
def _likeliest_odds(
    happened: NDArray[np.bool_], chances: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the factor on the odds under which as much happens as did, and its gain.

    By bisection on its logarithm: the expected share rises with it. Honest luck, worth
    ``_PRIOR`` trials, is part of what was seen, so that nothing ever becomes certain.
    """
    total, squares = _sums(weights)
    honest = _mean(chances, weights)
    seen = _mean(happened.astype(np.float64), weights)
    prior = _PRIOR / (total * total / squares + _PRIOR)
    wanted = (1.0 - prior) * seen + prior * honest
    low = -30.0
    high = 30.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        if _expected(chances, weights, exp(middle)) < wanted:
            low = middle
        else:
            high = middle
    odds = exp(0.5 * (low + high))
    gain = 0.0
    for i in range(chances.size):
        if 0.0 < chances[i] < 1.0:
            rest = 1.0 - chances[i] + chances[i] * odds
            gain += weights[i] * (log(odds / rest) if happened[i] else -log(rest))
    return odds, gain / total


@njit
def _expected(chances: NDArray[np.float64], weights: NDArray[np.float64], odds: float) -> float:
    """Return the weighted mean of chances whose odds are multiplied."""
    total = 0.0
    weight = 0.0
    for i in range(chances.size):
        total += weights[i] * chances[i] * odds / (1.0 - chances[i] + chances[i] * odds)
        weight += weights[i]
    return total / weight
