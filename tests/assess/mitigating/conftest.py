"""Random and/or graphs with cycles as stakes, in plain Python, with every plan enumerable."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from counterseal.reach.dijkstra import settle_trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

NEVER = 65535


@dataclass(kw_only=True)
class GraphStakes:
    """Targets of an and/or graph; each is worth its weight for what is left of the horizon.

    Attributes:
        parents, every, entries: The graph.
        local: (steps, trials) local times in ticks.
        delays: By measure, the steps it delays and by how many ticks (or for ever).
        targets: Steps with their weights; a part each.
        horizon: In ticks.
    """

    parents: Sequence[Sequence[int]]
    every: Sequence[bool]
    entries: Sequence[bool]
    local: NDArray[np.int64]
    delays: Sequence[dict[int, int]]
    targets: Sequence[tuple[int, float]]
    horizon: int = 100
    asked: int = 0

    @property
    def measures(self) -> int:
        return len(self.delays)

    @property
    def trials(self) -> int:
        return int(self.local.shape[1])

    def worth(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        self.asked += 1
        worth = np.zeros((len(self.targets), self.trials))
        for trial in range(self.trials):
            arrival = self._arrivals(trial, np.flatnonzero(chosen[:, trial]))
            for part, (step, weight) in enumerate(self.targets):
                worth[part, trial] = weight * max(self.horizon - arrival[step], 0)
        return worth

    def _arrivals(self, trial: int, taken: NDArray[np.int64]) -> tuple[int, ...]:
        local = self.local[:, trial].tolist()
        for one in taken:
            for step, delay in self.delays[one].items():
                local[step] = min(local[step] + delay, NEVER)
        return settle_trial(
            local, parents=self.parents, every=self.every, entries=self.entries
        ).ticks


def random_stakes(
    rng: np.random.Generator, *, steps: int = 12, trials: int = 8, measures: int = 6
) -> GraphStakes:
    """Return a random and/or graph with cycles and measures that prevent or only delay."""
    parents = [
        sorted({int(p) for p in rng.integers(0, steps, 1 + rng.integers(0, 3))} - {i})
        for i in range(steps)
    ]
    entries = [i < 2 or not parents[i] for i in range(steps)]
    local = rng.integers(0, 25, (steps, trials))
    local[rng.random((steps, trials)) < 0.1] = NEVER
    delays = [
        {
            int(step): NEVER if rng.random() < 0.5 else int(rng.integers(1, 60))
            for step in rng.integers(0, steps, 1 + rng.integers(0, 3))
        }
        for _ in range(measures)
    ]
    targets = [(steps - 1, 1.0), (steps - 2, 3.0)]
    every = [bool(rng.random() < 0.35) for _ in range(steps)]
    return GraphStakes(
        parents=parents,
        every=every,
        entries=entries,
        local=local.astype(np.int64),
        delays=delays,
        targets=targets,
    )


def best_of_all(
    stakes: GraphStakes, costs: Sequence[float], budget: float
) -> tuple[float, tuple[int, ...]]:
    """Return the least level of any plan within the budget, by trying every one."""
    plans = [
        plan
        for size in range(len(costs) + 1)
        for plan in combinations(range(len(costs)), size)
        if sum(costs[one] for one in plan) <= budget
    ]
    return min((level_of(stakes, plan), plan) for plan in plans)


def level_of(stakes: GraphStakes, plan: Iterable[int]) -> float:
    chosen = np.zeros((stakes.measures, stakes.trials), np.bool_)
    chosen[list(plan)] = True
    return float(stakes.worth(chosen).sum(axis=0).mean())


@pytest.fixture(scope="session")
def stakes_of() -> Callable[..., GraphStakes]:
    """Return a function from a generator to random stakes."""
    return random_stakes


@pytest.fixture(scope="session")
def enumerated() -> Callable[..., tuple[float, tuple[int, ...]]]:
    """Return the brute force."""
    return best_of_all
