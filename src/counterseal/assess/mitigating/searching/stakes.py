"""What a plan is judged by: what is left to take, part by part and trial by trial.

A *part* is something whose worth adds up with that of the others (a population of a use, a
holding that can be tampered with, a knowledge item). Trials keep their random numbers whatever
is chosen (common random numbers), so what a measure does in a trial is not a matter of chance,
and a different set of measures may be asked about in every trial at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["Levels", "Stakes"]


class Stakes(Protocol):
    """What is left to take under a choice of measures.

    More measures leave no more in any part of any trial; a bound rests on that, and whoever
    makes a bound checks it on everything that it asks for.
    """

    @property
    def measures(self) -> int:
        """How many measures there are."""

    @property
    def trials(self) -> int:
        """How many trials there are."""

    def worth(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what is left, shape (parts, trials), at least 0.

        Args:
            chosen: Which measures are taken in which trial, shape (measures, trials).
        """

    def anchor(self, plan: Iterable[int]) -> None:
        """Be ready for questions about plans near this one; no answer depends on it."""


@dataclass(kw_only=True)
class Levels:
    """Mean levels of plans, each asked for once: a plan is a set of numbers of measures.

    Attributes:
        stakes: What is asked.
        known: Every plan asked about so far, with what it leaves: the mean over trials of the
            sum over parts.
    """

    stakes: Stakes
    known: dict[frozenset[int], float] = field(default_factory=dict)

    def of(self, plan: Iterable[int]) -> float:
        """Return what a plan leaves."""
        key = frozenset(plan)
        if key not in self.known:
            self.known[key] = mean_of(self.stakes.worth(everywhere(self.stakes, key)))
        return self.known[key]

    def best(self, costs: Sequence[float], budget: float) -> tuple[int, ...]:
        """Return the plan within ``budget`` that leaves least, of those asked about so far.

        The cheapest of equals.
        """
        self.of(())
        plans = (
            (level, sum(costs[one] for one in plan), tuple(sorted(plan)))
            for plan, level in list(self.known.items())
        )
        return min(row for row in plans if row[1] <= budget)[2]


def everywhere(stakes: Stakes, plan: Iterable[int]) -> NDArray[np.bool_]:
    """Return the choice of the same plan in every trial, shape (measures, trials)."""
    chosen = np.zeros((stakes.measures, stakes.trials), np.bool_)
    chosen[sorted(plan)] = True
    return chosen


def mean_of(worth: NDArray[np.float64]) -> float:
    """Return the mean over trials of the sum over parts, in a fixed order of additions."""
    total = np.zeros(worth.shape[1])
    for part in worth:
        total += part
    return float(total.sum() / max(total.size, 1))
