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

from counterseal.assess.mitigating.searching.chains import ROUNDING, chains_from, strongest
from counterseal.assess.mitigating.searching.master import Master
from counterseal.assess.mitigating.searching.stakes import everywhere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.assess.mitigating.searching.chains import Chains
    from counterseal.assess.mitigating.searching.master import Solution
    from counterseal.assess.mitigating.searching.stakes import Levels

__all__ = ["Bound", "Bounding"]

CLOSED = 1e-3
"""Share of the level without measures at which a gap counts as closed."""

VIOLATED = 1e-4
"""Share of the worth of a part and trial by which a cut has to say more than is known."""

MOST_TURNS = 40
"""Turns of solving and adding known cuts in one round; a count, so that it always ends."""

WHOLE = 1.0 - 1e-6
"""Share from which a measure counts as taken."""

SHARES = 1
"""Rounds in which shares of measures are allowed."""

WORTHWHILE = 0.1
"""Share of all that the solution says too little of, below which a part can wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What is known of the best plan within a budget.

    Attributes:
        least: No plan within the budget leaves less on these trials.
        rounds: Rounds of chains that it took.
        cuts: Cuts in the end, those for other budgets included.
        sound: Whether more measures left no more wherever it was asked; a bound that is not
            sound is none.
    """

    least: float
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
        cuts: Cuts so far.
        rises: Trials times questions so far in which more measures left more.
    """

    levels: Levels
    costs: Sequence[float]
    rounds: int
    _chains: list[Chains] = field(default_factory=list, init=False)
    cuts: int = field(default=0, init=False)
    rises: int = field(default=0, init=False)

    def within(self, budget: float) -> Bound:
        """Return the bound for one budget."""
        if not any(cost <= budget for cost in self.costs):
            return Bound(least=self._base, rounds=0, cuts=self.cuts, sound=self.sound)
        self._master.allow(budget)
        self._alone  # noqa: B018 - each measure is asked about once, whatever the bound says
        best = self._best(budget)
        least, rounds, whole = 0.0, 0, self.rounds < 1
        while True:
            solution = self._resolved(budget, whole=whole)
            least = max(least, solution.bound)
            plan = tuple(np.flatnonzero(solution.y > WHOLE).tolist())
            self.levels.of(plan)
            best = self._best(budget)
            if best - least <= CLOSED * self._base or rounds == self.rounds:
                break
            found = self._drawn(solution, plan)
            if whole and not found:
                break
            rounds += 1
            whole = whole or not found or rounds >= min(SHARES, self.rounds)
        return Bound(least=min(least, best), rounds=rounds, cuts=self.cuts, sound=self.sound)

    @property
    def sound(self) -> bool:
        """Whether more measures left no more wherever it was asked so far."""
        every, none = self.levels.of(range(len(self.costs))), self._base
        known = self.levels.known.values()
        return self.rises == 0 and all(
            every <= level * (1.0 + ROUNDING) and level <= none * (1.0 + ROUNDING)
            for level in known
        )

    def _best(self, budget: float) -> float:
        return self.levels.of(self.levels.best(self.costs, budget))

    def _resolved(self, budget: float, *, whole: bool) -> Solution:
        """Solve until the chains at hand have nothing to say against the solution."""
        solution = self._settled(whole=False)
        if not whole:
            return solution
        return self._settled(whole=True, start=self.levels.best(self.costs, budget))

    def _settled(self, *, whole: bool, start: Sequence[int] = ()) -> Solution:
        solution = self._master.solve(whole=whole, start=start)
        for _ in range(MOST_TURNS):
            if not self._separated(solution):
                break
            solution = self._master.solve(whole=whole, start=start)
        return solution

    def _separated(self, solution: Solution) -> bool:
        """Add the cuts of known chains that say more than the solution does."""
        added = 0
        for chains in self._chains:
            known = solution.z[chains.part]
            least = VIOLATED * self._most[chains.part]
            cuts = strongest(chains, solution.y, known, least=least)
            self._master.add(cuts)
            added += cuts.trial.size
        self.cuts += added
        return added > 0

    def _drawn(self, solution: Solution, plan: Sequence[int]) -> bool:
        """Draw chains from a plan, where more is left than the solution says."""
        stakes = self.levels.stakes
        chosen = everywhere(stakes, plan)
        stakes.anchor(plan)
        truly = stakes.worth(chosen)
        ranking = self._ranking(solution.y, plan)
        found = False
        lacking = np.maximum(truly - solution.z - VIOLATED * self._most, 0.0)
        by_part = lacking.sum(axis=1)
        for part in range(truly.shape[0]):
            if by_part[part] > WORTHWHILE * by_part.sum():
                trials = np.flatnonzero(lacking[part])
                chains = chains_from(stakes, part, trials, chosen[:, 0], ranking)
                self.rises += chains.rises
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
    def _most(self) -> NDArray[np.float64]:
        """What is left of each part in each trial without measures."""
        stakes = self.levels.stakes
        return stakes.worth(everywhere(stakes, ()))

    @cached_property
    def _master(self) -> Master:
        stakes, most = self.levels.stakes, self._most
        least = stakes.worth(everywhere(stakes, range(stakes.measures)))
        self.rises += int((least > most * (1.0 + 1e-9)).sum())
        return Master(costs=self.costs, budget=0.0, most=most, least=np.minimum(least, most))
