"""Before against after on common random numbers: how often worse, by how much, how sure.

A trial of the changed estate uses the random numbers of the same trial of the unchanged one,
so a difference is the change's own. The headline is a share of *epistemic* draws, never a
level (``measures.md`` D.0; ``engine.md`` section 2, "Headline").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.canon import significant
from counterseal.reach.estimate import Proportion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.canon import Json

__all__ = ["Band", "Comparison", "band", "compare"]

ONE_SIDED_95 = 1.6448536269514722
"""Standard normal quantile of 0.95: the Monte Carlo tolerance of one draw's sign."""

ROUNDING = 1e-12
"""Levels that differ by no more than this share of them are the same level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A quantity over epistemic draws: its median and its 5 % and 95 % quantiles."""

    median: float
    low: float
    high: float

    def as_json(self) -> dict[str, Json]:
        """Return the three numbers as they are recorded, with six significant digits."""
        return {
            "median": significant(self.median),
            "low": significant(self.low),
            "high": significant(self.high),
        }


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One concern before and after a change.

    Attributes:
        worse: Epistemic draws in which the change makes it worse beyond the tolerance.
        better: Epistemic draws in which the change makes it better beyond the tolerance.
        old: Expected level before (person-years, people or items), shape ``(draws,)``.
        new: The same after.
    """

    worse: Proportion
    better: Proportion
    old: NDArray[np.float64] = field(repr=False)
    new: NDArray[np.float64] = field(repr=False)

    @property
    def p_worse(self) -> float:
        """Share of epistemic draws in which it is worse."""
        return self.worse.estimate

    @cached_property
    def before(self) -> Band:
        """Expected level before, over draws."""
        return band(self.old)

    @cached_property
    def after(self) -> Band:
        """Expected level after, over draws."""
        return band(self.new)

    @cached_property
    def change(self) -> Band:
        """After less before, over draws."""
        return band(self.new - self.old)

    @cached_property
    def ratio(self) -> Band | None:
        """After divided by before, over draws in which before is not zero, if there are any."""
        defined = self.old > 0
        return band(self.new[defined] / self.old[defined]) if defined.any() else None

    @cached_property
    def mean_before(self) -> float:
        """Mean level before, over all draws."""
        return float(self.old.mean())

    @cached_property
    def mean_after(self) -> float:
        """Mean level after, over all draws."""
        return float(self.new.mean())

    @property
    def newly_possible(self) -> bool:
        """Whether no trial had it before and some trial has it after."""
        return self.mean_after > 0 and not self.mean_before > 0

    @property
    def mean_ratio(self) -> float:
        """Mean after over mean before; 1 when both are zero, infinite when only before is."""
        if self.mean_before > 0:
            return self.mean_after / self.mean_before
        return float("inf") if self.mean_after > 0 else 1.0


def band(values: NDArray[np.float64]) -> Band:
    """Return median and 90 % range of ``values`` of shape ``(draws,)``."""
    low, median, high = (float(q) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    return Band(median=median, low=low, high=high)


def compare(
    before: NDArray[np.float64], after: NDArray[np.float64], *, lanes: int
) -> Comparison:
    """Compare per-trial levels of shape ``(outer * lanes,)`` on common random numbers.

    A draw counts as worse when its mean difference is above its Monte Carlo tolerance. When
    every differing trial of the draw has the same sign, the sign of the mean carries no
    sampling error and the tolerance is 0; otherwise it is 1.645 standard errors of the mean
    difference (one-sided 95 %).
    """
    old = before.reshape(-1, lanes)
    new = after.reshape(-1, lanes)
    worse, better = signs(_differences(old, new))
    draws = old.shape[0]
    return Comparison(
        worse=Proportion(hits=worse, trials=draws),
        better=Proportion(hits=better, trials=draws),
        old=old.mean(axis=1),
        new=new.mean(axis=1),
    )


def _differences(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``new - old``, and 0 where they differ by no more than their rounding.

    A level is a sum; what is added to it in another order differs in its last digits.
    """
    difference = new - old
    slack = ROUNDING * np.maximum(np.abs(old), np.abs(new))
    return np.where(np.abs(difference) <= slack, 0.0, difference)


def signs(difference: NDArray[np.float64]) -> tuple[int, int]:
    """Return how many rows of ``(outer, lanes)`` are above and below zero beyond tolerance."""
    lanes = difference.shape[1]
    mean = difference.mean(axis=1)
    mixed = (difference > 0).any(axis=1) & (difference < 0).any(axis=1)
    deviation = difference.std(axis=1, ddof=1) if lanes > 1 else np.zeros_like(mean)
    tolerance = np.where(mixed, ONE_SIDED_95 * deviation / np.sqrt(lanes), 0.0)
    return int((mean > tolerance).sum()), int((mean < -tolerance).sum())
