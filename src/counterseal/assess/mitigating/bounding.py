"""How little any plan within a budget can leave: cuts are added until the gap is closed.

The problem with the cuts so far proposes a plan; its true level is asked for; where the cuts
say less than is truly left, chains are drawn from the plan and give new cuts. First shares of
measures are allowed (that is quick and finds most of what matters), then whole measures only.
Every proposal is a plan within the budget like any other, so the search for the bound also
finds plans. It stops when the gap is closed, or after a number of rounds: never by a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from counterseal.assess.mitigating.chains import chains_from, strongest
from counterseal.assess.mitigating.master import Master
from counterseal.assess.mitigating.stakes import everywhere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.assess.mitigating.chains import Chains
    from counterseal.assess.mitigating.master import Solution
    from counterseal.assess.mitigating.stakes import Levels

__all__ = ["Bound", "Bounding"]

CLOSED = 1e-4
"""Share of the level without measures at which a gap counts as closed."""

VIOLATED = 1e-6
"""Share of the level without measures that a trial's cut has to add, over all trials."""

SHARES = 6
"""Rounds in which shares of measures are allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What is known of the best plan within a budget.

    Attributes:
        least: No plan within the budget leaves less on these trials.
        plan: The best plan that the search came upon, and what it leaves.
        level: What ``plan`` leaves.
        rounds: Rounds of chains that it took.
        cuts: Cuts in the end.
        sound: Whether more measures left no more wherever it was asked; a bound that is not
            sound is none.
    """

    least: float
    plan: tuple[int, ...]
    level: float
    rounds: int
    cuts: int
    sound: bool


@dataclass(kw_only=True)
class Bounding:
    """A search for bounds; cuts hold for every budget, so one search serves several.

    Attributes:
        levels: What plans leave.
        costs: Of each measure, above 0.
        rounds: Rounds of chains for each budget.
    """

    levels: Levels
    costs: Sequence[float]
    rounds: int
    _chains: list[Chains] = field(default_factory=list)
    _cuts: int = 0
    _rises: int = 0

    def within(self, budget: float) -> Bound:
        """Return the bound for one budget."""
        self._master.allow(budget)
        best = min(self._affordable(budget), key=lambda row: (row[1], row[0]))
        least, done = 0.0, 0
        tolerance = CLOSED * self._base
        for number in range(self.rounds + 1):
            solution = self._resolved(whole=number >= min(SHARES, self.rounds // 2))
            least = max(least, solution.bound)
            plan = tuple(np.flatnonzero(solution.y > 1.0 - 1e-6).tolist())
            level = self.levels.of(plan)
            best = min(best, (plan, level), key=lambda row: (row[1], row[0]))
            if best[1] - least <= tolerance or number == self.rounds:
                break
            done += 1
            if not self._drawn(solution, plan):
                continue
        return Bound(
            least=min(least, best[1]),
            plan=best[0],
            level=best[1],
            rounds=done,
            cuts=self._cuts,
            sound=self._rises == 0,
        )

    def _affordable(self, budget: float) -> list[tuple[tuple[int, ...], float]]:
        """Return every plan asked about so far that is within the budget."""
        self.levels.of(())
        return [
            (tuple(sorted(plan)), level)
            for plan, level in self.levels.known.items()
            if sum(self.costs[one] for one in plan) <= budget
        ]

    def _resolved(self, *, whole: bool) -> Solution:
        """Solve, add what the chains at hand say against it, and solve again until they do not."""
        solution = self._master.solve(whole=False)
        while self._separated(solution):
            solution = self._master.solve(whole=False)
        if not whole:
            return solution
        solution = self._master.solve(whole=True)
        while self._separated(solution):
            solution = self._master.solve(whole=True)
        return solution

    def _separated(self, solution: Solution) -> bool:
        """Add the cuts of known chains that say more than the solution does."""
        added = 0
        for chains in self._chains:
            known = solution.z[chains.part]
            cuts = strongest(chains, solution.y, known, least=self._least_violation)
            self._master.add(cuts)
            added += cuts.trial.size
        self._cuts += added
        return added > 0

    def _drawn(self, solution: Solution, plan: Sequence[int]) -> bool:
        """Draw chains from a plan, where more is left than the solution says."""
        stakes = self.levels.stakes
        chosen = everywhere(stakes, plan)
        truly = stakes.worth(chosen)
        ranking = self._ranking(solution.y, plan)
        found = False
        for part in range(truly.shape[0]):
            short = truly[part] > solution.z[part] + self._least_violation
            if short.any():
                trials = np.flatnonzero(short)
                chains = chains_from(stakes, part, trials, chosen[:, 0], ranking)
                self._rises += chains.rises
                self._chains.append(chains)
                found = True
        return found

    def _ranking(self, y: NDArray[np.float64], plan: Sequence[int]) -> list[int]:
        """Return the measures outside a plan: most taken first, then those that gain most."""
        others = [one for one in range(len(self.costs)) if one not in set(plan)]
        return sorted(others, key=lambda one: (-round(float(y[one]), 6), self._alone[one], one))

    @cached_property
    def _alone(self) -> list[float]:
        """What each measure leaves when it is the only one."""
        return [self.levels.of((one,)) for one in range(len(self.costs))]

    @cached_property
    def _base(self) -> float:
        return self.levels.of(())

    @cached_property
    def _least_violation(self) -> float:
        return VIOLATED * self._base

    @cached_property
    def _master(self) -> Master:
        stakes = self.levels.stakes
        most = stakes.worth(everywhere(stakes, ()))
        least = stakes.worth(everywhere(stakes, range(stakes.measures)))
        self._rises += int((least > most * (1.0 + 1e-9)).sum())
        return Master(costs=self.costs, budget=0.0, most=most, least=np.minimum(least, most))
