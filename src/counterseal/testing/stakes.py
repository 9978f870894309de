"""Random and/or graphs with cycles as stakes, in plain Python: every plan can be tried."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from counterseal.reach.dijkstra import NEVER, settle_trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["GraphStakes", "best_of_all", "level_of", "plans_within", "random_stakes"]


@dataclass(kw_only=True)
class GraphStakes:
    """Targets of an and/or graph; each is worth its weight for what is left of the horizon.

    Attributes:
        parents, every, entries: The graph.
        local: (steps, trials) local times in ticks.
        delays: By measure, the steps it delays and by how many ticks; 65535 prevents them.
        targets: Steps with their weights; a part each.
        horizon: In ticks.
    """

    parents: Sequence[Sequence[int]]
    every: Sequence[bool]
    entries: Sequence[bool]
    local: NDArray[np.int64]
    delays: Sequence[Mapping[int, int]]
    targets: Sequence[tuple[int, float]]
    horizon: int = 100

    @property
    def measures(self) -> int:
        """How many measures there are."""
        return len(self.delays)

    @property
    def trials(self) -> int:
        """How many trials there are."""
        return int(self.local.shape[1])

    def worth(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what is left, shape (parts, trials)."""
        worth = np.zeros((len(self.targets), self.trials))
        for trial in range(self.trials):
            arrival = self._arrivals(trial, np.flatnonzero(chosen[:, trial]).tolist())
            for part, (step, weight) in enumerate(self.targets):
                worth[part, trial] = weight * max(self.horizon - arrival[step], 0)
        return worth

    def anchor(self, plan: Iterable[int]) -> None:
        """Do nothing: every question is answered from the beginning."""

    def _arrivals(self, trial: int, taken: Iterable[int]) -> tuple[int, ...]:
        local = self.local[:, trial].tolist()
        for one in taken:
            for step, delay in self.delays[one].items():
                local[step] = min(local[step] + delay, NEVER)
        return settle_trial(
            local, parents=self.parents, every=self.every, entries=self.entries
        ).ticks


def random_stakes(
    seed: int, *, steps: int = 12, trials: int = 6, measures: int = 6
) -> GraphStakes:
    """Return a random and/or graph with cycles, and measures that prevent or only delay."""
    rng = np.random.default_rng(seed)
    parents = [
        sorted({int(p) for p in rng.integers(0, steps, 1 + rng.integers(0, 3))} - {i})
        for i in range(steps)
    ]
    local = rng.integers(0, 25, (steps, trials))
    local[rng.random((steps, trials)) < 0.1] = NEVER  # noqa: PLR2004 - some never work
    delays = [
        {
            int(step): NEVER if rng.random() < 0.5 else int(rng.integers(1, 60))  # noqa: PLR2004 - half
            for step in rng.integers(0, steps, 1 + rng.integers(0, 3))
        }
        for _ in range(measures)
    ]
    return GraphStakes(
        parents=parents,
        every=[bool(rng.random() < 0.35) for _ in range(steps)],  # noqa: PLR2004 - a third
        entries=[i < 2 or not parents[i] for i in range(steps)],  # noqa: PLR2004 - two ways in
        local=local.astype(np.int64),
        delays=delays,
        targets=[(steps - 1, 1.0), (steps - 2, 3.0)],
    )


def plans_within(costs: Sequence[float], budget: float) -> Iterator[tuple[int, ...]]:
    """Yield every plan within the budget."""
    for size in range(len(costs) + 1):
        for plan in combinations(range(len(costs)), size):
            if sum(costs[one] for one in plan) <= budget:
                yield plan


def level_of(stakes: GraphStakes, plan: Iterable[int]) -> float:
    """Return the mean over trials of what a plan leaves."""
    chosen = np.zeros((stakes.measures, stakes.trials), np.bool_)
    chosen[list(plan)] = True
    return float(stakes.worth(chosen).sum(axis=0).mean())


def best_of_all(stakes: GraphStakes, costs: Sequence[float], budget: float) -> float:
    """Return the least that any plan within the budget leaves, by trying every one."""
    return min(level_of(stakes, plan) for plan in plans_within(costs, budget))
