"""How many people of a population are unique, estimated from a sample of it.

Three models of the classes of the population are fitted to the histogram of the sample and
shown side by side, because none is good everywhere; the decision rule of Dankar et al. chooses
one. An estimator that has no solution says so and gives no number.

Sources: Dankar, El Emam, Neisa and Roffey (2012), Estimating the re-identification risk of
clinical data sets, BMC Med. Inform. Decis. Mak. 12:66, with its appendix A; Hoshino (2001),
Applying Pitman's sampling formula to microdata disclosure risk assessment, J. Off. Stat.
17(4):499-520; Zayatz (1991), Estimation of the percent of unique population elements on a
microdata file using the sample, US Bureau of the Census; Chen and Keller-McNulty (1998),
Estimation of identification disclosure risk in microdata, J. Off. Stat. 14(1):79-95.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = [
    "PopulationEstimate",
    "PopulationUniqueness",
    "pitman",
    "population",
    "snb",
    "zayatz",
]

_PITMAN_MOST_FRACTION = 0.1
"""Dankar et al.: Pitman's model up to this sampling fraction, the others beyond it."""

_STEPS = 200
_LARGE = 10.0
_TERMS = (-691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)
"""Of the asymptotic series of digamma, the last first; enough from ``_LARGE`` on."""
_GRID = 64
_NO_ROOT = "the equations of the model have no solution for this sample"
_EDGE = "its likelihood is greatest at the edge of its range, alpha 0 or 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationEstimate:
    """Share of the population that is unique, as one model has it.

    Attributes:
        share: In [0, 1]; ``None`` where the model does not converge.
        reason: Why there is no share; empty where there is one.
    """

    share: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationUniqueness:
    """What the models say of one sample, and which the decision rule takes.

    Attributes:
        sampling_fraction: Records of the sample / people of the population, in (0, 1].
        pitman, zayatz, snb: The estimates.
        chosen: ``pitman``, ``zayatz`` or ``snb``; ``sample`` where the sample is everybody.
        share: The chosen estimate.
    """

    sampling_fraction: float
    pitman: PopulationEstimate
    zayatz: PopulationEstimate
    snb: PopulationEstimate
    chosen: str
    share: float


def population(classes: Mapping[int, int], *, sampling_fraction: float) -> PopulationUniqueness:
    """Estimate population uniqueness with every model, and choose by the decision rule.

    The rule: with a sampling fraction of at most 10 % Pitman's estimate, else the smaller of
    SNB and Zayatz; Zayatz wherever the other does not converge.

    Args:
        classes: How many classes of the sample have each size; sizes from 1.
        sampling_fraction: In (0, 1]; the sample is taken to be drawn with equal probabilities.

    Raises:
        ValueError: There are no classes, or the fraction is out of its range.
    """
    if not 0.0 < sampling_fraction <= 1.0:
        msg = f"a sampling fraction is in (0, 1], not {sampling_fraction}"
        raise ValueError(msg)
    found = {
        "pitman": pitman(classes, sampling_fraction=sampling_fraction),
        "zayatz": zayatz(classes, sampling_fraction=sampling_fraction),
        "snb": snb(classes, sampling_fraction=sampling_fraction),
    }
    records = sum(size * count for size, count in classes.items())
    sample = classes.get(1, 0) / records
    chosen = "sample" if sampling_fraction == 1.0 else _chosen(found, sampling_fraction)
    share = sample if chosen == "sample" else found[chosen].share
    return PopulationUniqueness(
        sampling_fraction=sampling_fraction,
        chosen=chosen,
        share=sample if share is None else share,
        **found,
    )


def zayatz(classes: Mapping[int, int], *, sampling_fraction: float) -> PopulationEstimate:
    """Estimate with the equivalence class model.

    The sizes of the population's classes are taken to be distributed as those of the sample;
    the share of sample uniques that are population uniques follows by Bayes' theorem from the
    hypergeometric chances that a class of size j leaves one record in the sample.
    """
    records, _, unique = _facts(classes)
    if unique == 0:
        return PopulationEstimate(share=0.0)
    everybody = records / sampling_fraction
    base = _log_choose(everybody, records)
    total = 0.0
    for size, count in classes.items():
        left = _log_choose(everybody - size, records - 1)
        total += count * size * exp(left - base) if left > -inf else 0.0
    alone = unique * exp(_log_choose(everybody - 1, records - 1) - base)
    return PopulationEstimate(share=unique / records * alone / total)


def pitman(classes: Mapping[int, int], *, sampling_fraction: float) -> PopulationEstimate:
    """Estimate with Pitman's sampling formula, its two parameters by maximum likelihood.

    For each alpha in (0, 1) the best theta is the one root of the derivative by theta; alpha
    is a root of the derivative of the profile, found by bisection between points of a grid.
    The number of population uniques is Gamma(theta + 1) / Gamma(theta + alpha) N**alpha.
    """
    records, count, unique = _facts(classes)
    if unique == 0:
        return PopulationEstimate(share=0.0)
    if count in {1, records}:
        return PopulationEstimate(share=None, reason="all records are unique, or all are alike")

    sizes = np.array(sorted(classes), dtype=np.float64)
    counts = np.array([classes[size] for size in sorted(classes)], dtype=np.float64)

    def slope(alpha: float) -> float:
        theta = _theta(alpha, records, count)
        inner = float(counts @ (_digammas(sizes - alpha) - _digamma(1.0 - alpha)))
        harmonic = (_digamma(theta / alpha + count) - _digamma(theta / alpha + 1.0)) / alpha
        return ((count - 1) - theta * harmonic) / alpha - inner

    alpha = _crossing(slope, [(i + 0.5) / _GRID for i in range(_GRID)])
    if alpha is None:
        return PopulationEstimate(share=None, reason=_EDGE)
    theta = _theta(alpha, records, count)
    logs = lgamma(theta + 1.0) - lgamma(theta + alpha)
    share = exp(logs + (alpha - 1.0) * log(records / sampling_fraction))
    return PopulationEstimate(share=min(1.0, share))


