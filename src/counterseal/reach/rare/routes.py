"""Ways to a target among the trials that reached it, told apart by the steps that they needed.

A rare target is often reached in a few quite different ways. One product of densities that
serves them all serves none well, so successful trials are divided by their critical trees
(``explaining.walking``) and each division has a set of tilts of its own. Trees are compared by
what luck they needed: steps and causes that are certain do not count.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from counterseal.reach.explaining.walking import visit
from counterseal.reach.kernels.attempts import POINT, SUCCESS, UNSEEN
from counterseal.reach.sampling import NEVER
from counterseal.reach.special import njit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from counterseal.reach.engine import State
    from counterseal.reach.program import Links
    from counterseal.reach.rare.trials import BentEngine

__all__ = ["MOST_ROUTES", "Route", "divide"]

MOST_ROUTES = 16
"""Divisions at most."""

_ALIKE = 0.5  # share of luck in common from which two trees are the same way
_OFTEN = 0.1  # share of a way's weight from which a step belongs to it


class Route(NamedTuple):
    """A way to the target.

    Attributes:
        trials: Those that went it.
        weights: How much each of them counts.
        steps: Positions of the steps that many of them needed.
    """

    trials: NDArray[np.int64]
    weights: NDArray[np.float64]
    steps: frozenset[int]


def divide(
    engine: BentEngine, trials: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[Route, ...]:
    """Return the ways that some successful trials of an engine went, heaviest first.

    Trials with the same luck go together; the heaviest that is not like one chosen before
    starts a way of its own, until there are enough; the others join the way most like them.
    """
    trees = _trees(engine, trials)
    lucky = _Lucky(engine)
    groups: dict[frozenset[int], list[int]] = {}
    for place, tree in enumerate(trees):
        groups.setdefault(lucky.of(tree), []).append(place)
    heavy = {luck: float(weights[places].sum()) for luck, places in groups.items()}
    order = sorted(groups, key=lambda luck: (-heavy[luck], groups[luck][0]))
    leaders: list[frozenset[int]] = []
    for luck in order:
        alike = max((_likeness(luck, leader) for leader in leaders), default=0.0)
        if alike < _ALIKE and len(leaders) < MOST_ROUTES:
            leaders.append(luck)
    members: list[list[int]] = [[] for _ in leaders]
    for luck in order:
        nearest = max(range(len(leaders)), key=lambda k: _likeness(luck, leaders[k]))
        members[nearest] += groups[luck]
    found = [_route(trials, trees, weights, sorted(places)) for places in members]
    return tuple(sorted(found, key=lambda route: (-route.weights.sum(), route.trials[0])))


class _Lucky:
    """What luck a tree needed: its random steps, and after them the random causes."""

    def __init__(self, engine: BentEngine) -> None:
        program, roles = engine.program, engine.plan.roles
        least = engine.table.min(axis=1)
        self._steps = np.minimum(least[roles[SUCCESS]], least[roles[UNSEEN]]) < 1.0
        self._steps |= program.families != POINT
        self._causes = least[engine.plan.cause_rows] < 1.0
        self._needs = program.needs
        self._known: dict[frozenset[int], frozenset[int]] = {}

    def of(self, tree: frozenset[int]) -> frozenset[int]:
        """Return the luck of a tree."""
        if tree not in self._known:
            causes = {c for s in tree for c in self._needs[s] if self._causes[c]}
            steps = {step for step in tree if self._steps[step]}
            self._known[tree] = frozenset(steps | {len(self._steps) + c for c in causes})
        return self._known[tree]


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Return the Jaccard index of two sets; 1 for two that are empty."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _route(
    trials: NDArray[np.int64],
    trees: Sequence[frozenset[int]],
    weights: NDArray[np.float64],
    places: list[int],
) -> Route:
    share: dict[int, float] = {}
    total = float(weights[places].sum())
    for place in places:
        for step in trees[place]:
            share[step] = share.get(step, 0.0) + float(weights[place])
    steps = frozenset(step for step, weight in share.items() if weight >= _OFTEN * total)
    return Route(trials[places], weights[places], steps)


def _trees(engine: BentEngine, trials: NDArray[np.int64]) -> list[frozenset[int]]:
    """Return the critical tree of the target in each of some trials, which rise."""
    starts = engine.layout.spans[:, 0]
    tile = np.searchsorted(starts, trials, side="right") - 1
    found: list[frozenset[int]] = []
    for state in engine.states():
        here = (tile >= state.first) & (tile < state.first + state.x.shape[0])
        for one in np.unique(tile[here]).tolist():
            lanes = trials[tile == one] - starts[one]
            found += _in_tile(engine, state, one - state.first, lanes)
    return found


def _in_tile(
    engine: BentEngine, state: State, slot: int, lanes: NDArray[np.int64]
) -> list[frozenset[int]]:
    target = int(engine.program.target_rows[0])
    sizes = np.zeros(lanes.size, dtype=np.int64)
    steps = _visited(engine.program.links, target, lanes, state.x[slot], state.t[slot], sizes)
    ends = np.cumsum(sizes).tolist()
    return list(
        starmap(_members, ((steps, a, b) for a, b in zip([0, *ends], ends, strict=False)))
    )


def _members(steps: NDArray[np.int64], first: int, last: int) -> frozenset[int]:
    return frozenset(steps[first:last].tolist())


@njit
def _visited(  # noqa: PLR0917 - a kernel takes plain arguments
    links: Links,
    target: int,
    lanes: NDArray[np.int64],
    x: NDArray[np.uint16],
    t: NDArray[np.uint16],
    sizes: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the steps of the tree in each lane, one tree after another."""
    h = np.full(t.shape, NEVER)
    found = np.empty(t.shape[0] + 1, dtype=np.int64)
    stamp = np.full(t.shape[0], -1, dtype=np.int64)
    signature = np.empty(t.shape[1], dtype=np.uint64)
    steps = np.empty(0, dtype=np.int64)
    for k in range(lanes.size):
        size = visit(links, target, lanes[k], k, (x, t, h), found, stamp, signature)
        sizes[k] = size
        steps = np.concatenate((steps, found[:size]))
    return steps
