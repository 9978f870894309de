"""Random and/or graphs with cycles, small enough to enumerate every outcome of every event.

They are plain data; their reached sets are worked out for all outcomes at once, by repetition
until nothing changes, which shares no code with what is tested.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from counterseal.testing.graphs import graph, step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from counterseal.attackgraph.model import AttackGraph

__all__ = ["Riddle", "outcomes_of", "riddle"]

_ANDS = 0.35  # share of and-steps
_NEEDY = 0.4  # share of steps that need a cause


@dataclass(frozen=True, kw_only=True)
class Riddle:
    """A random and/or graph as plain data; event ``i`` is a cause or one step's own luck."""

    every: tuple[bool, ...]
    parents: tuple[tuple[int, ...], ...]
    entry: tuple[bool, ...]
    needs: tuple[tuple[int, ...], ...]
    chances: tuple[float, ...]
    owners: tuple[int, ...]  # of each event the step whose luck it is, -1 for a cause
    attempts: int

    @property
    def size(self) -> int:
        """How many steps there are."""
        return len(self.every)

    def graph(self) -> AttackGraph:
        """Return the graph to test; half of the lucky steps are lucky in not being seen."""
        steps = []
        for i in range(self.size):
            lucky = [e for e in self.needs[i] if self.owners[e] == i]
            chance = self.chances[lucky[0]] if lucky else 1.0
            unseen = 1.0 - (1.0 - chance) ** (1.0 / self.attempts)
            steps.append(
                step(
                    f"s{i:02}",
                    [f"s{p:02}" for p in self.parents[i]],
                    every=self.every[i],
                    entry=self.entry[i],
                    requires=[f"c{e:02}" for e in self.needs[i] if self.owners[e] < 0],
                    success=1.0 if i % 2 else chance,
                    unseen=unseen if i % 2 else 1.0,
                )
            )
        causes = {f"c{e:02}": self.chances[e] for e, i in enumerate(self.owners) if i < 0}
        return graph(steps, causes, max_attempts=self.attempts)

    def reached(self, works: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which steps are reached, given which work; shapes (steps, outcomes)."""
        found = np.zeros_like(works)
        while True:
            before = found.copy()
            for i, row in enumerate(self.parents):
                join = np.all if self.every[i] and row else np.any
                led = join(found[list(row)], axis=0)
                found[i] = works[i] & (led | self.entry[i])
            if np.array_equal(before, found):
                return found

    def probabilities(self) -> NDArray[np.float64]:
        """Return the probability of every step, by enumeration of every outcome."""
        outcomes = outcomes_of(len(self.chances))
        chances = np.array(self.chances)[:, None]
        weights = np.where(outcomes, chances, 1.0 - chances).prod(axis=0)
        works = np.array([outcomes[list(row)].all(axis=0) for row in self.needs])
        return np.array(np.where(self.reached(works), weights, 0.0).sum(axis=1))

    def has_cycle(self) -> bool:
        """Return whether some step can come after itself."""
        pairs = [(p, i) for i, row in enumerate(self.parents) for p in row]
        links = csr_array(
            (np.ones(len(pairs)), np.array(pairs).T.reshape(2, -1)), shape=(self.size,) * 2
        )
        return bool(connected_components(links, connection="strong")[0] < self.size)


def outcomes_of(events: int) -> NDArray[np.bool_]:
    """Return every combination of that many yes or no; shape (events, 2**events)."""
    numbers = np.arange(2**events)
    return (numbers >> np.arange(events)[:, None] & 1).astype(bool)


def riddle(seed: int, *, fan: int = 3, most_causes: int = 5) -> Riddle:
    """Return a random graph of 4 to 16 steps, with up to four events beside the causes."""
    rng = np.random.default_rng([3, seed])
    entries = (0.1, 0.4)[seed % 2]
    size, causes = int(rng.integers(4, 17)), int(rng.integers(1, most_causes + 1))
    parents = [
        tuple(sorted({int(p) for p in rng.integers(0, size, rng.integers(1, fan + 1))} - {i}))
        for i in range(size)
    ]
    needs = [{int(c) for c in rng.integers(0, causes, 1)} for _ in range(size)]
    needs = [row if rng.random() < _NEEDY else set() for row in needs]
    owners = [-1] * causes
    for i in rng.permutation(size)[: rng.integers(0, 5)]:
        needs[i].add(len(owners))
        owners.append(int(i))
    return Riddle(
        every=tuple(bool(row) and bool(rng.random() < _ANDS) for row in parents),
        parents=tuple(parents),
        entry=tuple(i == 0 or bool(rng.random() < entries) for i in range(size)),
        needs=tuple(tuple(sorted(row)) for row in needs),
        chances=tuple(float(c) for c in rng.uniform(0.1, 0.95, len(owners))),
        owners=tuple(owners),
        attempts=int(rng.integers(1, 4)),
    )