def snb(classes: Mapping[int, int], *, sampling_fraction: float) -> PopulationEstimate:
    """Estimate with the slide negative binomial model.

    A class of the population has 1 + X people, X negative binomial with shape a and odds c of
    its mean a c, and each person is in the sample with the sampling fraction. Matched are the
    size of the population and the sample's expected numbers of classes and of uniques.
    """
    records, count, unique = _facts(classes)
    fraction = sampling_fraction
    if unique == 0:
        return PopulationEstimate(share=0.0)
    if count in {1, records} or fraction == 1.0:
        return PopulationEstimate(share=None, reason="all are alike, unique or in the sample")
    everybody = records / fraction
    out = 1.0 - fraction

    def shape(odds: float) -> float:
        thin = log1p(fraction * odds)
        return _root(
            lambda a: everybody / (1.0 + a * odds) * (1.0 - out * exp(-a * thin)) - count,
            log(1e-12 / odds),
            log(1e12 / odds + 1e12),
        )

    def gap(logged: float) -> float:
        odds = exp(logged)
        a = shape(odds)
        kept = exp(-a * log1p(fraction * odds))
        moved = 1.0 + out * a * odds / (1.0 + fraction * odds)
        return everybody / (1.0 + a * odds) * fraction * kept * moved - unique

    logged = _crossing(gap, [-14.0 + 42.0 * i / _GRID for i in range(_GRID + 1)])
    if logged is None:
        return PopulationEstimate(share=None, reason=_NO_ROOT)
    odds = exp(logged)
    a = shape(odds)
    return PopulationEstimate(share=exp(-a * log1p(odds)) / (1.0 + a * odds))


def _chosen(found: Mapping[str, PopulationEstimate], fraction: float) -> str:
    """Return which estimate the rule of Dankar et al. takes."""
    name = "pitman" if fraction <= _PITMAN_MOST_FRACTION else "snb"
    share, fallback = found[name].share, found["zayatz"].share
    if share is None or (name == "snb" and fallback is not None and fallback < share):
        return "zayatz"
    return name


def _facts(classes: Mapping[int, int]) -> tuple[int, int, int]:
    """Return records, classes and uniques of a sample.

    Raises:
        ValueError: There are no classes.
    """
    records = sum(size * count for size, count in classes.items())
    if records < 1:
        msg = "a sample without records says nothing"
        raise ValueError(msg)
    return records, sum(classes.values()), classes.get(1, 0)


def _theta(alpha: float, records: int, count: int) -> float:
    """Return the theta of most likelihood for one alpha; above -alpha."""

    def slope(above: float) -> float:
        theta = above - alpha
        first = _digamma(theta / alpha + count) - _digamma(theta / alpha + 1.0)
        return first / alpha - (_digamma(theta + records) - _digamma(theta + 1.0))

    return _root(slope, log(1e-12), log(1e15)) - alpha


def _root(of: Callable[[float], float], low: float, high: float) -> float:
    """Return exp of where a function of exp falls through 0, by bisection of the logarithm."""
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        if of(exp(middle)) > 0.0:
            low = middle
        else:
            high = middle
        if high - low < 1e-14 * max(1.0, abs(low)):
            break
    return exp(0.5 * (low + high))


def _crossing(of: Callable[[float], float], grid: list[float]) -> float | None:
    """Return the first root between points of a grid; nothing where the sign never changes."""
    values = [of(point) for point in grid]
    for (low, high), (first, second) in zip(
        itertools.pairwise(grid), itertools.pairwise(values), strict=True
    ):
        if (first > 0.0) != (second > 0.0):
            return _between(of, low, high, rising=second > 0.0)
    return None


def _between(of: Callable[[float], float], low: float, high: float, *, rising: bool) -> float:
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        if (of(middle) > 0.0) == rising:
            high = middle
        else:
            low = middle
        if high - low < 1e-13 * max(1.0, abs(low)):
            break
    return 0.5 * (low + high)


def _log_choose(of: float, taken: float) -> float:
    """Return the logarithm of a binomial coefficient; -inf where it is 0."""
    if taken > of + 1e-9:
        return -inf
    return lgamma(of + 1.0) - lgamma(taken + 1.0) - lgamma(max(of - taken, 0.0) + 1.0)


def _digamma(x: float) -> float:
    """Return the derivative of log Gamma for x > 0, to about 1e-15 relative.

    Abramowitz and Stegun (1964), 6.3.5 (recurrence) and 6.3.18 (asymptotic series).
    """
    shift = 0.0
    while x < _LARGE:
        shift -= 1.0 / x
        x += 1.0
    inverse, series = 1.0 / (x * x), 0.0
    for term in _TERMS:
        series = (series + term) * inverse
    return shift + log(x) - 0.5 / x - series


def _digammas(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return digamma of each of many values."""
    shift, x = np.zeros_like(values), values.copy()
    while (small := x < _LARGE).any():
        shift[small] -= 1.0 / x[small]
        x[small] += 1.0
    inverse, series = 1.0 / (x * x), np.zeros_like(x)
    for term in _TERMS:
        series = (series + term) * inverse
    return shift + np.log(x) - 0.5 / x - series
